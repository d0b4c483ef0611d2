"""What came of her case, in whose words: what was entered outside, who wrote what, and what she was told before."""

from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.urls import reverse

from cases import printing
from cases.models import Case, User
from cases.services import SERVICES
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from workflows.asks import Enter
from workflows.flows.registry import graph_for

LATER = THURSDAY + timedelta(hours=2)
HELPED = "Chị ghi rõ giá hai máy may. Phương án của chị đã đủ."
CORRECT = "Chị sửa lại tên doanh nghiệp trong giấy đề nghị."
AGREED = "Ngân hàng đồng ý cho chị vay. Chị mang căn cước đến ký."
FINISHED = "Chúng tôi chưa tìm được nơi cho vay khác hợp với chị."
NOT_NOW = "Lần này chúng tôi chưa cho vay, vì số tiền lớn hơn mức trả chị tính."
LOAN: dict[str, Any] = {"amount": 50_000_000, "rate": "7.5", "term": 36}
SAID_BEFORE = "Lời đã nhắn trước đó"


def read(user: User, name: str, *args: object, at: datetime = LATER) -> str:
    with time_machine.travel(at, tick=False):
        return str(signed_in(user).get(reverse(name, args=args)).content.decode())


def status(case: Case, *, at: datetime = LATER) -> str:
    return read(case.applicant, "cases:status", case.key, at=at)


def her_step(case: Case, node: str) -> str:
    return read(case.applicant, "workflows:her_step", case.key, item_at(case, node).pk)


def pressed(case: Case, node: str, verdict: str) -> str:
    """Press a button of a step of hers, and return the page that follows."""
    address = reverse("workflows:her_step", args=[case.key, item_at(case, node).pk])
    with time_machine.travel(LATER, tick=False):
        client = signed_in(case.applicant)
        given = {**hidden(client.get(address)), "verdict": verdict}
        return str(client.post(address, given, follow=True).content.decode())


def lent_to(applicant: User, **given: Any) -> Case:
    """Return a case in which the lender has agreed, after help with the plan."""
    case = a_case(applicant, service="credit_access", at_node="lender_result", lender="NHCSXH")
    player.conclude(case, "lender_result", "approved", at=LATER, answer=AGREED, **LOAN, **given)
    return case


def lines_of(case: Case) -> str:
    return str(printing.answer(case, at=LATER)["sections"])


def test_whatever_a_route_has_entered_of_a_result_outside_stands_in_her_result() -> None:
    for service in SERVICES.values():
        entered = {
            node: tuple(ask.name for ask in human.asks if isinstance(ask, Enter))
            for node, human in graph_for(service.code, service.version).human_steps.items()
        }
        declared = {node: tuple(each.name for each in lines) for node, lines in service.results.items()}
        assert declared == {node: names for node, names in entered.items() if names}


def test_she_reads_the_loan_on_her_page_at_her_step_and_on_paper(cast: Cast) -> None:
    case = lent_to(cast.applicant)
    office = case.decisions.get(node="lender_result").agency
    assert office is not None
    for page in (status(case), her_step(case, "confirm_disbursed"), lines_of(case)):
        for words in ("50.000.000 ₫", "7,5 % một năm", "36 tháng", f"{office.name} ghi ngày 05/11/2026", AGREED):
            assert words in page
    assert printing.as_pdf("answer.typ", printing.answer(case, at=LATER)).startswith(b"%PDF-")


def test_before_it_is_decided_nothing_of_the_loan_is_hers_to_read(cast: Cast) -> None:
    case = a_case(cast.applicant, service="credit_access", at_node="lender_result", lender="NHCSXH")
    assert "Số tiền được vay" not in status(case)
    assert printing.answer(case, at=LATER)["sections"][1:] == []


def test_she_reads_the_code_of_her_enterprise_and_its_day(cast: Cast) -> None:
    case = a_case(cast.applicant, service="conversion", at_node="ext_close_household")
    details = case.decisions.get(node="ext_register").details
    for page in (status(case), lines_of(case)):
        assert f"{details['enterprise_code']}" in page
        assert "Mã số doanh nghiệp" in page
        assert "Ngày cấp" in page
        assert "Sở Tài chính" in page


def test_words_stand_under_whose_they_are_and_those_she_knows_stand_below(cast: Cast) -> None:
    case = lent_to(cast.applicant)
    helped = case.decisions.get(node="plan_help")
    assert helped.agency is not None
    assert helped.answer is not None
    for page in (status(case).partition('id="result"')[2], lines_of(case)):
        result, _heading, before = page.partition(SAID_BEFORE)
        assert AGREED in result
        assert helped.answer.body not in result
        assert helped.agency.name in before
        assert helped.answer.body.splitlines()[0] in before


def test_of_a_refusal_and_the_end_the_end_is_the_result_and_the_officer_sees_it_so(cast: Cast) -> None:
    case = a_case(cast.applicant, service="credit_access", at_node="lender_result", lender="NHCSXH")
    player.conclude(case, "lender_result", "refused", at=LATER, reason_code="LENDER_REFUSED", answer=NOT_NOW)
    item = item_at(case, "next_lender")
    with time_machine.travel(LATER, tick=False):
        client = signed_in(cast.city_officer)
        form = hidden(client.get(reverse("workflows:item", args=[item.pk])))
        given = {"verdict": "finish", "reason_code": "FACTS_CLEAR", "answer": FINISHED}
        shown = client.post(reverse("workflows:preview", args=[item.pk]), {**form, **given}).content.decode()
    player.conclude(case, "next_lender", "finish", at=LATER, answer=FINISHED)
    for page in (shown, status(case).partition('id="result"')[2]):
        result, _heading, before = page.partition(SAID_BEFORE)
        assert FINISHED in result
        assert "Hội Liên hiệp Phụ nữ thành phố Hải Phòng</b>, 05/11/2026" in result
        assert NOT_NOW in before
        assert NOT_NOW not in result


def test_words_said_at_once_stand_where_she_must_act(cast: Cast) -> None:
    case = a_case(cast.applicant, service="credit_access", at_node="plan_help", lender="NHCSXH")
    player.conclude(case, "plan_help", "helped", at=LATER, answer=HELPED)
    office = case.decisions.get(node="plan_help").agency
    for page in (status(case), her_step(case, "agree")):
        assert HELPED in page
        assert f"Lời của {office}" in page
    asked = her_step(case, "agree")
    assert asked.index(HELPED) < asked.index('name="verdict"')


def test_at_her_step_she_reads_what_is_to_be_corrected_and_not_what_was_before(cast: Cast) -> None:
    case = a_case(cast.applicant, service="conversion", at_node="ext_register")
    player.conclude(case, "ext_register", "corrections", at=LATER, answer=CORRECT)
    page = her_step(case, "correct")
    assert "Lời của Sở Tài chính" in page
    assert CORRECT in page
    # What she was told before her last own step is over.
    companion = case.decisions.get(node="companion").agency
    assert f"Lời của {companion}" not in page


def test_after_her_last_step_she_is_thanked_for_a_case_that_is_done(cast: Cast) -> None:
    page = pressed(lent_to(cast.applicant), "confirm_disbursed", "received")
    assert "Cảm ơn chị. Hồ sơ đã xong." in page
    assert "Hồ sơ tiếp tục" not in page
