"""Whether every case has a next thing: the proof behind "never stuck"."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import Case, CaseState, FollowUp, InformationRequest, Involvement, TimelineEvent
from cases.models.case import MOVING
from cases.queries.directory import reference_version
from cases.queries.register import PATIENCE
from cases.queries.shares import age_in_seconds, seconds_by_holder
from workflows import engine
from workflows.calendar import Calendar
from workflows.models import WorkItem
from workflows.queries.able import away_alone, nobody_can
from workflows.queries.faults import ABANDONED, NO_HOLDER, Fault, faults
from workflows.queries.following import planned_for
from workflows.queries.holding import whose
from workflows.queries.passing import holder_told, seconds_told
from workflows.queries.rulebook import end_of, rulebook
from workflows.queries.stuck import abandoned as abandoned_among

_BATCH = 1000
FORSAKEN = "a sealed case has nobody left who can go on with it"
# From this reminder on, in per cent of the time given, a step is at risk.
AT_RISK = 80


@dataclass
class Health:
    """What a look at every case found: how many cases each holds for. `findings` name cases by code, never a person."""

    cases: int = 0
    open: int = 0
    stuck: int = 0
    late: int = 0
    # Reminded at four fifths of its time, or due within the next working day.
    at_risk: int = 0
    waiting_for_her: int = 0
    outside: int = 0
    # Held by somebody who is away, and nobody acts for her.
    absent_without_acting: int = 0
    # A step that no active person can do today.
    nobody_can: int = 0
    # The worker should have looked at it more than an hour ago.
    overslept: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass
class _Told:
    """What the events of a case say of it."""

    last_state: str | None = None
    handovers: list[tuple[datetime, str | None]] = field(default_factory=list)
    # Whether the clock by holder was kept when one of them was written.
    by_the_clock: bool = False


def examine(*, at: datetime) -> Health:
    """Return the health of every filed case, recomputed from its marking and its events. Constant queries a batch.

    Stuck is a moving case without a next thing: an open branch with no holder, no due date or no item.
    """
    health, calendar = Health(), rulebook(reference_version()).calendar
    last_pk = 0
    filed = Case.objects.exclude(state=CaseState.DRAFT).order_by("pk")
    while batch := list(filed.filter(pk__gt=last_pk)[:_BATCH]):
        last_pk = batch[-1].pk
        keys = [case.pk for case in batch]
        items, told = _open_items(keys), _told(keys)
        asked = set(
            InformationRequest.objects.filter(case__in=keys, ending=InformationRequest.Ending.OPEN).values_list(
                "case_id", flat=True
            )
        )
        of_batch = WorkItem.objects.filter(case__in=keys, finished_at__isnull=True)
        uninvolved = set(_uninvolved(keys))
        follow_ups = Counter(FollowUp.objects.filter(case__in=keys).values_list("case_id", flat=True))
        untold = set(FollowUp.objects.to_tell(at - PATIENCE).filter(case__in=keys).values_list("case_id", flat=True))
        abandoned = set(abandoned_among(of_batch))
        health.absent_without_acting += len(set(of_batch.filter(away_alone()).values_list("case_id", flat=True)))
        without = {case: (sealed, office) for case, sealed, office in _without_anybody(of_batch)}
        health.nobody_can += len(without)
        # Nobody else may hear of it, so it must be found here; which case it is, only its office can tell.
        health.findings += sorted(f"{office}: {FORSAKEN}" for sealed, office in without.values() if sealed)
        for case in batch:
            open_items = items.get(case.pk, [])
            running = [item for item in open_items if item.status == WorkItem.Status.OPEN]
            health.cases += 1
            health.open += case.is_moving
            health.late += any(item.due_at < at for item in running)
            health.at_risk += any(is_at_risk(item, calendar, at=at) for item in running)
            health.waiting_for_her += case.pk in asked
            health.outside += any(item.holder == WorkItem.Holder.OUTSIDE for item in open_items)
            unseen = case.is_moving and case.look_at is not None and case.look_at < at - PATIENCE
            health.overslept += unseen or case.pk in untold
            stuck = list(_stuck(case, open_items, abandoned))
            health.stuck += bool(stuck)
            of_case = told.get(case.pk, _Told())
            found = [*map(str, stuck), *_disagreements(case, open_items, of_case.last_state, case.pk in asked)]
            if follow_ups[case.pk] < (planned := planned_for(case)):
                found.append(f"it has {follow_ups[case.pk]} follow-ups of {planned}")
            if case.pk in uninvolved:
                found.append("somebody holds it who is not recorded as involved")
            if not stuck:
                found += _miscounted(case, open_items, of_case, at)
            health.findings.extend(f"{case}: {problem}" for problem in found)
    return health


def forsaken() -> dict[str, int]:
    """Return how many sealed cases nobody can go on with today, by the name of their office. One query."""
    sealed = WorkItem.objects.filter(case__sealed=True, finished_at__isnull=True)
    return Counter(office for _case, _sealed, office in set(_without_anybody(sealed)))


def _without_anybody(items: QuerySet[WorkItem]) -> QuerySet[WorkItem, Any]:
    """Return (case id, sealed, the office it is at or the desk) of the items that nobody can do today."""
    office = Coalesce("agency__name", "case__desk__name")
    return items.filter(nobody_can()).annotate(office=office).values_list("case_id", "case__sealed", "office")


def is_at_risk(item: WorkItem, calendar: Calendar, *, at: datetime) -> bool:
    """Return whether a running item is still in time, but not for long."""
    return item.due_at >= at and (item.reminded >= AT_RISK or item.due_at <= _next_evening(calendar, at))


def at_risk(calendar: Calendar, *, at: datetime) -> Q:
    """Return the same as a condition."""
    soon = Q(reminded__gte=AT_RISK) | Q(due_at__lte=_next_evening(calendar, at))
    return Q(status=WorkItem.Status.OPEN, due_at__gte=at) & soon


def _next_evening(calendar: Calendar, at: datetime) -> datetime:
    return end_of(calendar.after(timezone.localdate(at), 1))


def _open_items(cases: list[int]) -> dict[int, list[WorkItem]]:
    rows = (
        WorkItem.objects.filter(case__in=cases, finished_at__isnull=True)
        .only("case", "node", "token", "holder", "agency", "assignee", "status", "due_at", "reminded")
        .order_by("case_id")
    )
    return {pk: list(items) for pk, items in groupby(rows, key=lambda item: item.case_id)}


def _stuck(case: Case, items: list[WorkItem], abandoned: Collection[int]) -> Iterator[Fault]:
    if case.pk in abandoned:
        yield Fault(ABANDONED)
    there = {(item.node, item.token) for item in items}
    yield from faults(case.service, case.version, case.state, engine.from_json(case.marking), there)
    for item in items:
        if item.agency_id is None and item.assignee_id is None:
            yield Fault(NO_HOLDER, item.node, item.token)


def _disagreements(case: Case, items: list[WorkItem], last_state: str | None, asked: bool) -> Iterator[str]:
    if last_state != case.state:
        yield f"the state is {case.state}, the last event says {last_state}"
    if case.state not in MOVING and (items or case.marking):
        yield "it is over and something is still open"
    waiting = [item for item in items if item.status == WorkItem.Status.WAITING]
    if bool(waiting) != asked or len(waiting) > 1:
        yield "the open question and the waiting item do not belong together"


def _told(cases: list[int]) -> dict[int, _Told]:
    """Return what the events of these cases say: the last state, and whose the time was from when on."""
    told: dict[int, _Told] = {}
    events = TimelineEvent.objects.filter(case__in=cases).order_by("case_id", "position")
    rows = events.annotate(state=KT("facts__state"), held_by=KT("facts__held_by"))
    for case, at, verb, state, holder in rows.values_list("case_id", "at", "verb", "state", "held_by"):
        of_case = told.setdefault(case, _Told())
        of_case.last_state = state
        of_case.handovers.append((at, holder_told(verb, holder)))
        of_case.by_the_clock |= holder is not None
    return told


def _miscounted(case: Case, items: list[WorkItem], told: _Told, at: datetime) -> Iterator[str]:
    """Yield what is wrong with the clock by holder: on the case, by its events, and by what is open now."""
    kept, age = seconds_by_holder(case, at=at), age_in_seconds(case, at=at)
    if sum(kept.values()) != age:
        yield f"the holders had it for {sum(kept.values())} seconds, it is {age} seconds old"
    assert case.submitted_at is not None
    end = at if case.is_moving else max(case.ended_at or at, case.held_since or case.submitted_at)
    if kept != seconds_told(told.handovers, start=case.submitted_at, at=end):
        yield "the time of its holders is not what its events tell"
    # Of a case older than this clock nobody's time is told but hers, before its next step.
    if case.is_moving and told.by_the_clock and case.held_by != whose(items):
        yield f"its time is counted for {case.held_by}, it is with {whose(items)}"


def _uninvolved(cases: list[int]) -> Iterator[int]:
    involved = Involvement.objects.filter(
        Q(agency=OuterRef("agency")) | Q(person=OuterRef("assignee")), case=OuterRef("case"), until__isnull=True
    )
    yield from (
        WorkItem.objects.filter(case__in=cases, finished_at__isnull=True)
        .filter(~Exists(involved))
        .exclude(holder=WorkItem.Holder.APPLICANT)
        .values_list("case_id", flat=True)
    )
