"""The register: the filed cases of a supervisor's provinces, or of an office, newest first; sealed ones never."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from cases.models import Case, CaseState, InformationRequest, PromiseAlarm, Target, User
from cases.models.case import MOVING, UNDECIDED
from cases.policy import WHOLE, Reading, read_in_part, readings, supervised_cases, supervised_provinces
from cases.queries.choice import Choice
from cases.queries.finding import meant
from cases.queries.naming import name_of, place_of
from cases.queries.paging import read_number
from cases.queries.questions import NEVER_ASKED
from cases.queries.shares import HERS, Holder, Share, holders, seconds_by_holder, seconds_held
from cases.queries.targets import reaching
from cases.services import service_of

PAGE = 50
# Beside the states: every case that still has a next thing.
OPEN = "open"
LATE, WAITING = "late", "waiting"
# The promised day was put off with an apology and may not be kept again; a further question waits for an approver;
# the worker should have looked at the case and has not.
ENDANGERED, PROPOSED, OVERSLEPT = "endangered", "proposed", "overslept"
# What the page of checks counts and opens.
CHECKED = (LATE, ENDANGERED, PROPOSED, OVERSLEPT)
# For so long the worker may be behind before anybody is told that it is not running.
PATIENCE = timedelta(hours=1)
# Those of whose applicant an answer was awaited at some time of this month.
ASKED = "asked"

# What a line shows, and no more: not the route, not the facts of the case.
_READ = (
    *("key", "code", "service", "version", "state", "stage", "outcome"),
    *("submitted_at", "accepted_at", "promised_on", "decided_at", "ended_at"),
    *("shares", "held_by", "held_since"),
    *("applicant", "province", "sealed"),
    *("applicant__full_name", "applicant__phone", "commune__name", "enterprise__name"),
)


@dataclass(frozen=True)
class Chosen(Choice):
    """Which cases of a register are read."""

    tim: str = ""
    state: str = ""
    service: str = ""
    now: str = ""
    # The number of the target for which they count, and the outcome of those meant.
    target: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Row:
    """One case as one line."""

    case: Case
    name: str
    place: str
    service: str | Promise
    stage: str | Promise
    # She has been asked, or a step of hers is open: the promised date stands still, so the case cannot be late.
    waits_for_her: bool
    late: bool
    # While it is open, who has it and for how long already; then, who had it longest.
    held: Share | None
    # The seconds that were the applicant's, the offices' of each kind, and so on.
    by_kind: Mapping[str, int]
    # How much of it the reader reads; of what was handed to her office in part, no column tells more than that.
    reading: Reading = WHOLE


@dataclass(frozen=True)
class Register:
    """One page of the register; there are deliberately no counts."""

    rows: tuple[Row, ...]
    after: str


def register(
    user: User,
    chosen: Chosen,
    *,
    of: Callable[[User], QuerySet[Case]] = supervised_cases,
    after: str = "",
    at: datetime,
) -> Register:
    """Return one page of the cases this person supervises, or that the rule `of` lets her read; never her own."""
    cases = registered(user, chosen, of=of, at=at)
    # An address tells no moment: somebody who reads a part of a case does not learn from it when it was sent.
    number = read_number(after)
    last_shown = None if number is None else of(user).filter(pk=number).only("submitted_at").first()
    found = list(_below(cases, last_shown)[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    rows = rows_of(found[:PAGE], at=at)
    if of is not supervised_cases:
        read = readings(user, found[:PAGE])
        rows = tuple(replace(row, reading=read[row.case.pk]) for row in rows)
    return Register(rows=rows, after=str(last.pk) if last else "")


def registered(
    user: User, chosen: Chosen, *, of: Callable[[User], QuerySet[Case]] = supervised_cases, at: datetime
) -> QuerySet[Case]:
    """Return the cases this person supervises, or may read by the rule `of`, and chose to see, the newest first."""
    cases = (
        of(user)
        .annotate(waits_for_her=ExpressionWrapper(_waits_for_her(), output_field=BooleanField()))
        .select_related("applicant", "commune", "enterprise")
        .only(*_READ)
        .order_by("-submitted_at", "-pk")
    )
    if of is not supervised_cases and (chosen.state or chosen.now or chosen.target):
        # How a case stands is not for a body that was handed a part of it: no choice by that may find it.
        cases = cases.exclude(read_in_part(user))
    if chosen.state == OPEN:
        cases = cases.filter(state__in=MOVING)
    elif chosen.state in CaseState.values:
        cases = cases.filter(state=chosen.state)
    if chosen.service:
        cases = cases.filter(service=chosen.service)
    if chosen.now in (WAITING, *CHECKED):
        cases = cases.filter(standing_so(chosen.now, at=at))
    elif chosen.now == ASKED:
        cases = cases.filter(Exists(asked_this_month(at).filter(case=OuterRef("pk"))))
    if chosen.target:
        target = target_of(user, chosen)
        counted = reaching(target, supervised_cases(user), outcome=chosen.outcome) if target else None
        cases = cases.none() if counted is None else cases.filter(pk__in=counted.values("pk"))
    return meant(cases, chosen.tim) if chosen.tim else cases


def standing_so(now: str, *, at: datetime) -> Q:
    """Return the cases that stand in one of the ways in which they are counted and listed."""
    today = timezone.localdate(at)
    undecided = Q(state__in=UNDECIDED)
    return {
        WAITING: _waits_for_her(),
        LATE: undecided & Q(promised_on__lt=today) & ~_waits_for_her(),
        ENDANGERED: undecided & Q(promise_alarm=PromiseAlarm.ENDANGERED, promised_on__gte=today),
        PROPOSED: Q(_asked(InformationRequest.Ending.PROPOSED)),
        OVERSLEPT: Q(state__in=MOVING, look_at__lt=at - PATIENCE),
    }[now]


def _waits_for_her() -> Q:
    """Return the cases that wait for the applicant: she is asked something, or a step of her own is before her."""
    return Q(_asked(InformationRequest.Ending.OPEN)) | Q(held_by=HERS)


def _asked(ending: InformationRequest.Ending) -> Exists:
    return Exists(InformationRequest.objects.filter(case=OuterRef("pk"), ending=ending))


def target_of(user: User, chosen: Chosen) -> Target | None:
    """Return the target whose cases were chosen, if it is one of the reader's provinces."""
    number = read_number(chosen.target)
    if number is None:
        return None
    return Target.objects.filter(pk=number, programme__province__in=supervised_provinces(user)).first()


