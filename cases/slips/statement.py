"""The one line on a slip that is signed: which slip, of which case, which days, and a hash of all that stands on it.

No name stands in it, nor what the case is about: the line is shown to everybody who holds the paper.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

HOUSE = "DONG-HANH"
_NO_DAY = "-"
_LINE = re.compile(
    rf"{HOUSE}\|(?P<kind>M0[1-6])\|(?P<code>[0-9A-Z-]+)\|issued (?P<issued>[0-9T:+-]+)"
    rf"\|date (?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|{_NO_DAY})\|sha256 (?P<content>[0-9a-f]{{64}})"
)


@dataclass(frozen=True)
class Statement:
    """What the line says. `day` is the promised day, or that by which she answers; None where there is none."""

    kind: str
    code: str
    issued_at: datetime
    day: date | None
    content: str

    def __str__(self) -> str:
        issued = timezone.localtime(self.issued_at).isoformat(timespec="minutes")
        day = self.day.isoformat() if self.day else _NO_DAY
        return f"{HOUSE}|{self.kind}|{self.code}|issued {issued}|date {day}|sha256 {self.content}"


def read_statement(line: str) -> Statement | None:
    """Return what a line says; None where it is no line of ours."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    day = found["day"]
    try:
        return Statement(
            kind=found["kind"],
            code=found["code"],
            issued_at=datetime.fromisoformat(found["issued"]),
            day=None if day == _NO_DAY else date.fromisoformat(day),
            content=found["content"],
        )
    except ValueError:
        return None


def typed_line(text: str) -> str:
    """Return a line as it was signed, from however it was copied: paper breaks it at its bars and spaces."""
    return re.sub(r"\s*\|\s*", "|", " ".join(text.split()))


def typed_signature(text: str) -> str:
    """Return a signature without the breaks of the paper."""
    return "".join(text.split())
