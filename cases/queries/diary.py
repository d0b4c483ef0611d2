"""The reading diary: who read which case, newest first. Readings of sealed cases never stand in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from cases.models import AccessRecord, User
from cases.policy import supervised_cases
from cases.queries.choice import Choice
from cases.queries.finding import coded
from cases.queries.naming import name_of
from cases.queries.paging import read_number
from cases.queries.readings import Readers

PAGE = 50
# Who took a list out and when: all of its cases are noted at one moment.
Taken = tuple[int, datetime]


@dataclass(frozen=True)
class Chosen(Choice):
    """Which readings are read: those of a case, of a person, or of the list that left as one file."""

    code: str = ""
    person: str = ""
    file: str = ""


@dataclass(frozen=True)
class Reading:
    """One reading as one line, or all those with which one list of cases left as a file."""

    record: AccessRecord
    case_name: str
    office: str
    cases: int = 1


@dataclass(frozen=True)
class Diary:
    """One page of the diary."""

    readings: tuple[Reading, ...]
    after: str
    # Whose readings they are, where one person was chosen.
    person: User | None


def diary(user: User, *, code: str = "", person: str = "", file: str = "", after: str = "") -> Diary:
    """Return one page of who read the cases that this person supervises; `file` opens what left as one list."""
    cases = supervised_cases(user)
    records = AccessRecord.objects.filter(case__in=coded(cases, code) if code else cases)
    reader, opened = read_number(person), read_number(file)
    if reader is not None:
        records = records.filter(person=reader)
    if opened is not None:
        first = records.filter(pk=opened, part=AccessRecord.Part.CASE, purpose=AccessRecord.EXPORT).first()
        records = records.filter(_taken(first.person_id, first.at)) if first else records.none()
    place = read_number(after)
    found = _page(records, before=place, whole=opened is not None)
    counts = {} if opened is not None else _counts(records, found)
    readers = Readers.of({record.person_id for record in found})
    return Diary(
        readings=tuple(
            Reading(
                record,
                name_of(record.case),
                readers.office(record.person_id, timezone.localdate(record.at)),
                counts.get((record.person_id, record.at), 1) if _is_taken(record) else 1,
            )
            for record in found[:PAGE]
        ),
        after=str(found[PAGE - 1].pk) if len(found) > PAGE else "",
        person=found[0].person if found and reader is not None else None,
    )


def _page(records: QuerySet[AccessRecord], *, before: int | None, whole: bool) -> list[AccessRecord]:
    """Return the records of one page and one more; of a list that left as a file only the newest, unless it is opened.

    One query, and one more for each list longer than what a query brings.
    """
    # They are only ever added, so their numbers follow the clock.
    newest = records.select_related("person", "case__applicant", "case__enterprise").order_by("-pk")
    found: list[AccessRecord] = []
    seen: set[Taken] = set()
    if before is not None:
        newest = newest.filter(pk__lt=before)
        # The list that ended the page before goes on behind it.
        last = None if whole else records.filter(pk=before).first()
        if last is not None and _is_taken(last):
            seen.add((last.person_id, last.at))
            newest = newest.exclude(_taken(last.person_id, last.at))
    while len(found) <= PAGE:
        brought = list(newest[: PAGE + 1])
        for record in brought:
            key = (record.person_id, record.at)
            if whole or not _is_taken(record):
                found.append(record)
            elif key not in seen:
                seen.add(key)
                found.append(record)
        if len(brought) <= PAGE:
            break
        newest = newest.filter(pk__lt=brought[-1].pk)
        if _is_taken(brought[-1]) and not whole:
            newest = newest.exclude(_taken(brought[-1].person_id, brought[-1].at))
    return found[: PAGE + 1]


def _counts(records: QuerySet[AccessRecord], found: Iterable[AccessRecord]) -> dict[Taken, int]:
    """Return how many cases left with each list of a page."""
    lists = Q()
    for record in found:
        if _is_taken(record):
            lists |= _taken(record.person_id, record.at)
    if not lists:
        return {}
    rows = records.filter(lists).order_by().values_list("person", "at").annotate(cases=Count("pk"))
    return {(person, at): cases for person, at, cases in rows}


def _taken(person: int, at: datetime) -> Q:
    return Q(person=person, at=at, part=AccessRecord.Part.CASE, purpose=AccessRecord.EXPORT)


def _is_taken(record: AccessRecord) -> bool:
    return record.part == AccessRecord.Part.CASE and record.purpose == AccessRecord.EXPORT
