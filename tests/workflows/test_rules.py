"""Deadline rules kept by two people: proposed by one, approved by another, and what running cases keep."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, ReferenceVersion, User
from project.demo import player
from project.demo.cast import Cast
from project.reference import deadlines
from tests.browsing import as_boxes, signed_in
from tests.builders import a_case, a_draft, item_at
from tests.conftest import THURSDAY
from tests.project.test_sign_in import enter
from tests.workflows.statements import MOST
from workflows.actions import rules as actions
from workflows.models import DeadlineRule
from workflows.queries.rulebook import rulebook
from workflows.queries.rules import NAMES, listed, rule_line

TODAY, TOMORROW = date(2026, 11, 5), date(2026, 11, 6)
IN_DECEMBER = date(2026, 12, 1)
THE_FIRST = timezone.make_aware(datetime(2026, 12, 1, 9))  # noqa: DTZ001 - made aware here
SHORTER: dict[str, Any] = {
    "days": "10",
    "unit": "working",
    "clock_start": "accepted",
    "pauses": "yes",
    "legal_source": "Nghị định 18/2026/NĐ-CP, Điều 3",
    "source_status": "V",
    "valid_from": "2026-12-01",
}
PAGES: tuple[tuple[str, list[str]], ...] = (
    ("workflows:rules", []),
    ("workflows:propose_rule", ["LEGAL_GENERAL"]),
    ("workflows:calendar", []),
)


@pytest.fixture(autouse=True)
def on_that_day(db: None) -> Iterator[None]:
    with time_machine.travel(THURSDAY, tick=False):
        yield


def propose(user: User, code: str = "LEGAL_GENERAL", **changes: Any) -> Any:
    address = reverse("workflows:propose_rule", args=[code])
    return signed_in(user).post(address, as_boxes({**SHORTER, **changes}))


def proposed(user: User, **changes: Any) -> DeadlineRule:
    response = propose(user, **changes)
    assert response.status_code == 302, response.content.decode()
    return DeadlineRule.objects.get(code="LEGAL_GENERAL", approved_at=None, proposed_by=user)


def approve(user: User, rule: DeadlineRule) -> Any:
    return signed_in(user).post(reverse("workflows:approve_rule", args=[rule.pk]))


def decline(user: User, rule: DeadlineRule, words: str = "Chưa có văn bản nào nêu số ngày này.") -> Any:
    return signed_in(user).post(reverse("workflows:decline_rule", args=[rule.pk]), {"words": words})


def in_force(on: date) -> DeadlineRule:
    rule = rulebook(ReferenceVersion.objects.get().number).rule("LEGAL_GENERAL", on)
    assert rule is not None
    return rule


# --- who ------------------------------------------------------------------------------------------------------


def test_only_administrators_find_the_pages(cast: Cast, client: Client) -> None:
    for part, user in cast.people():
        kept = part in ("administrator", "another_administrator")
        browser = signed_in(user)
        for name, args in PAGES:
            assert (part, browser.get(reverse(name, args=args)).status_code) == (part, 200 if kept else 404)
    assert client.get(reverse("workflows:rules")).status_code == 302
    User.objects.filter(pk=cast.administrator.pk).update(is_active=False)
    assert signed_in(cast.administrator).get(reverse("workflows:rules")).status_code != 200


def test_nobody_else_can_change_anything(cast: Cast) -> None:
    rule = proposed(cast.administrator)
    before = list(DeadlineRule.objects.values_list())
    for user in (cast.supervisor, cast.city_approver, cast.applicant):
        assert propose(user).status_code == 404
        assert approve(user, rule).status_code == 404
        assert decline(user, rule).status_code == 404
    assert list(DeadlineRule.objects.values_list()) == before


def test_an_administrator_lands_on_the_rules_and_finds_no_case(cast: Cast) -> None:
    case = a_case(cast.applicant)
    browser = signed_in(cast.administrator)
    home = browser.get(reverse("home"))
    assert (home.status_code, home.headers["Location"]) == (302, reverse("workflows:rules"))
    page = browser.get(reverse("workflows:rules")).content.decode()
    assert str(case.code) not in page
    assert 'href="/lich/"' in page
    for name in ("cases:status", "workflows:office_case", "workflows:story"):
        assert browser.get(reverse(name, args=[case.key])).status_code == 404
    assert browser.get(reverse("workflows:item", args=[item_at(case, "intake").pk])).status_code == 404
    assert "/quy-dinh/" not in signed_in(cast.city_officer).get(reverse("workflows:worklist")).content.decode()


def test_one_who_was_made_on_the_command_line_signs_in_by_code_and_lands_there(client: Client) -> None:
    call_command("createsuperuser", interactive=False, phone="0912345678", verbosity=0)
    assert enter(client, "0912 345 678") == reverse("workflows:rules")


# --- the list -------------------------------------------------------------------------------------------------


def test_every_rule_stands_in_the_list_in_plain_words(cast: Cast) -> None:
    codes = set(DeadlineRule.objects.values_list("code", flat=True))
    assert codes == set(NAMES)
    assert {line.code for group in listed(today=TODAY) for line in group.lines} == codes
    page = signed_in(cast.administrator).get(reverse("workflows:rules")).content.decode()
    for words in (
        "Trả lời câu hỏi chung của doanh nghiệp nhỏ và vừa",
        "15 ngày làm việc",
        "Nghị định 55/2019/NĐ-CP, Điều 8",
        "đã đọc văn bản",
        "mục tiêu của chúng tôi",
        "chưa có số ngày: chưa hẹn ngày nào",
        "tính từ: lúc tiếp nhận; tạm dừng khi chờ người nộp",
    ):
        assert words in page


def test_the_list_asks_the_same_few_things_however_many_versions_there_are(cast: Cast) -> None:
    browser = signed_in(cast.administrator)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("workflows:rules")).status_code == 200
        return len(queries)

    few = asked()
    for number in range(5):
        propose(cast.another_administrator, "CONSULT", valid_from=f"2027-0{number + 1}-01")
    assert asked() == few


# --- proposing ------------------------------------------------------------------------------------------------


def test_a_proposal_does_not_hold_until_another_administrator_approves_it(cast: Cast) -> None:
    rule = proposed(cast.administrator)
    assert (rule.days, rule.valid_from, rule.verified_by, rule.verified_on) == (
        10,
        IN_DECEMBER,
        cast.administrator,
        TODAY,
    )
    assert in_force(IN_DECEMBER).days == 15
    page = signed_in(cast.administrator).get(reverse("workflows:rules")).content.decode()
    assert "người khác sẽ duyệt" in page
    assert f"/quy-dinh/{rule.pk}/duyet/" not in page
    assert approve(cast.administrator, rule).status_code == 404
    assert in_force(IN_DECEMBER).days == 15

    assert approve(cast.another_administrator, rule).status_code == 302
    rule.refresh_from_db()
    assert (rule.approved_by, rule.approved_at) == (cast.another_administrator, THURSDAY)
    assert (in_force(IN_DECEMBER).days, in_force(date(2026, 11, 30)).days) == (10, 15)
    assert in_force(date(2026, 11, 30)).valid_to == date(2026, 11, 30)
    page = signed_in(cast.administrator).get(reverse("workflows:rules")).content.decode()
    assert "Đề xuất: Đoàn Thị Quyên" in page
    assert "Duyệt: Lâm Thị Trang, 09:00 05/11/2026" in page
    assert "01/07/2025 đến 30/11/2026" in page


def test_the_same_form_or_click_again_changes_nothing_more(cast: Cast) -> None:
    rule = proposed(cast.administrator)
    assert propose(cast.administrator).status_code == 302
    assert DeadlineRule.objects.filter(code="LEGAL_GENERAL").count() == 2
    assert approve(cast.another_administrator, rule).status_code == 302
    after = list(DeadlineRule.objects.order_by("pk").values_list())
    assert approve(cast.another_administrator, rule).status_code == 302
    assert list(DeadlineRule.objects.order_by("pk").values_list()) == after


def test_who_comes_second_reads_what_happened(cast: Cast) -> None:
    rule = proposed(cast.administrator)
    third = User.objects.create_user("0900600003", "Hà Thị Vân", is_staff=True)
    approve(cast.another_administrator, rule)
    for late in (approve(third, rule), decline(third, rule)):
        assert late.status_code == 409
        assert "Lâm Thị Trang đã duyệt bản này lúc 09:00 05/11/2026" in late.content.decode()
    second = proposed(cast.administrator, valid_from="2027-02-01")
    assert decline(third, second).status_code == 302
    gone = approve(cast.another_administrator, second)
    assert gone.status_code == 409
    assert "không còn" in gone.content.decode()
    # What came with the product is no proposal.
    assert decline(third, DeadlineRule.objects.get(code="INTAKE")).status_code == 409


def test_declining_removes_the_proposal_and_the_log_says_who(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    before = list(DeadlineRule.objects.order_by("pk").values_list())
    for user in (cast.another_administrator, cast.administrator):
        rule = proposed(cast.administrator)
        with caplog.at_level("INFO", logger="dong_hanh.rules"):
            assert decline(user, rule).status_code == 302
        assert f"declined by person {user.pk}: Chưa có văn bản nào" in caplog.text
    assert list(DeadlineRule.objects.order_by("pk").values_list()) == before


def test_a_colleagues_proposal_is_declined_for_a_reason_alone(cast: Cast) -> None:
    rule = proposed(cast.administrator)
    without = decline(cast.another_administrator, rule, words=" ")
    assert without.status_code == 200
    assert "Ghi một câu vì sao không duyệt." in without.content.decode()
    assert DeadlineRule.objects.filter(pk=rule.pk).exists()
    # One's own goes without a word.
    assert decline(cast.administrator, rule, words="").status_code == 302


def test_before_it_is_approved_a_page_says_what_changes_from_when_and_for_whom(cast: Cast) -> None:
    rule, second = proposed(cast.administrator, days=""), signed_in(cast.another_administrator)
    page = second.get(reverse("workflows:approve_rule", args=[rule.pk])).content.decode()
    assert "15 ngày làm việc" in page
    assert "chưa có số ngày" in page
    assert "Bản này bỏ thời hạn: từ ngày 01/12/2026" in page
    assert "Hồ sơ tiếp nhận từ ngày đó." in page
    assert "Duyệt: bỏ thời hạn" in page
    own = signed_in(cast.administrator).get(reverse("workflows:approve_rule", args=[rule.pk])).content.decode()
    assert "Rút đề xuất" in own
    assert "Duyệt: bỏ thời hạn" not in own


def test_the_bar_counts_what_waits_for_the_other_administrator(cast: Cast) -> None:
    proposed(cast.administrator)
    counted = '<span class="count">1<span class="govuk-visually-hidden"> chờ duyệt</span></span>'
    assert counted in signed_in(cast.another_administrator).get(reverse("workflows:calendar")).content.decode()
    assert counted not in signed_in(cast.administrator).get(reverse("workflows:calendar")).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days": "mười"}, "chỉ viết chữ số"),
        ({"valid_from": "2026-11-05"}, "Bản mới bắt đầu sớm nhất từ ngày mai."),
        ({"valid_from": ""}, "ngày, tháng"),
        ({"legal_source": ""}, "Ghi tên văn bản và điều đã đọc."),
        ({"source_status": ""}, "Chọn một dòng"),
        ({"legal_source": "Đ" * 201}, "201"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast: Cast, changes: dict[str, str], said: str) -> None:
    response = propose(cast.administrator, **changes)
    page = response.content.decode()
    assert response.status_code == 200
    assert said.lower() in page.lower()
    assert "Lỗi:" in page
    for typed in {**SHORTER, **changes}["legal_source"], {**SHORTER, **changes}["days"]:
        assert typed in page
    assert not DeadlineRule.objects.exclude(proposed_by=None).exists()


def test_two_versions_never_begin_on_the_same_day(cast: Cast) -> None:
    proposed(cast.administrator)
    response = propose(cast.another_administrator, days="12")
    assert "Đã có một bản bắt đầu từ ngày này" in response.content.decode()
    assert 'value="12"' in response.content.decode()
    assert propose(cast.administrator, "NO_SUCH").status_code == 404


def test_a_version_without_days_promises_nothing(cast: Cast) -> None:
    rule = proposed(cast.administrator, days="", source_status="P", legal_source="", valid_from="2026-11-06")
    approve(cast.another_administrator, rule)
    with time_machine.travel(THURSDAY + timedelta(days=1), tick=False):
        case = a_case(cast.applicant, at_node="triage", at=THURSDAY + timedelta(days=1))
        assert case.promised_on is None
        assert item_at(case, "triage").due_at is not None


def test_what_nobody_approved_in_time_must_be_proposed_again(cast: Cast) -> None:
    rule = proposed(cast.administrator)
    with time_machine.travel(THE_FIRST, tick=False):
        late = approve(cast.another_administrator, rule)
    assert late.status_code == 409
    assert "Đề xuất lại từ một ngày sau" in late.content.decode()
    assert in_force(IN_DECEMBER).days == 15


def test_a_version_approved_between_two_others_ends_where_the_next_begins(cast: Cast) -> None:
    approve(cast.another_administrator, proposed(cast.administrator, valid_from="2027-03-01"))
    approve(cast.another_administrator, proposed(cast.administrator, valid_from="2027-01-01", days="12"))
    versions = DeadlineRule.objects.filter(code="LEGAL_GENERAL").order_by("valid_from")
    assert [(rule.days, rule.valid_to) for rule in versions] == [
        (15, date(2026, 12, 31)),
        (12, date(2027, 2, 28)),
        (10, None),
    ]
    assert [in_force(day).days for day in (date(2026, 12, 31), date(2027, 2, 28), date(2027, 3, 1))] == [15, 12, 10]


def test_loading_the_reference_data_again_keeps_what_the_office_decided(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(cast.another_administrator, proposed(cast.administrator))
    proposed(cast.administrator, valid_from="2027-06-01")
    before = list(DeadlineRule.objects.order_by("pk").values_list())
    call_command("load_reference", verbosity=0)
    assert list(DeadlineRule.objects.order_by("pk").values_list()) == before
    # A later version of the product may bring rows of the same days.
    same_days = [
        DeadlineRule(code="LEGAL_GENERAL", days=20, legal_source="?", source_status="V", valid_from=day)
        for day in (IN_DECEMBER, date(2027, 6, 1))
    ]
    monkeypatch.setattr(deadlines, "_rules", lambda: same_days)
    assert deadlines.load() == 0
    assert list(DeadlineRule.objects.order_by("pk").values_list()) == before


# --- what running cases keep ----------------------------------------------------------------------------------


def test_a_running_case_keeps_the_version_of_its_acceptance_and_a_new_one_takes_the_new(cast: Cast) -> None:
    old = player.submit(a_draft(cast.applicant), at=THURSDAY)
    player.conclude(old, "intake", "accept", at=THURSDAY)
    assert approve(cast.another_administrator, proposed(cast.administrator)).status_code == 302

    later = THE_FIRST
    with time_machine.travel(later, tick=False):
        player.conclude(old, "triage", "general", at=later)
        new = player.submit(a_draft(cast.another_applicant), at=later)
        player.conclude(new, "intake", "accept", at=later)
        player.conclude(new, "triage", "general", at=later)
        assert (days_given(old), old.promised_on) == (15, date(2026, 11, 27))
        assert (days_given(new), new.promised_on) == (10, date(2026, 12, 15))
        page = signed_in(cast.another_applicant).get(reverse("cases:status", args=[new.key])).content.decode()
        assert "Thứ Ba, 15/12/2026" in page
        assert "Theo Nghị định 18/2026/NĐ-CP, Điều 3." in page
        book = rulebook(ReferenceVersion.objects.get().number)
        assert "15 ngày làm việc · Nghị định 55/2019" in rule_line(item_at(old, "draft"), old, book)
        assert "10 ngày làm việc · Nghị định 18/2026" in rule_line(item_at(new, "draft"), new, book)


def days_given(case: Case) -> int:
    days: int = item_at(case, "draft").days
    return days


def test_an_act_takes_few_statements(cast: Cast) -> None:
    rule = proposed(cast.administrator)
    with CaptureQueriesContext(connection) as queries:
        actions.approve_rule(rule.pk, by=cast.another_administrator, at=THURSDAY)
    assert len(queries) <= MOST
