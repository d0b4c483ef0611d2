"""Whether every case has a next thing: the proof behind "never stuck"."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.models import Case, CaseState, InformationRequest, Involvement, Membership, Role, TimelineEvent
from cases.models.case import MOVING
from workflows import engine
from workflows.flows.registry import FLOWS, graph_for
from workflows.models import WorkItem

_BATCH = 1000


@dataclass
class Health:
    """What a look at every case found. `findings` name cases by code, never a person."""

    cases: int = 0
    open: int = 0
    stuck: int = 0
    late: int = 0
    waiting_for_her: int = 0
    outside: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def examine(*, at: datetime) -> Health:
    """Return the health of every filed case, recomputed from its marking. Constant queries a batch.

    Stuck is a moving case without a next thing: an open branch with no holder, no due date or no item.
    """
    health = Health()
    last_pk = 0
    filed = Case.objects.exclude(state=CaseState.DRAFT).order_by("pk")
    while batch := list(filed.filter(pk__gt=last_pk)[:_BATCH]):
        last_pk = batch[-1].pk
        keys = [case.pk for case in batch]
        items = _open_items(keys)
        asked = set(
            InformationRequest.objects.filter(case__in=keys, ending=InformationRequest.Ending.OPEN).values_list(
                "case_id", flat=True
            )
        )
        last_states = dict(
            TimelineEvent.objects.filter(case__in=keys)
            .order_by("case_id", "position")
            .values_list("case_id", "facts__state")
        )
        uninvolved = set(_uninvolved(keys))
        abandoned = set(_abandoned(keys))
        for case in batch:
            open_items = items.get(case.pk, [])
            health.cases += 1
            health.open += case.is_moving
            health.late += any(item.due_at < at and item.status == WorkItem.Status.OPEN for item in open_items)
            health.waiting_for_her += case.pk in asked
            health.outside += any(item.holder == WorkItem.Holder.OUTSIDE for item in open_items)
            stuck = list(_stuck(case, open_items, abandoned))
            health.stuck += bool(stuck)
            found = [*stuck, *_disagreements(case, open_items, last_states.get(case.pk), case.pk in asked)]
            if case.pk in uninvolved:
                found.append("somebody holds it who is not recorded as involved")
            health.findings.extend(f"{case}: {problem}" for problem in found)
    return health


@dataclass(frozen=True)
class Promise:
    """The first promise for some cases: how many are open, and which of them are stuck."""

    open: int
    stuck: tuple[Case, ...]
    checked_at: datetime


def promise(cases: QuerySet[Case], *, at: datetime) -> Promise:
    """Return which of these cases are stuck, by the same judgement as `examine`. Three queries a batch."""
    found, last_pk, stuck = 0, 0, []
    moving = cases.filter(state__in=MOVING).only("key", "code", "service", "version", "state", "marking").order_by("pk")
    while batch := list(moving.filter(pk__gt=last_pk)[:_BATCH]):
        last_pk = batch[-1].pk
        keys = [case.pk for case in batch]
        items, abandoned = _open_items(keys), set(_abandoned(keys))
        found += len(batch)
        stuck += [case for case in batch if any(_stuck(case, items.get(case.pk, []), abandoned))]
    return Promise(found, tuple(stuck), at)


def _open_items(cases: list[int]) -> dict[int, list[WorkItem]]:
    rows = (
        WorkItem.objects.filter(case__in=cases, finished_at__isnull=True)
        .only("case", "node", "token", "holder", "agency", "assignee", "status", "due_at")
        .order_by("case_id")
    )
    return {pk: list(items) for pk, items in groupby(rows, key=lambda item: item.case_id)}


def _stuck(case: Case, items: list[WorkItem], abandoned: Collection[int]) -> Iterator[str]:
    if case.pk in abandoned:
        yield "its holder no longer works there"
    if (case.service, case.version) not in FLOWS:
        yield "its flow is not known"
        return
    graph = graph_for(case.service, case.version)
    expected = engine.human_part(graph, engine.from_json(case.marking))
    there = {(item.node, item.token) for item in items}
    if case.state in MOVING and not expected:
        yield "nothing comes next"
    for node, token in sorted(expected - there):
        yield f"nobody waits at {node} ({token})"
    for node, token in sorted(there - expected):
        yield f"an item waits at {node} ({token}) where no token is"
    for item in items:
        if item.agency_id is None and item.assignee_id is None:
            yield f"{item.node} has no holder"


def _disagreements(case: Case, items: list[WorkItem], last_state: str | None, asked: bool) -> Iterator[str]:
    if last_state != case.state:
        yield f"the state is {case.state}, the last event says {last_state}"
    if case.state not in MOVING and (items or case.marking):
        yield "it is over and something is still open"
    waiting = [item for item in items if item.status == WorkItem.Status.WAITING]
    if bool(waiting) != asked or len(waiting) > 1:
        yield "the open question and the waiting item do not belong together"


def _abandoned(cases: list[int]) -> Iterator[int]:
    still_works = Membership.objects.today().filter(
        Q(agency=OuterRef("agency")) | Q(role=Role.EXPERT), user=OuterRef("assignee")
    )
    yield from (
        WorkItem.objects.filter(case__in=cases, finished_at__isnull=True, assignee__isnull=False)
        .filter(~Exists(still_works))
        .values_list("case_id", flat=True)
    )


def _uninvolved(cases: list[int]) -> Iterator[int]:
    involved = Involvement.objects.filter(
        Q(agency=OuterRef("agency")) | Q(person=OuterRef("assignee")), case=OuterRef("case"), until__isnull=True
    )
    yield from (
        WorkItem.objects.filter(case__in=cases, finished_at__isnull=True)
        .filter(~Exists(involved))
        .values_list("case_id", flat=True)
    )
