"""One step of one case: a single transaction in which everything of a business act is written, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, Decision, Involvement, Membership, Outcome, Passage, TimelineEvent, User
from cases.models.agency import ReferenceVersion
from cases.models.timeline import next_event
from cases.policy import WrongState
from cases.queries.directory import Directory, directory
from cases.signals import event_recorded
from workflows import engine
from workflows.conditions import WAITED, deciders_key
from workflows.engine import Advance
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.nodes import HumanStep, rule_code
from workflows.queries.rulebook import Deadline, Rulebook, rulebook

# Everything of a case that a step may change, written by one UPDATE.
CHANGING = (
    "state",
    "marking",
    "facts",
    "stage",
    "promised_on",
    "plain_name",
    "sealed",
    "women_owned",
    "sme_class",
    "accepted_at",
    "decided_at",
    "ended_at",
    "outcome",
    "satisfaction",
    "event_count",
    "chain_head",
    "chain_seal",
)

# Among the facts: the kinds of agency she allowed to read this case.
MAY_READ = "may_read"


class AlreadyDone(WrongState):
    """Somebody else finished this first."""


class Repeated(Exception):
    """The same form of the same person again: `event` is what it did the first time."""

    def __init__(self, event: TimelineEvent) -> None:
        super().__init__(str(event))
        self.event = event


def already_done(item: WorkItem) -> AlreadyDone:
    """Return the conflict that says who finished this work item and when."""
    if item.finished_at is None:
        return AlreadyDone(_("This work item has changed since the page was opened. Read it again, then decide."))
    when = timezone.localtime(item.finished_at)
    if item.finished_by is None:
        closed = _("This work item was closed at %(time)s on %(day)s.")
        return AlreadyDone(closed % {"time": f"{when:%H:%M}", "day": f"{when:%d/%m/%Y}"})
    given = {"time": f"{when:%H:%M}", "day": f"{when:%d/%m/%Y}", "who": item.finished_by, "what": _conclusion(item)}
    if not given["what"]:
        return AlreadyDone(_("This work item was already handled at %(time)s on %(day)s by %(who)s.") % given)
    return AlreadyDone(_("This work item was already handled at %(time)s on %(day)s by %(who)s: %(what)s.") % given)


def _conclusion(item: WorkItem) -> str:
    """Return in words what was concluded on a finished work item; empty where it ended without a conclusion."""
    decision = item.decision
    option = decision and graph_for(item.case.service, item.case.version).human(item.node).option(decision.verdict)
    return str(option.label) if option else ""


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
        self.book: Rulebook = rulebook(reference_version)
        self.directory: Directory = directory(reference_version)
        self._item = item
        self.opened: list[WorkItem] = []
        self.closed: list[WorkItem] = []
        self.facts: dict[str, Any] = {}
        # Whom the actor acts for, where she acts for another.
        self.on_behalf_of: User | None = None
        # At which office, where no work item says it.
        self.agency_id: int | None = None

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
        """Return who must not decide this step, because they decided what it judges."""
        return {person for node in human.not_by for person in self.case.facts.get(deciders_key(node), [])}

    def require(self, action: str) -> None:
        """Pass when the actor may do this to the work item; judged on what was read under the lock."""
        assert self.actor is not None
        policy.require(
            self.actor,
            action,
            self.case,
            agency_id=self.item.agency_id,
            role=self.human.role,
            assignee_id=self.item.assignee_id,
            part=self.human.part,
            still_works=getattr(self.item, "holder_works", True),
            barred=self.barred(self.human),
        )

    def require_open(self) -> None:
        """Pass when the item is still somebody's to finish."""
        if not self.item.is_open:
            raise already_done(self.item)

    def require_unheld(self) -> None:
        """Pass when nobody else holds the item."""
        item = self.item
        if item.assignee_id is not None and self.actor is not None and item.assignee_id != self.actor.pk:
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

    def _on_accept(self) -> None:
        self.case.accepted_at = self.at

    def _on_not_accept(self) -> None:
        self.case.ended_at = self.at

    _on_close = _on_not_accept

    def _on_decide(self) -> None:
        case = self.case
        case.decided_at = self.at
        case.outcome = next(
            (ending.outcome for ending in self.graph.about.outcomes if ending.condition.holds(case.facts)),
            Outcome.ANSWERED,
        )
        if case.enterprise is not None and case.enterprise.women_owned != case.women_owned:
            # What she declared may have changed since: the label is judged at the decision, and the story says so.
            self.facts["women_owned"] = {
                "was": case.women_owned,
                "is": case.enterprise.women_owned,
                "women_capital_pct": str(case.enterprise.women_capital_pct),
                "woman_manager": case.enterprise.woman_manager,
            }
            case.women_owned = case.enterprise.women_owned

    def deadline(self, code: str) -> Deadline:
        """Return the deadline by a rule for a step of this case that opens now."""
        case = self.case
        assert case.submitted_at is not None
        return self.book.deadline(
            code,
            opened=self.today,
            submitted=timezone.localdate(case.submitted_at),
            accepted=timezone.localdate(case.accepted_at) if case.accepted_at else None,
            waited=case.facts.get(WAITED, 0),
        )

    def _new_item(self, node: str, token: str) -> WorkItem:
        case, human = self.case, self.graph.human(node)
        agency = self.directory.agency(human.agency.kind, human.agency.level, case) if human.agency else None
        assignee_id: int | None = case.facts.get(human.named) if human.named else None
        if agency is not None and agency.kind not in case.facts.get(MAY_READ, ()):
            raise WrongState(_("She has not allowed this case to be handed to %(agency)s.") % {"agency": agency})
        stays = self._item is not None and agency is not None and agency.pk == self._item.agency_id
        if case.sealed and stays and self.actor is not None:
            # A sealed case stays with the one person who holds it by name.
            assignee_id = self.actor.pk
        deadline = self.deadline(rule_code(human.within, case.facts))
        if human.promises is not None:
            case.promised_on = self.deadline(rule_code(human.promises, case.facts)).promised_on
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
        )

    def _involvements(self) -> Iterator[Involvement]:
        # An office that passes the case on to itself is involved already.
        known = (self._item.agency_id, self.human.part) if self._item is not None else (None, None)
        for item in self.opened:
            part = self.graph.human(item.node).part
            if item.agency_id is not None and (item.agency_id, part) != known:
                yield Involvement(case=self.case, agency_id=item.agency_id, part=part, since=self.at)
            if item.assignee_id is not None:
                yield Involvement(case=self.case, person_id=item.assignee_id, part=part, since=self.at)

    # --- the memory -------------------------------------------------------------------------------------

    def record(
        self, *, passages: Sequence[Passage] = (), also_changed: Sequence[str] = (), **facts: Any
    ) -> TimelineEvent:
        """Save the case and, last, the one event of this step; the voice writes its rows from it."""
        case = self.case
        event = next_event(
            case,
            verb=self.verb,
            actor=self.actor,
            on_behalf_of=self.on_behalf_of,
            agency_id=self._item.agency_id if self._item is not None else self.agency_id,
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
                "opened": [self.described(item) for item in self.opened],
                "closed": [self.described(item) for item in self.closed],
            },
        )
        case.save(update_fields=[*CHANGING, *also_changed])
        event.save(force_insert=True)
        event_recorded.send(sender=TimelineEvent, event=event, case=case)
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
        }


