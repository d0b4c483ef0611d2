"""What a step asks beside the verdict, by the page of the work item: a body, figures, a day, a code, a list."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from stdnum.vn import mst

from cases.models import Case, Decision, User
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import as_boxes, conclude, hidden, signed_in
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from workflows.models import RoutingRule, WorkItem

AN_HOUR = timedelta(hours=1)
WORDS = "Ngân hàng đồng ý cho chị vay. Chị mang giấy tờ tới phòng giao dịch trong tuần này."
LOAN = {"amount": "50 triệu", "rate": "6,6", "term": "36"}


@pytest.fixture
def routed() -> RoutingRule:
    """Return the one line of the routing table: the policy bank may fit everybody."""
    RoutingRule.objects.all().delete()
    return RoutingRule.objects.create(
        service="credit_access",
        name="lender",
        position=1,
        conditions=[],
        kind="NHCSXH",
        product="vay giải quyết việc làm",
        why="khoản vay nhỏ, không cần tài sản bảo đảm",
        source="Nghị định 61/2015/NĐ-CP, Điều 24",
        source_status="V",
        valid_from=date(2026, 1, 1),
    )


def page_of(user: User, item: WorkItem) -> str:
    return str(signed_in(user).get(reverse("workflows:item", args=[item.pk])).content.decode())


def credit(cast: Cast, at_node: str, **chosen: Any) -> Case:
    return a_case(cast.applicant, service="credit_access", at_node=at_node, **chosen)


def send(user: User, case: Case, node: str, verdict: str, **given: Any) -> Any:
    return conclude(user, case, node, verdict, at=THURSDAY + AN_HOUR, **given)


# --- which body gets the case -------------------------------------------------------------------------------------


def test_the_body_that_may_fit_is_chosen_already_with_why_and_by_which_source(cast: Cast, routed: RoutingRule) -> None:
    case = credit(cast, "completeness")
    page = page_of(cast.city_officer, item_at(case, "completeness"))
    assert "Có thể phù hợp: Ngân hàng Chính sách xã hội" in page
    assert "vay giải quyết việc làm" in page
    assert "khoản vay nhỏ, không cần tài sản bảo đảm." in page
    assert "Nguồn: Nghị định 61/2015/NĐ-CP, Điều 24." in page
    assert "đủ điều kiện" not in page
    [box] = [line for line in page.split("<input") if 'name="lender"' in line and "checked" in line]
    assert 'value="NHCSXH"' in box


def test_a_suggestion_that_nobody_read_at_its_source_names_none(cast: Cast, routed: RoutingRule) -> None:
    RoutingRule.objects.filter(pk=routed.pk).update(source_status="K")
    page = page_of(cast.city_officer, item_at(credit(cast, "completeness"), "completeness"))
    assert "Đây là gợi ý của hệ thống, chưa đối chiếu với văn bản luật." in page
    assert "Nghị định 61/2015" not in page


def test_another_body_needs_a_reason_in_words_and_nothing_is_lost(cast: Cast, routed: RoutingRule) -> None:
    case = credit(cast, "completeness")
    refused = send(cast.city_officer, case, "completeness", "complete", lender="LMHTX", flags=["legal_check"])
    assert refused.status_code == 200
    page = refused.content.decode()
    assert "Viết bằng lời vì sao nơi khác phù hợp hơn." in page
    ticked = [line for line in page.split("<input") if "checked" in line]
    assert {value for value in ("LMHTX", "legal_check") if any(f'value="{value}"' in line for line in ticked)} == {
        "LMHTX",
        "legal_check",
    }
    sent = send(
        cast.city_officer, case, "completeness", "complete", lender="LMHTX", reason="Chị là thành viên hợp tác xã."
    )
    assert sent.status_code == 302
    decision = Decision.objects.get(case=case, node="completeness")
    assert decision.details["lender"] == "LMHTX"
    assert (decision.details["lender_suggested"], decision.details["lender_rule"]) == ("NHCSXH", routed.pk)
    assert case.facts["lender"] == "LMHTX"
    later = item_at(credit_after_help(case), "agree")
    assert later.holder == WorkItem.Holder.APPLICANT


def credit_after_help(case: Case) -> Case:
    player.conclude(case, "plan_help", "helped", at=THURSDAY + 2 * AN_HOUR)
    return case


def test_what_was_chosen_stands_among_the_earlier_conclusions_and_in_the_story(cast: Cast, routed: RoutingRule) -> None:
    case = credit(cast, "completeness")
    send(cast.city_officer, case, "completeness", "complete", lender="LMHTX", reason="Chị là thành viên hợp tác xã.")
    credit_after_help(case)
    player.conclude(case, "agree", "no", at=THURSDAY + 3 * AN_HOUR)
    page = page_of(cast.city_officer, item_at(case, "next_lender"))
    assert page.count("(bảng định tuyến gợi ý: Ngân hàng Chính sách xã hội)") == 2
    story = signed_in(cast.supervisor).get(reverse("workflows:story", args=[case.key])).content.decode()
    assert "(bảng định tuyến gợi ý: Ngân hàng Chính sách xã hội)" in story


def test_what_had_the_case_is_suggested_no_more_neither_on_the_page_nor_to_the_action(
    cast: Cast, routed: RoutingRule
) -> None:
    RoutingRule.objects.create(
        service="credit_access",
        name="lender",
        position=2,
        conditions=[],
        kind="AGRI",
        product="vay sản xuất",
        why="nơi thứ hai",
        source_status="K",
        valid_from=date(2026, 1, 1),
    )
    case = credit(cast, "agree", lender="NHCSXH")
    player.conclude(case, "agree", "no", at=THURSDAY + AN_HOUR)
    page = page_of(cast.city_officer, item_at(case, "next_lender"))
    assert "Có thể phù hợp: Ngân hàng Nông nghiệp" in page
    assert "Có thể phù hợp: Ngân hàng Chính sách xã hội" not in page
    # The second line of the table needs no reason now, and the first one does.
    assert send(cast.city_officer, case, "next_lender", "another", lender="NHCSXH").status_code == 200
    assert send(cast.city_officer, case, "next_lender", "another", lender="AGRI").status_code == 302
    assert case.facts["lender_before"] == ["NHCSXH"]
    player.conclude(case, "agree", "no", at=THURSDAY + 3 * AN_HOUR)
    page = page_of(cast.city_officer, item_at(case, "next_lender"))
    assert "không gợi ý thêm nơi nào ngoài các nơi đã chọn" in page
    # Nothing is suggested any more: whoever is chosen, nobody has to say why.
    assert send(cast.city_officer, case, "next_lender", "another", lender="LMHTX").status_code == 302
    assert case.facts["lender_before"] == ["AGRI", "NHCSXH"]


def test_a_body_that_had_the_case_is_not_chosen_again_by_itself(cast: Cast, routed: RoutingRule) -> None:
    case = credit(cast, "agree", lender="NHCSXH")
    player.conclude(case, "agree", "no", at=THURSDAY + AN_HOUR)
    page = page_of(cast.city_officer, item_at(case, "next_lender"))
    assert not [line for line in page.split("<input") if 'name="lender"' in line and "checked" in line]


def test_the_preview_says_that_it_is_her_turn_and_by_when(cast: Cast, routed: RoutingRule) -> None:
    case = credit(cast, "plan_help", lender="NHCSXH")
    item = item_at(case, "plan_help")
    form = hidden(signed_in(cast.association_officer).get(reverse("workflows:item", args=[item.pk])))
    given = {**form, "verdict": "helped", "reason_code": "FACTS_CLEAR", "answer": WORDS}
    address = reverse("workflows:preview", args=[item.pk])
    with time_machine.travel(THURSDAY + AN_HOUR, tick=False):
        shown = signed_in(cast.association_officer).post(address, given).content.decode()
    player.conclude(case, "plan_help", "helped", at=THURSDAY + AN_HOUR, answer=WORDS)
    told = signed_in(cast.applicant).get(reverse("notifications:inbox")).content.decode()
    sentence = shown[shown.index("Bây giờ đến lượt chị") :].partition(" Mã hồ sơ")[0]
    assert f"{item_at(case, 'agree').due_at:%d/%m/%Y}" in sentence
    assert sentence in told


# --- what a body outside said ------------------------------------------------------------------------------------


@pytest.fixture
def lent(cast: Cast, routed: RoutingRule) -> Case:
    """Return a case that lies with the policy bank."""
    return credit(cast, "lender_result", lender="NHCSXH")


def test_a_loan_is_entered_as_one_writes_it_and_kept_exactly(cast: Cast, lent: Case) -> None:
    assert send(cast.bank_officer, lent, "lender_result", "approved", answer=WORDS, **LOAN).status_code == 302
    decision = Decision.objects.get(case=lent, node="lender_result")
    assert decision.details == {"amount": 50_000_000, "rate": "6.60", "term": 36}
    story = signed_in(cast.supervisor).get(reverse("workflows:story", args=[lent.key])).content.decode()
    assert all(said in story for said in ("50.000.000 đồng", "6,6%", "36 tháng"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({**LOAN, "amount": ""}, "Viết số tiền"),
        ({**LOAN, "amount": "năm mươi"}, "Viết 500 triệu hay 1,5 tỷ cũng được."),
        ({**LOAN, "rate": ""}, "Viết lãi suất một năm, ví dụ 6,6."),
        ({**LOAN, "rate": "166"}, "từ 0 đến 100"),
        ({**LOAN, "term": ""}, "Viết số tháng, ví dụ 36."),
        ({**LOAN, "term": "7000"}, "600"),
    ],
)
def test_a_figure_that_is_missing_or_wrong_is_said_and_the_others_stay(
    cast: Cast, lent: Case, given: dict[str, str], said: str
) -> None:
    response = send(cast.bank_officer, lent, "lender_result", "approved", answer=WORDS, **given)
    page = response.content.decode()
    assert response.status_code == 200
    assert said in page
    assert WORDS in page
    assert not Decision.objects.filter(case=lent, node="lender_result").exists()


def test_what_another_verdict_would_ask_is_let_be(cast: Cast, lent: Case) -> None:
    given = {"answer": WORDS, "amount": "không", "rate": "x", "term": ""}
    assert send(cast.bank_officer, lent, "lender_result", "appraising", **given).status_code == 302
    assert Decision.objects.get(case=lent, node="lender_result").details == {}


# --- a certificate ---------------------------------------------------------------------------------------------------


@pytest.fixture
def registering(cast: Cast) -> Case:
    """Return a household business that waits for the register."""
    return a_case(cast.applicant, service="conversion", at_node="ext_register")


def a_code(number: int = 1) -> str:
    digits = f"02{number:07d}"
    return digits + mst.calc_check_digit(digits)


def granted(day: date, code: str) -> dict[str, Any]:
    return as_boxes({"enterprise_code": code, "granted_on": day.isoformat()})


def test_a_certificate_is_entered_with_its_code_and_its_day_in_three_boxes(cast: Cast, registering: Case) -> None:
    code = a_code()
    page = page_of(cast.finance_officer, item_at(registering, "ext_register"))
    assert page.count('name="granted_on_') == 3
    given = granted(THURSDAY.date(), code)
    assert send(cast.finance_officer, registering, "ext_register", "granted", **given).status_code == 302
    decision = Decision.objects.get(case=registering, node="ext_register")
    assert decision.details == {"enterprise_code": code, "granted_on": THURSDAY.date().isoformat()}
    story = signed_in(cast.supervisor).get(reverse("workflows:story", args=[registering.key])).content.decode()
    assert f"{THURSDAY.date():%d/%m/%Y}" in story
    assert code in story


def test_a_day_to_come_and_a_mistyped_code_are_no_certificate(cast: Cast, registering: Case) -> None:
    wrong = a_code()[:-1] + str((int(a_code()[-1]) + 1) % 10)
    given = granted(THURSDAY.date() + timedelta(days=3), wrong)
    page = send(cast.finance_officer, registering, "ext_register", "granted", **given).content.decode()
    assert "Ngày này chưa tới" in page
    assert "Mã số doanh nghiệp có 10 chữ số." in page
    assert wrong in page
    missing = send(cast.finance_officer, registering, "ext_register", "granted").content.decode()
    assert "Viết mã số doanh nghiệp 10 chữ số" in missing


# --- who may say what ------------------------------------------------------------------------------------------------


def test_what_only_she_can_say_is_not_offered_to_the_desk_that_took_her_step_over(
    cast: Cast, routed: RoutingRule
) -> None:
    case = credit(cast, "agree", lender="NHCSXH")
    item = item_at(case, "agree")
    WorkItem.objects.filter(pk=item.pk).update(holder=WorkItem.Holder.AGENCY, agency=case.desk, assignee=None)
    page = page_of(cast.city_officer, item)
    assert 'value="unreached"' in page
    assert 'value="yes"' not in page
    form = hidden(signed_in(cast.city_officer).get(reverse("workflows:item", args=[item.pk])))
    sent = signed_in(cast.city_officer).post(
        reverse("workflows:decide", args=[item.pk]), {**form, "verdict": "yes", "reason_code": "FACTS_CLEAR"}
    )
    assert sent.status_code == 200
    assert not Decision.objects.filter(case=case, node="agree").exists()


def test_the_player_enters_a_code_of_its_own_for_each_case(cast: Cast) -> None:
    cases = [a_case(cast.applicant, service="conversion", at_node="ext_register") for _number in range(2)]
    codes = [
        player.conclude(case, "ext_register", "granted", at=THURSDAY + AN_HOUR).details["enterprise_code"]
        for case in cases
    ]
    assert len(set(codes)) == 2
    assert all(mst.is_valid(code) for code in codes)
