"""Who opened her case: one line an office and day, in plain words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Max, Value, When
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import AccessRecord, Case, Membership, User
from cases.queries.naming import office_name
from cases.services.common import MASKED

Words = str | Promise

# Rows of (person, day, what was read): more than a case meets in years.
MOST = 500
# Beside the parts: what left as a file, whichever part it was, and a number of which pages show only the end.
TAKEN_OUT, NUMBER = "taken_out", "number"
# What for, in her words.
PURPOSES: dict[str, Words] = {
    AccessRecord.Part.CASE: _("read the case to handle it"),
    AccessRecord.Part.DOCUMENT: _("opened a paper"),
    AccessRecord.Part.TIMELINE: _("looked whether everything goes well"),
    AccessRecord.Part.SEALED: _("read a part that is kept apart"),
    NUMBER: _("saw your whole identity number"),
    TAKEN_OUT: _("took it out as a file"),
}


@dataclass
class OfficeDay:
    """What the people of one office read on one day."""

    who: str
    day: date
    times: int = 0
    last: datetime | None = None
    parts: set[str] = field(default_factory=set)

    @property
    def what_for(self) -> list[Words]:
        """What they opened it for."""
        return [words for part, words in PURPOSES.items() if part in self.parts]


def readings_of(case: Case) -> list[OfficeDay]:
    """Return who opened her case, the newest day first, by the name of the office; her own readings are not meant."""
    what = models.Case(
        When(purpose=AccessRecord.EXPORT, then=Value(TAKEN_OUT)),
        When(purpose__in=MASKED, then=Value(NUMBER)),
        default=F("part"),
    )
    read = (
        case.access_records.exclude(person=case.applicant_id)
        .order_by()
        .values("person", day=TruncDate("at"), what=what)
        .annotate(times=Count("pk"), last=Max("at"))
        .order_by("-last")[:MOST]
    )
    rows = list(read)
    readers = Readers.of({row["person"] for row in rows})
    return sorted(_together(rows, readers), key=lambda line: (line.day, line.last), reverse=True)


def _together(rows: Iterable[Mapping[str, Any]], readers: "Readers") -> Iterable[OfficeDay]:
    days: dict[tuple[str, date], OfficeDay] = {}
    for row in rows:
        who = readers.name(row["person"], row["day"])
        line = days.setdefault((who, row["day"]), OfficeDay(who, row["day"]))
        line.times += row["times"]
        line.last = max(line.last or row["last"], row["last"])
        line.parts.add(row["what"])
    return days.values()


@dataclass(frozen=True)
class Readers:
    """Under what name she reads of each person: the office of that day, or who works at none by her own name."""

    people: Mapping[int, str]
    memberships: Mapping[int, list[Membership]]

    @classmethod
    def of(cls, people: Collection[int]) -> Self:
        """Read the names and offices of these people, those of one office in the order in which they came."""
        memberships = defaultdict(list)
        for membership in Membership.objects.filter(user__in=people).select_related("agency").order_by("since", "pk"):
            memberships[membership.user_id].append(membership)
        return cls({user.pk: user.full_name for user in User.objects.filter(pk__in=people)}, memberships)

    def name(self, person: int, day: date) -> str:
        """Return the name that stands for a person on a day."""
        for held in self.memberships.get(person, ()):
            if held.since <= day and (held.until is None or day <= held.until):
                return held.agency.name
        return self.people[person]

    def office(self, person: int, day: date) -> str:
        """Return the office of a person on a day, as colleagues say it; nothing for who worked at none."""
        for held in self.memberships.get(person, ()):
            if held.since <= day and (held.until is None or day <= held.until):
                return office_name(held.agency)
        return ""
