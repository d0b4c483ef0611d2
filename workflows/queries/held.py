"""Who held a case how long: one bar of turns that adds up to the whole time, and a lane for every holder.

The bar is cut where the events say that the case passed from one holder to the next, which is how its shares are
counted on the case itself (workflows/clock.py), so that both agree to the second. The lanes are each holder's own time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import InformationRequest
from cases.queries.shares import HERS, HOUSE, Holder, in_words, office_as_holder, outside_through, to_the_second
from workflows.calendar import Calendar
from workflows.models import WorkItem
from workflows.queries.axis import WHOLE, Mark, marks, per_cent, place, room
from workflows.queries.passing import Passing, Tenure, was_asked

# What is shorter is drawn as long as this, in hundredths of a per cent.
_THINNEST = 40


@dataclass(frozen=True)
class Turn:
    """A stretch of time that belongs to one holder alone."""

    holder: Holder
    since: datetime
    until: datetime
    late: bool


@dataclass(frozen=True)
class Share:
    """How much of the whole time was one holder's, in time or late."""

    holder: Holder
    late: bool
    seconds: int
    days: int

    @property
    def exact(self) -> str:
        """Its time to the second."""
        return to_the_second(self.seconds)

    @property
    def words(self) -> str:
        """The same for those who do not see the bar."""
        said = f"{self.holder.name}: {days_in_words(self.days)}"
        return f"{said}, {_('late')}" if self.late else said


@dataclass(frozen=True)
class Block:
    """A turn as it is drawn, where it was on the axis of the lanes."""

    kind: str
    days: int
    start: int
    width: int

    @property
    def x(self) -> str:
        """Where it begins in the drawing."""
        return per_cent(self.start)

    @property
    def w(self) -> str:
        """How wide it is in the drawing."""
        return per_cent(self.width)

    @property
    def label(self) -> str:
        """Its working days, where they have room; the table has all of them."""
        if not self.days:
            return ""
        late = [_("late %(days)s") % {"days": self.days}] if self.kind == "late" else []
        return next((label for label in (*late, str(self.days)) if room(label) <= self.width), "")


@dataclass(frozen=True)
class Span:
    """A drawn piece of a lane, in per cent, as text: numbers would be written the Vietnamese way."""

    x: str
    w: str
    late: bool


@dataclass
class Lane:
    """One holder and when it held the case; several may hold it at once."""

    holder: Holder
    holds_now: bool = False
    late: bool = False
    days: int = 0
    stretches: list[tuple[datetime, datetime, bool]] = field(default_factory=list)
    spans: tuple[Span, ...] = ()

    @property
    def held(self) -> str:
        """The time in working days."""
        return days_in_words(self.days)


