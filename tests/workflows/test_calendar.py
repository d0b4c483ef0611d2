"""Working days against a slow model that counts them one by one on a wall calendar."""

import sys
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from cases.models import Case
from project.settings import hour
from workflows.calendar import Calendar
from workflows.models import DeadlineRule
from workflows.queries.rulebook import FALLBACK_WORKING_DAYS, Rulebook, end_of, rulebook

FIRST, LAST = date(2026, 1, 1), date(2035, 12, 31)
ONE_DAY = timedelta(days=1)
few = settings(max_examples=80, derandomize=True, deadline=None, database=None)


def wall(calendar: Calendar, first: date, last: date) -> list[date]:
    """Return the working days of a wall calendar, from the first day to the last."""
    days = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
    return [
        day
        for day in days
        if day in calendar.worked or (f"{day:%A}" not in ("Saturday", "Sunday") and day not in calendar.holidays)
    ]


def nth_after(working: list[date], start: date, days: int) -> date:
    """Return the working day that is this many after a day, by counting them off."""
    return start if days == 0 else [day for day in working if day > start][days - 1]


def nth_before(working: list[date], end: date, days: int) -> date:
    """Return the day before the working day that is this many back from, and including, a day."""
    return end if days == 0 else [day for day in working if day <= end][-days] - ONE_DAY


some_days = st.dates(date(2027, 1, 1), date(2027, 12, 31))
calendars = st.builds(Calendar, st.frozensets(some_days, max_size=40), st.frozensets(some_days, max_size=10))


@few
@given(calendar=calendars, start=some_days, days=st.integers(0, 45))
def test_counting_forward_is_as_on_the_wall(calendar: Calendar, start: date, days: int) -> None:
    working = wall(calendar, start, start + timedelta(days=200))
    assert calendar.after(start, days) == nth_after(working, start, days)


@few
@given(calendar=calendars, start=some_days, days=st.integers(-5, 90))
def test_counting_between_is_as_on_the_wall(calendar: Calendar, start: date, days: int) -> None:
    end = start + timedelta(days=days)
    assert calendar.between(start, end) == len([day for day in wall(calendar, start, end) if day > start])


@few
@given(calendar=calendars, start=some_days, days=st.integers(1, 45), more=st.integers(1, 45))
def test_a_deadline_is_a_working_day_and_waiting_longer_ends_later(
    calendar: Calendar, start: date, days: int, more: int
) -> None:
    end = calendar.after(start, days)
    assert calendar.is_working(end)
    assert calendar.between(start, end) == days
    assert calendar.after(end, more) == calendar.after(start, days + more) > end


@few
@given(calendar=calendars, end=some_days, days=st.integers(0, 45))
def test_counting_back_is_as_on_the_wall(calendar: Calendar, end: date, days: int) -> None:
    working = wall(calendar, end - timedelta(days=200), end)
    assert calendar.before(end, days) == nth_before(working, end, days)


@few
@given(calendar=calendars, start=some_days, days=st.integers(1, 45))
def test_counting_back_undoes_counting_forward(calendar: Calendar, start: date, days: int) -> None:
    """From a working day so many days back and on again leads to the same day; from a day off, to the last one."""
    end = calendar.after(start, days)
    begin = calendar.before(end, days)
    assert calendar.after(begin, days) == end
    assert calendar.between(begin, end) == days
    # It is the last day from which so many lead up to it.
    assert start <= begin
    assert calendar.between(start, begin) == 0
    assert calendar.before(start, days) < start
    assert calendar.after(calendar.before(start, days), days) <= start


def test_the_day_it_begins_never_counts() -> None:
    plain = Calendar()
    friday = date(2027, 3, 5)
    assert plain.after(friday, 0) == friday
    assert plain.after(friday, 1) == date(2027, 3, 8)
    assert plain.between(friday, friday) == 0
    assert plain.between(friday, date(2027, 3, 4)) == 0


def test_a_leap_day_is_a_day_like_any_other() -> None:
    plain = Calendar()
    assert plain.after(date(2028, 2, 28), 1) == date(2028, 2, 29)
    assert plain.after(date(2028, 2, 29), 1) == date(2028, 3, 1)
    assert plain.between(date(2028, 2, 28), date(2028, 3, 1)) == 2
    assert plain.after(date(2027, 2, 26), 1) == date(2027, 3, 1)


def test_a_worked_saturday_counts_even_where_it_is_named_a_holiday_too() -> None:
    saturday = date(2027, 3, 6)
    assert not Calendar().is_working(saturday)
    assert Calendar(worked=frozenset({saturday})).after(date(2027, 3, 5), 1) == saturday
    assert Calendar(frozenset({saturday}), frozenset({saturday})).is_working(saturday)


