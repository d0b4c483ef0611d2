"""The register: the filed cases of a supervisor's provinces, or of an office, newest first; sealed ones never."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from cases.models import Case, CaseState, InformationRequest, Target, User
from cases.models.case import MOVING, UNDECIDED
from cases.policy import supervised_cases, supervised_provinces
from cases.queries.choice import Choice
from cases.queries.finding import meant
from cases.queries.naming import name_of, place_of
from cases.queries.paging import read_number, read_place
from cases.queries.targets import reaching
from cases.services import service_of

PAGE = 50
# Beside the states: every case that still has a next thing.
OPEN = "open"
LATE, WAITING = "late", "waiting"
# Those of whose applicant an answer was awaited at some time of this month.
ASKED = "asked"

# What a line shows, and no more: not the route, not the facts of the case.
_READ = (
    *("key", "code", "service", "version", "state", "stage", "outcome"),
    *("submitted_at", "accepted_at", "promised_on", "decided_at", "ended_at"),
    *("applicant__full_name", "applicant__phone", "commune__name", "enterprise__name"),
)


@dataclass(frozen=True)
class Chosen(Choice):
    """Which cases of a register are read."""

    tim: str = ""
    state: str = ""
    service: str = ""
    now: str = ""
    # The number of the target for which they count.
    target: str = ""


@dataclass(frozen=True)
class Row:
    """One case as one line."""

    case: Case
    name: str
    place: str
    service: str | Promise
    stage: str | Promise
    # She has been asked: the promised date stands still, so the case cannot be late.
    waits_for_her: bool
    late: bool


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
    found = list(_after(registered(user, chosen, of=of, at=at), after)[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Register(rows=tuple(row_of(case, at=at) for case in found[:PAGE]), after=place_after(last) if last else "")


def registered(
    user: User, chosen: Chosen, *, of: Callable[[User], QuerySet[Case]] = supervised_cases, at: datetime
) -> QuerySet[Case]:
    """Return the cases this person supervises, or may read by the rule `of`, and chose to see, the newest first."""
    asked = InformationRequest.objects.filter(case=OuterRef("pk"), ending=InformationRequest.Ending.OPEN)
    cases = (
        of(user)
        .annotate(waits_for_her=Exists(asked))
        .select_related("applicant", "commune", "enterprise")
        .only(*_READ)
        .order_by("-submitted_at", "-pk")
    )
    if chosen.state == OPEN:
        cases = cases.filter(state__in=MOVING)
    elif chosen.state in CaseState.values:
        cases = cases.filter(state=chosen.state)
    if chosen.service:
        cases = cases.filter(service=chosen.service)
    if chosen.now == WAITING:
        cases = cases.filter(waits_for_her=True)
    elif chosen.now == LATE:
        cases = cases.filter(state__in=UNDECIDED, promised_on__lt=timezone.localdate(at), waits_for_her=False)
    elif chosen.now == ASKED:
        cases = cases.filter(Exists(asked_this_month(at).filter(case=OuterRef("pk"))))
    if chosen.target:
        target = target_of(user, chosen)
        cases = cases.filter(pk__in=reaching(target, supervised_cases(user)).values("pk")) if target else cases.none()
    return meant(cases, chosen.tim) if chosen.tim else cases


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
    return InformationRequest.objects.filter(Q(ended_at__gte=first_of_month(at)) | Q(ended_at__isnull=True))


def pages_of(cases: QuerySet[Case], *, size: int) -> Iterator[list[Case]]:
    """Yield all of these cases in pieces, each read when its turn comes. One query a piece."""
    after = ""
    while piece := list(_after(cases, after)[:size]):
        yield piece
        after = place_after(piece[-1])


def row_of(case: Case, *, at: datetime) -> Row:
    """Return one case as one line."""
    service = service_of(case)
    stage = service.stage(case.stage) if case.is_moving else None
    waits: bool = getattr(case, "waits_for_her", False)
    overdue = case.promised_on is not None and case.promised_on < timezone.localdate(at)
    return Row(
        case=case,
        name=name_of(case),
        place=place_of(case),
        service=service.title,
        stage=stage.name if stage else "",
        waits_for_her=waits,
        late=not waits and case.is_undecided and overdue,
    )


def place_after(case: Case) -> str:
    """Return where the register goes on after this case."""
    assert case.submitted_at is not None
    return f"{case.submitted_at.isoformat()}/{case.pk}"


def _after(cases: QuerySet[Case], after: str) -> QuerySet[Case]:
    place = read_place(after)
    if place is None:
        return cases
    submitted_at, pk = place
    return cases.filter(Q(submitted_at__lt=submitted_at) | Q(submitted_at=submitted_at, pk__lt=pk))
