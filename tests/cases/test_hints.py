"""What is pointed out with some answers: TC-06, a household business that is not a year old."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cases.models import Case, CaseState, ReferenceVersion
from cases.services.hints import so_long_after
from project.demo import player
from project.demo.cast import Cast, person
from tests import browsing
from tests.builders import a_draft, item_at
from tests.conftest import THURSDAY
from workflows.models import DeadlineRule

WARNING = "Chưa đủ điều kiện hưởng hỗ trợ doanh nghiệp nhỏ và vừa chuyển đổi từ hộ kinh doanh"
SOURCE = "Theo Luật Hỗ trợ doanh nghiệp nhỏ và vừa 2017 (04/2017/QH14), Điều 16."
SEVEN_MONTHS_OLD, A_YEAR_OLD = "2026-04-05", "2025-11-05"
NEED = "Tôi muốn chuyển tiệm nail của tôi từ hộ kinh doanh lên công ty thì cần làm gì?"


def ngans_draft(cast: Cast, **changes: Any) -> Case:
    """Return the draft of Vũ Ngân, who has a nail salon."""
    answers: dict[str, Any] = {
        "full_name": "Vũ Ngân",
        "entity_type": "household",
        "entity_name": "Hộ kinh doanh nail Ngân",
        "registered_on": SEVEN_MONTHS_OLD,
        "sector": "trade",
        "law_field": "registration",
        "need": NEED,
        **changes,
    }
    return a_draft(person("Vũ Ngân", "0900 100 066"), **answers)


def check_page(case: Case) -> str:
    with time_machine.travel(THURSDAY, tick=False):
        response = browsing.signed_in(case.applicant).get(reverse("cases:check", args=[case.key]))
    return response.content.decode()


def test_she_reads_it_before_sending_with_its_source_and_until_when(cast: Cast) -> None:
    page = check_page(ngans_draft(cast))
    assert f"{WARNING}." in page
    assert SOURCE in page
    assert "Điều này đúng đến hết ngày 04/04/2027." in page
    assert "Chị vẫn gửi hồ sơ được." in page
    assert "Gửi hồ sơ" in page


def test_the_reviewers_read_it_and_nothing_is_refused(cast: Cast) -> None:
    case = player.submit(ngans_draft(cast), at=THURSDAY)
    with time_machine.travel(THURSDAY, tick=False):
        address = reverse("workflows:item", args=[item_at(case, "intake").pk])
        page = browsing.signed_in(cast.commune_officer).get(address).content.decode()
    assert f"{WARNING}." in page
    assert SOURCE in page
    assert "Điều này đúng đến hết ngày 04/04/2027." in page
    assert browsing.conclude(cast.commune_officer, case, "intake", "accept", at=THURSDAY).status_code == 302
    assert browsing.conclude(cast.city_officer, case, "triage", "non_sme", at=THURSDAY).status_code == 302
    assert case.state == CaseState.IN_REVIEW


@pytest.mark.parametrize(
    "changes",
    [
        {"registered_on": A_YEAR_OLD},
        {"registered_on": ""},
        {"law_field": "tax"},
        {"entity_type": "llc1"},
        {"entity_type": "individual"},
    ],
)
def test_to_whom_it_does_not_apply_reads_nothing(cast: Cast, changes: dict[str, str]) -> None:
    assert WARNING not in check_page(ngans_draft(cast, **changes))


def test_on_the_last_day_it_still_holds(cast: Cast) -> None:
    assert WARNING in check_page(ngans_draft(cast, registered_on="2025-11-06"))


def test_a_source_that_nobody_has_read_warns_of_nothing(cast: Cast) -> None:
    DeadlineRule.objects.filter(code="HOUSEHOLD_AGE").update(source_status="P")
    ReferenceVersion.bump()
    assert WARNING not in check_page(ngans_draft(cast))


def test_how_long_is_data(cast: Cast) -> None:
    DeadlineRule.objects.filter(code="HOUSEHOLD_AGE").update(days=180)
    ReferenceVersion.bump()
    assert WARNING not in check_page(ngans_draft(cast))


def test_a_year_ends_on_the_same_day_with_a_leap_day_in_it_or_without() -> None:
    assert so_long_after(date(2027, 3, 1), 365) == date(2028, 3, 1)
    assert so_long_after(date(2026, 4, 5), 365) == date(2027, 4, 5)
    assert so_long_after(date(2028, 2, 29), 365) == date(2029, 3, 1)
    assert so_long_after(date(2026, 4, 5), 400) == date(2027, 4, 5) + timedelta(days=35)
