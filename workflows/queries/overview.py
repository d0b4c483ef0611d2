"""What a supervisor sees first: the promise, what is late and whose, the targets, the slowest steps."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, F, Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from cases.models import Agency, Case, User
from cases.policy import supervised_cases, supervised_provinces
from cases.queries.directory import reference_version
from cases.queries.naming import office_name
from cases.queries.register import asked_this_month, first_of_month
from cases.queries.targets import Standing, targets
from cases.services import SERVICES
from workflows.calendar import Calendar
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.queries.health import Promise, promise
from workflows.queries.held import days_in_words
from workflows.queries.rulebook import end_of, rulebook

# What takes longer to count is counted once a minute for everybody of a province; the page says when.
COUNTED_ANEW = 60
SLOWEST = 3
_ONE_DAY = timedelta(days=1)
# How the lists name offices that are counted together: those of all communes, and the listed advisers.
COMMUNES, ADVISERS = "communes", "advisers"
GROUPS: dict[str, str | Words] = {
    COMMUNES: _("Women's Unions of communes and wards"),
    ADVISERS: _("Listed advisers"),
}


@dataclass(frozen=True)
class Counts:
    """Some unfinished work items, by how they stand."""

    open: int = 0
    late: int = 0
    soon: int = 0
    paused: int = 0
    outside: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.open + other.open,
            self.late + other.late,
            self.soon + other.soon,
            self.paused + other.paused,
            self.outside + other.outside,
        )

    @property
    def in_time(self) -> int:
        """Those that run and do not press."""
        return self.open - self.late - self.soon - self.paused


@dataclass(frozen=True)
class Bar:
    """One coloured piece of a bar, in per cent as SVG reads them."""

    kind: str
    x: str
    w: str


@dataclass(frozen=True)
class Load:
    """What waits at one office, or at one kind of them."""

    name: str | Words
    # Its name in the address of its list.
    code: str
    counts: Counts
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Slow:
    """A step that took long this month. Days are those of the wall calendar."""

    name: str | Words
    service: str | Words
    days: int
    # How many work items; where she was waited for, how many cases.
    many: int
    # Which list shows its items: those of a step, or the cases in which she was asked.
    step: str = ""
    of: str = ""

    @property
    def took(self) -> str:
        """Its days in words."""
        return days_in_words(self.days)


@dataclass(frozen=True)
class Snapshot:
    """What is counted once a minute."""

    promise: Promise
    targets: tuple[Standing, ...]
    slowest: tuple[Slow, ...]


@dataclass(frozen=True)
class Overview:
    """One province at a glance."""

    provinces: str
    total: Counts
    loads: tuple[Load, ...]
    snapshot: Snapshot

    @property
    def targets(self) -> list[Standing]:
        """The targets of the first plan; the page of targets has all."""
        plans = [standing.target.programme_id for standing in self.snapshot.targets]
        return [standing for standing in self.snapshot.targets if standing.target.programme_id == plans[0]]


def overview(user: User, *, at: datetime) -> Overview:
    """Return what this person supervises, at a glance. A constant number of queries."""
    provinces = supervised_provinces(user)
    loads = _loads(user, rulebook(reference_version()).calendar, at)
    return Overview(
        provinces=", ".join(province.name for province in provinces),
        total=sum((load.counts for load in loads), Counts()),
        loads=tuple(loads),
        snapshot=snapshot(user, [province.code for province in provinces], at=at),
    )


def snapshot(user: User, provinces: Sequence[str], *, at: datetime) -> Snapshot:
    """Return what is counted once a minute for those who supervise the same provinces.

    The only thing that differs between them is a case of one's own, so it is counted for each person.
    """
    key = f"overview:{user.pk}:{'+'.join(provinces)}"
    # While the cache is away it is counted anew for every page.
    with suppress(RedisError):
        known = cache.get(key)
        if isinstance(known, Snapshot):
            return known
    cases = supervised_cases(user)
    found = Snapshot(
        promise=promise(cases, at=at),
        targets=tuple(targets(cases, list(provinces), at=at)),
        slowest=tuple(_slowest(cases, at)),
    )
    with suppress(RedisError):
        cache.set(key, found, COUNTED_ANEW)
    return found


def supervised_items(user: User) -> QuerySet[WorkItem]:
    """Return the unfinished work items of the cases that this person supervises."""
    return WorkItem.objects.filter(
        status__in=(WorkItem.Status.OPEN, WorkItem.Status.WAITING), case__in=supervised_cases(user)
    )


def items_of_this_month(cases: QuerySet[Case], *, at: datetime) -> QuerySet[WorkItem]:
    """Return the work items of these cases that were open at some time of this month."""
    month = Q(finished_at__gte=first_of_month(at)) | Q(finished_at__isnull=True)
    return WorkItem.objects.filter(month, case__in=cases)


def standing_so(which: str, calendar: Calendar, *, at: datetime) -> Q:
    """Return the items that stand in one of the ways in which the overview counts them."""
    running = Q(status=WorkItem.Status.OPEN)
    tomorrow = end_of(calendar.after(timezone.localdate(at), 1))
    return {
        "late": running & Q(due_at__lt=at),
        "soon": running & Q(due_at__gte=at, due_at__lte=tomorrow),
        "paused": Q(status=WorkItem.Status.WAITING),
        "outside": Q(holder=WorkItem.Holder.OUTSIDE),
    }[which]


WAYS = ("late", "soon", "paused", "outside")


def _loads(user: User, calendar: Calendar, at: datetime) -> list[Load]:
    """Return what waits where, those with late work first."""
    rows = list(
        supervised_items(user)
        .order_by()
        .values("agency")
        .annotate(
            open=Count("pk"),
            **{which: Count("pk", filter=standing_so(which, calendar, at=at)) for which in WAYS},
        )
    )
    agencies = Agency.objects.in_bulk([row["agency"] for row in rows if row["agency"]])
    sums: dict[tuple[str, str | Words], Counts] = {}
    for row in rows:
        place = _place(agencies.get(row["agency"]))
        counted: dict[str, Any] = {**row}
        sums[place] = sums.get(place, Counts()) + Counts(*(counted[which] for which in ("open", *WAYS)))
    most = max((counts.open for counts in sums.values()), default=1)
    loads = [Load(name, code, counts, tuple(_bars(counts, most))) for (code, name), counts in sums.items()]
    return sorted(loads, key=lambda load: (-load.counts.late, -load.counts.soon, -load.counts.open, load.code))


def _place(agency: Agency | None) -> tuple[str, str | Words]:
    if agency is None:
        return ADVISERS, GROUPS[ADVISERS]
    if agency.commune_id is not None:
        return COMMUNES, GROUPS[COMMUNES]
    return agency.code, office_name(agency)


def _bars(counts: Counts, most: int) -> Iterable[Bar]:
    place = 0
    for kind in ("late", "soon", "in_time", "paused"):
        number = getattr(counts, kind)
        if number:
            yield Bar(kind, f"{100 * place / most:.2f}%", f"{100 * number / most:.2f}%")
        place += number


def _slowest(cases: QuerySet[Case], at: datetime) -> list[Slow]:
    """Return the steps that took longest this month, her answers among them."""
    steps = (
        items_of_this_month(cases, at=at)
        .order_by()
        .values("case__service", "node")
        .annotate(
            took=Avg(Coalesce("finished_at", Value(at)) - F("opened_at")),
            many=Count("pk"),
            version=Max("case__version"),
        )
        .order_by("-took")[:SLOWEST]
    )
    found = [_slow(row) for row in steps]
    asked = (
        asked_this_month(at)
        .filter(case__in=cases)
        .aggregate(took=Avg(Coalesce("ended_at", Value(at)) - F("asked_at")), many=Count("case", distinct=True))
    )
    if asked["many"]:
        found.append(Slow(_("Waiting for the applicant's answer"), "", asked["took"] // _ONE_DAY, asked["many"]))
    return sorted(found, key=lambda slow: -slow.days)[:SLOWEST]


def _slow(row: Mapping[str, object]) -> Slow:
    service, node, took = str(row["case__service"]), str(row["node"]), row["took"]
    assert isinstance(took, timedelta)
    label = graph_for(service, int(str(row["version"]))).human(node).label
    return Slow(label, SERVICES[service].title, took // _ONE_DAY, int(str(row["many"])), node, service)
