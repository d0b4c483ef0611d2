"""Who opened her case: one line an office and day, in plain words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import AccessRecord, Case, Membership, User

Words = str | Promise

# Rows of (person, day, what was read): more than a case meets in years.
MOST = 500
# What for, in her words.
PURPOSES: dict[str, Words] = {
    AccessRecord.Part.CASE: _("read the case to handle it"),
    AccessRecord.Part.DOCUMENT: _("opened a paper"),
    AccessRecord.Part.TIMELINE: _("looked whether everything goes well"),
    AccessRecord.Part.SEALED: _("read a part that is kept apart"),
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
    read = (
        case.access_records.exclude(person=case.applicant_id)
        .order_by()
        .values("person", "part", day=TruncDate("at"))
        .annotate(times=Count("pk"), last=Max("at"))
        .order_by("-last")[:MOST]
    )
    rows = list(read)
    names = _names({row["person"] for row in rows})
    return sorted(_together(rows, names), key=lambda line: (line.day, line.last), reverse=True)


def _together(rows: Iterable[Mapping[str, Any]], names: Mapping[int, str]) -> Iterable[OfficeDay]:
    days: dict[tuple[str, date], OfficeDay] = {}
    for row in rows:
        who = names[row["person"]]
        line = days.setdefault((who, row["day"]), OfficeDay(who, row["day"]))
        line.times += row["times"]
        line.last = max(line.last or row["last"], row["last"])
        line.parts.add(row["part"])
    return days.values()


def _names(people: Iterable[int]) -> dict[int, str]:
    """Return under what name she reads of each person: the office, or the name of an adviser who works at none."""
    offices: dict[int, str] = {}
    for membership in Membership.objects.filter(user__in=people).select_related("agency").order_by("pk"):
        offices.setdefault(membership.user_id, membership.agency.name)
    strangers = User.objects.filter(pk__in=set(people) - set(offices))
    return {**{user.pk: user.full_name for user in strangers}, **offices}