@contextmanager
def moving(
    subject: WorkItem | Case,
    verb: str,
    *,
    actor: User | None,
    key: UUID | None,
    at: datetime,
    also: Sequence[str] = (),
    asking: Mapping[str, Subquery] | None = None,
) -> Iterator[Step]:
    """Open the one transaction of a step: the case row locked first, then everything read under the lock.

    `verb` is what the event will say; `also` names relations of the case needed beside its enterprise, `asking` what
    else is read. Raises Repeated when the same person's form did this already, WrongState when its key did else.
    """
    with transaction.atomic():
        case_id = subject.case_id if isinstance(subject, WorkItem) else subject.pk
        Case.objects.locked().values_list("pk").get(pk=case_id)
        earlier = TimelineEvent.objects.filter(key=key) if key is not None else TimelineEvent.objects.none()
        read = {
            "earlier": Subquery(earlier.values("pk")[:1]),
            "reference_version": Subquery(ReferenceVersion.objects.filter(pk=1).values("number")[:1]),
        }
        relations = ("enterprise", *also)
        item: WorkItem | None = None
        row: WorkItem | Case
        if isinstance(subject, WorkItem):
            items = WorkItem.objects.select_related(*(f"case__{relation}" for relation in relations))
            still_works = Exists(Membership.objects.today().filter(user=OuterRef("assignee")))
            row = item = items.annotate(**read, holder_works=still_works).get(pk=subject.pk, case=case_id)
            case = item.case
        else:
            row = case = Case.objects.select_related(*relations).annotate(**read, **(asking or {})).get(pk=case_id)
        if getattr(row, "earlier", None) is not None:
            event = earlier.get()
            same_person = actor is not None and event.actor_id == actor.pk
            same_place = item is None or (event.facts.get("node"), event.facts.get("token")) == (item.node, item.token)
            if same_person and same_place and (event.case_id, event.verb) == (case.pk, verb):
                raise Repeated(event)
            if item is not None:
                raise already_done(item)
            raise WrongState(_("This form was already sent by somebody else."))
        version: int = getattr(row, "reference_version", None) or 0
        yield Step(case, item, verb=verb, actor=actor, key=key, at=at, reference_version=version)
