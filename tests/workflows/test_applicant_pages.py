"""The pages on which she moves her own case: answer, take back, send again, rate."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import Settings

from cases.models import Case, CaseState, InformationRequest, Passage
from project.demo import player
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case
from tests.conftest import THURSDAY
from workflows import actions

QUESTION = "Chị xem lại số lao động và gửi ảnh hợp đồng."


@pytest.fixture(autouse=True)
def documents_elsewhere(settings: Settings, tmp_path: object) -> None:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages


def asked(cast: Cast, *fields: str) -> Case:
    case = a_case(cast.applicant)
    player.ask(case, "intake", question=QUESTION, fields=fields, at=THURSDAY)
    return case


def test_she_answers_corrects_and_adds_papers_on_one_page(cast: Cast) -> None:
    case = asked(cast, "employees_insured", "registered_on", "contract")
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:answer", args=[case.key])
    page = client.get(url)
    text = page.content.decode()
    assert QUESTION in text
    assert 'name="employees_insured"' in text
    assert 'value="15"' in text
    assert 'name="paper_contract"' in text
    assert 'name="female_employees"' not in text
    corrections = {"registered_on": "2021-04-16", "employees_insured": "9"}
    response = client.post(
        url,
        {
            **browsing.hidden(page),
            "reply": "Tôi gửi kèm hợp đồng.",
            **browsing.as_boxes(corrections),
            "paper_contract": browsing.a_pdf(),
        },
    )
    assert response.status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert case.answers.data["employees_insured"] == 9
    assert case.answers.data["registered_on"] == "2021-04-16"
    assert case.documents.get().kind == "contract"
    assert case.information_requests.get().ending == "answered"
    assert client.get(url).status_code == 302


def test_nothing_she_typed_is_lost_when_a_correction_or_a_file_is_wrong(cast: Cast) -> None:
    case = asked(cast, "employees_insured", "contract")
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:answer", args=[case.key])
    response = client.post(
        url,
        {
            **browsing.hidden(client.get(url)),
            "reply": "Chữ tôi vừa gõ.",
            "employees_insured": "hai",
            "paper_contract": SimpleUploadedFile("a.pdf", b"MZ\x00 program"),
        },
    )
    page = response.content.decode()
    assert "<title>Lỗi:" in page
    assert "Có 2 chỗ cần sửa" in page
    assert "Chữ tôi vừa gõ." in page
    assert 'value="hai"' in page
    assert "tên là PDF nhưng bên trong không phải" in page
    assert "chị chỉ chọn lại tệp" in page
    assert case.information_requests.get().ending == "open"
    none_chosen = client.post(url, {**browsing.hidden(client.get(url)), "reply": ""}).content.decode()
    assert "<title>Lỗi:" in none_chosen
    assert "chọn lại tệp" not in none_chosen


def test_a_correction_that_breaks_the_rest_of_its_page_is_said_where_she_can_change_it(cast: Cast) -> None:
    case = asked(cast, "employees_insured")
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:answer", args=[case.key])
    form = {**browsing.hidden(client.get(url)), "reply": "Đây ạ.", "employees_insured": "2"}
    page = client.post(url, form).content.decode()
    assert "xem lại hai số" in page
    assert 'href="#id_employees_insured"' in page


def test_an_old_answer_that_was_not_asked_about_stands_though_its_day_is_over(cast: Cast) -> None:
    with time_machine.travel(THURSDAY, tick=False):
        case = a_case(cast.applicant, answers={"urgent_until": "2026-11-06"})
    player.ask(case, "intake", question=QUESTION, fields=("need",), at=THURSDAY)
    need = "Tôi hỏi về hoá đơn khi bán hàng qua sàn, và về thuế của năm ngoái."
    later = THURSDAY + timedelta(days=5)
    # What she was not asked about cannot be changed by sending it either.
    slipped = {"at_court": "yes", "urgent_until": "2026-12-01"}
    assert browsing.reply(cast.applicant, case, text="Đây ạ.", at=later, need=need, **slipped).status_code == 302
    data = Case.objects.get(pk=case.pk).answers.data
    assert (data["need"], data["urgent_until"], data["at_court"]) == (need, "2026-11-06", "no")


def test_an_asked_answer_is_still_checked(cast: Cast) -> None:
    case = asked(cast, "urgent_until")
    later = THURSDAY + timedelta(days=5)
    response = browsing.reply(cast.applicant, case, text="Đây ạ.", at=later, urgent_until="2026-11-06")
    assert "Ngày này đã qua" in response.content.decode()
    assert 'href="#id_urgent_until' in response.content.decode()


def test_an_old_page_does_not_answer_the_next_question_and_keeps_her_words(cast: Cast) -> None:
    case = asked(cast)
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:answer", args=[case.key])
    old = browsing.hidden(client.get(url))
    player.reply(case, text="Đây ạ.", at=THURSDAY)
    words = "Tôi trả lời câu hỏi thứ nhất."
    form = {**old, "reply": words, "paper_other": browsing.a_pdf()}
    for next_question in (False, True):
        if next_question:
            player.ask(case, "intake", question="Câu hỏi thứ hai.", at=THURSDAY)
        response = client.post(url, form)
        assert response.status_code == 409
        assert words in response.content.decode()
    for number in ("", "0", "9" * 30, "9" * 5000, "²", "x"):
        assert client.post(url, {**form, "asked": number}).status_code == 409
    assert case.information_requests.get(ending="open").question.body == "Câu hỏi thứ hai."
    assert not case.documents.exists()


def test_papers_of_an_answer_that_comes_too_late_are_not_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    case = asked(cast, "contract")
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:answer", args=[case.key])
    form = {**browsing.hidden(client.get(url)), "reply": "Tôi gửi hai tờ."}
    papers = {"paper_contract": browsing.a_pdf("a.pdf"), "paper_other": browsing.a_pdf("b.pdf")}
    answer = actions.answer

    def overtaken(request: InformationRequest, **given: Any) -> None:
        assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2
        answer(request, applicant=cast.applicant, reply="Từ máy khác.", key=uuid4(), at=THURSDAY)
        answer(request, **given)

    monkeypatch.setattr(actions, "answer", overtaken)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url, {**form, **papers})
    assert response.status_code == 409
    assert "Tôi gửi hai tờ." in response.content.decode()
    assert not case.documents.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_too_many_files_with_an_answer_are_said_with_429_and_her_words_stay(cast: Cast, settings: Settings) -> None:
    settings.DOCUMENT_MAX_PER_HOUR = 0
    case = asked(cast)
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:answer", args=[case.key])
    form = {**browsing.hidden(client.get(url)), "reply": "Tôi gửi một tờ.", "paper_other": browsing.a_pdf()}
    response = client.post(url, form)
    assert response.status_code == 429
    assert "Tôi gửi một tờ." in response.content.decode()
    assert case.information_requests.get().ending == "open"


def test_the_same_answer_sent_twice_is_one_answer(cast: Cast) -> None:
    case = asked(cast)
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:answer", args=[case.key])
    form = {**browsing.hidden(client.get(url)), "reply": "Đây ạ.", "paper_other": browsing.a_pdf()}
    client.post(url, form)
    form["paper_other"] = browsing.a_pdf()
    assert client.post(url, form).status_code == 302
    assert case.events.filter(verb="information_answered").count() == 1
    assert case.documents.count() == 1


def test_she_takes_a_case_back_after_one_more_question(cast: Cast) -> None:
    case = a_case(cast.applicant)
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:withdraw", args=[case.key])
    page = client.get(url)
    assert Case.objects.get(pk=case.pk).state == CaseState.SUBMITTED
    form = {**browsing.hidden(page), "reason": "Tôi đã tự lo được."}
    for _click in range(2):
        assert client.post(url, form)["Location"] == reverse("cases:status", args=[case.key])
    assert Case.objects.get(pk=case.pk).state == CaseState.WITHDRAWN
    assert Passage.objects.get(case=case, kind=Passage.Kind.REASON).body == "Tôi đã tự lo được."


def test_a_decided_case_cannot_be_taken_back_and_her_words_are_not_lost(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="deliver")
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:withdraw", args=[case.key])
    assert client.get(url).status_code == 302
    response = client.post(url, {"reason": "Tôi không cần nữa vì đã có người giúp."})
    assert response.status_code == 409
    assert "Tôi không cần nữa vì đã có người giúp." in response.content.decode()
    assert Case.objects.get(pk=case.pk).state == CaseState.DECIDED


def test_an_expired_case_is_sent_again_with_one_button_and_nothing_filled_in_twice(cast: Cast) -> None:
    case = asked(cast)
    actions.expire_unanswered(at=THURSDAY + timedelta(days=60))
    client = browsing.signed_in(cast.applicant)
    page = client.get(reverse("cases:status", args=[case.key])).content.decode()
    assert "Đây không phải từ chối." in page
    question = case.information_requests.get()
    assert question.question.body in page
    assert f"hẹn trả lời chậm nhất ngày {question.answer_by:%d/%m/%Y}" in page
    first = client.post(reverse("workflows:resubmit", args=[case.key]))
    assert client.post(reverse("workflows:resubmit", args=[case.key]))["Location"] == first["Location"]
    draft = Case.objects.get(resubmission_of=case)
    assert draft.answers.data == Case.objects.get(pk=case.pk).answers.data
    assert browsing.send(client, draft).status_code == 302
    assert Case.objects.get(pk=draft.pk).state == CaseState.SUBMITTED


@pytest.mark.parametrize("score", ["3", "1"])
def test_she_says_in_one_tap_whether_it_helped(cast: Cast, score: str) -> None:
    case = a_case(cast.applicant, at_node="deliver")
    player.conclude(case, "deliver", "delivered", at=THURSDAY + timedelta(days=1))
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:rate", args=[case.key])
    assert client.post(url, {"score": score}).status_code == 302
    assert Case.objects.get(pk=case.pk).satisfaction == int(score)


@pytest.mark.parametrize("score", ["", "7", "nhiều", "\x00"])
def test_a_score_that_is_none_changes_nothing(cast: Cast, score: str) -> None:
    case = a_case(cast.applicant)
    client = browsing.signed_in(cast.applicant)
    assert client.post(reverse("workflows:rate", args=[case.key]), {"score": score}).status_code == 302
    assert Case.objects.get(pk=case.pk).satisfaction is None


def test_nobody_else_can_move_her_case(cast: Cast) -> None:
    case = asked(cast)
    for person in (cast.another_applicant, cast.commune_officer, cast.supervisor):
        client = browsing.signed_in(person)
        for name in ("submit", "withdraw", "answer", "resubmit", "rate"):
            url = reverse(f"workflows:{name}", args=[case.key])
            assert client.post(url, {"reply": "x", "score": "3"}).status_code == 404, name
    assert case.information_requests.get().ending == "open"


def test_she_writes_and_it_stands_in_the_thread(cast: Cast) -> None:
    case = a_case(cast.applicant)
    client, url = browsing.signed_in(cast.applicant), reverse("cases:thread", args=[case.key])
    form = {**browsing.hidden(client.get(url)), "words": "Em ra phường được không ạ?"}
    for _twice in range(2):
        response = client.post(reverse("workflows:write_to_office", args=[case.key]), form)
        assert (response.status_code, response["Location"]) == (302, url)
    assert client.get(url).content.decode().count("Em ra phường được không ạ?") == 1
    assert client.get(reverse("workflows:write_to_office", args=[case.key])).status_code == 302


@pytest.mark.parametrize("words", ["", "   ", "a" * 2001])
def test_words_that_cannot_be_sent_stay_in_the_box(cast: Cast, words: str) -> None:
    case = a_case(cast.applicant)
    client = browsing.signed_in(cast.applicant)
    page = client.post(reverse("workflows:write_to_office", args=[case.key]), {"words": words}).content.decode()
    assert "<title>Lỗi:" in page
    assert words.strip() in page
    assert not Passage.objects.filter(case=case).exists()


def test_words_that_come_too_late_are_shown_again(cast: Cast) -> None:
    case = a_case(cast.applicant)
    client = browsing.signed_in(cast.applicant)
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=THURSDAY)
    response = client.post(reverse("workflows:write_to_office", args=[case.key]), {"words": "Em hỏi thêm một chút ạ."})
    assert response.status_code == 409
    assert "Em hỏi thêm một chút ạ." in response.content.decode()


def test_nobody_writes_or_adds_papers_to_anothers_case(cast: Cast) -> None:
    case = a_case(cast.applicant)
    for person in (cast.another_applicant, cast.commune_officer, cast.supervisor):
        client = browsing.signed_in(person)
        for name in ("write_to_office", "add_papers"):
            sent = {"words": "Xin chào chị ạ.", "paper_other": browsing.a_pdf()}
            assert client.post(reverse(f"workflows:{name}", args=[case.key]), sent).status_code == 404
    assert not case.documents.exists()


def test_she_adds_several_papers_while_she_waits_and_the_office_is_told(cast: Cast) -> None:
    case = a_case(cast.applicant)
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:add_papers", args=[case.key])
    form = browsing.hidden(client.get(url))
    for _twice in range(2):
        files = {"paper_contract": [browsing.a_pdf("a.pdf"), browsing.a_pdf("b.pdf")]}
        assert client.post(url, {**form, **files}).status_code == 302
    assert [paper.kind for paper in case.documents.all()] == ["contract", "contract"]
    [event] = case.events.filter(verb="papers_added")
    assert event.facts["papers"] == sorted(case.documents.values_list("pk", flat=True))
    inbox = browsing.signed_in(cast.commune_officer).get(reverse("notifications:inbox")).content.decode()
    assert "Người nộp hồ sơ gửi thêm giấy tờ." in inbox


def test_no_paper_or_a_bad_one_is_said_and_nobody_is_told(cast: Cast) -> None:
    case = a_case(cast.applicant)
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:add_papers", args=[case.key])
    form = browsing.hidden(client.get(url))
    assert "<title>Lỗi:" in client.post(url, form).content.decode()
    bad = SimpleUploadedFile("a.pdf", b"MZ\x00 program")
    page = client.post(url, {**form, "paper_contract": [bad, browsing.a_pdf()]}).content.decode()
    assert "bên trong không phải" in page
    assert not case.documents.exists()
    assert not case.events.filter(verb="papers_added").exists()


def test_papers_come_with_the_answer_while_she_is_asked_and_not_at_all_once_it_is_decided(cast: Cast) -> None:
    case = asked(cast)
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:add_papers", args=[case.key])
    assert client.get(url)["Location"] == reverse("workflows:answer", args=[case.key])
    decided = a_case(cast.applicant, at_node="deliver")
    url = reverse("workflows:add_papers", args=[decided.key])
    assert client.get(url)["Location"] == reverse("cases:status", args=[decided.key])
    assert client.post(url, {"paper_contract": browsing.a_pdf()}).status_code == 409
    assert not decided.documents.exists()


def test_several_files_of_one_kind_go_with_one_answer(cast: Cast) -> None:
    case = asked(cast, "contract")
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:answer", args=[case.key])
    form = {**browsing.hidden(client.get(url)), "reply": "Hai trang ạ."}
    files = [browsing.a_pdf("trang-1.pdf"), browsing.a_pdf("trang-2.pdf")]
    assert client.post(url, {**form, "paper_contract": files}).status_code == 302
    assert sorted(paper.original_name for paper in case.documents.all()) == ["trang-1.pdf", "trang-2.pdf"]


class Killed(BaseException):
    """The process ended here."""


def files_in(folder: Path) -> list[Path]:
    # Papers alone: the slips that her page makes stand in a folder of their own.
    return [path for path in folder.rglob("*") if path.is_file() and "slips" not in path.parts]


@pytest.mark.parametrize("name", ["add_papers", "answer"])
def test_papers_are_stored_with_their_event_or_not_at_all_and_the_same_form_is_enough(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    case = asked(cast) if name == "answer" else a_case(cast.applicant)
    client, url = browsing.signed_in(cast.applicant), reverse(f"workflows:{name}", args=[case.key])
    form = {**browsing.hidden(client.get(url)), "reply": "Tôi gửi hai tờ."}

    def send() -> Any:
        return client.post(
            url, {**form, "paper_other": [browsing.a_pdf("a.pdf"), browsing.a_pdf("b.pdf")]}, follow=True
        )

    def killed(*_given: Any, **_more: Any) -> None:
        assert case.documents.count() == 2
        raise Killed

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("workflows.step.Step.record", killed)
        with pytest.raises(Killed):
            send()
    assert not case.documents.exists()
    assert not files_in(tmp_path)
    for _click in range(2):
        assert "Đã nhận" in send().content.decode()
        [event] = case.events.filter(verb="papers_added" if name == "add_papers" else "information_answered")
        assert event.facts["papers"] == sorted(case.documents.values_list("pk", flat=True))
        assert len(event.facts["papers"]) == len(files_in(tmp_path)) == 2


def test_a_paper_that_is_there_already_is_kept_once_and_told_once(cast: Cast, tmp_path: Path) -> None:
    case = a_case(cast.applicant)
    client, url = browsing.signed_in(cast.applicant), reverse("workflows:add_papers", args=[case.key])
    for _form in range(2):
        form = browsing.hidden(client.get(url))
        same = [browsing.a_pdf("a.pdf"), browsing.a_pdf("a.pdf")]
        assert client.post(url, {**form, "paper_other": same}).status_code == 302
    assert case.documents.count() == case.events.filter(verb="papers_added").count() == len(files_in(tmp_path)) == 1
