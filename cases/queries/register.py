"""The register: the filed cases of a supervisor's provinces, newest first. Sealed cases never stand in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.functional import Promise

from cases.models import Case, CaseState, InformationRequest, Province, User
from cases.models.agency import plain
from cases.models.case import CODE_SIGNS, MOVING, UNDECIDED, read_code
from cases.policy import supervised_cases
from cases.queries.naming import name_of, place_of
from cases.queries.paging import read_place
from cases.services import service_of

PAGE = 50
FIRST_YEAR = 2026
# The part of a code that people use: 7QK4M2-D.
_SHORT = 7
# More words than any name has.
_MOST_WORDS = 8
# Beside the states: every case that still has a next thing.
OPEN = "open"
LATE, WAITING = "late", "waiting"

# With a space before the first word too, so that every word is found by its beginning.
_CALLED = Concat(Value(" "), F("plain_name"), Value(" "), F("commune__plain_name"))

# What a line shows, and no more: not the route, not the facts of the case.
_READ = (
    *("key", "code", "service", "version", "state", "stage", "outcome"),
    *("submitted_at", "accepted_at", "promised_on", "decided_at", "ended_at"),
    *("applicant__full_name", "applicant__phone", "commune__name", "enterprise__name"),
)


@dataclass(frozen=True)
class Chosen:
    """What a reader chose to see; the names are those in the address."""

    tim: str = ""
    state: str = ""
    service: str = ""
    now: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        """Return what an address asks for; PostgreSQL knows no NUL."""
        return cls(**{field.name: asked.get(field.name, "").replace("\0", "").strip() for field in fields(cls)})

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield what was chosen, as it stands in the address."""
        return ((field.name, value) for field in fields(self) if (value := getattr(self, field.name)))


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


def register(user: User, chosen: Chosen, *, after: str = "", at: datetime) -> Register:
    """Return one page of the cases this person supervises. Nobody supervises a case of her own."""
    found = list(_after(registered(user, chosen, at=at), after)[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Register(rows=tuple(row_of(case, at=at) for case in found[:PAGE]), after=place_after(last) if last else "")


def registered(user: User, chosen: Chosen, *, at: datetime) -> QuerySet[Case]:
    """Return the cases this person supervises and chose to see, the newest first."""
    asked = InformationRequest.objects.filter(case=OuterRef("pk"), ending=InformationRequest.Ending.OPEN)
    cases = (
        supervised_cases(user)
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
    return cases.alias(called=_CALLED).filter(_meant(chosen.tim, at)) if chosen.tim else cases


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
        stage=stage.label if stage else "",
        waits_for_her=waits,
        late=not waits and case.is_undecided and overdue,
    )


def _meant(text: str, at: datetime) -> Q:
    """Return the cases that somebody can mean by what she typed: a code, or words of a name or of a place."""
    words = plain(text).split()[:_MOST_WORDS]
    named = Q(pk__in=()) if not words else Q(*(Q(called__contains=f" {word}") for word in words))
    codes = codes_like(text, at=at)
    return named | Q(code__in=codes) if codes else named


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
