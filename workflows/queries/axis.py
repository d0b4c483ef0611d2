"""The axis of the drawing of holders: where a moment stands on it, and which days are named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

# Everything is drawn in hundredths of a per cent, whole numbers, so that shares add up exactly.
WHOLE = 10_000
# A letter needs about this much of the drawing, and a label as much again around it.
_LETTER = 240


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


def per_cent(hundredths: int) -> str:
    """Return hundredths of a per cent as SVG reads them, in every language."""
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def place(moment: datetime, start: datetime, horizon: datetime) -> int:
    """Return where a moment stands, in hundredths of a per cent of the axis."""
    whole = max(1.0, (horizon - start).total_seconds())
    return max(0, min(WHOLE, round(WHOLE * (moment - start).total_seconds() / whole)))


def room(label: str) -> int:
    """Return how much of the drawing a label needs."""
    return _LETTER * (len(label) + 1)


def marks(start: datetime, horizon: datetime, due: datetime | None, promised: datetime | None) -> Iterator[Mark]:
    """Yield the deadline and the promise, and as many other days as have room between them."""
    taken: list[tuple[int, int]] = []

    def mark(moment: datetime, kind: str, words: str = "%(day)s") -> Mark:
        at = place(moment, start, horizon)
        said = words % {"day": f"{timezone.localtime(moment):%d/%m}"}
        wide = room(said)
        anchor = "start" if at < wide // 2 else "end" if at > WHOLE - wide // 2 else "middle"
        left = {"start": at, "middle": at - wide // 2, "end": at - wide}[anchor]
        crowded = any(left < end and begin < left + wide for begin, end in taken)
        if not crowded:
            taken.append((left, left + wide))
        return Mark(per_cent(at), kind, said, "" if crowded else said, anchor)

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
