"""A random walk through days: the clock moves and jumps, people are away, keep away and pass work on, workers stop.

There is no model of every step here, as in the other walk: whoever tries something may be refused, politely. What is
asked is only that after each step every case has its next thing, and that what the worker says it says once.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import time_machine
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cases.models import Absence, Case, InformationRequest, Membership, Recusal, Role, TimelineEvent, User
from cases.models.case import MOVING
from cases.policy import NotFoundForYou, WrongState, visible_cases
from cases.queries.directory import directory
from cases.queries.shares import age_in_seconds, seconds_by_holder
from cases.queries.timeline import verify
from cases.services import SERVICES
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.builders import A_QUESTION, A_REASON, a_draft
from tests.conftest import THURSDAY
from tests.workflows.promises import Tally
from tests.workflows.told import EVERY_WISH, wished
from workflows import actions
from workflows.actions import absence, recusing, transferring
from workflows.asks import Amount
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.queries.able import nobody_can
from workflows.queries.health import examine
from workflows.queries.rulebook import rulebook
from workflows.queries.stuck import promise

MOST_MOVING = 3
# After so many steps everything about every case is recomputed, not only whether it is stuck.
WHOLE_LOOK = 5
# What the worker tells of one item, each at most once while it runs.
ONCE = ("deadline_neared", "deadline_passed")
# Of what the worker or a colleague says here, somebody who can read it must hear.
HEARD = (*ONCE, "person_recused", "item_transferred")
any_number = st.integers(0, 2**16)

Act = Callable[[User, UUID, datetime], object]


def something_is_open(days: "Days") -> bool:
    return WorkItem.objects.filter(finished_at__isnull=True).exists()


def handed_on(event: TimelineEvent) -> set[int]:
    """Return the work items that an event brings to another office."""
    match event.verb:
        case "item_transferred":
            return {event.facts["assigned"]["item"]}
        case "person_recused":
            return {item["item"] for item in event.facts.get("reassigned", ())}
        case _:
            return set()


def left_without_a_trace(event: TimelineEvent) -> bool:
    """Return whether somebody kept away who had nothing of the case, and others can do all that is open of it."""
    changed = any(event.facts.get(name) for name in ("read_by", "released", "reassigned", "assigned", "opened"))
    stays_open = WorkItem.objects.filter(case=event.case_id, finished_at=None)
    return event.verb == "person_recused" and not changed and not stays_open.filter(nobody_can()).exists()


class Days(RuleBasedStateMachine):
    """Some cases, and days that go by."""

    def __init__(self, cast: Cast, tally: Tally) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.cast, self.tally = cast, tally
        self.now = THURSDAY
        self.traveller = time_machine.travel(self.now, tick=False)
        self.clock = self.traveller.start()
        self.staff = [user for _part, user in cast.people() if Membership.objects.filter(user=user).exists()]
        self.last_event = 0
        self.said: set[tuple[int, int, str]] = set()
        # Of each case, when last looked at: what she was promised, how often we had apologised, the number of events.
        self.promised: dict[int, tuple[date | None, int, int]] = {}

    def teardown(self) -> None:
        """Undo everything, and give the real clock back."""
        self.traveller.stop()
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # --- how a step is done -------------------------------------------------------------------------------------

    def tries(self, who: User, act: Act) -> bool:
        """Let somebody try something; return whether it was done. Nothing but a plain refusal may come of it."""
        self.tally.steps += 1
        self.now += timedelta(seconds=61)
        self.clock.move_to(self.now)
        try:
            with transaction.atomic():
                act(who, uuid4(), self.now)
        except (WrongState, NotFoundForYou):
            self.tally.refused += 1
            return False
        return True

    def item(self, pick: int) -> WorkItem:
        """Return one of the open work items."""
        items = WorkItem.objects.filter(finished_at__isnull=True).select_related("case", "agency", "assignee")
        return list(items.order_by("pk"))[pick % items.count()]

    def somebody(self, item: WorkItem, chance: int) -> User:
        """Return whoever holds an item or does such work at its office today; now and then anybody."""
        human = graph_for(item.case.service, item.case.version).human(item.node)
        there = Membership.objects.today().filter(agency=item.agency_id, role=human.role).select_related("user")
        able = [membership.user for membership in there.order_by("pk")]
        if item.assignee is not None:
            able = [item.assignee, item.assignee, *able]
        if not able or chance % 11 == 0:
            able = self.staff
        return able[chance % len(able)]

    # --- everybody ----------------------------------------------------------------------------------------------

    @initialize(another=st.booleans(), service=st.sampled_from(sorted(SERVICES)))
    def somewhere(self, another: bool, service: str) -> None:
        """Begin with a case."""
        self.file(another, wishes=frozenset(), service=service)

    @precondition(lambda days: Case.objects.filter(state__in=MOVING).count() < MOST_MOVING)
    @rule(
        another=st.booleans(),
        wishes=st.frozensets(st.sampled_from(EVERY_WISH)),
        service=st.sampled_from(sorted(SERVICES)),
    )
    def file(self, another: bool, wishes: frozenset[str], service: str) -> None:
        """File a new case."""
        applicant = self.cast.another_applicant if another else self.cast.applicant
        draft = a_draft(applicant, at=self.now, service=service, **wished(service, wishes))

        def act(who: User, key: UUID, at: datetime) -> object:
            return actions.submit(draft, applicant=who, consents=("handle", "consult"), key=key, at=at)

        assert self.tries(applicant, act)

    def conclude(self, pick: int, chance: int) -> None:
        """Conclude one open step, if whoever tries may."""
        item = self.item(pick)
        human = graph_for(item.case.service, item.case.version).human(item.node)
        verdict = human.options[chance % len(human.options)].verdict
        for amount in human.asked_with(verdict):
            if isinstance(amount, Amount) and not actions.ceiling(item.case, amount, at=self.now):
                verdict = "decline"
        flags = {name: bool(chance >> bit & 8) for bit, name in enumerate(sorted(human.declared_facts()))}
        adviser = (self.cast.expert, self.cast.another_expert)[pick % 2]

        def act(who: User, _key: UUID, at: datetime) -> object:
            return player.conclude(item.case, item.node, verdict, at=at, by=who, **{**flags, "adviser": adviser.pk})

        self.tries(self.somebody(item, chance), act)

    # Twice, because without conclusions no case gets far.
    decide = precondition(something_is_open)(rule(pick=any_number, chance=any_number)(conclude))
    decide_next = precondition(something_is_open)(rule(pick=any_number, chance=any_number)(conclude))

    @precondition(something_is_open)
    @rule(pick=any_number, chance=any_number, again=st.booleans())
    def ask(self, pick: int, chance: int, again: bool) -> None:
        """Ask her, or propose to ask her once more."""
        item, why_again = self.item(pick), A_REASON if again else ""

        def act(who: User, key: UUID, at: datetime) -> object:
            return actions.request_information(
                item, reviewer=who, question=A_QUESTION, why_again=why_again, key=key, at=at
            )

        self.tries(self.somebody(item, chance), act)

    @precondition(lambda days: InformationRequest.objects.filter(ending="proposed").exists())
    @rule(chance=any_number, agrees=st.booleans())
    def settle_the_question(self, chance: int, agrees: bool) -> None:
        """Agree to a further question, or not."""
        request = InformationRequest.objects.filter(ending="proposed").select_related("case").earliest("pk")
        who = self.staff[chance % len(self.staff)] if chance % 3 == 0 else player.approver_of(request)

        def act(who: User, key: UUID, at: datetime) -> object:
            if agrees:
                return actions.approve_request(request, approver=who, key=key, at=at)
            return actions.decline_request(request, approver=who, words=A_REASON, key=key, at=at)

        self.tries(who, act)

    @precondition(lambda days: InformationRequest.objects.filter(ending="open").exists())
    @rule()
    def reply(self) -> None:
        """Answer the oldest question."""
        request = InformationRequest.objects.filter(ending="open").select_related("case__applicant").earliest("pk")

        def act(who: User, key: UUID, at: datetime) -> object:
            return actions.answer(request, applicant=who, reply="Em gửi chị.", key=key, at=at)

        assert self.tries(request.case.applicant, act)

    @precondition(something_is_open)
    @rule(pick=any_number)
    def withdraw(self, pick: int) -> None:
        """Take a case back."""
        case = self.item(pick).case
        self.tries(case.applicant, lambda who, key, at: actions.withdraw(case, applicant=who, key=key, at=at))

    # --- who does it --------------------------------------------------------------------------------------------

    @precondition(something_is_open)
    @rule(pick=any_number, chance=any_number)
    def take(self, pick: int, chance: int) -> None:
        """Take an item, or give it back."""
        item, act = self.item(pick), (actions.claim, actions.release)[chance % 2]
        self.tries(self.somebody(item, chance), lambda who, key, at: act(item, reviewer=who, key=key, at=at))

    @precondition(something_is_open)
    @rule(pick=any_number, chance=any_number)
    def hand_out(self, pick: int, chance: int) -> None:
        """Give an item to somebody, as whoever manages the office, or would like to."""
        item, to = self.item(pick), self.staff[chance % len(self.staff)]
        managers = Membership.objects.today().filter(agency=item.agency_id, role=Role.APPROVER).order_by("pk")
        manager = managers.first()
        who = manager.user if manager is not None else self.cast.justice_approver
        self.tries(who, lambda who, key, at: actions.assign(item, manager=who, to=to, key=key, at=at))

    @precondition(something_is_open)
    @rule(pick=any_number, chance=any_number)
    def pass_it_on(self, pick: int, chance: int) -> None:
        """Hand an item to another office."""
        item = self.item(pick)
        offices = list(transferring.receivers(item)) or [self.cast.city_officer.memberships.earliest("pk").agency]
        to = offices[chance % len(offices)]

        def act(who: User, key: UUID, at: datetime) -> object:
            return transferring.transfer(item, reviewer=who, to=to, words=A_REASON, key=key, at=at)

        self.tries(self.somebody(item, chance), act)

    @precondition(something_is_open)
    @rule(pick=any_number, chance=any_number)
    def keep_away(self, pick: int, chance: int) -> None:
        """Declare oneself too near to a case."""
        item, grounds = self.item(pick), (Recusal.Ground.FAMILY, Recusal.Ground.BUSINESS, Recusal.Ground.MENTOR)
        ground = grounds[chance % 3]

        def act(who: User, key: UUID, at: datetime) -> object:
            return recusing.recuse(item, person=who, ground=ground, key=key, at=at)

        self.tries(self.somebody(item, chance), act)

    @rule(chance=any_number, length=st.integers(0, 20), covered=st.booleans())
    def go_away(self, chance: int, length: int, covered: bool) -> None:
        """Be away for some days, with or without somebody who acts meanwhile."""
        person = self.staff[chance % len(self.staff)]
        today = timezone.localdate(self.now)
        acting: dict[tuple[int, str], User | None] = {}
        for membership in absence.places(person):
            others = list(absence.colleagues(membership.agency_id, person))
            if covered and others:
                acting[membership.agency_id, membership.role] = others[chance % len(others)]

        def act(who: User, _key: UUID, at: datetime) -> object:
            until = today + timedelta(days=length)
            return absence.record_absence(person=person, by=who, since=today, until=until, acting=acting, at=at)

        self.tries(person, act)

    @precondition(lambda days: Absence.objects.exists())
    @rule(pick=any_number)
    def come_back(self, pick: int) -> None:
        """Be back before the absence is over."""
        absences = list(Absence.objects.select_related("person").order_by("pk"))
        away = absences[pick % len(absences)]
        self.tries(away.person, lambda who, _key, at: absence.end_absence(away, by=who, at=at))

    # --- time ---------------------------------------------------------------------------------------------------

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(1, 24 * 9)), worker=st.booleans())
    def time_goes_by(self, hours: int, worker: bool) -> None:
        """Let hours or days go by; the worker runs, or stands still for that time."""
        self.now += timedelta(hours=hours)
        self.clock.move_to(self.now)
        if worker:
            self.the_worker_passes()

    @rule(minutes=st.integers(1, 180))
    def the_clock_jumps_back(self, minutes: int) -> None:
        """The clock is set right by some minutes; what was written stays, and nothing is said twice."""
        self.now -= timedelta(minutes=minutes)
        self.clock.move_to(self.now)
        self.the_worker_passes()

    @rule()
    def everything_is_restarted(self) -> None:
        """A new process remembers nothing."""
        directory.cache_clear()
        rulebook.cache_clear()
        self.the_worker_passes()

    def the_worker_passes(self) -> None:
        """Do what is due now, twice: the second time there is nothing left to do."""
        self.tally.steps += 1
        actions.expire_unanswered(at=self.now)
        actions.sweep(at=self.now)
        events = TimelineEvent.objects.count()
        actions.sweep(at=self.now)
        assert TimelineEvent.objects.count() == events
        assert not Case.objects.filter(state__in=MOVING, look_at__lte=self.now).exists()
        self.no_lateness_is_silent()

    def no_lateness_is_silent(self) -> None:
        """Of every overdue step somebody was told, of the office that has it now or of those above it."""
        overdue = WorkItem.objects.filter(status=WorkItem.Status.OPEN, due_at__lt=self.now - timedelta(minutes=1))
        for item in overdue.exclude(holder=WorkItem.Holder.APPLICANT).select_related("case"):
            of_it = item.case.events.filter(verb="deadline_passed", facts__item=item.pk)
            came = [event.position for event in item.case.events.all() if item.pk in handed_on(event)]
            told = Notification.objects.filter(event__in=of_it.filter(position__gt=max(came, default=0)))
            above = Q(agency=item.agency_id) | Q(agency=item.case.desk_id, role=Role.APPROVER)
            above |= Q(agency__province=item.case.province_id, role=Role.SUPERVISOR)
            those = Q(person=item.assignee_id) | Q(person__in=Membership.objects.filter(above).values("user"))
            assert told.filter(those).exists(), f"nobody knows that {item} is late"

    # --- what must be true after every step ---------------------------------------------------------------------

    @invariant()
    def nothing_is_stuck(self) -> None:
        """Every open branch of every case has one holder, one due date and one next thing."""
        assert promise(Case.objects.all(), at=self.now).stuck == ()
        if self.tally.steps % WHOLE_LOOK == 0:
            health = examine(at=self.now)
            assert (health.findings, health.stuck) == ([], 0), health.findings

    @invariant()
    def every_second_is_somebodys(self) -> None:
        """The shares of each case sum to its age to the second, wherever the clock has been."""
        for case in Case.objects.exclude(state="draft"):
            kept = max(case.held_since or self.now, self.now)
            assert sum(seconds_by_holder(case, at=kept).values()) == age_in_seconds(case, at=kept)

    @invariant()
    def nothing_is_said_twice(self) -> None:
        """An item is reminded of each level once at an office; whatever is said reaches somebody who can read it.

        She is never refused by silence.
        """
        for event in TimelineEvent.objects.filter(pk__gt=self.last_event).order_by("pk"):
            self.last_event = event.pk
            self.tally.verbs.add(event.verb)
            passed_on = handed_on(event)
            # Whoever has it now is reminded anew.
            self.said = {told for told in self.said if told[1] not in passed_on}
            if event.verb in HEARD and not left_without_a_trace(event):
                heard = User.objects.filter(notifications__event=event)
                heard_by = [str(user) for user in heard if visible_cases(user).filter(pk=event.case_id).exists()]
                assert heard_by, (event.verb, [str(user) for user in heard], event.facts)
            if event.verb in ONCE:
                told = (event.case_id, event.facts["item"], str(event.facts["level"]))
                assert told not in self.said
                self.said.add(told)
            if event.actor_id is None:
                assert event.facts["state"] in ("submitted", "in_review", "decided", "expired")

    @invariant()
    def no_promise_moves_back(self) -> None:
        """The day she was promised comes nearer only by a conclusion that first makes another promise.

        After an apology that is the acceptance alone.
        """
        for case in Case.objects.exclude(state="draft"):
            was, apologies, position = self.promised.get(case.pk, (None, 0, 0))
            if was is not None and (case.promised_on is None or case.promised_on < was):
                said = f"{was} became {case.promised_on}"
                new = case.events.filter(position__gt=position, verb="decision_made")
                if new.filter(facts__keeps_promise=True).exists():
                    # She has what she was promised; what comes next is another promise.
                    self.promised[case.pk] = case.promised_on, case.apologies, case.event_count
                    continue
                opened = {item["node"] for event in new for item in event.facts["opened"]}
                assert opened, said
                assert not case.decisions.filter(node__in=opened).exists(), said
                accepted = any(event.at == case.accepted_at for event in new)
                assert accepted or not apologies, said
            self.promised[case.pk] = case.promised_on, case.apologies, case.event_count

    @invariant()
    def nothing_is_rewritten(self) -> None:
        """The whole record verifies."""
        assert verify(self.now).findings == ()
