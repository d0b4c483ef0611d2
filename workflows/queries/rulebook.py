"""Deadline rules and the calendar. Read once per process, by version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from cases.models import Case
from workflows.calendar import Calendar
from workflows.models import AnnouncedYear, CalendarDay, DeadlineRule

# A step whose rule has no number yet still gets an internal day: nothing is ever without one.
FALLBACK_WORKING_DAYS = 10
# So long before a year begins whose holidays nobody has announced, the administrators are warned.
WARNED_BEFORE = timedelta(days=60)
_LAST_MINUTE = time(23, 59, 59)


@dataclass(frozen=True)
class Deadline:
    """When a step must be done, and what she may be told of it."""

    rule: str
    starts_on: date
    due_on: date
    # None where the rule has no number: then nothing is promised.
    promised_on: date | None
    # How many working days lie between the two.
    days: int = 0
    # The law that it follows; empty where it is a target of our own.
    law: str = ""

    @property
    def due_at(self) -> datetime:
        """The last second of the due day, in Vietnamese time."""
        return end_of(self.due_on)


def end_of(day: date) -> datetime:
    """Return the last second of the day in Vietnamese time."""
    return timezone.make_aware(datetime.combine(day, _LAST_MINUTE))


@dataclass(frozen=True)
class Rulebook:
    """Every deadline rule, newest first, and the calendar."""

    rules: Mapping[str, tuple[DeadlineRule, ...]]
    calendar: Calendar

    def rule(self, code: str, on: date) -> DeadlineRule | None:
        """Return the rule of this code that was in force on a day."""
        for rule in self.rules.get(code, ()):
            if rule.holds and rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to):
                return rule
        return None

    def days(self, code: str, on: date) -> int:
        """Return the days of a rule of this code; those of ours where it has no number."""
        rule = self.rule(code, on)
        return FALLBACK_WORKING_DAYS if rule is None or rule.days is None else rule.days

    def received(self, at: datetime) -> date:
        """Return the day on which what came at this moment counts as received.

        Where the office says from which hour on it is late, what comes later, or on a day off, counts from the next
        working day: between that hour of one working day and of the next, everything counts alike.
        """
        day, late_from = timezone.localdate(at), settings.LATE_RECEIPT_FROM
        if late_from is None or (self.calendar.is_working(day) and timezone.localtime(at).time() < late_from):
            return day
        return self.calendar.after(day, 1)

    def received_on(self, case: Case) -> date:
        """Return the day from which the clock of a filed case runs: a paper's own day, which has no hour, or else
        that on which it was sent."""
        assert case.submitted_at is not None
        return case.received_on or self.received(case.submitted_at)

    def rule_of(self, code: str, case: Case) -> DeadlineRule | None:
        """Return the rule of this code by which a filed case counts: the one in force when it was accepted."""
        accepted = timezone.localdate(case.accepted_at) if case.accepted_at else None
        return self.rule(code, accepted or self.received_on(case))

    def deadline(self, code: str, *, opened: date, submitted: date, accepted: date | None, waited: int = 0) -> Deadline:
        """Return the deadline of a step; the rule is the one in force when the case was accepted.

        `submitted` is the day on which it counts as received: before it nothing counts. `waited` are the working days
        the case stood still before this step opened: they are hers, not ours.
        """
        opened = max(opened, submitted)
        rule = self.rule(code, accepted or submitted)
        if rule is None or rule.days is None:
            due = self.calendar.after(opened, FALLBACK_WORKING_DAYS)
            return Deadline(code, opened, due, None, FALLBACK_WORKING_DAYS)
        starts = {
            DeadlineRule.Start.OPENED.value: opened,
            DeadlineRule.Start.SUBMITTED.value: submitted,
            DeadlineRule.Start.ACCEPTED.value: max(accepted or opened, submitted),
        }[rule.clock_start]
        due = self.later(starts, rule.days, rule.unit)
        if rule.pauses and rule.clock_start != DeadlineRule.Start.OPENED:
            due = self.calendar.after(due, waited)
        # A step that opens after its clock ran out is due at once, not in the past.
        days = self.calendar.between(starts, due)
        return Deadline(code, starts, max(due, opened), due, days, rule.law)

    def later(self, start: date, days: int, unit: str) -> date:
        """Return the day that is this many working or calendar days after another."""
        if unit == DeadlineRule.Unit.CALENDAR:
            return start + timedelta(days=days)
        return self.calendar.after(start, days)


@lru_cache(maxsize=2)
def rulebook(version: int) -> Rulebook:
    """Return the rulebook as of this number of the reference tables."""
    rules: dict[str, list[DeadlineRule]] = {}
    for rule in DeadlineRule.objects.order_by("code", "-valid_from"):
        rules.setdefault(rule.code, []).append(rule)
    days = list(CalendarDay.objects.values_list("date", "kind"))
    return Rulebook(
        rules={code: tuple(versions) for code, versions in rules.items()},
        calendar=Calendar(
            holidays=frozenset(day for day, kind in days if kind == CalendarDay.Kind.HOLIDAY),
            worked=frozenset(day for day, kind in days if kind == CalendarDay.Kind.WORKED),
        ),
    )


def calendar_warning(today: date) -> int | None:
    """Return the first year, begun or beginning within 60 days, whose holidays nobody has announced; None if none."""
    years = range(today.year, (today + WARNED_BEFORE).year + 1)
    announced = set(AnnouncedYear.objects.filter(year__in=years).values_list("year", flat=True))
    return next((year for year in years if year not in announced), None)
