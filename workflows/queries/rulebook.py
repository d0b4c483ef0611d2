"""Deadline rules and the calendar. Read once per process, by version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone

from workflows.calendar import Calendar
from workflows.models import CalendarDay, DeadlineRule

# A step whose rule has no number yet still gets an internal day: nothing is ever without one.
FALLBACK_WORKING_DAYS = 10
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

    def deadline(self, code: str, *, opened: date, submitted: date, accepted: date | None, waited: int = 0) -> Deadline:
        """Return the deadline of a step; the rule is the one in force when the case was accepted.

        `waited` are the working days the case stood still before this step opened: they are hers, not ours.
        """
        rule = self.rule(code, accepted or submitted)
        if rule is None or rule.days is None:
            due = self.calendar.after(opened, FALLBACK_WORKING_DAYS)
            return Deadline(code, opened, due, None, FALLBACK_WORKING_DAYS)
        starts = {
            DeadlineRule.Start.OPENED.value: opened,
            DeadlineRule.Start.SUBMITTED.value: submitted,
            DeadlineRule.Start.ACCEPTED.value: accepted or opened,
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
