"""What a supervisor sees first: the promise, what is late and whose, the targets, the slowest steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from cases.models import Agency, User
from cases.policy import supervised_provinces
from cases.queries.directory import reference_version
from cases.queries.naming import office_name
from cases.queries.targets import Standing
from workflows.calendar import Calendar
from workflows.queries.counting import Snapshot, snapshot
from workflows.queries.rulebook import rulebook
from workflows.queries.ways import WAYS, standing_so, supervised_items

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
