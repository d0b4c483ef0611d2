"""Where is my case, until when, with whom, and what can I do."""

from datetime import timedelta
from uuid import uuid4

import time_machine
from django.test import Client
from django.urls import reverse

from cases.models import Case, User
from cases.queries.whereabouts import DONE, NOW, STOPPED, TO_COME, where_is
from cases.services import service_of
from project.demo import player
from project.demo.cast import Cast
from tests import browsing
from tests.builders import A_QUESTION, a_case, a_draft
from tests.conftest import THURSDAY
from workflows import actions

ANSWER = "Chị lập hoá đơn điện tử cho từng lần bán, khi giao hàng cho người mua."
REFUSAL = "Lần này chúng tôi chưa hỗ trợ được, vì việc của chị đang ở toà án."


def page_of(case: Case, reader: User | None = None, name: str = "status") -> str:
    with time_machine.travel(THURSDAY + timedelta(hours=3), tick=False):
        response = browsing.signed_in(reader or case.applicant).get(reverse(f"cases:{name}", args=[case.key]))
    return response.content.decode()


def test_the_confirmation_stays_and_names_code_date_office_and_phone(cast: Cast) -> None:
    case = a_case(cast.applicant)
    for _reload in range(2):
        page = page_of(case, name="filed")
        assert str(case.code) in page
        assert "Thứ Sáu, 06/11/2026" in page
        assert "Hội Liên hiệp Phụ nữ phường Lê Chân" in page
        assert "0225 000 1234" in page


def test_a_new_case_shows_one_step_done_one_being_done_and_the_usual_ones_to_come(cast: Cast) -> None:
    path = where_is(a_case(cast.applicant)).path
    assert [step.state for step in path] == [DONE, NOW, TO_COME, TO_COME, TO_COME]
    page = page_of(a_case(cast.another_applicant))
    assert page.count('aria-current="step"') == 1
    assert page.count("Chưa đến:") == 3


