"""The register: the filed cases of a supervisor's provinces, newest first. Sealed cases never stand in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from cases.models import Case, CaseState, InformationRequest, Membership, Province, User
from cases.models.case import CODE_SIGNS, read_code
from cases.policy import READING_ROLES, visible_cases
from cases.queries.naming import name_of, place_of
from cases.queries.paging import read_place
from cases.services import service_of

PAGE = 50
FIRST_YEAR = 2026
# The part of a code that people use: 7QK4M2-D.
_SHORT = 7


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
    user: User, *, state: str = "", service: str = "", code: str = "", after: str = "", at: datetime
) -> Register:
    """Return one page of the cases this person supervises. Nobody supervises a case of her own."""
    provinces = Membership.objects.today().filter(user=user, role__in=READING_ROLES)
    cases = (
        Case.objects.listed()
        .filter(pk__in=visible_cases(user).values("pk"), province__in=provinces.values("agency__province"))
        .exclude(applicant=user)
        .annotate(
            waits_for_her=Exists(
                InformationRequest.objects.filter(case=OuterRef("pk"), ending=InformationRequest.Ending.OPEN)
            )
        )
        .select_related("applicant", "commune", "enterprise")
        .order_by("-submitted_at", "-pk")
    )
    if state in CaseState.values:
        cases = cases.filter(state=state)
    if service:
        cases = cases.filter(service=service)
    if code:
        cases = cases.filter(code__in=codes_like(code, at=at))
    found = list(_after(cases, after)[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Register(
        rows=tuple(_rows(found[:PAGE], at)),
        after=f"{last.submitted_at.isoformat()}/{last.pk}" if last and last.submitted_at else "",
    )


def codes_like(text: str, *, at: datetime) -> list[str]:
    """Return the codes a person can mean by what she typed: a whole code, or the last part that people use."""
    whole = read_code(text)
    if whole:
        return [whole]
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    if len(signs) != _SHORT or not set(signs) <= {*CODE_SIGNS, *"ILO"}:
        return []
    prefixes = Province.objects.exclude(prefix="").values_list("prefix", flat=True)
    years = range(FIRST_YEAR, timezone.localdate(at).year + 1)
    return [code for prefix in prefixes for year in years if (code := read_code(f"{prefix}{year % 100:02d}{signs}"))]


def _after(cases: QuerySet[Case], after: str) -> QuerySet[Case]:
    place = read_place(after)
    if place is None:
        return cases
    submitted_at, pk = place
    return cases.filter(Q(submitted_at__lt=submitted_at) | Q(submitted_at=submitted_at, pk__lt=pk))


def _rows(cases: Iterable[Case], at: datetime) -> Iterable[Row]:
    today = timezone.localdate(at)
    for case in cases:
        service = service_of(case)
        stage = service.stage(case.stage) if case.is_moving else None
        waits: bool = getattr(case, "waits_for_her", False)
        yield Row(
            case=case,
            name=name_of(case),
            place=place_of(case),
            service=service.title,
            stage=stage.label if stage else "",
            waits_for_her=waits,
            late=not waits and case.is_undecided and case.promised_on is not None and case.promised_on < today,
        )
