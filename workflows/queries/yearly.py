"""The calendar of one year as its administrators see it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from workflows.models import AnnouncedYear, CalendarDay


@dataclass(frozen=True)
class Year:
    """The days of one year on which the week is not as usual, and who announced it."""

    number: int
    days: tuple[CalendarDay, ...]
    # None as long as the year is computed.
    announced: AnnouncedYear | None
    first: int
    last: int

    @property
    def before(self) -> int | None:
        """The year before, if there is one here."""
        return self.number - 1 if self.number > self.first else None

    @property
    def after(self) -> int | None:
        """The year after, if there is one here."""
        return self.number + 1 if self.number < self.last else None


def year_of(number: int) -> Year:
    """Return one year; the nearest one that the calendar reaches. Three queries."""
    reach = CalendarDay.objects.aggregate(first=Min("date"), last=Max("date"))
    first, last = (day.year if isinstance(day, date) else number for day in (reach["first"], reach["last"]))
    number = min(max(number, first), last)
    days = CalendarDay.objects.filter(date__year=number).select_related("entered_by").order_by("date")
    announced = AnnouncedYear.objects.select_related("entered_by").filter(year=number).first()
    return Year(number, tuple(days), announced, first, last)


def not_announced(today: date) -> list[int]:
    """Return the years from this one on, ten at most, that nobody noted as announced."""
    years = range(today.year, today.year + 10)
    known = set(AnnouncedYear.objects.filter(year__in=years).values_list("year", flat=True))
    return [year for year in years if year not in known]
