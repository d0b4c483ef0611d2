"""One step of one case: a single transaction in which everything of a business act is written, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import (
    Case,
    Decision,
    FollowUp,
    InformationRequest,
    Involvement,
    Outcome,
    Passage,
    TimelineEvent,
    User,
)
from cases.models.timeline import next_event
from cases.policy import Posts, WrongState
from cases.queries.directory import Directory, directory
from cases.queries.posts import posts_of
from cases.signals import events_recorded
from workflows import clock, engine, promised
from workflows.conditions import WAITED, deciders_key
from workflows.conflicts import already_done
from workflows.engine import Advance
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.nodes import HumanStep, rule_code
from workflows.queries.following import follow_ups_of
from workflows.queries.hands import acting_for_holder
from workflows.queries.rulebook import Deadline, Rulebook, rulebook

# Everything of a case that a step may change, written by one UPDATE.
CHANGING = (
    *("state", "marking", "facts", "stage"),
    *("promised_on", "promised_at", "promised_under", "apologies", "promise_alarm"),
    *("shares", "held_by", "held_since", "look_at"),
    *("plain_name", "sealed", "women_owned", "sme_class"),
    *("accepted_at", "decided_at", "ended_at", "outcome", "satisfaction"),
    *("event_count", "chain_head", "chain_seal"),
)

# Among the facts: the kinds of agency she allowed to read this case.
MAY_READ = "may_read"


class Step:
    """What one action reads under the lock, changes in memory and writes once."""

    def __init__(
        self,
        case: Case,
        item: WorkItem | None,
        *,
        verb: str,
        actor: User | None,
        key: UUID | None,
        at: datetime,
        reference_version: int,
    ) -> None:
        self.case = case
        self.verb = verb
        self.actor = actor
        self.key = key
        self.at = at
        self.today = timezone.localdate(at)
        self.graph = graph_for(case.service, case.version)
        # The number was read under the lock, so these are never older than the step.
        self.reference_version = reference_version
        self.book: Rulebook = rulebook(reference_version)
        self.directory: Directory = directory(reference_version)
        self._item = item
        self.opened: list[WorkItem] = []
        self.closed: list[WorkItem] = []
        self.facts: dict[str, Any] = {}
        # What is open once this step is done; None while it changes nothing of it.
        self.now_open: Sequence[WorkItem] | None = None
        # Whom the actor acts for, where she acts for another.
        self.on_behalf_of: User | None = None
        # At which office, where no work item says it.
        self.agency_id: int | None = None
        self._held: Posts | None = None

    @property
    def item(self) -> WorkItem:
        """The work item this step is about."""
        assert self._item is not None
        return self._item

    @property
    def human(self) -> HumanStep:
        """What the flow says about the work item's step."""
        return self.graph.human(self.item.node)

    def barred(self, human: HumanStep) -> set[int]:
        """Return who must not decide this step, because they decided what it judges, or somebody did in their place."""
        return {person for node in human.not_by for person in self.case.facts.get(deciders_key(node), [])}

    @property
    def held(self) -> Posts:
        """Where the actor works, read once and under the lock."""
        assert self.actor is not None
        if self._held is None:
            self._held = policy.standing(self.actor)
        return self._held

    def require(self, action: str, *, held: Posts | None = None) -> None:
        """Pass when the actor, who works where she is `held`, may do this to the work item; note in whose place."""
        assert self.actor is not None
        item, human, barred, self._held = self.item, self.human, self.barred(self.human), held or self._held
        if self._held is None and action == "decide" and (said := getattr(item, "posts", None)):
            self._held = posts_of(said)
        # An adviser acts by name, a supervisor by what she reads.
        at_an_office = item.agency_id is not None and action != "supervise"
        policy.require(
            self.actor,
            action,
            self.case,
            agency_id=item.agency_id,
            role=human.role,
            assignee_id=item.assignee_id,
            part=human.part,
            still_works=getattr(item, "holder_works", True),
            barred=barred,
            held=self.held if at_an_office else None,
            is_shut=False,
        )
        if at_an_office:
            where = {"agency_id": item.agency_id, "assignee_id": self._taken_up()}
            self.on_behalf_of = self.held.acted_for(policy.roles_for(action, human.role), **where, barred=barred)

    def _taken_up(self) -> int | None:
        """Return who holds the item, if others may take it up while she is away: nobody takes up a sealed case."""
        return None if self.case.sealed else self.item.assignee_id

    def require_open(self) -> None:
        """Pass when the item is still somebody's to finish."""
        if not self.item.is_open:
            raise already_done(self.item)

    def require_unheld(self) -> None:
        """Pass when nobody else holds the item, or somebody in whose place the actor is."""
        item = self.item
        if item.assignee_id is None or self.actor is None or item.assignee_id == self.actor.pk:
            return
        if self.on_behalf_of is None or self.on_behalf_of.pk != self._taken_up():
            raise WrongState(_("%(who)s holds this work item now.") % {"who": item.assignee})

    def require_unchanged(self, seen_version: int | None) -> None:
        """Pass when the item is open, not held by another, and as it was when the page was opened."""
        item = self.item
        self.require_open()
        if item.status == WorkItem.Status.WAITING:
            raise WrongState(
                _("The applicant has been asked for information. It can be decided once she has answered.")
            )
        self.require_unheld()
        if seen_version is not None and seen_version != item.version:
            raise already_done(item)

    def write(self, kind: Passage.Kind, body: str, *, name: str = "") -> Passage:
        """Return the actor's words, unsaved."""
        assert self.actor is not None
        return Passage(case=self.case, kind=kind, name=name, author=self.actor, body=body, written_at=self.at)

    # --- moving on --------------------------------------------------------------------------------------

    def close(self, decision: Decision) -> None:
        """Close the work item; raises AlreadyDone when somebody was faster."""
        item = self.item
        closed = WorkItem.objects.filter(pk=item.pk, status=WorkItem.Status.OPEN, version=item.version).update(
            status=WorkItem.Status.DONE,
            version=F("version") + 1,
            assignee=self.actor,
            decision=decision,
            finished_at=self.at,
            finished_by=self.actor,
        )
        if closed != 1:
            raise already_done(item)
        self.closed.append(item)
        self.drop_proposal()

    def drop_proposal(self) -> None:
        """Let fall a further question that waits for an approver: the step that wanted it is over."""
        proposal: int | None = getattr(self.item, "proposal", None)
        if proposal is not None:
            waiting = InformationRequest.objects.filter(pk=proposal, ending=InformationRequest.Ending.PROPOSED)
            waiting.update(ending=InformationRequest.Ending.DECLINED, ended_at=self.at)
            self.facts["dropped"] = proposal

    def cancel_open_items(self) -> None:
        """Close everything that is still open, because the case ends here."""
        still_open = WorkItem.objects.filter(case=self.case, finished_at__isnull=True)
        self.closed.extend(still_open)
        still_open.update(
            status=WorkItem.Status.CANCELLED,
            version=F("version") + 1,
            finished_at=self.at,
            finished_by=self.actor,
        )
        self.case.marking = []
        self.case.stage = ""
        self.case.ended_at = self.at
        self.now_open = ()

    def advance(self) -> None:
        """Let the case move on from the closed item: lifecycle, marking, new items, involvements."""
        self.apply(
            engine.advance(
                self.graph,
                engine.from_json(self.case.marking),
                self.case.facts,
                node=self.item.node,
                token=self.item.token,
            )
        )

    def apply(self, advance: Advance) -> None:
        """Write what the executor said."""
        case = self.case
        for move in advance.moves:
            getattr(case, move)()
            getattr(self, f"_on_{move}", lambda: None)()
        case.marking = engine.to_json(advance.marking)
        self.opened = [self._new_item(node, token) for node, token in advance.opened]
        if self.opened:
            case.stage = self.opened[0].stage
            WorkItem.objects.bulk_create(self.opened)
            Involvement.objects.bulk_create(list(self._involvements()), ignore_conflicts=True)
        elif not advance.marking:
            case.stage = ""
        beside = len(engine.human_part(self.graph, advance.marking)) > len(self.opened)
        self.now_open = self.open_items() if beside else self.opened

    def _on_accept(self) -> None:
        self.case.accepted_at = self.at

    def _on_not_accept(self) -> None:
        self.case.ended_at = self.at

    def _on_close(self) -> None:
        case = self.case
        case.ended_at = self.at
        # What was settled when it was decided may have come true since: the loan has reached her.
        case.outcome = self._outcome
        planned = follow_ups_of(case, self.book, on=self.today)
        FollowUp.objects.bulk_create(planned)
        if planned:
            self.facts["follow_ups"] = [[each.number, each.due_on] for each in planned]

    @property
    def _outcome(self) -> str:
        """What comes of the case, by what was concluded so far."""
        endings = self.graph.about.outcomes
        return next((ending.outcome for ending in endings if ending.condition.holds(self.case.facts)), Outcome.ANSWERED)

    def _on_decide(self) -> None:
        case = self.case
        case.decided_at = self.at
        case.outcome = self._outcome
        if judged := case.judge_ownership():
            # What she declared may have changed since: the label is judged at the decision, and the story says so.
            self.facts["women_owned"] = judged

    def open_items(self) -> list[WorkItem]:
        """Return what is open in the case, as it is now, each with who acts for its holder today."""
        still_open = WorkItem.objects.filter(case=self.case, finished_at__isnull=True)
        return list(still_open.select_related("request").annotate(acting=acting_for_holder()))

    def promise(self, day: date | None, *, under: str = "") -> None:
        """Promise her a day, by a law or, without one, as a target of our own."""
        promised.promise(self.case, day, under=under, at=self.at)

    def deadline(self, code: str) -> Deadline:
        """Return the deadline by a rule for a step of this case that opens now."""
        case = self.case
        return self.book.deadline(
            code,
            opened=self.today,
            submitted=self.received_on,
            accepted=self._accepted_on,
            waited=case.facts.get(WAITED, 0),
        )

    @property
    def received_on(self) -> date:
        """The day from which the clock of the case runs: it was sent, or its paper reached a counter."""
        return self.book.received_on(self.case)

    @property
    def _accepted_on(self) -> date | None:
        """The day from which the clock of what we promise runs, once the case is accepted.

        Paper that lay at a counter until somebody typed it in was received on the day it was handed in.
        """
        accepted_at = self.case.accepted_at
        if accepted_at is None:
            return None
        return self.received_on if self.case.received_on is not None else timezone.localdate(accepted_at)

    def _new_item(self, node: str, token: str) -> WorkItem:
        case, human = self.case, self.graph.human(node)
        place = human.place(case.facts)
        agency = self.directory.agency(place.kind, place.level, case) if place else None
        assignee_id = human.person(case)
        if agency is not None and agency.kind not in case.facts.get(MAY_READ, ()):
            raise WrongState(_("She has not allowed this case to be handed to %(agency)s.") % {"agency": agency})
        stays = self._item is not None and agency is not None and agency.pk == self._item.agency_id
        if case.sealed and stays and self.actor is not None:
            # A sealed case stays with the one person who holds it by name.
            assignee_id = self.actor.pk
        deadline = self.deadline(rule_code(human.within, case.facts))
        if human.promises is not None:
            until = self.deadline(rule_code(human.promises, case.facts))
            promised.promise_by_the_flow(case, node, until.promised_on, under=until.law, at=self.at)
        return WorkItem(
            case=case,
            node=node,
            token=token,
            stage=human.stage,
            holder=human.holder,
            agency=agency,
            assignee_id=assignee_id,
            opened_at=self.at,
            starts_on=deadline.starts_on,
            rule=deadline.rule,
            due_at=deadline.due_at,
            days=deadline.days,
        )

    def _involvements(self) -> Iterator[Involvement]:
        # An office that passes the case on to itself is involved already.
        known = (self._item.agency_id, self.human.part) if self._item is not None else (None, None)
        for item in self.opened:
            part = self.graph.human(item.node).part
            if item.agency_id is not None and (item.agency_id, part) != known:
                yield Involvement(case=self.case, agency_id=item.agency_id, part=part, since=self.at)
            if item.assignee_id not in (None, self.case.applicant_id):
                yield Involvement(case=self.case, person_id=item.assignee_id, part=part, since=self.at)

    # --- the memory -------------------------------------------------------------------------------------

    def record(
        self, *, passages: Sequence[Passage] = (), also_changed: Sequence[str] = (), **facts: Any
    ) -> TimelineEvent:
        """Save the case and, last, the one event of this step; the voice writes its rows from it."""
        case = self.case
        if self.now_open is not None:
            clock.pass_on(case, self.now_open, at=self.at)
            case.look_at = clock.next_look(case, self.now_open, self.book)
        event = next_event(
            case,
            verb=self.verb,
            actor=self.actor,
            on_behalf_of=self.on_behalf_of,
            agency_id=(self._item.agency_id if self._item is not None else None) or self.agency_id,
            at=self.at,
            key=self.key,
            facts={
                **facts,
                **self.facts,
                **({"words": {str(words.pk): words.fingerprint for words in passages}} if passages else {}),
                **({"node": self._item.node, "token": self._item.token} if self._item is not None else {}),
                "state": case.state,
                "stage": case.stage,
                "promised_on": case.promised_on,
                # Only where the clock was told: who has the time from here on.
                **({"held_by": case.held_by} if self.now_open is not None else {}),
                "opened": [self.described(item) for item in self.opened],
                "closed": [self.described(item) for item in self.closed],
            },
        )
        case.save(update_fields=[*CHANGING, *also_changed])
        event.save(force_insert=True)
        events_recorded.send(sender=TimelineEvent, events=[event])
        return event

    def described(self, item: WorkItem) -> Mapping[str, Any]:
        """Return what an event says of a work item."""
        return {
            "item": item.pk,
            "node": item.node,
            "stage": item.stage,
            "holder": item.holder,
            "agency": item.agency_id,
            "person": item.assignee_id,
            "role": self.graph.human(item.node).role,
            "due": timezone.localdate(item.due_at),
            **({"acting": acting} if (acting := getattr(item, "acting", None)) else {}),
        }