@dataclass(frozen=True)
class Held:
    """Everything that the drawing shows."""

    # How much was whose, and the same time as it went on, from left to right.
    shares: tuple[Share, ...]
    blocks: tuple[Block, ...]
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    days: int
    seconds: int

    @property
    def exact(self) -> str:
        """The whole time to the second."""
        return to_the_second(self.seconds)

    @property
    def calendar(self) -> str:
        """The whole time as one says it, nights and days off included."""
        return in_words(self.seconds)

    @property
    def by_holder(self) -> dict[Holder, int]:
        """The seconds that were each holder's, late or not, in the order in which they first held the case."""
        sums: dict[Holder, int] = {}
        for share in self.shares:
            sums[share.holder] = sums.get(share.holder, 0) + share.seconds
        return sums

    @property
    def sums(self) -> list[tuple[str, str]]:
        """The same in words, to the second."""
        return [(holder.name, to_the_second(seconds)) for holder, seconds in self.by_holder.items()]

    @property
    def whole(self) -> str:
        """The whole time in working days."""
        return days_in_words(self.days)

    @property
    def lines(self) -> tuple[Mark, ...]:
        """The deadline and the promise, which the legend explains."""
        return tuple(mark for mark in self.marks if mark.kind != "day")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The colours that the legend explains, in the order in which they came."""
        kinds = dict.fromkeys(share.holder.kind for share in self.shares)
        lanes = dict.fromkeys(lane.holder.kind for lane in self.lanes)
        late = any(lane.late for lane in self.lanes)
        return (*dict.fromkeys((*kinds, *lanes)), *(("late",) if late else ()))


def held(
    passing: Passing,
    names: Mapping[str, Holder],
    requests: Sequence[InformationRequest],
    calendar: Calendar,
    *,
    start: datetime,
    end: datetime,
    due: datetime | None,
    promised: datetime | None,
) -> Held:
    """Return who held a case from its submission to its end or to now.

    `names` has every holder that `passing` speaks of; `due` is when the open step that is due first must be done.
    """
    start, end = _floor(start), max(_floor(start), _floor(end))
    horizon = max(moment for moment in (end, due, promised) if moment is not None)
    lanes = _lanes(passing.tenures, names, requests, calendar, start=start, end=end)
    for lane in lanes:
        lane.spans = tuple(_spans(lane.stretches, start, horizon))
    taken = turns(passing, names, start=start, end=end)
    return Held(
        shares=tuple(_shares(taken, calendar)),
        blocks=tuple(_blocks(taken, calendar, start, horizon)),
        lanes=tuple(lanes),
        marks=tuple(marks(start, horizon, due, promised)),
        days=days_between(calendar, start, end),
        seconds=_seconds(start, end),
    )


def holder_of(item: WorkItem) -> Holder:
    """Return for whom an item waits."""
    if item.holder == WorkItem.Holder.APPLICANT:
        return applicant()
    if item.agency is None:
        return Holder(str(item.assignee), "outside")
    return outside_through(item.agency) if item.holder == WorkItem.Holder.OUTSIDE else office_as_holder(item.agency)


def applicant() -> Holder:
    """Return her, as a holder."""
    return Holder(_("Applicant"), "hers")


def turns(passing: Passing, names: Mapping[str, Holder], *, start: datetime, end: datetime) -> list[Turn]:
    """Cut the time into turns of whole seconds: every second belongs to exactly one holder."""
    found: list[Turn] = []
    handed = [(start, HOUSE), *((_floor(at), key) for at, key in passing.handovers), (end, "")]
    begins = start
    for (_at, key), (next_at, _next) in pairwise(handed):
        # A clock that jumped back takes nothing away from whoever had the case.
        ends = max(begins, min(next_at, end))
        late_from = passing.late_from(key, begins, ends)
        for since, until, late in _cut(begins, ends, _floor(late_from) if late_from else ends):
            if since == until:
                continue
            if found and (found[-1].holder, found[-1].late) == (names[key], late):
                since = found.pop().since
            found.append(Turn(names[key], since, until, late))
        begins = ends
    return found


def days_between(calendar: Calendar, since: datetime, until: datetime) -> int:
    """Return the working days between two moments; adjoining stretches add up."""
    return calendar.between(timezone.localdate(since), timezone.localdate(until))


def days_in_words(days: int) -> str:
    """Return working days as one says them."""
    if days == 1:
        return _("1 day")
    return _("%(days)s days") % {"days": days} if days else _("less than a day")


def _shares(found: Sequence[Turn], calendar: Calendar) -> Iterator[Share]:
    """Yield one share a holder, in the order in which they first held the case, each followed by its late part."""
    order = {holder: place for place, holder in enumerate(dict.fromkeys(turn.holder for turn in found))}
    sums: dict[tuple[Holder, bool], tuple[int, int]] = {}
    for turn in found:
        seconds, days = sums.get((turn.holder, turn.late), (0, 0))
        sums[turn.holder, turn.late] = (
            seconds + _seconds(turn.since, turn.until),
            days + days_between(calendar, turn.since, turn.until),
        )
    for (holder, late), (seconds, days) in sorted(sums.items(), key=lambda entry: (order[entry[0][0]], entry[0][1])):
        yield Share(holder, late, seconds, days)


def _blocks(found: Sequence[Turn], calendar: Calendar, start: datetime, horizon: datetime) -> Iterator[Block]:
    """Yield the turns as they are drawn, one after the other, on the axis of the lanes."""
    for turn in found:
        x, to = place(turn.since, start, horizon), place(turn.until, start, horizon)
        kind = "late" if turn.late else turn.holder.kind
        yield Block(kind, days_between(calendar, turn.since, turn.until), x, to - x)


def _lanes(
    tenures: Iterable[Tenure],
    names: Mapping[str, Holder],
    requests: Sequence[InformationRequest],
    calendar: Calendar,
    *,
    start: datetime,
    end: datetime,
) -> list[Lane]:
    lanes: dict[Holder, Lane] = {}
    asked = [request for request in requests if was_asked(request)]
    for tenure in tenures:
        holder = names[tenure.key]
        lane = lanes.setdefault(holder, Lane(holder))
        hers = [(request.asked_at, request.ended_at or end) for request in asked if request.node == tenure.node]
        lane.holds_now |= tenure.until is None and not any(
            request.ended_at is None for request in asked if request.node == tenure.node
        )
        for since, stop in _without(tenure.since, tenure.until or end, hers):
            lane.stretches += _cut(since, stop, tenure.due_at)
    if asked:
        hers_lane = lanes.setdefault(names[HERS], Lane(names[HERS]))
        for request in asked:
            hers_lane.holds_now |= request.ended_at is None
            hers_lane.stretches.append((request.asked_at, request.ended_at or end, False))
    for lane in lanes.values():
        lane.stretches.sort()
        lane.late = any(late for _since, _until, late in lane.stretches)
        lane.days = sum(days_between(calendar, since, until) for since, until in _merged(lane.stretches))
    return list(lanes.values())


def _without(
    since: datetime, until: datetime, gaps: Iterable[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield what is left of a stretch when the gaps are taken out."""
    for begins, ends in sorted(gaps):
        if since <= begins < until:
            yield since, begins
            since = min(ends, until)
    if since < until:
        yield since, until


