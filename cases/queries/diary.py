"""The reading diary: who read which case, newest first. Readings of sealed cases never stand in it."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import AccessRecord, User
from cases.policy import supervised_cases
from cases.queries.naming import name_of
from cases.queries.register import codes_like

PAGE = 50
_LARGEST = 2**63


@dataclass(frozen=True)
class Reading:
    """One reading as one line."""

    record: AccessRecord
    case_name: str


@dataclass(frozen=True)
class Diary:
    """One page of the diary."""

    readings: tuple[Reading, ...]
    after: str
    # Whose readings they are, where one person was chosen.
    person: User | None


def diary(user: User, *, code: str = "", person: str = "", after: str = "", at: datetime) -> Diary:
    """Return one page of who read the cases that this person supervises."""
    records = AccessRecord.objects.filter(case__in=supervised_cases(user))
    if code:
        records = records.filter(case__code__in=codes_like(code, at=at))
    reader = _number(person)
    if reader is not None:
        records = records.filter(person=reader)
    place = _number(after)
    if place is not None:
        records = records.filter(pk__lt=place)
    # They are only ever added, so their numbers follow the clock.
    found = list(records.select_related("person", "case__applicant", "case__enterprise").order_by("-pk")[: PAGE + 1])
    return Diary(
        readings=tuple(Reading(record, name_of(record.case)) for record in found[:PAGE]),
        after=str(found[PAGE - 1].pk) if len(found) > PAGE else "",
        person=found[0].person if found and reader is not None else None,
    )


def _number(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() else None
    return number if number is not None and number < _LARGEST else None
