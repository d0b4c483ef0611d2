"""A random walk over the real actions: everybody does anything, in any order, and too late, and twice."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from cases.models import Decision, InformationRequest, Membership, Role, User
from cases.policy import NotFoundForYou, WrongState
from cases.services import SERVICES
from project.demo import player
from tests.builders import A_QUESTION, A_REASON, a_draft
from tests.workflows.legal_advice_model import HELD_BY_THE_ADVISER
from tests.workflows.promises import Promises
from tests.workflows.story_model import Story
from tests.workflows.told import CONCLUSIONS, CONSENTS, EVERY_WISH, story_of, wished
from workflows import actions
from workflows.asks import Amount, Flags
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.queries.rulebook import end_of

MOST_MOVING = 3
A_DAY = 24 * 60
any_number = st.integers(0, 2**16)


def flags_of(human: HumanStep) -> list[str]:
    """Return what can be ticked in a step."""
    return sorted(name for ask in human.asks if isinstance(ask, Flags) for name, _label in ask.choices)


def somebody_is_waited_for(walk: "Walk") -> bool:
    return any(story.open for story in walk.stories.values())


def somebody_filed(walk: "Walk") -> bool:
    return bool(walk.stories)


class Walk(Promises):
    """Everybody does anything, in any order."""

    @initialize(conclusion=st.sampled_from(CONCLUSIONS))
    def somewhere(self, conclusion: tuple[str, str, str]) -> None:
        """Begin with a case that has come through this conclusion: the last ones are as frequent as the first."""
        service, node, verdict = self.begins_with or conclusion
        way = [*player.way_to(service, 1, node), (node, verdict, {})]
        wishes = {name: value for _node, _verdict, facts in way for name, value in facts.items() if value is True}
        self.file(another=False, service=service, wishes=frozenset(wishes))
        for step, concluded, facts in way:
            self.nothing_is_lost_or_doubled()
            [item] = WorkItem.objects.filter(node=step, finished_at=None).select_related("case", "agency", "assignee")
            flags = {name: bool(value) for name, value in facts.items()}
            self.concludes(item, concluded, flags, adviser=self.cast.expert)

    # --- time ---------------------------------------------------------------------------------------------------

    @rule(minutes=st.integers(1, A_DAY) | st.integers(A_DAY, 25 * A_DAY))
    def time_passes(self, minutes: int) -> None:
        """Minutes or weeks later."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def the_worker_passes(self) -> None:
        """Close what was not answered in time, and nothing else."""
        at = self.moment()
        overdue = [
            story for story in self.stories.values() if story.answer_by and story.answer_by < timezone.localdate(at)
        ]
        assert actions.expire_unanswered(at=at) == len(overdue)
        for story in overdue:
            story.end("expired")

    @precondition(lambda walk: any(story.waits_for_her_at for story in walk.stories.values()))
    @rule(ends=st.booleans())
    def her_last_day_comes(self, ends: bool) -> None:
        """An hour before midnight her case cannot be closed; a minute after midnight it is."""
        request = InformationRequest.objects.filter(ending="open").earliest("answer_by", "pk")
        an_hour_before = end_of(request.answer_by) - timedelta(hours=1)
        if self.now < an_hour_before:
            self.now = an_hour_before
            self.is_refused(request.case.applicant, lambda _who, _key, at: actions.expire(request, at=at))
        if ends:
            self.now = max(self.now, end_of(request.answer_by))
            self.the_worker_passes()

    # --- the applicant ------------------------------------------------------------------------------------------

    @precondition(lambda walk: sum(bool(story.open) for story in walk.stories.values()) < MOST_MOVING)
    @rule(
        another=st.booleans(),
        service=st.sampled_from(sorted(SERVICES)),
        wishes=st.frozensets(st.sampled_from(EVERY_WISH)),
    )
    def file(self, another: bool, service: str, wishes: frozenset[str]) -> None:
        """File a draft: a copy of an earlier case before a new one."""
        if self.copies:
            earlier = next(iter(self.copies))
            draft = self.copies.pop(earlier)
            self.sent_again.add(earlier)
        else:
            applicant = self.cast.another_applicant if another else self.cast.applicant
            draft = a_draft(applicant, at=self.now, service=service, **wished(service, wishes))
        self.does(
            draft.applicant,
            lambda who, key, at: actions.submit(draft, applicant=who, consents=CONSENTS, key=key, at=at),
        )
        self.stories[draft.pk] = story_of(draft)

    @precondition(lambda walk: not walk.filed_unready)
    @rule()
    def file_unready(self) -> None:
        """Send a draft in which something is missing; once, because drafts are slow to fill in."""
        self.filed_unready = True
        draft = a_draft(self.cast.applicant, at=self.now, need="?")
        self.is_refused(
            draft.applicant,
            lambda who, key, at: actions.submit(draft, applicant=who, consents=CONSENTS, key=key, at=at),
        )

    @precondition(somebody_filed)
    @rule(pick=any_number)
    def file_twice(self, pick: int) -> None:
        """Send a filed case again, from another page."""
        case, _story = self.case(pick)
        self.is_refused(
            case.applicant,
            lambda who, key, at: actions.submit(case, applicant=who, consents=CONSENTS, key=key, at=at),
        )

    @precondition(somebody_filed)
    @rule(pick=any_number)
    def withdraw(self, pick: int) -> None:
        """Take a case back, or try to."""
        case, story = self.case(pick)

        def act(who: User, key: UUID, at: datetime) -> object:
            return actions.withdraw(case, applicant=who, reason="Em tự giải quyết được rồi.", key=key, at=at)

        if story.undecided:
            self.does(case.applicant, act)
            story.end("withdrawn")
        else:
            self.is_refused(case.applicant, act)

    @precondition(lambda walk: any(story.waits_for_her_at for story in walk.stories.values()))
    @rule(pick=any_number, corrects=st.booleans())
    def reply(self, pick: int, corrects: bool) -> None:
        """Answer an open question, even late, as long as nobody has closed the case."""
        requests = list(
            InformationRequest.objects.filter(ending="open").select_related("case__applicant").order_by("pk")
        )
        request = requests[pick % len(requests)]
        corrections = {"employees_insured": 7 + pick % 243} if corrects else {}
        self.does(
            request.case.applicant,
            lambda who, key, at: actions.answer(
                request, applicant=who, reply="Em gửi chị.", corrections=corrections, key=key, at=at
            ),
        )
        self.stories[request.case_id].answered()

    @precondition(somebody_filed)
    @rule(pick=any_number)
    def resubmit(self, pick: int) -> None:
        """Copy a case that ended without a result: as long as the copy is unsent, it is the same one."""
        case, story = self.case(pick)
        if story.state in ("withdrawn", "expired") and case.pk not in self.sent_again:
            draft = actions.resubmit(case, applicant=case.applicant, at=self.moment())
            assert self.copies.setdefault(case.pk, draft) == draft
        else:
            self.is_refused(case.applicant, lambda who, _key, at: actions.resubmit(case, applicant=who, at=at))

    @precondition(lambda walk: any(not story.open for story in walk.stories.values()))
    @rule(pick=any_number, score=st.integers(0, 3))
    def rate(self, pick: int, score: int) -> None:
        """Say whether it helped, or try to where nothing can be said."""
        case, story = self.case(pick)

        def act(who: User, key: UUID, at: datetime) -> object:
            return actions.rate(case, applicant=who, score=score, key=key, at=at)

        if story.state == "closed" and score:
            self.does(case.applicant, act)
            story.happens()
        else:
            self.is_refused(case.applicant, act)

    # --- the reviewer -------------------------------------------------------------------------------------------

    def conclude(self, pick: int, chance: int) -> None:
        """Conclude one open step, or try to where it waits for her."""
        item, story, human = self.item(pick)
        reviewer = player.holder_of(item)
        offered = [option.verdict for option in human.options if actions.is_offered(option, item)]
        verdict = offered[chance % len(offered)]
        if verdict == "propose" and not self.can_be_granted(item, human):
            verdict = "decline"
        if story.waits_for_her_at == item.node:
            self.is_refused(reviewer, lambda who, key, at: self.form(item, who, key, at))
            return
        advisers = [one for one in (self.cast.expert, self.cast.another_expert) if one.pk not in story.declined]
        if verdict == "refer" and not advisers:
            # Everybody listed has declined: until another is listed, it can only be asked about or withdrawn.
            self.is_refused(reviewer, lambda who, key, at: self.form(item, who, key, at))
            return
        flags = {name: bool(chance >> bit & 8) for bit, name in enumerate(flags_of(human))}
        adviser = advisers[pick % len(advisers)] if advisers else reviewer
        self.concludes(item, verdict, flags, adviser=adviser)

    def concludes(self, item: WorkItem, verdict: str, flags: dict[str, bool], *, adviser: User) -> None:
        """Conclude a step with this verdict."""
        reviewer = player.holder_of(item)
        chosen: dict[str, Any] = {**flags, "adviser": adviser.pk}
        self.does(
            reviewer,
            lambda who, key, at: player.conclude(item.case, item.node, verdict, at=at, by=who, key=key, **chosen),
            again=lambda who, key, at: self.form(item, who, key, at),
        )
        if item.node in HELD_BY_THE_ADVISER:
            adviser = reviewer
        story = self.stories[item.case_id]
        story.decide(item.node, verdict, by=reviewer.pk, flags=flags, adviser=adviser.pk)
        self.tally.concluded.add((item.case.service, item.node, verdict))

    # Three times, because without conclusions no case gets far.
    decide = precondition(somebody_is_waited_for)(rule(pick=any_number, chance=any_number)(conclude))
    decide_next = precondition(somebody_is_waited_for)(rule(pick=any_number, chance=any_number)(conclude))
    decide_further = precondition(somebody_is_waited_for)(rule(pick=any_number, chance=any_number)(conclude))

    def can_be_granted(self, item: WorkItem, human: HumanStep) -> bool:
        """Return whether anything can still be granted to her this year."""
        [amount] = human.asked_with("propose")
        assert isinstance(amount, Amount)
        return actions.ceiling(item.case, amount, at=item.opened_at) > 0

    @precondition(somebody_is_waited_for)
    @rule(pick=any_number)
    def ask(self, pick: int) -> None:
        """Ask her from one step, or try to where nothing can be asked."""
        item, story, human = self.item(pick)
        reviewer = player.holder_of(item)

        def act(who: User, key: UUID, at: datetime, why_again: str = "") -> object:
            given: dict[str, Any] = {"question": A_QUESTION, "asked_fields": ("employees_insured",)}
            return actions.request_information(item, reviewer=who, why_again=why_again, key=key, at=at, **given)

        def once_more(who: User, key: UUID, at: datetime) -> object:
            return act(who, key, at, player.WHY_AGAIN)

        if item.holder == WorkItem.Holder.APPLICANT:
            # She asks herself nothing.
            self.is_refused(reviewer, act, NotFoundForYou)
        elif not (story.undecided and human.may_ask) or story.waits_for_her_at or story.proposed_at:
            self.is_refused(reviewer, act)
            self.is_refused(reviewer, once_more)
        elif human.stage in story.asked_in:
            self.is_refused(reviewer, act, actions.AskedBefore)
            self.does(reviewer, once_more)
            story.proposes(item.node)
        else:
            self.is_refused(reviewer, once_more)
            self.does(reviewer, act)
            request = InformationRequest.objects.get(case=item.case, ending="open")
            story.ask(item.node, human.stage, by=reviewer.pk, answer_by=request.answer_by)

    @precondition(lambda walk: any(story.proposed_at for story in walk.stories.values()))
    @rule(pick=any_number, agrees=st.booleans())
    def settle_a_further_question(self, pick: int, agrees: bool) -> None:
        """Agree that she is asked once more, or do not; whoever wants to ask cannot agree to it herself."""
        proposed = list(InformationRequest.objects.filter(ending="proposed").select_related("case").order_by("pk"))
        request = proposed[pick % len(proposed)]
        story, item = self.stories[request.case_id], player.open_item(request.case, request.node)

        def act(who: User, key: UUID, at: datetime) -> object:
            if agrees:
                return actions.approve_request(request, approver=who, key=key, at=at)
            return actions.decline_request(request, approver=who, words=A_REASON, key=key, at=at)

        self.is_refused(request.asked_by, act, NotFoundForYou)
        self.does(player.approver_of(request), act)
        request.refresh_from_db()
        request.refresh_from_db()
        if agrees:
            holder = item.assignee_id or request.asked_by_id
            story.ask(item.node, item.stage, by=holder, answer_by=request.answer_by)
        else:
            story.is_declined()
        self.is_refused(player.approver_of(request), act)

    @precondition(somebody_is_waited_for)
    @rule(pick=any_number, takes=st.booleans())
    def claim_or_release(self, pick: int, takes: bool) -> None:
        """Take a work item or give it back; what is held by name stays, what is sealed is only ever taken."""
        item, story, human = self.item(pick)
        reviewer = player.holder_of(item)

        def act(who: User, key: UUID, at: datetime) -> object:
            return (actions.claim if takes else actions.release)(item, reviewer=who, key=key, at=at)

        if item.holder == WorkItem.Holder.APPLICANT:
            self.is_refused(reviewer, act, NotFoundForYou)
        elif human.named or (story.sealed and not takes):
            self.is_refused(reviewer, act)
        else:
            self.does(reviewer, act)
            story.happens()
            story.open[item.node] = reviewer.pk if takes else None

    # --- those who must not, those who come too late, those who press twice -------------------------------------

    @precondition(somebody_is_waited_for)
    @rule(pick=any_number, person=any_number)
    def the_wrong_person_tries(self, pick: int, person: int) -> None:
        """Whoever does not hold a step, or decided what it judges, finds nothing; a colleague is told who holds it."""
        item, story, human = self.item(pick)
        judged = list(Decision.objects.filter(case=item.case, node__in=human.not_by).select_related("reviewer"))
        # Whoever would judge her own work tries most of all.
        eager = [decision.reviewer for decision in judged] * len(self.people)
        who = [*eager, *self.people][person % (len(eager) + len(self.people))]
        if item.holder == WorkItem.Holder.APPLICANT and who == item.case.applicant:
            return
        hers_or_judged = who == item.case.applicant or any(decision.reviewer == who for decision in judged)
        if hers_or_judged or not self.may_hold(item, story, human, who):
            why: type[Exception] = NotFoundForYou
        elif item.assignee_id not in (None, who.pk):
            why = WrongState
        else:
            return
        self.is_refused(who, lambda _who, key, at: self.form(item, who, key, at), why)

    @staticmethod
    def may_hold(item: WorkItem, story: Story, human: HumanStep, who: User) -> bool:
        """Return whether a step can be a person's: by her office and part in it, by name where that is asked."""
        if item.agency_id is None:
            return item.assignee_id == who.pk
        roles = set(Membership.objects.filter(user=who, agency=item.agency_id).values_list("role", flat=True))
        if story.sealed and item.assignee_id != who.pk:
            return human.role == Role.APPROVER and Role.APPROVER in roles
        return bool(roles) if story.sealed else human.role in roles

    @precondition(somebody_filed)
    @rule(pick=any_number)
    def another_applicant_tries(self, pick: int) -> None:
        """To everybody else there is no such case."""
        case, _story = self.case(pick)
        other = self.cast.applicant if case.applicant != self.cast.applicant else self.cast.another_applicant
        self.is_refused(
            other, lambda who, key, at: actions.withdraw(case, applicant=who, key=key, at=at), NotFoundForYou
        )
        self.is_refused(
            other, lambda who, key, at: actions.rate(case, applicant=who, score=3, key=key, at=at), NotFoundForYou
        )
        self.is_refused(other, lambda who, _key, at: actions.resubmit(case, applicant=who, at=at), NotFoundForYou)

    @precondition(somebody_is_waited_for)
    @rule(pick=any_number)
    def a_stale_page_is_sent(self, pick: int) -> None:
        """The page showed the work item as it was before."""
        item, _story, _human = self.item(pick)
        holder = player.holder_of(item)
        self.is_refused(holder, lambda who, key, at: self.form(item, who, key, at, seen_version=item.version - 1))

    @precondition(lambda walk: any(story.events > 1 for story in walk.stories.values()))
    @rule(pick=any_number)
    def somebody_comes_too_late(self, pick: int) -> None:
        """The step has been concluded by now."""
        done = list(WorkItem.objects.filter(status="done").select_related("case", "finished_by").order_by("pk"))
        if done:
            item = done[pick % len(done)]
            assert item.finished_by is not None
            self.is_refused(
                item.finished_by, lambda who, key, at: self.form(item, who, key, at), WrongState, NotFoundForYou
            )

    @precondition(lambda walk: bool(walk.forms))
    @rule(pick=any_number)
    def the_same_form_is_sent_again(self, pick: int) -> None:
        """The same answer as the first time, and nothing else happens, however much later."""
        send, who, result = self.forms[pick % len(self.forms)]
        self.moment()
        assert send(who) == result

    @precondition(lambda walk: bool(walk.forms))
    @rule(pick=any_number, person=any_number)
    def somebody_else_sends_the_same_form(self, pick: int, person: int) -> None:
        """The form is the one's who had it."""
        send, who, _result = self.forms[pick % len(self.forms)]
        other = self.people[person % len(self.people)]
        if other != who:
            self.is_refused(other, lambda other, _key, _at: send(other), WrongState, NotFoundForYou)
