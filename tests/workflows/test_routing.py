"""The routing table: it suggests by her answers, is kept by two people, and is tried on past cases before it holds."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, User
from cases.queries.directory import reference_version
from project.demo.cast import Cast
from tests.browsing import as_boxes, signed_in
from tests.builders import a_case
from tests.conftest import THURSDAY
from tests.workflows.test_check_commands import run
from workflows.actions import routing as actions
from workflows.models import RoutingRule
from workflows.queries.routing import Suggestion, suggested

TODAY, IN_DECEMBER = date(2026, 11, 5), date(2026, 12, 1)
# A woman who buys sewing machines, as TC-03 tells it.
SEWING: dict[str, Any] = {
    "entity_type": "household",
    "amount": 80_000_000,
    "purpose_kind": "equipment",
    "own_capital": 20_000_000,
    "rural": "no",
    "in_savings_group": "yes",
    "startup": "no",
    "wants_foreign_fund": "no",
}
# Whoever sews goes to the bank for farming: a rule so odd that it moves what nothing else does.
ODD: dict[str, Any] = {
    "is_purpose_kind": ("equipment",),
    "most_amount": "100 triệu",
    "kind": "AGRI",
    "product": "Vay mua máy",
    "why": "Chị vay để mua máy.",
    "position": "5",
    "source": "",
    "source_status": "A",
    "valid_from": "2026-12-01",
}
TRY: dict[str, Any] = {"try": "1"}
NEW = ("workflows:propose_route", ["credit_access", "lender"])


@pytest.fixture(autouse=True)
def on_that_day(db: None) -> Iterator[None]:
    with time_machine.travel(THURSDAY, tick=False):
        yield


def propose(user: User, page: tuple[str, list[Any]] = NEW, **changes: Any) -> Any:
    name, args = page
    return signed_in(user).post(reverse(name, args=args), as_boxes({**ODD, **changes}))


def proposed(user: User, page: tuple[str, list[Any]] = NEW, **changes: Any) -> RoutingRule:
    response = propose(user, page, **changes)
    assert response.status_code == 302, response.content.decode()
    return RoutingRule.objects.get(proposed_by=user, approved_at=None)


def approve(user: User, rule: RoutingRule) -> Any:
    return signed_in(user).post(reverse("workflows:approve_route", args=[rule.pk]))


def decline(user: User, rule: RoutingRule, words: str = "Không có nguồn nào nói vậy.") -> Any:
    return signed_in(user).post(reverse("workflows:decline_route", args=[rule.pk]), {"words": words})


def came_with_the_product(position: int) -> RoutingRule:
    return RoutingRule.objects.get(service="credit_access", position=position, proposed_by=None)


def says(on: date = TODAY, **changes: Any) -> Suggestion | None:
    data = {**SEWING, **changes}
    return suggested("credit_access", "lender", data, on=on, version=reference_version())


def kind(on: date = TODAY, **changes: Any) -> str:
    suggestion = says(on, **changes)
    return suggestion.kind if suggestion else ""


def a_loan(cast: Cast, at_node: str = "intake", *, after: int = 0, **chosen: Any) -> Case:
    at = THURSDAY - timedelta(days=1) + timedelta(hours=after)
    return a_case(cast.applicant, at_node=at_node, at=at, answers=SEWING, service="credit_access", **chosen)


# --- what the first rows suggest --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "body"),
    [
        ({}, "NHCSXH"),
        ({"wants_foreign_fund": "yes"}, "SNGV"),
        ({"entity_type": "coop"}, "LMHTX"),
        ({"entity_type": "coop_group", "rural": "yes", "purpose_kind": "farming"}, "LMHTX"),
        ({"in_savings_group": "no", "purpose_kind": "work"}, "NHCSXH"),
        ({"amount": 200_000_000}, "NHCSXH"),
        ({"amount": 200_000_001}, "NHNN"),
        ({"entity_type": "llc1"}, "NHNN"),
        ({"in_savings_group": "no", "rural": "yes", "purpose_kind": "farming"}, "AGRI"),
        ({"entity_type": "llc1", "rural": "yes", "sector": "agriculture"}, "AGRI"),
        ({"entity_type": "jsc", "startup": "yes"}, "SKHCN"),
        ({"entity_type": "jsc", "startup": ""}, "NHNN"),
    ],
)
def test_the_first_rows_suggest_a_body_by_what_her_form_asks(answers: dict[str, Any], body: str) -> None:
    assert kind(**answers) == body


@pytest.mark.parametrize(("own_capital", "body"), [(20_000_000, "STC"), (19_999_999, "NHNN"), (None, "NHNN")])
def test_a_share_of_her_own_is_counted_to_the_dong(own_capital: int | None, body: str) -> None:
    innovating: dict[str, Any] = {"entity_type": "llc2", "purpose_kind": "innovation", "amount": 100_000_000}
    assert kind(**innovating, own_capital=own_capital) == body


def test_why_she_is_helped_first_changes_nothing() -> None:
    for reason in ("", "Tôi là người khuyết tật.", "Hộ tôi là hộ nghèo."):
        assert says(priority="yes", priority_reason=reason) == says(priority="no")


def test_what_the_office_did_with_the_table_outlives_loading_it_again(cast: Cast) -> None:
    changed = proposed(cast.administrator, ("workflows:change_route", [came_with_the_product(30).pk]))
    approve(cast.another_administrator, changed)
    # One in the very place of a row that came with the product is another rule.
    proposed(cast.another_administrator, position="40", valid_from="2026-12-02")
    RoutingRule.objects.filter(position=90).update(why="?")
    before = list(RoutingRule.objects.exclude(position=90).order_by("pk").values_list())
    call_command("load_reference", verbosity=0)
    assert list(RoutingRule.objects.exclude(position=90).order_by("pk").values_list()) == before
    assert came_with_the_product(90).why != "?"


# --- who --------------------------------------------------------------------------------------------------------


def test_only_administrators_find_the_pages(cast: Cast, client: Client) -> None:
    rule = proposed(cast.administrator)
    old = came_with_the_product(30).pk
    pages = [reverse("workflows:routing"), reverse(NEW[0], args=NEW[1])]
    pages += [reverse(f"workflows:{name}_route", args=[old]) for name in ("change", "end")]
    pages.append(reverse("workflows:approve_route", args=[rule.pk]))
    for part, user in cast.people():
        wanted = 200 if part in ("administrator", "another_administrator") else 404
        browser = signed_in(user)
        assert (part, {browser.get(page).status_code for page in pages}) == (part, {wanted})
    assert client.get(pages[0]).status_code == 302
    assert 'href="/dinh-tuyen/"' in signed_in(cast.administrator).get(reverse("workflows:rules")).content.decode()


def test_nobody_else_can_change_or_try_anything(cast: Cast) -> None:
    rule, old = proposed(cast.administrator), came_with_the_product(30).pk
    before = list(RoutingRule.objects.order_by("pk").values_list())
    for user in (cast.supervisor, cast.city_approver, cast.applicant):
        for page in (NEW, ("workflows:change_route", [old]), ("workflows:end_route", [old])):
            assert propose(user, page).status_code == 404
            assert propose(user, page, **TRY).status_code == 404
        assert approve(user, rule).status_code == 404
        assert decline(user, rule).status_code == 404
    assert list(RoutingRule.objects.order_by("pk").values_list()) == before
    assert propose(cast.administrator, ("workflows:propose_route", ["legal_advice", "lender"])).status_code == 404
    assert propose(cast.administrator, ("workflows:change_route", [rule.pk])).status_code == 404


# --- the test bench ---------------------------------------------------------------------------------------------


def test_a_rule_is_tried_on_past_cases_before_anything_is_kept(cast: Cast) -> None:
    sorted_so = a_loan(cast, "agree", lender="AGRI")
    waiting = a_loan(cast, after=1)
    far_more = a_case(cast.applicant, answers={**SEWING, "amount": 150_000_000}, service="credit_access")
    sealed = a_loan(cast, after=2)
    Case.objects.filter(pk=sealed.pk).update(sealed=True)
    other = a_case(cast.applicant)
    before, number = list(RoutingRule.objects.values_list()), reference_version()

    response = propose(cast.administrator, **TRY)
    assert response.status_code == 200
    trial = response.context["trial"]
    assert (trial.tried, trial.changed, trial.overridden, trial.as_chosen) == (3, 2, 1, 1)
    rows = [(moved.code, moved.sent_on, moved.before, moved.after, moved.chosen) for moved in trial.moved]
    social, farming = "Ngân hàng Chính sách xã hội", "Ngân hàng Nông nghiệp và Phát triển nông thôn"
    the_day_before = TODAY - timedelta(days=1)
    assert rows == [
        (waiting.short_code, the_day_before, social, farming, ""),
        (sorted_so.short_code, the_day_before, social, farming, farming),
    ]
    page = response.content.decode()
    assert waiting.short_code in page
    assert "Chưa lưu gì" in page
    # What was written stands in the form still.
    assert "Vay mua máy" in page
    for kept_away in (far_more.short_code, sealed.short_code, other.short_code, str(waiting.code), str(waiting.key)):
        assert kept_away not in page
    assert str(cast.applicant) not in page
    assert list(RoutingRule.objects.values_list()) == before
    assert reference_version() == number


def test_whoever_approves_reads_the_same_first(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    case = a_loan(cast)
    rule = proposed(cast.administrator)
    with caplog.at_level("INFO", logger="dong_hanh.rules"):
        page = signed_in(cast.another_administrator).get(reverse("workflows:approve_route", args=[rule.pk]))
    assert (page.context["trial"].tried, page.context["trial"].changed) == (1, 1)
    assert case.short_code in page.content.decode()
    assert f"tried on 1 cases by person {cast.another_administrator.pk}" in caplog.text


def test_the_bench_asks_the_same_few_things_however_many_cases_there_are(cast: Cast) -> None:
    browser = signed_in(cast.administrator)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.post(reverse(NEW[0], args=NEW[1]), as_boxes({**ODD, "try": "1"})).status_code == 200
        return len(queries)

    a_loan(cast)
    asked()
    few = asked()
    for number in range(3):
        a_loan(cast, after=number)
    assert asked() == few


def test_the_list_asks_the_same_few_things_however_many_rules_there_are(cast: Cast) -> None:
    browser = signed_in(cast.administrator)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("workflows:routing")).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for number in range(3):
        proposed(cast.another_administrator, ("workflows:change_route", [came_with_the_product(10 * number + 10).pk]))
        approve(cast.administrator, RoutingRule.objects.get(approved_at=None, proposed_by__isnull=False))
        propose(cast.another_administrator, position=str(number + 1))
        approve(cast.administrator, RoutingRule.objects.get(approved_at=None, proposed_by__isnull=False))
    propose(cast.another_administrator)
    assert asked() == few


# --- proposing and approving --------------------------------------------------------------------------------------


def test_a_new_rule_holds_once_another_administrator_has_approved_it(cast: Cast) -> None:
    rule = proposed(cast.administrator)
    assert rule.conditions == [["amount", "at_most", 100_000_000], ["purpose_kind", "is", "equipment"]]
    assert propose(cast.administrator).status_code == 302
    assert RoutingRule.objects.filter(proposed_by=cast.administrator).count() == 1
    assert approve(cast.administrator, rule).status_code == 404
    assert kind(IN_DECEMBER) == "NHCSXH"
    counted = '<span class="count">1<span class="govuk-visually-hidden"> chờ duyệt</span></span>'
    assert counted in signed_in(cast.another_administrator).get(reverse("workflows:calendar")).content.decode()

    assert approve(cast.another_administrator, rule).status_code == 302
    assert approve(cast.another_administrator, rule).status_code == 302
    assert (kind(), kind(IN_DECEMBER)) == ("NHCSXH", "AGRI")
    page = signed_in(cast.administrator).get(reverse("workflows:routing")).content.decode()
    assert "Duyệt: Lâm Thị Trang, 09:00 05/11/2026" in page
    assert "đến 100.000.000 đồng" in page
    late = decline(cast.another_administrator, rule)
    assert late.status_code == 409
    assert "Lâm Thị Trang đã duyệt quy tắc này lúc 09:00 05/11/2026" in late.content.decode()


def test_a_changed_rule_closes_the_one_before_on_the_day_before(cast: Cast) -> None:
    before = came_with_the_product(30)
    page = signed_in(cast.administrator).get(reverse("workflows:change_route", args=[before.pk]))
    stands = page.context["form"].initial
    assert (stands["is_entity_type"], stands["is_in_savings_group"]) == (["individual", "household"], ["yes"])
    assert (stands["most_amount"], stands["kind"]) == (200_000_000, "NHCSXH")

    rule = proposed(cast.administrator, ("workflows:change_route", [before.pk]))
    second = proposed(cast.another_administrator, ("workflows:change_route", [before.pk]))
    approve(cast.another_administrator, rule)
    said = list(RoutingRule.objects.filter(pk=before.pk).values_list("why", "conditions", "position", "valid_to"))
    assert said == [(before.why, before.conditions, 30, date(2026, 11, 30))]
    assert kind(date(2026, 11, 30)) == "NHCSXH"
    assert [each.kind for each in (says(IN_DECEMBER),) if each] == ["AGRI"]
    # Who wanted to change the same rule, too, comes late.
    late = approve(cast.administrator, second)
    assert late.status_code == 409
    assert "Quy tắc này đã có ngày kết thúc." in late.content.decode()


def test_a_rule_is_ended_by_two_and_nothing_comes_in_its_place(cast: Cast) -> None:
    old = came_with_the_product(30)
    page = ("workflows:end_route", [old.pk])
    a_loan(cast)
    tried = signed_in(cast.administrator).post(
        reverse(*page[:1], args=page[1]), as_boxes({"why": "Hết hạn.", "valid_from": "2026-12-01", "try": "1"})
    )
    assert tried.context["trial"].changed == 1
    rule = proposed(cast.administrator, page)
    assert kind(IN_DECEMBER) == "NHCSXH"
    approve(cast.another_administrator, rule)
    old.refresh_from_db()
    assert old.valid_to == date(2026, 11, 30)
    assert kind(IN_DECEMBER) == "NHNN"
    assert "Kết thúc quy tắc: " in signed_in(cast.administrator).get(reverse("workflows:routing")).content.decode()


def test_a_colleagues_rule_is_declined_for_a_reason_and_the_log_keeps_it(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    rule = proposed(cast.administrator)
    without = decline(cast.another_administrator, rule, words=" ")
    assert without.status_code == 200
    assert "Ghi một câu vì sao không duyệt." in without.content.decode()
    with caplog.at_level("INFO", logger="dong_hanh.rules"):
        assert decline(cast.another_administrator, rule).status_code == 302
    assert f"declined by person {cast.another_administrator.pk}: Không có nguồn nào" in caplog.text
    assert not RoutingRule.objects.filter(pk=rule.pk).exists()
    assert approve(cast.another_administrator, rule).status_code == 409


def test_a_rule_whose_first_day_has_come_is_approved_no_more(cast: Cast) -> None:
    rule = proposed(cast.administrator, valid_from="2026-11-06")
    with time_machine.travel(THURSDAY + timedelta(days=1), tick=False):
        assert approve(cast.another_administrator, rule).status_code == 409
    assert not RoutingRule.objects.get(pk=rule.pk).holds


# --- what is wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "STP"}, "Quy trình không có nơi này. Chọn nơi khác."),
        ({"kind": ""}, "Chọn một nơi."),
        ({"is_purpose_kind": ("priority",)}, "Mẫu hồ sơ không có câu trả lời này."),
        ({"least_amount": "200 triệu"}, "Số này nhỏ hơn số ở ô"),
        ({"share_own_capital": "20"}, "Chọn số tiền để tính phần trăm."),
        ({"of_own_capital": "amount"}, "Ghi số phần trăm, ví dụ 20."),
        ({"source_status": "V"}, "Ghi tên văn bản và điều đã đọc."),
        ({"valid_from": "2026-11-05"}, "Quy tắc mới bắt đầu sớm nhất từ ngày mai."),
        ({"why": ""}, "Ghi một câu vì sao."),
        ({"position": "đầu"}, "Ô này chỉ viết chữ số"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_written_stays(cast: Cast, changes: dict[str, Any], words: str) -> None:
    for button in (changes, changes | TRY):
        response = propose(cast.administrator, **button)
        page = response.content.decode()
        assert (response.status_code, words in page, "Vay mua máy" in page) == (200, True, True), page
    assert not RoutingRule.objects.filter(proposed_by=cast.administrator).exists()


@pytest.mark.parametrize(
    "condition",
    [
        ["priority_reason", "is", "HIV"],
        ["disabled_employees", "at_least", 1],
        ["nothing", "is", "yes"],
        ["amount", "is_bigger", 5],
        ["amount", "one_of", ["yes"]],
        ["purpose_kind", "is", "never"],
        ["own_capital", "share_at_least", ["purpose_kind", 20]],
    ],
)
def test_no_rule_names_an_answer_that_the_form_does_not_ask(cast: Cast, condition: list[Any]) -> None:
    wording = actions.RouteWording(5, "AGRI", "Vay", "Vì vậy.", "", "A", IN_DECEMBER, [condition])
    with pytest.raises(actions.FitsNothing):
        actions.propose_route("credit_access", "lender", by=cast.administrator, wording=wording, at=THURSDAY)


def test_check_flows_names_the_rows_that_fit_no_flow(cast: Cast) -> None:
    assert "Routing table" not in run("check_flows")[1]
    row = came_with_the_product(90)
    row.conditions, row.kind = [["colour", "is", "red"]], "STP"
    row.save()
    code, printed = run("check_flows")
    assert code == 1
    assert f"credit_access 90: STP ({row.pk}): Mẫu hồ sơ không hỏi điều này: colour." in printed
    assert "Quy trình không có nơi này: STP." in printed
    # Nor does anything fall over by it: the other rules go on.
    assert kind() == "NHCSXH"
    row.valid_to = TODAY - timedelta(days=1)
    row.save()
    assert "Routing table" not in run("check_flows")[1]


# --- what is remembered -------------------------------------------------------------------------------------------


def test_the_story_says_by_which_rule_a_body_was_suggested_long_after_the_rule_has_ended(cast: Cast) -> None:
    case = a_loan(cast, "agree")
    [decision] = case.decisions.filter(node="completeness")
    rule = came_with_the_product(30)
    assert (decision.details["lender_suggested"], decision.details["lender_rule"]) == ("NHCSXH", rule.pk)
    approve(cast.another_administrator, proposed(cast.administrator, ("workflows:change_route", [rule.pk])))
    page = signed_in(cast.supervisor).get(reverse("workflows:story", args=[case.key])).content.decode()
    assert rule.why in page
