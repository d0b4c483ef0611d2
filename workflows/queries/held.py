"""Who held a case how long: one bar of turns that adds up to the whole time, and a lane for every holder."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import InformationRequest
from cases.queries.naming import office_name
from workflows.calendar import Calendar
from workflows.models import WorkItem

# Everything is drawn in hundredths of a per cent, whole numbers, so that shares add up exactly.
WHOLE = 10_000
_THINNEST = 40
# A letter needs about this much of the drawing, and a label as much again around it.
_LETTER = 240


@dataclass(frozen=True)
class Holder:
    """Somebody for whom a case waited. `kind` is the colour: hers, commune, union, agency, outside or house."""

    name: str
    kind: str


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
    seconds: float
    days: int

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
        return next((label for label in (*late, str(self.days)) if _room(label) <= self.width), "")


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
class Mark:
    """A day on the axis: a plain one, the deadline, or what she was promised."""

    x: str
    kind: str
    words: str
    # The words, where they have room on the axis.
    label: str
    # How the label stands at its line: start, middle or end.
    anchor: str


@dataclass(frozen=True)
class Held:
    """Everything that the drawing shows."""

    # How much was whose, and the same time as it went on, from left to right.
    shares: tuple[Share, ...]
    blocks: tuple[Block, ...]
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    days: int
    seconds: float

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
    items: Sequence[WorkItem],
    requests: Sequence[InformationRequest],
    calendar: Calendar,
    *,
    start: datetime,
    end: datetime,
    promised: datetime | None,
) -> Held:
    """Return who held a case from its submission to its end or to now."""
    due = min((item.due_at for item in items if item.is_open), default=None)
    horizon = max(moment for moment in (end, due, promised) if moment is not None)
    lanes = _lanes(items, requests, calendar, start=start, end=end)
    for lane in lanes:
        lane.spans = tuple(_spans(lane.stretches, start, horizon))
    taken = turns(items, requests, start=start, end=end)
    return Held(
        shares=tuple(_shares(taken, calendar)),
        blocks=tuple(_blocks(taken, calendar, start, horizon)),
        lanes=tuple(lanes),
        marks=tuple(_marks(start, horizon, due, promised)),
        days=days_between(calendar, start, end),
        seconds=(end - start).total_seconds(),
    )


def holder_of(item: WorkItem) -> Holder:
    """Return for whom an item waits."""
    if item.agency is None:
        return Holder(str(item.assignee), "outside")
    if item.holder == WorkItem.Holder.OUTSIDE:
        return Holder(_("Outside, through %(office)s") % {"office": office_name(item.agency)}, "outside")
    union = "commune" if item.agency.commune_id else "union"
    return Holder(office_name(item.agency), union if item.agency.kind == "HPN" else "agency")


def applicant() -> Holder:
    """Return her, as a holder."""
    return Holder(_("Applicant"), "hers")


def turns(
    items: Sequence[WorkItem], requests: Sequence[InformationRequest], *, start: datetime, end: datetime
) -> list[Turn]:
    """Cut the time into turns: every second belongs to exactly one holder.

    While a question to her is open it is hers; else it belongs to the open item that is due first; where
    nothing is open, to the house.
    """
    edges = {start, end}
    for item in items:
        edges |= {item.opened_at, item.finished_at or end, item.due_at}
    for request in requests:
        edges |= {request.asked_at, request.ended_at or end}
    found: list[Turn] = []
    for since, until in pairwise(sorted(edge for edge in edges if start <= edge <= end)):
        holder, late = _holder_between(items, requests, since, until, end)
        if found and (found[-1].holder, found[-1].late) == (holder, late):
            found[-1] = Turn(holder, found[-1].since, until, late)
        else:
            found.append(Turn(holder, since, until, late))
    return found


def days_between(calendar: Calendar, since: datetime, until: datetime) -> int:
    """Return the working days between two moments; adjoining stretches add up."""
    return calendar.between(timezone.localdate(since), timezone.localdate(until))


def days_in_words(days: int) -> str:
    """Return working days as one says them."""
    if days == 1:
        return _("1 day")
    return _("%(days)s days") % {"days": days} if days else _("less than a day")


def per_cent(hundredths: int) -> str:
    """Return hundredths of a per cent as SVG reads them, in every language."""
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def _holder_between(
    items: Sequence[WorkItem], requests: Sequence[InformationRequest], since: datetime, until: datetime, end: datetime
) -> tuple[Holder, bool]:
    if any(request.asked_at <= since and (request.ended_at or end) >= until for request in requests):
        return applicant(), False
    there = [item for item in items if item.opened_at <= since and (item.finished_at or end) >= until]
    if not there:
        return Holder(_("Đồng Hành by itself"), "house"), False
    first = min(there, key=lambda item: (item.due_at, item.pk))
    return holder_of(first), first.due_at <= since


def _shares(found: Sequence[Turn], calendar: Calendar) -> Iterator[Share]:
    """Yield one share a holder, in the order in which they first held the case, each followed by its late part."""
    order = {holder: place for place, holder in enumerate(dict.fromkeys(turn.holder for turn in found))}
    sums: dict[tuple[Holder, bool], tuple[float, int]] = {}
    for turn in found:
        seconds, days = sums.get((turn.holder, turn.late), (0.0, 0))
        sums[turn.holder, turn.late] = (
            seconds + (turn.until - turn.since).total_seconds(),
            days + days_between(calendar, turn.since, turn.until),
        )
    for (holder, late), (seconds, days) in sorted(sums.items(), key=lambda entry: (order[entry[0][0]], entry[0][1])):
        yield Share(holder, late, seconds, days)


def _blocks(found: Sequence[Turn], calendar: Calendar, start: datetime, horizon: datetime) -> Iterator[Block]:
    """Yield the turns as they are drawn, one after the other, on the axis of the lanes."""
    for turn in found:
        x, to = _place(turn.since, start, horizon), _place(turn.until, start, horizon)
        kind = "late" if turn.late else turn.holder.kind
        yield Block(kind, days_between(calendar, turn.since, turn.until), x, to - x)


def _lanes(
    items: Iterable[WorkItem],
    requests: Sequence[InformationRequest],
    calendar: Calendar,
    *,
    start: datetime,
    end: datetime,
) -> list[Lane]:
    lanes: dict[Holder, Lane] = {}
    for item in items:
        lane = lanes.setdefault(holder_of(item), Lane(holder_of(item)))
        until = item.finished_at or end
        lane.holds_now |= item.status == WorkItem.Status.OPEN
        hers = [(request.asked_at, request.ended_at or end) for request in requests if request.node == item.node]
        for since, stop in _without(item.opened_at, until, hers):
            lane.stretches += _cut(since, stop, item.due_at)
    if requests:
        hers_lane = lanes[applicant()] = Lane(applicant())
        for request in requests:
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


def _place(moment: datetime, start: datetime, horizon: datetime) -> int:
    whole = max(1.0, (horizon - start).total_seconds())
    return max(0, min(WHOLE, round(WHOLE * (moment - start).total_seconds() / whole)))


def _spans(stretches: Sequence[tuple[datetime, datetime, bool]], start: datetime, horizon: datetime) -> Iterator[Span]:
    for since, until, late in _joined(stretches):
        x, to = _place(since, start, horizon), _place(until, start, horizon)
        width = max(_THINNEST, to - x)
        yield Span(per_cent(min(x, WHOLE - width)), per_cent(width), late)


def _joined(stretches: Sequence[tuple[datetime, datetime, bool]]) -> Iterator[tuple[datetime, datetime, bool]]:
    """Yield the stretches in time, then the late ones, each without overlaps."""
    for kind in (False, True):
        for since, until in _merged([stretch for stretch in stretches if stretch[2] is kind]):
            yield since, until, kind


def _room(label: str) -> int:
    """Return how much of the drawing a label needs."""
    return _LETTER * (len(label) + 1)


def _marks(start: datetime, horizon: datetime, due: datetime | None, promised: datetime | None) -> Iterator[Mark]:
    """Yield the deadline and the promise, and as many other days as have room between them."""
    taken: list[tuple[int, int]] = []

    def mark(moment: datetime, kind: str, words: str = "%(day)s") -> Mark:
        place = _place(moment, start, horizon)
        said = words % {"day": f"{timezone.localtime(moment):%d/%m}"}
        room = _room(said)
        anchor = "start" if place < room // 2 else "end" if place > WHOLE - room // 2 else "middle"
        left = {"start": place, "middle": place - room // 2, "end": place - room}[anchor]
        crowded = any(left < end and begin < left + room for begin, end in taken)
        if not crowded:
            taken.append((left, left + room))
        return Mark(per_cent(place), kind, said, "" if crowded else said, anchor)

    if due is not None and promised is not None and timezone.localdate(due) == timezone.localdate(promised):
        yield mark(due, "due", _("due and promised %(day)s"))
    else:
        if due is not None:
            yield mark(due, "due", _("due %(day)s"))
        if promised is not None:
            yield mark(promised, "promised", _("promised %(day)s"))
    for step in range(5):
        moment = start + (horizon - start) * step / 5
        drawn = mark(moment, "day")
        if drawn.label:
            yield drawn
