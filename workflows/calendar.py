"""Working-day arithmetic. Pure: the days come as data."""

from dataclasses import dataclass
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """Monday to Friday, minus the holidays, plus the Saturdays worked in exchange."""

    holidays: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Return whether offices work on this day."""
        if day in self.worked:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def after(self, start: date, days: int) -> date:
        """Return the day that is this many working days after `start`; the start itself never counts."""
        day = start
        while days > 0:
            day += _ONE_DAY
            if self.is_working(day):
                days -= 1
        return day

    def before(self, end: date, days: int) -> date:
        """Return the day from which this many working days lead up to and including `end`."""
        day = end
        while days > 0:
            days -= self.is_working(day)
            day -= _ONE_DAY
        return day

    def between(self, start: date, end: date) -> int:
        """Return how many working days lie after `start` up to and including `end`; 0 if none."""
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