# --- the real calendar ----------------------------------------------------------------------------------------


@pytest.fixture
def book(db: None) -> Rulebook:
    return rulebook(0)


def test_tet_counts_no_day(book: Rulebook) -> None:
    """Tết 2026: from Monday 16 to Friday 20 February; offices open again on Monday the 23rd."""
    assert book.calendar.after(date(2026, 2, 13), 1) == date(2026, 2, 23)
    assert book.calendar.between(date(2026, 2, 13), date(2026, 2, 22)) == 0


def test_every_tet_of_ten_years_closes_the_offices_for_at_least_five_days(book: Rulebook) -> None:
    new_years = (
        *(date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3)),
        *(date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19), date(2035, 2, 8)),
    )
    for day in new_years:
        around = [day + ONE_DAY * offset for offset in range(-1, 4)]
        assert not any(book.calendar.is_working(each) for each in around)


def test_a_saturday_worked_in_exchange_is_a_working_day_and_the_day_off_is_none(book: Rulebook) -> None:
    assert book.calendar.is_working(date(2026, 1, 10))
    assert not book.calendar.is_working(date(2026, 1, 2))
    assert book.calendar.after(date(2026, 8, 21), 1) == date(2026, 8, 22)


def test_the_day_of_culture_is_a_holiday_from_2026_on_and_was_none_in_2025(book: Rulebook) -> None:
    assert book.calendar.is_working(date(2025, 11, 24))
    assert not any(book.calendar.is_working(date(year, 11, 24)) for year in range(2026, 2036))


def test_mai_is_guided_by_the_27th(book: Rulebook) -> None:
    """TC-02: accepted on Monday 23 November 2026, three working days, and the 24th is a holiday."""
    monday = date(2026, 11, 23)
    deadline = book.deadline("CONV_GUIDE", opened=monday, submitted=monday, accepted=monday)
    assert deadline.due_on == deadline.promised_on == date(2026, 11, 27)
    assert deadline.law == "Nghị định 80/2021/NĐ-CP, Điều 15"


def test_the_answer_to_hanh_is_due_on_the_27th(book: Rulebook) -> None:
    """TC-01: accepted on Thursday 5 November 2026, fifteen working days, and the 24th is a holiday."""
    thursday = date(2026, 11, 5)
    deadline = book.deadline("LEGAL_GENERAL", opened=date(2026, 11, 6), submitted=thursday, accepted=thursday)
    assert deadline.due_on == deadline.promised_on == date(2026, 11, 27)
    assert deadline.starts_on == thursday
    assert deadline.due_at == end_of(date(2026, 11, 27))


def test_thao_can_answer_until_the_23rd(book: Rulebook) -> None:
    """TC-09: asked on Monday 2 November 2026, fifteen working days."""
    rule = book.rule("SUPP_ANSWER", date(2026, 11, 2))
    assert rule is not None
    assert rule.days is not None
    assert book.calendar.after(date(2026, 11, 2), rule.days) == date(2026, 11, 23)


def test_a_step_that_opens_after_its_clock_ran_out_is_due_at_once(book: Rulebook) -> None:
    accepted, opened = date(2026, 3, 2), date(2026, 6, 1)
    deadline = book.deadline("LEGAL_GENERAL", opened=opened, submitted=accepted, accepted=accepted)
    assert deadline.due_on == opened
    assert deadline.promised_on == date(2026, 3, 23)


def test_the_rule_is_the_one_in_force_when_the_case_was_accepted() -> None:
    old = DeadlineRule(code="R", days=5, clock_start="opened", valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30))
    new = DeadlineRule(code="R", days=3, clock_start="opened", valid_from=date(2026, 7, 1))
    book = Rulebook({"R": (new, old)}, Calendar())
    july = date(2026, 7, 6)
    for accepted, due in ((date(2026, 6, 30), date(2026, 7, 13)), (date(2026, 7, 1), date(2026, 7, 9))):
        assert book.deadline("R", opened=july, submitted=date(2026, 6, 1), accepted=accepted).due_on == due


def test_a_step_without_a_number_has_a_day_of_ours_and_promises_nothing() -> None:
    book = Rulebook({}, Calendar())
    monday = date(2026, 6, 1)
    deadline = book.deadline("R", opened=monday, submitted=monday, accepted=None)
    assert deadline.promised_on is None
    assert deadline.due_on == Calendar().after(monday, FALLBACK_WORKING_DAYS)


# --- what comes late in the day ----------------------------------------------------------------------------------