def _cut(since: datetime, until: datetime, due: datetime) -> list[tuple[datetime, datetime, bool]]:
    """Return a stretch in one piece, or its part in time and its late part."""
    if until <= due:
        return [(since, until, False)]
    return [(since, until, True)] if since >= due else [(since, due, False), (due, until, True)]


def _floor(moment: datetime) -> datetime:
    """Return a moment in whole seconds, as the shares are counted."""
    return moment.replace(microsecond=0)


def _seconds(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds())


def _merged(stretches: Iterable[tuple[datetime, datetime, bool]]) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches without overlaps: a day on which an office held two steps is one day."""
    last: tuple[datetime, datetime] | None = None
    for since, until, _late in stretches:
        if last is not None and since <= last[1]:
            last = (last[0], max(last[1], until))
            continue
        if last is not None:
            yield last
        last = (since, until)
    if last is not None:
        yield last


def _spans(stretches: Sequence[tuple[datetime, datetime, bool]], start: datetime, horizon: datetime) -> Iterator[Span]:
    for since, until, late in _joined(stretches):
        x, to = place(since, start, horizon), place(until, start, horizon)
        width = max(_THINNEST, to - x)
        yield Span(per_cent(min(x, WHOLE - width)), per_cent(width), late)


def _joined(stretches: Sequence[tuple[datetime, datetime, bool]]) -> Iterator[tuple[datetime, datetime, bool]]:
    """Yield the stretches in time, then the late ones, each without overlaps."""
    for kind in (False, True):
        for since, until in _merged([stretch for stretch in stretches if stretch[2] is kind]):
            yield since, until, kind
