"""What several support services point out with some answers. No hint refuses anything."""

from collections.abc import Callable
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from cases.models.enterprise import EntityType
from cases.services.base import Data, Hint, always

_A_YEAR = 365


def so_long_after(day: date, days: int) -> date:
    """Return the day so many days later; 365 of them are a year, with a leap day in it or without."""
    years, rest = divmod(days, _A_YEAR)
    try:
        same_day = day.replace(year=day.year + years)
    except ValueError:
        # Of a 29 February.
        same_day = date(day.year + years, 3, 1)
    return same_day + timedelta(days=rest)


def household_under_age(asked_when: Callable[[Data], bool] = always) -> Hint:
    """Return the hint that a household business is too young for what enterprises made of one get.

    It counts from the day of the first registration; `asked_when` says with which answers it matters.
    """

    def until(data: Data, days: int) -> date | None:
        registered = data.get("registered_on")
        if data.get("entity_type") != EntityType.HOUSEHOLD or not registered or not asked_when(data):
            return None
        return so_long_after(date.fromisoformat(registered), days)

    return Hint(
        code="household_under_age",
        words=_("Not yet entitled to the support for small and medium enterprises converted from household businesses"),
        rule="HOUSEHOLD_AGE",
        until=until,
        to_her=_("You can still send this case, and we help you as we help everybody."),
    )
