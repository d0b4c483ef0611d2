"""The calendar kept by the administrators: a day entered, changed, taken back; a year announced; what it changes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from cases.models import ReferenceVersion, User
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import as_boxes, signed_in
from tests.builders import a_case, a_draft, item_at
from tests.conftest import THURSDAY
from workflows.calendar import Calendar
from workflows.models import AnnouncedYear, CalendarDay
from workflows.queries.rulebook import calendar_warning, rulebook

CULTURE_DAY = date(2026, 11, 24)
STORM = {
    "day": "2026-11-09",
    "kind": "holiday",
    "name": "Nghỉ tránh bão",
    "source": "Công điện của Ủy ban nhân dân thành phố ngày 05/11/2026",
}


@pytest.fixture(autouse=True)
def on_that_day(db: None) -> Iterator[None]:
    with time_machine.travel(THURSDAY, tick=False):
        yield


def enter(user: User, **changes: str) -> Any:
    return signed_in(user).post(reverse("workflows:enter_day"), as_boxes({**STORM, **changes}))


def take_back(user: User, day: date) -> Any:
    return signed_in(user).post(reverse("workflows:take_back_day", args=[day.isoformat()]))


def page(user: User, year: str = "") -> str:
    response = signed_in(user).get(reverse("workflows:calendar"), {"nam": year} if year else {})
    assert response.status_code == 200
    return response.content.decode()


def calendar() -> Calendar:
    return rulebook(ReferenceVersion.objects.get().number).calendar


def test_the_year_stands_with_its_days_and_their_sources(cast: Cast) -> None:
    this_year = page(cast.administrator)
    assert "Lịch làm việc năm 2026" in this_year
    assert "Thứ Ba, 24/11/2026" in this_year
    assert "Nghị quyết 28/2026/QH16" in this_year
    assert "Thứ Bảy, 10/01/2026" in this_year
    assert "ngày làm bù" in this_year
    assert "Hạn đã ghi thì giữ nguyên" in this_year
    last_year = page(cast.administrator, "2025")
    assert "24/11/2025" not in last_year
    assert "dự tính" in page(cast.administrator, "2027")
    for unreachable in ("1700", "9999", "x", "99999999999999999999"):
        assert "Lịch làm việc năm" in page(cast.administrator, unreachable)


def test_a_day_is_entered_with_its_source_and_name_and_says_who_did(cast: Cast) -> None:
    before = ReferenceVersion.objects.get().number
    assert calendar().is_working(date(2026, 11, 9))
    response = enter(cast.administrator)
    assert (response.status_code, response.headers["Location"]) == (302, "/lich/?nam=2026")
    assert ReferenceVersion.objects.get().number > before
    assert not calendar().is_working(date(2026, 11, 9))
    shown = page(cast.another_administrator)
    for words in ("Nghỉ tránh bão", STORM["source"], "Đoàn Thị Quyên"):
        assert words in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": ""}, "Ghi ai thông báo và ở văn bản nào."),
        ({"name": " "}, "Ghi tên ngày."),
        ({"kind": ""}, "Chọn một dòng"),
        ({"day": ""}, "ngày, tháng"),
        ({"day": "1926-11-09"}, "Lịch có từ năm 2025 đến năm 2036"),
        ({"kind": "worked"}, "Ngày này tuần nào cũng làm việc."),
        ({"source": "x" * 201}, "201"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast: Cast, changes: dict[str, str], said: str) -> None:
    response = enter(cast.administrator, **changes)
    shown = response.content.decode()
    assert (response.status_code, said.lower() in shown.lower()) == (200, True)
    typed = {**STORM, **changes}
    assert typed["source"] in shown
    assert typed["name"].strip() in shown
    assert not CalendarDay.objects.exclude(entered_by=None).exists()


def test_days_are_swapped_both_ways(cast: Cast) -> None:
    """A Monday off for a Saturday worked: what the announcement of a year brings."""
    off, worked = date(2027, 1, 4), date(2027, 1, 9)
    friday = date(2027, 1, 8)
    assert (calendar().is_working(off), calendar().is_working(worked)) == (True, False)
    enter(cast.administrator, day="2027-01-04", name="Nghỉ hoán đổi")
    enter(cast.administrator, day="2027-01-09", kind="worked", name="Ngày làm bù")
    assert (calendar().is_working(off), calendar().is_working(worked)) == (False, True)
    assert calendar().after(friday, 1) == worked
    assert calendar().after(date(2026, 12, 31), 2) == date(2027, 1, 6)
    # And back again.
    for day in (off, worked):
        assert take_back(cast.administrator, day).status_code == 302
    assert (calendar().is_working(off), calendar().is_working(worked)) == (True, False)


def test_what_was_computed_can_be_changed_and_comes_back_when_the_entry_is_taken_back(cast: Cast) -> None:
    computed = CalendarDay.objects.values().get(date=CULTURE_DAY)
    assert computed["source"] == "Nghị quyết 28/2026/QH16"
    assert CalendarDay.objects.filter(date=CULTURE_DAY, entered_by=None).exists()
    enter(cast.administrator, day="2026-11-24", kind="usual", name="Ngày làm việc")
    assert calendar().is_working(CULTURE_DAY)
    assert "như mọi tuần" in page(cast.administrator)
    entered = CalendarDay.objects.values().get(date=CULTURE_DAY)
    call_command("load_reference", verbosity=0)
    assert CalendarDay.objects.values().get(date=CULTURE_DAY) == entered
    assert take_back(cast.another_administrator, CULTURE_DAY).status_code == 404
    assert take_back(cast.administrator, CULTURE_DAY).status_code == 302
    assert CalendarDay.objects.values().get(date=CULTURE_DAY) == computed
    assert not calendar().is_working(CULTURE_DAY)
    again = take_back(cast.administrator, CULTURE_DAY)
    assert again.status_code == 409
    assert "không còn gì được nhập" in again.content.decode()
    assert take_back(cast.administrator, date(2026, 11, 3)).status_code == 409
    assert signed_in(cast.administrator).post("/lich/ngay/hom-qua/rut/").status_code == 404


def test_another_administrator_may_correct_an_entry_and_then_it_is_hers(cast: Cast) -> None:
    enter(cast.administrator)
    form = signed_in(cast.another_administrator).get(reverse("workflows:enter_day"), {"ngay": "2026-11-09"})
    assert "Nghỉ tránh bão" in form.content.decode()
    enter(cast.another_administrator, name="Nghỉ vì bão số 15")
    entered = CalendarDay.objects.get(date=date(2026, 11, 9))
    assert (entered.name, entered.entered_by) == ("Nghỉ vì bão số 15", cast.another_administrator)
    assert take_back(cast.administrator, entered.date).status_code == 404


def test_nobody_else_enters_or_announces_anything(cast: Cast) -> None:
    enter(cast.administrator)
    for user in (cast.supervisor, cast.city_approver, cast.applicant):
        assert enter(user).status_code == 404
        assert take_back(user, date(2026, 11, 9)).status_code == 404
        announced = signed_in(user).post(reverse("workflows:announce_year"), {"year": "2027", "source": "x"})
        assert announced.status_code == 404
    assert CalendarDay.objects.exclude(entered_by=None).get().entered_by == cast.administrator


def test_a_new_day_counts_for_new_steps_and_what_was_given_stays(cast: Cast) -> None:
    case = player.submit(a_draft(cast.applicant), at=THURSDAY)
    player.conclude(case, "intake", "accept", at=THURSDAY)
    triage, promised = item_at(case, "triage").due_at, case.promised_on
    assert promised == date(2026, 11, 27)
    assert enter(cast.administrator).status_code == 302
    case.refresh_from_db()
    assert (item_at(case, "triage").due_at, case.promised_on) == (triage, promised)
    new = a_case(cast.another_applicant, at_node="triage")
    assert new.promised_on == date(2026, 11, 30)
    assert item_at(new, "triage").due_at == triage + timedelta(days=1)


# --- announced years ------------------------------------------------------------------------------------------


def test_the_warning_begins_sixty_days_before_a_year_that_nobody_announced(cast: Cast) -> None:
    assert list(AnnouncedYear.objects.filter(entered_by=None).values_list("year", flat=True)) == [2025, 2026]
    expected = {date(2026, 11, 1): None, date(2026, 11, 2): 2027, date(2026, 12, 31): 2027, date(2027, 1, 1): 2027}
    assert {day: calendar_warning(day) for day in expected} == expected
    assert "Lịch năm 2027 chưa được ghi là đã công bố" in page(cast.administrator)
    with time_machine.travel(THURSDAY - timedelta(days=35), tick=False):
        assert "chưa được ghi là đã công bố" not in page(cast.administrator)


def test_a_year_is_noted_as_announced_with_its_source(cast: Cast) -> None:
    browser, address = signed_in(cast.administrator), reverse("workflows:announce_year")
    form = browser.get(address).content.decode()
    assert '<option value="2027" selected' in form
    assert 'value="2026"' not in form
    wrong = browser.post(address, {"year": "2027", "source": ""}).content.decode()
    assert "Ghi ai thông báo và ở văn bản nào." in wrong
    source = "Thông báo của Bộ Nội vụ ngày 04/11/2026"
    assert browser.post(address, {"year": "2027", "source": source}).headers["Location"] == "/lich/?nam=2027"
    assert calendar_warning(date(2026, 12, 31)) is None
    again = browser.post(address, {"year": "2027", "source": "khác"})
    assert "đã được ghi là đã công bố" in again.content.decode()
    call_command("load_reference", verbosity=0)
    announced = AnnouncedYear.objects.get(year=2027)
    assert (announced.source, announced.entered_by) == (source, cast.administrator)
    shown = page(cast.administrator, "2027")
    assert source in shown
    assert "chưa được ghi là đã công bố" not in shown
