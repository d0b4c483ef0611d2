"""What stands around a conclusion: the live preview, reply templates, masked numbers, messages and notes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from cases.models import AccessRecord, Decision, Passage, TimelineEvent, User
from cases.models.knowledge import ReplyTemplate
from project.demo import player
from project.demo.cast import Cast
from project.middleware import typed_words
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from workflows.models import WorkItem

NUMBER = "031185001234"
WORDS = "Việc này do toà án giải quyết. Chị gọi số trợ giúp để được chỉ chỗ."


def post(user: User, item: WorkItem, name: str, given: dict[str, Any], **headers: str) -> Any:
    return signed_in(user).post(reverse(f"workflows:{name}", args=[item.pk]), given, headers=headers)


def page(user: User, item: WorkItem) -> Any:
    return signed_in(user).get(reverse("workflows:item", args=[item.pk]))


# --- the message as she gets it, while one types -----------------------------------------------------------


def test_the_preview_follows_the_form_before_it_is_finished(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    before = TimelineEvent.objects.count()
    given: dict[str, Any] = {"verdict": "not_accept", "reason_code": "", "answer": "Chưa"}
    text = post(cast.commune_officer, item, "preview", given).content.decode()
    assert "chưa tiếp nhận được hồ sơ của chị" in text
    assert "Chưa</p>" in text
    assert "<html" not in text
    text = post(cast.commune_officer, item, "preview", {**given, "reason_code": "AT_COURT"}).content.decode()
    assert "Toà án" in text
    assert "Chị có thể làm gì" in text
    assert "Chọn kết luận" in post(cast.commune_officer, item, "preview", {}).content.decode()
    assert TimelineEvent.objects.count() == before
    assert not AccessRecord.objects.exists()


def test_the_preview_of_a_refusal_that_must_be_approved_shows_the_next_step_she_will_read(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="triage"), "triage")
    given = {"verdict": "refuse", "reason_code": "AT_COURT", "answer": WORDS}
    later = post(cast.city_officer, item, "preview", given).content.decode().partition("chỉ đọc được khi")[2]
    for words in (WORDS, "Toà án", "Trợ giúp pháp lý", "Chị không đồng ý?"):
        assert words in later


def test_who_approves_a_refusal_reads_all_that_she_will_read(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    player.conclude(case, "triage", "refuse", at=at + timedelta(hours=1), reason_code="AT_COURT", answer=WORDS)
    item = item_at(case, "approve_refusal")
    text = post(cast.city_approver, item, "preview", {"verdict": "approve"}).content.decode()
    for words in (WORDS, "Toà án", "Trợ giúp pháp lý"):
        assert words in text
    assert "Trợ giúp pháp lý" not in post(cast.city_approver, item, "preview", {"verdict": "return"}).content.decode()


def test_only_who_may_decide_sees_a_preview(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="approve"), "approve")
    assert post(cast.another_justice_officer, item, "preview", {"verdict": "approve"}).status_code == 404
    assert post(cast.applicant, item, "preview", {"verdict": "approve"}).status_code == 404
    assert signed_in(cast.justice_approver).get(reverse("workflows:preview", args=[item.pk])).status_code == 405


# --- reply templates ---------------------------------------------------------------------------------------


def fill(user: User, item: WorkItem, **given: str) -> Any:
    form = hidden(page(user, item))
    return post(user, item, "decide", {**form, "action": "fill", **given})


def test_a_template_fills_an_empty_box_and_chooses_its_conclusion(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    template = ReplyTemplate.objects.get(code="not-accept-scope")
    form = fill(cast.commune_officer, item, template=template.code).context["form"]
    assert (form["answer"].value(), form["verdict"].value()) == (template.body, "not_accept")
    assert not form.is_bound
    assert not Decision.objects.exists()


def test_what_was_typed_stays_above_the_template_and_the_rest_of_the_form_too(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    template = ReplyTemplate.objects.get(code="not-accept-scope")
    given = {"verdict": "not_accept", "reason_code": "OUT_OF_SCOPE", "answer": "Chào chị.", "reason": "Đã gọi."}
    form = fill(cast.commune_officer, item, template=template.code, **given).context["form"]
    assert form["answer"].value() == f"Chào chị.\n\n{template.body}"
    assert (form["reason_code"].value(), form["reason"].value()) == ("OUT_OF_SCOPE", "Đã gọi.")


def test_another_template_takes_the_place_of_one_that_nobody_changed(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    first, second = ReplyTemplate.objects.filter(node="intake")[:2]
    form = fill(cast.commune_officer, item, template=second.code, answer=first.body).context["form"]
    assert form["answer"].value() == second.body
    kept = fill(cast.commune_officer, item, template="", answer=first.body).context["form"]
    assert kept["answer"].value() == first.body


def test_a_question_to_her_has_its_templates_too(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    asking = signed_in(cast.commune_officer).get(reverse("workflows:ask", args=[item.pk]))
    assert "Xin ảnh hợp đồng" in asking.content.decode()
    given = {
        **hidden(asking),
        "action": "fill",
        "template": "ask-contract",
        "question": "Chào chị.",
        "asked_fields": "need",
    }
    form = post(cast.commune_officer, item, "ask", given).context["form"]
    assert form["question"].value().startswith("Chào chị.\n\nChị gửi thêm ảnh chụp hợp đồng")
    assert form["asked_fields"].value() == ["need"]


# --- masked numbers ----------------------------------------------------------------------------------------


def test_a_masked_number_is_shown_to_who_decides_and_the_reading_is_written_down_first(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, answers={"personal_id": NUMBER}), "intake")
    assert NUMBER not in page(cast.commune_officer, item).content.decode()
    typed = {**hidden(page(cast.commune_officer, item)), "number": "personal_id", "reason": "Đang gõ dở."}
    shown = post(cast.commune_officer, item, "unmask", typed).content.decode()
    assert NUMBER in shown
    assert "Đang gõ dở." in shown
    record = AccessRecord.objects.get(part=AccessRecord.Part.SEALED)
    assert (record.person, record.purpose) == (cast.commune_officer, "personal_id")
    part = post(cast.commune_officer, item, "unmask", {"number": "personal_id"}, HX_Request="true").content.decode()
    assert NUMBER in part
    assert "<html" not in part


def test_a_number_is_not_shown_when_the_reading_cannot_be_written_down(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = item_at(a_case(cast.applicant, answers={"personal_id": NUMBER}), "intake")
    client = signed_in(cast.commune_officer)
    client.raise_request_exception = False

    def fail(**_fields: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("workflows.views.deciding.AccessRecord.objects.create", fail)
    response = client.post(reverse("workflows:unmask", args=[item.pk]), {"number": "personal_id"})
    assert (response.status_code, NUMBER in response.content.decode()) == (500, False)


def test_a_household_s_tax_code_that_is_its_holder_s_number_is_masked_too(cast: Cast) -> None:
    household = {"entity_type": "household", "tax_code": NUMBER}
    item = item_at(a_case(cast.applicant, answers=household), "intake")
    assert NUMBER not in page(cast.commune_officer, item).content.decode()
    company = item_at(a_case(cast.another_applicant, answers={"tax_code": "0100109106"}), "intake")
    assert "0100109106" in page(cast.commune_officer, company).content.decode()


def test_numbers_stay_masked_for_who_is_only_asked_or_cannot_decide(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft", consult_tax=True, answers={"personal_id": NUMBER})
    for user, node in ((cast.tax_officer, "consult_tax"), (cast.justice_approver, "draft"), (cast.supervisor, "draft")):
        assert post(user, item_at(case, node), "unmask", {"number": "personal_id"}).status_code == 404
        assert "hiện đủ" not in page(user, item_at(case, node)).content.decode()
    assert post(cast.justice_officer, item_at(case, "draft"), "unmask", {"number": "need"}).status_code == 404
    assert not AccessRecord.objects.filter(part=AccessRecord.Part.SEALED).exists()


# --- messages and notes ------------------------------------------------------------------------------------


def test_messages_to_her_and_notes_for_colleagues_stand_apart(cast: Cast) -> None:
    case = a_case(cast.applicant)
    item = item_at(case, "intake")
    assert post(cast.commune_officer, item, "write", {"words": "Chị nhớ giữ hoá đơn."}).status_code == 302
    assert post(cast.commune_officer, item, "note", {"words": "Đã gọi, chưa nghe máy."}).status_code == 302
    text = page(cast.commune_officer, item).content.decode()
    hers, _sep, ours = text[text.index("talk__hers") :].partition("talk__ours")
    assert "Chị nhớ giữ hoá đơn." in hers
    assert "Đã gọi, chưa nghe máy." in ours
    assert "Đã gọi" not in hers
    she = signed_in(cast.applicant).get(reverse("cases:status", args=[case.key])).content.decode()
    assert "Đã gọi, chưa nghe máy." not in she


def test_a_consulted_office_reads_neither_and_writes_neither(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft", consult_tax=True)
    post(cast.justice_officer, item_at(case, "draft"), "note", {"words": "Chỉ cho Sở Tư pháp."})
    consulted = item_at(case, "consult_tax")
    text = page(cast.tax_officer, consulted).content.decode()
    assert "Chỉ cho Sở Tư pháp." not in text
    assert 'id="said"' not in text
    for name in ("write", "note"):
        assert post(cast.tax_officer, consulted, name, {"words": "Chào"}).status_code == 404


@pytest.mark.parametrize("name", ["write", "note"])
def test_empty_words_are_not_kept_and_the_page_says_so(cast: Cast, name: str) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    assert "Viết rồi hãy gửi." in post(cast.commune_officer, item, name, {"words": "  "}).content.decode()
    assert not Passage.objects.filter(kind__in=("message", "note")).exists()


@pytest.mark.parametrize("name", ["write", "note"])
def test_words_that_are_too_long_are_kept_whole_and_said_to_be_too_long(cast: Cast, name: str) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    words = "dài " * 1250
    text = post(cast.commune_officer, item, name, {"words": f"{words}Câu cuối."}).content.decode()
    assert "5.009 chữ cái" in text
    assert "Câu cuối.</textarea>" in text
    assert not Passage.objects.filter(kind__in=("message", "note")).exists()
    assert post(cast.commune_officer, item, name, {"words": words}).status_code == 302
    assert Passage.objects.get(kind__in=("message", "note")).body == words.strip()
    assert post(cast.city_officer, item, name, {"words": ""}).status_code == 404


# --- nothing that was typed is lost ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["answer", "reason", "question", "words"])
def test_even_one_word_is_kept_on_the_page_that_says_one_came_too_late(rf: Any, name: str) -> None:
    request = rf.post("/", {name: "Không", "verdict": "accept", "reason_code": "OTHER", "seen_version": "3"})
    assert [text for _label, text in typed_words(request)] == ["Không"]
    assert all(label for label, _text in typed_words(request))