def first_of_month(at: datetime) -> datetime:
    """Return the moment in which the month began."""
    return timezone.make_aware(datetime.combine(timezone.localdate(at).replace(day=1), time.min))


def asked_this_month(at: datetime) -> QuerySet[InformationRequest]:
    """Return the questions to applicants that were open at some time of this month."""
    this_month = Q(ended_at__gte=first_of_month(at)) | Q(ended_at__isnull=True)
    return InformationRequest.objects.filter(this_month).exclude(ending__in=NEVER_ASKED)


def pages_of(cases: QuerySet[Case], *, size: int) -> Iterator[list[Case]]:
    """Yield all of these cases in pieces, each read when its turn comes. One query a piece."""
    last = None
    while piece := list(_below(cases, last)[:size]):
        yield piece
        last = piece[-1]


def rows_of(cases: Sequence[Case], *, at: datetime) -> tuple[Row, ...]:
    """Return each of these cases as one line. Two queries at most, however many there are."""
    seconds = [seconds_by_holder(case, at=at) for case in cases]
    names = holders({*(key for each in seconds for key in each), *(case.held_by for case in cases if case.held_by)})
    return tuple(_row(case, each, names, at=at) for case, each in zip(cases, seconds, strict=True))


def _row(case: Case, seconds: Mapping[str, int], names: Mapping[str, Holder], *, at: datetime) -> Row:
    service = service_of(case)
    stage = service.stage(case.stage) if case.is_moving else None
    waits: bool = getattr(case, "waits_for_her", False)
    overdue = case.promised_on is not None and case.promised_on < timezone.localdate(at)
    longest = max(seconds, key=lambda key: seconds[key], default="")
    held = Share(names[longest], seconds[longest]) if longest else None
    if case.held_by in names:
        held = Share(names[case.held_by], seconds_held(case, at=at))
    by_kind: dict[str, int] = {}
    for key, spent in seconds.items():
        by_kind[names[key].kind] = by_kind.get(names[key].kind, 0) + spent
    return Row(
        case=case,
        name=name_of(case),
        place=place_of(case),
        service=service.title,
        stage=stage.name if stage else "",
        waits_for_her=waits,
        late=not waits and case.is_undecided and overdue,
        held=held,
        by_kind=by_kind,
    )


def _below(cases: QuerySet[Case], last: Case | None) -> QuerySet[Case]:
    """Return what stands below this line; all where there is none."""
    if last is None:
        return cases
    return cases.filter(Q(submitted_at__lt=last.submitted_at) | Q(submitted_at=last.submitted_at, pk__lt=last.pk))
