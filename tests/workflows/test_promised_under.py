"""On whose word she is promised a day: law only where its text was read, else a target of our own, or no day at all."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from cases.models import Case, ReferenceVersion, Target, User
from cases.queries.targets import reaching
from project.demo.cast import Cast
from project.templatetags.aloud import law_to_her
from tests import browsing
from tests.builders import A_QUESTION, a_case, answers_for, item_at
from tests.conftest import THURSDAY
from workflows.models import DeadlineRule

LAW = "Nghị định 55/2019/NĐ-CP, Điều 8"
OURS = "Đây là mục tiêu của chúng tôi, không phải hạn luật định."
NO_DAY = "Có ngày hẹn chúng tôi báo chị ngay."
HANHS_DAY = "Thứ Sáu, 27/11/2026"


def page(user: User, case: Case, *, at: datetime, name: str = "cases:status") -> str:
    with time_machine.travel(at, tick=False):
        response = browsing.signed_in(user).get(reverse(name, args=[case.key]))
    assert response.status_code == 200
    return response.content.decode()


def rule_is(code: str, **changes: Any) -> None:
    DeadlineRule.objects.filter(code=code).update(**changes)
    ReferenceVersion.bump()


def filed_and_accepted(cast: Cast, *, at: datetime = THURSDAY) -> Case:
    case = browsing.file(cast.another_applicant, answers_for(), at=at)
    assert browsing.conclude(cast.commune_officer, case, "intake", "accept", at=at).status_code == 302
    return case


@pytest.mark.parametrize(
    ("source", "to_her"),
    [
        ("Nghị định 55/2019/NĐ-CP, Điều 9 (tỉnh có thể quy định riêng: …)", "Nghị định 55/2019/NĐ-CP, Điều 9"),
        ("Luật Hợp tác xã 2023 (17/2023/QH15), Điều 43", "Luật Hợp tác xã 2023 (17/2023/QH15), Điều 43"),
    ],
)
def test_she_reads_the_law_alone_without_what_stands_in_brackets_behind_it(source: str, to_her: str) -> None:
    assert law_to_her(source) == to_her


@pytest.mark.parametrize(("status", "law_is_named"), [("V", True), ("P", False), ("K", False), ("A", False)])
def test_only_a_rule_that_was_read_is_called_law(cast: Cast, status: str, law_is_named: bool) -> None:
    rule_is("LEGAL_GENERAL", source_status=status)
    case = filed_and_accepted(cast)
    for name in ("cases:status", "cases:filed"):
        shown = page(cast.another_applicant, case, at=THURSDAY, name=name)
        assert HANHS_DAY in shown
        assert (f"Theo {LAW}." in shown, OURS in shown) == (law_is_named, not law_is_named)
        assert law_is_named or LAW not in shown


@pytest.mark.parametrize("status", ["P", "K", "A"])
def test_a_rule_without_a_number_promises_no_day(cast: Cast, status: str) -> None:
    rule_is("LEGAL_GENERAL", source_status=status, days=None)
    case = filed_and_accepted(cast)
    assert (case.promised_on, case.promised_under) == (None, "")
    for name in ("cases:status", "cases:filed"):
        shown = page(cast.another_applicant, case, at=THURSDAY, name=name)
        assert NO_DAY in shown
        assert LAW not in shown
        assert OURS not in shown
        assert "27/11/2026" not in shown


def test_before_acceptance_the_day_is_a_target_of_ours(cast: Cast) -> None:
    case = browsing.file(cast.another_applicant, answers_for(), at=THURSDAY)
    for name in ("cases:status", "cases:filed"):
        shown = page(cast.another_applicant, case, at=THURSDAY, name=name)
        assert "Thứ Sáu, 06/11/2026" in shown
        assert OURS in shown
        assert "Theo Nghị định" not in shown


def test_the_page_of_a_work_item_says_by_what_rule_it_is_due(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    address = reverse("workflows:item", args=[item_at(case, "draft").pk])
    with time_machine.travel(THURSDAY + timedelta(hours=1), tick=False):
        shown = browsing.signed_in(cast.justice_officer).get(address).content.decode()
    words = "Trả lời câu hỏi chung của doanh nghiệp nhỏ và vừa: 15 ngày làm việc"
    assert f"Hạn theo: {words} · {LAW} · đã đọc văn bản" in shown


def test_the_story_of_hanh_to_the_day(cast: Cast) -> None:
    """TC-01, by HTTP from her first page to the answer."""
    hanh, day = cast.another_applicant, timedelta(days=1)
    case = filed_and_accepted(cast)
    assert (case.sme_class, case.women_owned) == ("micro", True)
    assert timezone.localdate(case.accepted_at) == date(2026, 11, 5)
    offices = ["consult_finance", "consult_tax"]
    browsing.conclude(cast.city_officer, case, "triage", "general", at=THURSDAY + day, flags=offices)
    due = timezone.localtime(item_at(case, "draft").due_at)
    assert (due.date(), due.time()) == (date(2026, 11, 27), time(23, 59, 59))
    shown = page(hanh, case, at=THURSDAY + day)
    assert HANHS_DAY in shown
    assert f"Theo {LAW}." in shown
    legal = Target.objects.filter(service="legal_advice", programme__province="31").first()
    assert legal is not None
    assert reaching(legal, Case.objects.all()).count() == 0
    at = THURSDAY + 2 * day
    for node, who in (("consult_finance", cast.finance_officer), ("consult_tax", cast.tax_officer)):
        browsing.conclude(who, case, node, "opinion", at=at, answer="Đồng ý với hướng trả lời này của Sở Tư pháp.")
    browsing.conclude(cast.justice_officer, case, "draft", "drafted", at=at, answer="Chị lập hoá đơn khi giao hàng.")
    browsing.conclude(cast.justice_approver, case, "approve", "approve", at=at)
    assert (case.state, case.outcome) == ("decided", "answered")
    assert reaching(legal, Case.objects.all()).get() == case
    assert A_QUESTION in page(hanh, case, at=at)


# --- what comes late in the day ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late_from", "hour", "first_day", "starts"),
    [
        (None, 16, "Thứ Sáu, 06/11/2026", date(2026, 11, 5)),
        (time(15), 14, "Thứ Sáu, 06/11/2026", date(2026, 11, 5)),
        (time(15), 15, "Thứ Hai, 09/11/2026", date(2026, 11, 6)),
    ],
)
def test_what_she_sends_late_in_the_day_counts_from_the_next_working_day_where_the_office_says_so(
    cast: Cast, settings: Settings, late_from: time | None, hour: int, first_day: str, starts: date
) -> None:
    settings.LATE_RECEIPT_FROM = late_from
    at = THURSDAY.replace(hour=hour)
    case = browsing.file(cast.another_applicant, answers_for(), at=at)
    assert item_at(case, "intake").starts_on == starts
    shown = page(cast.another_applicant, case, at=at, name="cases:filed")
    assert first_day in shown
    moved = "Hồ sơ đến ngoài giờ, nên tính là nhận vào Thứ Sáu, 06/11/2026." in shown
    assert moved == (starts == date(2026, 11, 6))
