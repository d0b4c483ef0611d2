"""Holidays and worked Saturdays, 2025 to 2035.

Every autumn the government names the next year's Tết days, the second day of Quốc khánh and the swapped days.
Until it has, a year here is computed and says so. The announcement is then entered by the office, on the page of
the calendar, or comes with a later version of the product, in SWAPPED and LAST_ANNOUNCED.
"""

from collections.abc import Iterator
from datetime import date

import holidays

from project.reference.writing import write
from workflows.models import AnnouncedYear, CalendarDay

YEARS = range(2025, 2036)
LAST_ANNOUNCED = 2026
LABOUR_CODE = "Bộ luật Lao động 2019, Điều 112"
COMPUTED = f"{LABOUR_CODE}; dự tính, chờ thông báo của năm"
SWAP = "Thông báo hoán đổi ngày làm việc của năm"
ANNOUNCED = "Thông báo lịch nghỉ lễ, Tết của năm (chưa ghi số, ngày văn bản)"
# A holiday younger than the Labour Code.
CULTURE_DAY = (11, 24)
CULTURE_DAY_SOURCE = "Nghị quyết 28/2026/QH16"
# Announced, and not in the package: the day off, the Saturday worked for it, who announced it.
SWAPPED = [(date(2026, 1, 2), date(2026, 1, 10), "Thông báo của Bộ Nội vụ ngày 25/12/2025 (theo báo chí)")]


def load() -> int:
    """Write the days on which the week is not as usual; what the office entered stays as it is."""
    years = [AnnouncedYear(year=year, source=ANNOUNCED) for year in YEARS if year <= LAST_ANNOUNCED]
    days = write(_by_date().values(), by=["date"], office=["entered_by"], entered="entered_by_id")
    return days + write(years, by=["year"], office=["entered_by"], entered="entered_by_id")


def computed(day: date) -> CalendarDay | None:
    """Return how this day stands as long as the office enters nothing, unsaved; None where it is as every week."""
    return _by_date().get(day)


def _by_date() -> dict[date, CalendarDay]:
    return {day.date: day for day in _days()}


def _days() -> Iterator[CalendarDay]:
    package = holidays.country_holidays("VN", years=YEARS, language="vi")
    for day, name in package.items():
        yield CalendarDay(date=day, kind=CalendarDay.Kind.HOLIDAY, name=name, source=_source(day, name))
    for day in package.weekend_workdays:
        if day.year in YEARS:
            yield _worked(day, SWAP)
    for off, worked, source in SWAPPED:
        name = f"Ngày nghỉ (thay cho ngày {worked:%d/%m/%Y})"
        yield CalendarDay(date=off, kind=CalendarDay.Kind.HOLIDAY, name=name, source=source)
        yield _worked(worked, source)


def _worked(day: date, source: str) -> CalendarDay:
    return CalendarDay(date=day, kind=CalendarDay.Kind.WORKED, name="Ngày làm bù", source=source)


def _source(day: date, name: str) -> str:
    if (day.month, day.day) == CULTURE_DAY:
        return CULTURE_DAY_SOURCE
    if "thay cho" in name:
        return SWAP
    return LABOUR_CODE if day.year <= LAST_ANNOUNCED else COMPUTED
