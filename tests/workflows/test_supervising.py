"""A supervisor reminds and remarks, and decides nothing."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cases.models import Case, TimelineEvent
from cases.policy import NotFoundForYou, WrongState
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from workflows import actions

WORDS = "Sắp đến ngày hẹn. Còn thiếu gì để kịp?"


def address(case: Case, what: str) -> str:
    return reverse(f"workflows:{what}", args=[case.key])


def test_she_reminds_whoever_holds_the_step_and_they_read_it(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    client = signed_in(cast.supervisor)
    with time_machine.travel(at + timedelta(days=1), tick=False):
        page = client.get(address(case, "remind"))
        item = item_at(case, "draft")
        sent = client.post(address(case, "remind"), {**hidden(page), "item": item.pk, "words": WORDS})
        story = client.get(sent["Location"]).content.decode()
    assert sent["Location"] == reverse("workflows:story", args=[case.key])
    assert "Nhắc: Soạn câu trả lời" in story
    assert WORDS in story
    told = Notification.objects.filter(event__verb="reminder_sent")
    assert cast.justice_officer in [row.person for row in told]
    assert cast.applicant not in [row.person for row in told]
    officer = signed_in(cast.justice_officer)
    assert "Giám sát nhắc việc này." in officer.get(reverse("notifications:inbox")).content.decode()
    assert WORDS in officer.get(reverse("workflows:item", args=[item.pk])).content.decode()


def test_a_reminder_moves_nothing(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    before = (case.state, case.marking, item_at(case, "draft").due_at, item_at(case, "draft").version)
    actions.remind(item_at(case, "draft"), supervisor=cast.supervisor, words=WORDS, key=uuid4(), at=at)
    case.refresh_from_db()
    assert before == (case.state, case.marking, item_at(case, "draft").due_at, item_at(case, "draft").version)


def test_the_same_form_twice_reminds_once(cast: Cast, at: datetime) -> None:
    case, key = a_case(cast.applicant, at_node="draft"), uuid4()
    events = {
        actions.remind(item_at(case, "draft"), supervisor=cast.supervisor, words=WORDS, key=key, at=at).pk
        for _nth in range(2)
    }
    assert len(events) == 1


def test_nobody_is_reminded_of_a_step_that_waits_for_her_or_is_over(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage")
    player.ask(case, "triage", question="Chị gửi thêm hợp đồng.", at=at + timedelta(hours=1))
    item = item_at(case, "triage")
    with pytest.raises(WrongState):
        actions.remind(item, supervisor=cast.supervisor, words=WORDS, key=uuid4(), at=at)
    assert signed_in(cast.supervisor).get(address(case, "remind")).status_code == 302
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + timedelta(hours=2))
    with pytest.raises(WrongState):
        actions.remind(item, supervisor=cast.supervisor, words=WORDS, key=uuid4(), at=at)


def test_a_step_that_was_done_meanwhile_says_so_and_keeps_her_words(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", consult_tax=True)
    client = signed_in(cast.supervisor)
    page = client.get(address(case, "remind"))
    item = item_at(case, "draft")
    player.conclude(case, "draft", "drafted", at=at + timedelta(hours=1))
    again = client.post(address(case, "remind"), {**hidden(page), "item": item.pk, "words": WORDS})
    assert again.status_code == 409
    assert WORDS in again.content.decode()
    assert not TimelineEvent.objects.filter(verb="reminder_sent").exists()


def test_words_are_kept_when_no_step_runs_any_more(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    client, item = signed_in(cast.supervisor), item_at(case, "draft")
    page = client.get(address(case, "remind"))
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + timedelta(hours=1))
    late = client.post(address(case, "remind"), {**hidden(page), "item": item.pk, "words": WORDS})
    assert late.status_code == 409
    assert WORDS in late.content.decode()
    assert client.get(address(case, "remind")).status_code == 302


def test_the_same_click_gives_the_same_answer_after_the_step_is_over(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    client, item = signed_in(cast.supervisor), item_at(case, "draft")
    form = {**hidden(client.get(address(case, "remind"))), "item": item.pk, "words": WORDS}
    first = client.post(address(case, "remind"), form)
    player.conclude(case, "draft", "drafted", at=at + timedelta(hours=1))
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + timedelta(hours=2))
    again = client.post(address(case, "remind"), form)
    assert (again.status_code, again["Location"]) == (first.status_code, first["Location"])
    assert "Đã gửi lời nhắc." in client.get(again["Location"]).content.decode()
    assert TimelineEvent.objects.filter(verb="reminder_sent").count() == 1


def test_a_step_of_another_case_is_no_choice(cast: Cast) -> None:
    case, other = a_case(cast.applicant, at_node="draft"), a_case(cast.another_applicant, at_node="draft")
    client = signed_in(cast.supervisor)
    form = {**hidden(client.get(address(case, "remind"))), "item": item_at(other, "draft").pk, "words": WORDS}
    answer = client.post(address(case, "remind"), form)
    assert answer.status_code == 200
    assert WORDS in answer.content.decode()
    assert not TimelineEvent.objects.filter(verb="reminder_sent").exists()


def test_a_consulted_office_reads_the_reminder_that_went_to_it_and_no_other_office_does(
    cast: Cast, at: datetime
) -> None:
    case = a_case(cast.applicant, at_node="draft", consult_finance=True, consult_tax=True)
    items = {node: item_at(case, node) for node in ("draft", "consult_finance", "consult_tax")}
    actions.remind(items["consult_finance"], supervisor=cast.supervisor, words=WORDS, key=uuid4(), at=at)
    to_justice = "Bản thảo cần xong trong tuần này."
    actions.remind(items["draft"], supervisor=cast.supervisor, words=to_justice, key=uuid4(), at=at)
    readers = {"draft": cast.justice_officer, "consult_finance": cast.finance_officer, "consult_tax": cast.tax_officer}
    pages = {
        node: signed_in(readers[node]).get(reverse("workflows:item", args=[item.pk])).content.decode()
        for node, item in items.items()
    }
    assert [node for node, text in pages.items() if WORDS in text] == ["consult_finance"]
    assert [node for node, text in pages.items() if to_justice in text] == ["draft"]
    inbox = signed_in(cast.finance_officer).get(reverse("notifications:inbox")).content.decode()
    assert "Giám sát nhắc việc này." in inbox


def test_only_those_who_supervise_may(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    for part, person in cast.people():
        if part in ("supervisor", "auditor"):
            continue
        for what in ("remind", "remark"):
            assert (part, signed_in(person).get(address(case, what)).status_code) == (part, 404)
        with pytest.raises(NotFoundForYou):
            actions.remind(item_at(case, "draft"), supervisor=person, words=WORDS, key=uuid4(), at=at)
        with pytest.raises(NotFoundForYou):
            actions.remark(case, supervisor=person, words=WORDS, key=uuid4(), at=at)


def test_her_remark_is_read_by_those_who_supervise_and_by_nobody_else(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    client = signed_in(cast.supervisor)
    page = client.get(address(case, "remark"))
    remark = "Cần rút ngắn bước soạn."
    assert client.post(address(case, "remark"), {**hidden(page), "words": remark}).status_code == 302
    assert remark in signed_in(cast.auditor).get(address(case, "story")).content.decode()
    item = item_at(case, "draft")
    officer = signed_in(cast.justice_officer).get(reverse("workflows:item", args=[item.pk]))
    hers = signed_in(cast.applicant).get(reverse("cases:status", args=[case.key]))
    for response in (officer, hers):
        assert response.status_code == 200
        assert remark not in response.content.decode()
    assert not Notification.objects.filter(event__verb="remark_written").exists()


def test_without_words_nothing_is_sent_and_the_page_says_what_to_write(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    client = signed_in(cast.supervisor)
    page = client.get(address(case, "remark"))
    response = client.post(address(case, "remark"), {**hidden(page), "words": "  "})
    assert response.status_code == 200
    assert "Viết điều cần làm, một hai câu là đủ." in response.content.decode()