def test_offices_that_work_side_by_side_are_named_in_one_step(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    where = where_is(case)
    assert [step.state for step in where.path].count(NOW) == 1
    assert "Sở Tư pháp" in page_of(case)


def test_a_refusal_that_is_returned_walks_the_same_step_again_and_shows_her_nothing(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    player.conclude(case, "triage", "refuse", at=THURSDAY + timedelta(hours=1), answer=REFUSAL)
    assert REFUSAL not in page_of(case)
    player.conclude(case, "approve_refusal", "return", at=THURSDAY + timedelta(hours=2))
    assert REFUSAL not in page_of(case)
    labels = [str(step.label) for step in where_is(case).path]
    assert len(labels) == len(set(labels))
    assert [step.state for step in where_is(case).path][2] == NOW


def test_an_approved_refusal_says_why_and_what_she_can_do(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    player.conclude(case, "triage", "refuse", at=THURSDAY, answer=REFUSAL, reason_code="AT_COURT")
    player.conclude(case, "approve_refusal", "approve", at=THURSDAY + timedelta(hours=1))
    page = page_of(case)
    assert REFUSAL in page
    assert "Toà án hoặc cơ quan khác đang giải quyết việc này" in page
    assert "Trợ giúp pháp lý miễn phí" in page
    assert "Rút hồ sơ" not in page


def test_a_case_that_is_not_accepted_says_why_and_what_she_can_do(cast: Cast) -> None:
    case = a_case(cast.applicant)
    player.conclude(case, "intake", "not_accept", at=THURSDAY, answer=REFUSAL, reason_code="OUT_OF_SCOPE")
    page = page_of(case)
    assert REFUSAL in page
    assert "Chị gọi chúng tôi" in page


def test_the_answer_stands_on_the_page_once_it_is_decided_and_not_before(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="approve", answer=ANSWER)
    assert ANSWER not in page_of(case)
    player.conclude(case, "approve", "approve", at=THURSDAY + timedelta(hours=1))
    assert ANSWER in page_of(case)


def test_direct_help_reads_like_any_other_step(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    page = page_of(case)
    assert "Hội Liên hiệp Phụ nữ thành phố đang hỗ trợ chị" in page
    for betraying in ("trợ giúp pháp lý", "bạo lực", "giữ kín", "safe", "legal_aid", "sealed"):
        assert betraying not in page.lower()


def test_lateness_is_said_first_and_openly(cast: Cast) -> None:
    case = a_case(cast.applicant)
    # Promised for Friday; on Monday three days have passed, of which one is a working day, as the offices count it.
    with time_machine.travel(THURSDAY + timedelta(days=4), tick=False):
        client = browsing.signed_in(cast.applicant)
        page = client.get(reverse("cases:status", args=[case.key])).content.decode()
    assert "Chúng tôi trễ hẹn với chị 1 ngày làm việc, xin lỗi chị." in page


def test_until_a_case_is_accepted_every_page_promises_that_alone(cast: Cast) -> None:
    case = a_case(cast.applicant)
    waiting, accepted = "Hẹn báo tin nhận hồ sơ, chậm nhất", "Hẹn trả lời, chậm nhất"
    later = "Ngày hẹn trả lời: chị biết khi hồ sơ được nhận."
    code = reverse("cases:lookup") + f"?ma={case.code}"
    with time_machine.travel(THURSDAY + timedelta(hours=1), tick=False):
        pages = [page_of(case), page_of(case, name="filed"), Client().get(code).content.decode()]
    assert all(waiting in page and later in page and accepted not in page for page in pages)
    player.conclude(case, "intake", "accept", at=THURSDAY + timedelta(hours=1))
    with time_machine.travel(THURSDAY + timedelta(hours=2), tick=False):
        pages = [page_of(case), page_of(case, name="filed"), Client().get(code).content.decode()]
    assert all(accepted in page and waiting not in page and later not in page for page in pages)


def test_the_answer_names_who_gave_it_when_and_what_she_asked(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="kb_answer")
    player.conclude(case, "kb_answer", "answer", at=THURSDAY, answer=ANSWER)
    page = page_of(case)
    assert "Hội Liên hiệp Phụ nữ thành phố Hải Phòng" in page.split('id="result"')[1].split("</section>")[0]
    assert "Thứ Năm, 05/11/2026" in page.split('id="result"')[1]
    assert A_QUESTION in page.split("<details", 1)[1]
    assert reverse("cases:answer_pdf", args=[case.key]) in page


def test_after_her_tap_the_question_stays_and_no_leads_on(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="deliver", answer=ANSWER)
    player.conclude(case, "deliver", "delivered", at=THURSDAY + timedelta(hours=1))
    question, next_thing = "Đồng Hành có giúp được chị không?", "Chị có thể làm gì tiếp"
    page = page_of(case)
    assert question in page
    assert next_thing not in page
    for score, leads_on in ((1, True), (2, True), (3, False)):
        actions.rate(case, applicant=cast.applicant, score=score, key=uuid4(), at=THURSDAY + timedelta(hours=2))
        page = page_of(case)
        assert question in page
        assert (next_thing in page) == leads_on


def test_her_turn_stands_first_with_the_question_and_the_button(cast: Cast) -> None:
    other = a_case(cast.applicant, at=THURSDAY + timedelta(minutes=5))
    case = a_case(cast.applicant)
    player.ask(case, "intake", question="Chị gửi thêm ảnh hợp đồng.", at=THURSDAY)
    page = page_of(case)
    assert "Chị gửi thêm ảnh hợp đồng." in page
    assert reverse("workflows:answer", args=[case.key]) in page
    mine = browsing.signed_in(cast.applicant).get(reverse("cases:mine")).content.decode()
    assert "Chờ chị trả lời" in mine
    assert mine.index(str(case.code)) < mine.index(str(other.code))


def test_drafts_are_in_her_list_and_lead_back_to_where_she_was(cast: Cast) -> None:
    case = a_draft(cast.applicant)
    client = browsing.signed_in(cast.applicant)
    page = client.get(reverse("cases:mine")).content.decode()
    assert "Bản nháp" in page
    assert reverse("cases:tasks", args=[case.key]) in page
    assert client.get(reverse("cases:status", args=[case.key])).status_code == 302


def test_her_page_is_nothing_to_anybody_else_not_even_to_the_office(cast: Cast) -> None:
    case = a_case(cast.applicant)
    for person in (cast.another_applicant, cast.commune_officer, cast.supervisor):
        for name in ("status", "filed", "sent", "thread", "readings"):
            response = browsing.signed_in(person).get(reverse(f"cases:{name}", args=[case.key]))
            assert response.status_code == 404
    assert Client().get(reverse("cases:status", args=[case.key])).status_code == 302


def test_no_page_of_hers_is_kept_by_the_browser(cast: Cast) -> None:
    case = a_case(cast.applicant)
    response = browsing.signed_in(cast.applicant).get(reverse("cases:status", args=[case.key]))
    assert response["Cache-Control"] == "no-store"


def test_a_case_she_took_back_never_says_that_the_step_it_was_at_was_done(cast: Cast) -> None:
    case = a_case(cast.applicant)
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=THURSDAY)
    path = where_is(Case.objects.get(pk=case.pk)).path
    assert [(str(step.label), step.state) for step in path] == [
        ("Chị gửi hồ sơ", DONE),
        ("Chị đã rút hồ sơ này", STOPPED),
    ]


def test_a_case_that_is_not_accepted_does_not_say_that_it_was_accepted(cast: Cast) -> None:
    case = a_case(cast.applicant)
    player.conclude(case, "intake", "not_accept", at=THURSDAY)
    path = where_is(Case.objects.get(pk=case.pk)).path
    assert [step.state for step in path] == [DONE, STOPPED]
    assert "chưa tiếp nhận được" in str(path[1].label)
    assert "đọc và tiếp nhận" not in page_of(case)


def test_a_fee_that_is_refused_says_why_and_what_next_beside_the_advice_she_got(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="cost_propose")
    an_hour = timedelta(hours=1)
    player.conclude(case, "cost_propose", "decline", reason_code="CEILING_USED", answer=REFUSAL, at=THURSDAY + an_hour)
    assert REFUSAL not in page_of(case)
    player.conclude(case, "cost_approve", "approve", at=THURSDAY + 2 * an_hour)
    page = page_of(case)
    assert (case.state, case.outcome) == ("decided", "referred")
    assert "Lần này chúng tôi chưa hỗ trợ được phí tư vấn" in page
    assert "Lần này chưa hỗ trợ được</h2>" not in page
    reason = service_of(case).reason("CEILING_USED")
    assert reason is not None
    assert str(reason.label) in page
    assert str(reason.next_step) in page
    # The latest first.
    assert page.index(REFUSAL) < page.index(player.ANSWER)


def test_a_proposal_to_refuse_the_fee_that_was_returned_is_no_refusal(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="cost_propose")
    player.conclude(case, "cost_propose", "decline", answer=REFUSAL, at=THURSDAY + timedelta(hours=1))
    player.conclude(case, "cost_approve", "return", at=THURSDAY + timedelta(hours=2))
    player.conclude(case, "cost_propose", "propose", amount=100_000, at=THURSDAY + timedelta(hours=3))
    player.conclude(case, "cost_approve", "approve", at=THURSDAY + timedelta(hours=4))
    player.conclude(case, "ext_payment", "paid", at=THURSDAY + timedelta(hours=5))
    page = page_of(case)
    assert case.outcome == "cost_supported"
    assert REFUSAL not in page
    assert "chưa hỗ trợ được phí" not in page


def test_of_the_numbers_that_name_her_her_own_page_shows_the_end_alone(cast: Cast) -> None:
    numbers = {"personal_id": "031190001234", "tax_code": "031190001234"}
    page = page_of(a_case(cast.applicant, answers={"entity_type": "household", **numbers}), name="sent")
    assert "031190001234" not in page
    assert page.count("•••••••••234") == 2
    of_a_company = page_of(a_case(cast.applicant, answers={"tax_code": "0100109106"}), name="sent")
    assert "0100109106" in of_a_company
