"""Who is told of words about a case, in which words, and where the notice leads."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.urls import reverse

from cases.models import Case, User
from notifications.live import hints_of, of_case, of_her_case
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import a_pdf, hidden, signed_in
from tests.builders import a_case, item_at
from workflows import actions

SECRET = "Chuyện riêng không được đọc trên màn hình khoá."


def inbox(person: User) -> str:
    return signed_in(person).get(reverse("notifications:inbox")).content.decode()


def written(case: Case, by: User, at: datetime, **more: Any) -> None:
    actions.write_to_her(item_at(case, "triage"), reviewer=by, words=SECRET, key=uuid4(), at=at, **more)


def test_she_is_told_that_there_is_a_message_and_not_what_it_says(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    written(case, cast.city_officer, at + timedelta(hours=1))
    text = inbox(cast.applicant)
    assert "Chị có tin nhắn mới về hồ sơ." in text
    assert SECRET not in text
    assert reverse("cases:thread", args=[case.key]) in text


def test_the_office_is_led_from_her_message_to_the_work_item(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    actions.write_to_office(case, applicant=cast.applicant, words=SECRET, key=uuid4(), at=at + timedelta(hours=1))
    text = inbox(cast.city_officer)
    assert "Người nộp hồ sơ vừa nhắn tin." in text
    assert SECRET not in text
    assert text.count(reverse("workflows:item", args=[item_at(case, "triage").pk])) == 2
    for other in (cast.commune_officer, cast.justice_officer, cast.supervisor, cast.applicant):
        assert "vừa nhắn tin" not in inbox(other)


def test_a_note_is_told_to_nobody_and_stirs_no_page_of_hers(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    people = [user for _part, user in cast.people()]
    before = [inbox(user).count("<li") for user in people]
    actions.note(item_at(case, "triage"), reviewer=cast.city_officer, words=SECRET, key=uuid4(), at=at)
    assert [inbox(user).count("<li") for user in people] == before
    noted, accepted = case.events.get(verb="note_written"), case.events.get(verb="decision_made")
    assert of_case(case.key) in hints_of(noted, case)
    assert of_her_case(case.key) not in hints_of(noted, case)
    assert of_her_case(case.key) in hints_of(accepted, case)


def test_papers_she_adds_are_told_to_the_office_that_has_the_case(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="consult_tax", at=at)
    client, url = signed_in(cast.applicant), reverse("workflows:add_papers", args=[case.key])
    assert client.post(url, {**hidden(client.get(url)), "paper_contract": a_pdf()}).status_code == 302
    assert "gửi thêm giấy tờ" in inbox(cast.justice_officer)
    assert "gửi thêm giấy tờ" not in inbox(cast.tax_officer)


def test_work_that_is_handed_to_somebody_is_told_to_him(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    item = item_at(case, "draft")
    to = cast.another_justice_officer
    actions.assign(item, manager=cast.justice_approver, to=to, key=uuid4(), at=at + timedelta(hours=1))
    assert "Được giao:" in inbox(to)
    assert "Được giao:" not in inbox(cast.justice_officer)
    player.conclude(case, "draft", "drafted", at=at + timedelta(hours=2))
