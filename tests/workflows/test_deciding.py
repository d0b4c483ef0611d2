"""Concluding by the page: what is asked, what is refused, and that no word is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from cases.models import Case, Decision, PublishedAnswer, TimelineEvent, User
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from workflows.models import WorkItem

WORDS = "Việc này do toà án giải quyết. Chị gọi số trợ giúp để được chỉ chỗ."


def form_of(user: User, item: WorkItem) -> dict[str, str]:
    return hidden(signed_in(user).get(reverse("workflows:item", args=[item.pk])))


def send(user: User, item: WorkItem, *, form: dict[str, str] | None = None, **given: Any) -> Any:
    posted = {**(form or form_of(user, item)), "action": "send", **given}
    return signed_in(user).post(reverse("workflows:decide", args=[item.pk]), posted)


def preview(user: User, item: WorkItem, **given: Any) -> str:
    response = send(user, item, action="preview", **given)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_conclusion_is_sent_and_leads_back_to_the_worklist(cast: Cast) -> None:
    case = a_case(cast.applicant)
    response = send(cast.commune_officer, item_at(case, "intake"), verdict="accept", reason_code="IN_SCOPE")
    assert response.headers["Location"] == reverse("workflows:worklist")
    decision = Decision.objects.get(case=case)
    assert (decision.verdict, decision.reason_code, decision.reviewer) == ("accept", "IN_SCOPE", cast.commune_officer)
    assert item_at(case, "triage")
    page = signed_in(cast.commune_officer).get(reverse("workflows:decide", args=[decision.work_item.pk]))
    assert page.status_code == 302  # the address of the form, opened by hand


def test_what_is_missing_is_said_and_what_was_typed_is_kept(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    typed = "Chữ gõ dở, rất dài, không được mất."
    text = send(cast.commune_officer, item, verdict="", reason=typed).content.decode()
    assert "<title>Lỗi:" in text
    assert "Chọn một kết luận." in text
    assert "Chọn một lý do." in text
    assert typed in text
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"verdict": "accept", "reason_code": "OTHER"}, "Viết lý do bằng lời."),
        ({"verdict": "accept", "reason_code": "AT_COURT"}, "Lý do này không đi cùng kết luận"),
        ({"verdict": "not_accept", "reason_code": "IN_SCOPE", "answer": WORDS}, "Lý do này không đi cùng kết luận"),
        ({"verdict": "not_accept", "reason_code": "AT_COURT"}, "Viết lời đi kèm kết luận này."),
        ({"verdict": "not_accept", "reason_code": "AT_COURT", "answer": "Không được."}, "ít nhất 30 chữ cái"),
        ({"verdict": "send_away", "reason_code": "IN_SCOPE"}, "send_away"),
    ],
)
def test_a_conclusion_needs_a_reason_and_words_that_fit_it(cast: Cast, given: dict[str, Any], said: str) -> None:
    response = send(cast.commune_officer, item_at(a_case(cast.applicant), "intake"), **given)
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not Decision.objects.exists()


def test_a_return_needs_its_reason_in_words(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="approve"), "approve")
    given: dict[str, Any] = {"verdict": "return", "reason_code": "UNCLEAR"}
    assert "Viết lý do bằng lời." in send(cast.justice_approver, item, **given).content.decode()
    assert send(cast.justice_approver, item, **given, reason="Thiếu căn cứ.").status_code == 302


# --- the message as she gets it ----------------------------------------------------------------------------


def test_the_preview_shows_what_she_will_read_and_writes_nothing(cast: Cast) -> None:
    case = a_case(cast.applicant)
    before = TimelineEvent.objects.count()
    text = preview(
        cast.commune_officer, item_at(case, "intake"), verdict="not_accept", reason_code="AT_COURT", answer=WORDS
    )
    message = text[text.index('class="bubble"') :]
    assert "chưa tiếp nhận được hồ sơ của chị" in message
    assert WORDS in message[: message.index("</div>")]
    assert TimelineEvent.objects.count() == before


def test_the_preview_of_an_approval_shows_the_answer_that_is_released(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="approve")
    answer = case.decisions.get(node="draft").answer
    assert answer is not None
    text = preview(cast.justice_approver, item_at(case, "approve"), verdict="approve", reason_code="FACTS_CLEAR")
    message = text[text.index('class="bubble"') :]
    assert answer.body in message[: message.index("</div>")]


def test_the_preview_says_when_she_is_told_nothing(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft", consult_tax=True)
    text = preview(
        cast.justice_officer, item_at(case, "draft"), verdict="drafted", reason_code="IN_SCOPE", answer=WORDS
    )
    assert "Bước này người nộp không nhận tin nào." in text
    assert "chỉ đọc được khi kết quả đã duyệt" in text
    text = preview(
        cast.tax_officer, item_at(case, "consult_tax"), verdict="opinion", reason_code="IN_SCOPE", answer=WORDS
    )
    assert "Bước này người nộp không nhận tin nào." in text
    assert "chỉ đọc được khi kết quả đã duyệt" not in text


def test_after_the_preview_the_same_form_is_sent_once(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    given: dict[str, Any] = {"verdict": "accept", "reason_code": "IN_SCOPE"}
    form = form_of(cast.commune_officer, item)
    page = send(cast.commune_officer, item, form=form, action="preview", **given)
    assert hidden(page)["key"] == form["key"]
    for _nth in range(2):
        assert send(cast.commune_officer, item, form=form, **given).status_code == 302
    assert Decision.objects.count() == 1


# --- too late ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["send", "preview"])
@pytest.mark.parametrize("reason_code", ["OTHER", ""])
def test_a_stale_page_says_who_was_faster_and_keeps_the_words(cast: Cast, action: str, reason_code: str) -> None:
    case = a_case(cast.applicant, at_node="triage")
    item = item_at(case, "triage")
    form = form_of(cast.another_city_officer, item)
    player.conclude(case, "triage", "kb", at=item.opened_at + timedelta(minutes=1), by=cast.city_officer)
    typed = "Tôi đã gõ rất nhiều chữ ở đây."
    response = send(
        cast.another_city_officer,
        item,
        form=form,
        action=action,
        verdict="general",
        reason_code=reason_code,
        reason=typed,
    )
    assert response.status_code == 409
    text = response.content.decode()
    assert "Đỗ Thị Ngọc" in text
    assert typed in text


def test_who_may_not_decide_finds_nothing(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="approve"), "approve")
    given: dict[str, Any] = {"verdict": "approve", "reason_code": "IN_SCOPE"}
    for action in ("send", "preview"):
        assert send(cast.another_justice_officer, item, form={}, action=action, **given).status_code == 404
    key = {"key": "5b0c3e7e-0d4a-4a52-9f8e-0c1f5f0f4a11", "seen_version": "1"}
    assert send(cast.another_justice_officer, item, form=key, **given).status_code == 404
    assert not Decision.objects.filter(node="approve").exists()


# --- what a step asks beside -------------------------------------------------------------------------------


def test_offices_to_consult_are_proposed_by_her_field_and_chosen_by_the_reviewer(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    item = item_at(case, "triage")
    page = signed_in(cast.city_officer).get(reverse("workflows:item", args=[item.pk])).content.decode()
    assert 'value="consult_tax"' in page
    assert page[page.index('value="consult_tax"') :].partition(">")[0].count("checked") == 1
    send(cast.city_officer, item, verdict="general", reason_code="IN_SCOPE", flags=["consult_finance"])
    assert {open_item.node for open_item in case.work_items.filter(status="open")} == {"draft", "consult_finance"}


def test_a_published_answer_fills_the_words_in_unless_she_wrote_her_own(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="kb_answer")
    item, published = item_at(case, "kb_answer"), PublishedAnswer.objects.first()
    assert published is not None
    given: dict[str, Any] = {"verdict": "answer", "reason_code": "IN_SCOPE", "published_answer": str(published.pk)}
    page = send(cast.city_officer, item, action="preview", **given)
    assert page.context["form"]["answer"].value() == published.answer
    send(cast.city_officer, item, **given)
    decision = Decision.objects.get(case=case, node="kb_answer")
    assert decision.answer is not None
    assert decision.answer.body == published.answer
    assert decision.details == {"published_answer": published.pk}


def test_an_adviser_who_declined_is_not_offered_again(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="adviser_accept", adviser=cast.expert.pk)
    item = item_at(case, "adviser_accept")
    response = send(cast.expert, item, verdict="decline", reason_code="BUSY_OR_INVOLVED", reason="Tôi quen bên kia.")
    assert response.status_code == 302
    item = item_at(case, "refer_adviser")
    page = signed_in(cast.justice_officer).get(reverse("workflows:item", args=[item.pk])).content.decode()
    box = page[page.index('name="adviser"') :].partition("</select>")[0]
    assert "Tạ Minh Đức" in box
    assert "Phan Thị Kim Oanh" not in box
    given: dict[str, Any] = {"verdict": "refer", "reason_code": "IN_SCOPE"}
    assert "Chọn một người tư vấn trong danh sách." in send(cast.justice_officer, item, **given).content.decode()
    assert send(cast.justice_officer, item, **given, adviser=cast.expert.pk).status_code == 200
    assert send(cast.justice_officer, item, **given, adviser=cast.another_expert.pk).status_code == 302


def test_an_amount_above_the_ceiling_is_refused_with_the_ceiling(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="cost_propose"), "cost_propose")
    given: dict[str, Any] = {"verdict": "propose", "reason_code": "FACTS_CLEAR", "answer": WORDS}
    for amount in ("", "0", "3.000.001", "ba triệu"):
        response = send(cast.justice_officer, item, **given, amount=amount)
        assert response.status_code == 200
        assert "3.000.000" in response.content.decode()
    send(cast.justice_officer, item, **given, amount="2.500.000")
    assert Decision.objects.get(node="cost_propose").details == {"amount": 2_500_000}


def test_what_another_verdict_would_ask_is_let_be(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="cost_propose"), "cost_propose")
    response = send(
        cast.justice_officer, item, verdict="decline", reason_code="CEILING_USED", answer=WORDS, amount="nhiều"
    )
    assert response.status_code == 302


def test_the_kind_of_direct_help_is_sealed(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    item = item_at(case, "triage")
    given: dict[str, Any] = {"verdict": "direct_help", "reason_code": "IN_SCOPE"}
    assert "Chọn loại giúp đỡ." in send(cast.city_officer, item, **given).content.decode()
    assert send(cast.city_officer, item, **given, help_kind="legal_aid").status_code == 302
    case.refresh_from_db()
    assert case.sealed
    assert item_at(case, "direct_help").assignee == cast.city_officer
    assert Decision.objects.get(node="triage").details == {}


# --- asking her, taking and giving back --------------------------------------------------------------------


def ask(user: User, item: WorkItem, **given: Any) -> Any:
    client, address = signed_in(user), reverse("workflows:ask", args=[item.pk])
    return client.post(address, {**hidden(client.get(address)), **given})


def test_a_question_names_the_answers_and_papers_and_stops_the_clock(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = item_at(case, "draft")
    given: dict[str, Any] = {"asked_fields": ["need"], "missing_papers": ["contract"]}
    text = ask(cast.justice_officer, item, **given).content.decode()
    assert "Viết câu hỏi." in text
    assert "<title>Lỗi:" in text
    assert ask(cast.justice_officer, item, **given, question="Hợp đồng ký ngày nào?").status_code == 302
    request = case.information_requests.get()
    assert (request.asked_fields, request.question.body) == (["need", "contract"], "Hợp đồng ký ngày nào?")
    page = signed_in(cast.justice_officer).get(reverse("workflows:item", args=[item.pk])).content.decode()
    assert "Đã hỏi người nộp, chờ trả lời đến" in page
    assert "Gửi kết luận" not in page
    again = signed_in(cast.justice_officer).get(reverse("workflows:ask", args=[item.pk]))
    assert again.status_code == 302


def test_her_place_and_her_priority_are_never_asked_again(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="draft"), "draft")
    page = signed_in(cast.justice_officer).get(reverse("workflows:ask", args=[item.pk])).content.decode()
    assert 'value="need"' in page
    for name in ("commune", "province", "priority", "priority_reason"):
        assert f'value="{name}"' not in page
    assert ask(cast.justice_officer, item, question="Xã nào?", asked_fields=["commune"]).status_code == 200


def test_an_item_is_taken_and_given_back(cast: Cast) -> None:
    case: Case = a_case(cast.applicant, at_node="draft")
    item = item_at(case, "draft")
    client = signed_in(cast.justice_officer)
    client.post(reverse("workflows:claim", args=[item.pk]), {"key": "5b0c3e7e-0d4a-4a52-9f8e-0c1f5f0f4a11"})
    item.refresh_from_db()
    assert item.assignee == cast.justice_officer
    late = signed_in(cast.another_justice_officer).post(reverse("workflows:claim", args=[item.pk]))
    assert late.status_code == 409
    client.post(reverse("workflows:release", args=[item.pk]))
    item.refresh_from_db()
    assert item.assignee is None
    assert client.get(reverse("workflows:claim", args=[item.pk])).status_code == 405