AT_THREE = time(15, 0)
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 6), date(2026, 11, 7), date(2026, 11, 9)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@pytest.mark.parametrize(
    ("late_from", "day", "at", "minute", "received"),
    [
        (None, FRIDAY, 23, 59, FRIDAY),
        (None, SATURDAY, 10, 0, SATURDAY),
        (AT_THREE, FRIDAY, 14, 59, FRIDAY),
        (AT_THREE, FRIDAY, 15, 0, MONDAY),
        (AT_THREE, SATURDAY, 9, 0, MONDAY),
        (AT_THREE, SATURDAY, 20, 0, MONDAY),
        (AT_THREE, MONDAY, 8, 0, MONDAY),
        # Over the holiday of 24 November.
        (AT_THREE, date(2026, 11, 23), 15, 0, date(2026, 11, 25)),
    ],
)
def test_what_comes_at_or_after_the_hour_counts_from_the_next_working_day(
    book: Rulebook, settings: Settings, late_from: time | None, day: date, at: int, minute: int, received: date
) -> None:
    settings.LATE_RECEIPT_FROM = late_from
    assert book.received(moment(day, at, minute)) == received


def test_the_hour_is_read_from_the_environment_and_off_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LATE_RECEIPT_FROM", raising=False)
    assert hour("LATE_RECEIPT_FROM") is None
    monkeypatch.setenv("LATE_RECEIPT_FROM", "15:00")
    assert hour("LATE_RECEIPT_FROM") == AT_THREE
    monkeypatch.setenv("LATE_RECEIPT_FROM", "3 giờ chiều")
    with pytest.raises(ImproperlyConfigured, match="LATE_RECEIPT_FROM"):
        hour("LATE_RECEIPT_FROM")


def test_what_comes_later_never_counts_from_an_earlier_day(book: Rulebook, settings: Settings) -> None:
    settings.LATE_RECEIPT_FROM = AT_THREE
    begin = moment(date(2026, 11, 19), 0)
    received = [book.received(begin + timedelta(hours=hour)) for hour in range(24 * 10)]
    assert received == sorted(received)


def test_a_day_written_on_paper_has_no_hour(book: Rulebook, settings: Settings) -> None:
    settings.LATE_RECEIPT_FROM = AT_THREE
    typed_in_late = Case(received_on=FRIDAY, submitted_at=moment(date(2026, 11, 10), 16))
    assert book.received_on(typed_in_late) == FRIDAY
    assert book.received_on(Case(submitted_at=moment(FRIDAY, 16))) == MONDAY


def test_before_the_day_of_receipt_nothing_counts(book: Rulebook) -> None:
    """Sent and accepted on a Friday evening, received on Monday by the rule of the office."""
    first = book.deadline("INTAKE", opened=FRIDAY, submitted=MONDAY, accepted=None)
    assert (first.starts_on, first.due_on) == (MONDAY, date(2026, 11, 10))
    answer = book.deadline("LEGAL_GENERAL", opened=FRIDAY, submitted=MONDAY, accepted=FRIDAY)
    assert answer.starts_on == MONDAY
    guide = book.deadline("CONV_GUIDE", opened=FRIDAY, submitted=MONDAY, accepted=FRIDAY)
    assert guide.due_on == date(2026, 11, 12)


@cache
def real_wall(calendar: Calendar) -> list[date]:
    return wall(calendar, FIRST, LAST)


def unlike_the_wall(calendar: Calendar, pairs: int) -> int:
    """Return how many of so many random (start, days) pairs of the ten years end on another day than on the wall.

    Each is counted forward, and back again from the day on which it ends.
    """
    random, unlike = Random(2026), 0
    for _pair in range(pairs):
        days = random.randint(0, 60)
        start = FIRST + ONE_DAY * random.randrange((LAST - FIRST).days - 150)
        end = nth_after(real_wall(calendar), start, days)
        unlike += calendar.after(start, days) != end
        unlike += calendar.before(end, days) != nth_before(real_wall(calendar), end, days)
    return unlike


def test_the_real_calendar_counts_as_on_the_wall(book: Rulebook) -> None:
    assert unlike_the_wall(book.calendar, 200) == 0


@pytest.mark.prove
def test_ten_thousand_deadlines_of_ten_years_are_as_on_the_wall(
    book: Rulebook, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = 10_000
    unlike = unlike_the_wall(book.calendar, pairs)
    with capsys.disabled():
        years = f"{FIRST.year} to {LAST.year}"
        sys.stdout.write(f"\ncalendar: {pairs} deadlines forward and back, {years}, {unlike} unlike the model\n")
    assert unlike == 0
