"""A further question in the same step: it says why, waits for an approver, and falls when the step is over."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cases.models import Case, InformationRequest, Membership, Recusal, Role, User
from cases.policy import NotFoundForYou, WrongState
from cases.queries.questions import times_asked
from notifications.models import Notification
from project.demo import player
from project.demo.cast import SINCE, Cast
from project.demo.cast import person as newcomer
from tests.browsing import ask, signed_in
from tests.builders import a_case, item_at
from workflows import actions

FIRST, SECOND = "Chị gửi ảnh hợp đồng.", "Chị gửi thêm trang ký của hợp đồng."
WHY = "Ảnh đã gửi thiếu trang ký tên, lần trước chưa thấy."
Ending = InformationRequest.Ending


def asked_once(cast: Cast, at: datetime, node: str = "draft", **more: Any) -> Case:
    """Return a case of which one step asked her on Thursday and got her answer on Friday."""
    case = a_case(cast.applicant, at_node=node, at=at, **more)
    player.ask(case, node, question=FIRST, at=at + timedelta(hours=1))
    player.reply(case, text="Tôi gửi đây.", at=at + timedelta(days=1))
    return case


def propose(case: Case, node: str, asker: User, at: datetime) -> InformationRequest:
    return actions.request_information(
        item_at(case, node), reviewer=asker, question=SECOND, why_again=WHY, key=uuid4(), at=at
    )


def told(verb: str) -> set[User]:
    return {row.person for row in Notification.objects.filter(event__verb=verb)}


def test_the_first_question_of_a_step_goes_to_her_at_once(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    request = case.information_requests.get()
    assert (request.number, request.approved_by, request.stage) == (1, None, "answering")
    assert times_asked(case) == {"answering": 1}


def test_the_page_says_which_question_it_is_and_asks_why(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    later = at + timedelta(days=4)
    without = ask(cast.justice_officer, case, "draft", question=SECOND, at=later)
    page = without.content.decode()
    assert without.status_code == 200
    assert "Đây là câu hỏi thứ 2 của bước này: đã hỏi 1 lần." in page
    assert SECOND in page
    assert "Ghi vì sao cần hỏi thêm." in page
    assert ask(cast.justice_officer, case, "draft", question=SECOND, why_again=WHY, at=later).status_code == 302
    request = case.information_requests.get(ending=Ending.PROPOSED)
    assert (request.number, request.question.body, str(request.why_again and request.why_again.body)) == (
        2,
        SECOND,
        WHY,
    )


def test_until_it_is_approved_the_step_stays_open_its_clock_runs_and_she_reads_nothing(
    cast: Cast, at: datetime
) -> None:
    case = asked_once(cast, at)
    before, hers = item_at(case, "draft"), Notification.objects.filter(person=cast.applicant).count()
    propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    item = item_at(case, "draft")
    assert (item.status, item.due_at, item.paused_on) == ("open", before.due_at, None)
    case.refresh_from_db()
    assert case.held_by == f"agency:{item.agency_id}"
    assert told("request_proposed") == {cast.justice_approver}
    assert Notification.objects.filter(person=cast.applicant).count() == hers
    client = signed_in(cast.applicant)
    for name in ("status", "thread"):
        page = client.get(reverse(f"cases:{name}", args=[case.key])).content.decode()
        assert SECOND not in page
        assert WHY not in page
    with pytest.raises(WrongState):
        propose(case, "draft", cast.justice_officer, at + timedelta(days=4))


def test_once_approved_she_has_her_whole_time_from_that_day(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    request = propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    request = actions.approve_request(request, approver=cast.justice_approver, key=uuid4(), at=at + timedelta(days=6))
    # Agreed to on Wednesday 11/11: fifteen working days, over the holiday on 24/11.
    assert (request.ending, request.number, request.answer_by) == (Ending.OPEN, 2, date(2026, 12, 3))
    item = item_at(case, "draft")
    assert (item.status, item.request_id, item.paused_on) == ("waiting", request.pk, date(2026, 11, 11))
    event = case.events.get(position=case.events.count())
    assert (event.verb, event.facts["number"], event.facts["approved_by"]) == (
        "information_requested",
        2,
        cast.justice_approver.pk,
    )
    assert {cast.applicant, cast.justice_officer} <= told("information_requested")
    with time_machine.travel(at + timedelta(days=6, hours=1), tick=False):
        page = signed_in(cast.applicant).get(reverse("cases:status", args=[case.key])).content.decode()
    assert SECOND in page
    assert "Đây là câu hỏi thứ 2 trong bước này." in page
    assert "Chị còn 15 ngày làm việc để trả lời" in page
    player.reply(case, text="Đây ạ.", at=at + timedelta(days=7))
    assert item_at(case, "draft").status == "open"


def test_nobody_agrees_to_her_own_question_and_nobody_from_elsewhere(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    Membership.objects.create(
        user=cast.justice_officer,
        agency=item_at(case, "draft").agency,
        role=Role.APPROVER,
        since=SINCE,
    )
    request = propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    may = {"justice_approver", "city_approver"}
    for part, person in cast.people():
        status = signed_in(person).get(reverse("workflows:further", args=[request.pk])).status_code
        assert (part, status) == (part, 200 if part in may else 404)
        if part not in may:
            with pytest.raises(NotFoundForYou):
                actions.approve_request(request, approver=person, key=uuid4(), at=at + timedelta(days=5))
            with pytest.raises(NotFoundForYou):
                actions.decline_request(request, approver=person, words=WHY, key=uuid4(), at=at + timedelta(days=5))
            assert signed_in(person).post(reverse("workflows:approve_request", args=[request.pk])).status_code == 404


def test_nor_does_he_agree_in_whose_place_it_was_proposed(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    justice = item_at(case, "draft").agency
    actions.release(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=at + timedelta(days=3))
    # He is an approver and an officer there; somebody who only stands in for him proposes it.
    approver, substitute = cast.justice_approver, newcomer("Bùi Thị Nga", "0900 600 902")
    Membership.objects.create(user=approver, agency=justice, role=Role.OFFICER, since=SINCE)
    lent: dict[str, Any] = {"agency": justice, "since": SINCE, "until": date(2027, 1, 1), "acting_for": approver}
    for role in (Role.OFFICER, Role.APPROVER):
        Membership.objects.create(user=substitute, role=role, **lent)
    request = propose(case, "draft", substitute, at + timedelta(days=4))
    assert case.events.get(verb="request_proposed").on_behalf_of == approver
    assert told("request_proposed") == {cast.city_approver}, "the office has nobody else"
    for either in (approver, substitute):
        client, later = signed_in(either), at + timedelta(days=5)
        assert client.get(reverse("workflows:further", args=[request.pk])).status_code == 404
        for action, words in ((actions.approve_request, {}), (actions.decline_request, {"words": WHY})):
            with pytest.raises(NotFoundForYou):
                action(request, approver=either, key=uuid4(), at=later, **words)
        page = client.get(reverse("workflows:item", args=[item_at(case, "draft").pk])).content.decode()
        assert "Duyệt và gửi câu hỏi" not in page
    actions.approve_request(request, approver=cast.city_approver, key=uuid4(), at=at + timedelta(days=5))


@pytest.mark.parametrize("node", ["intake", "ext_advice"])
def test_where_the_office_has_no_other_approver_the_desk_of_the_case_is_asked(
    cast: Cast, at: datetime, node: str
) -> None:
    case = asked_once(cast, at, node)
    propose(case, node, player.holder_of(item_at(case, node)), at + timedelta(days=4))
    assert told("request_proposed") == {cast.city_approver}
    client = signed_in(cast.city_approver)
    request = case.information_requests.get(ending=Ending.PROPOSED)
    address = reverse("workflows:further", args=[request.pk])
    assert address in client.get(reverse("notifications:inbox")).content.decode()
    page = client.get(address).content.decode()
    for words in (SECOND, WHY, FIRST, "Tôi gửi đây."):
        assert words in page
    assert client.post(reverse("workflows:approve_request", args=[request.pk])).status_code == 302
    assert item_at(case, node).status == "waiting"


def test_a_question_that_is_not_agreed_to_never_reaches_her_and_whoever_asked_reads_why(
    cast: Cast, at: datetime
) -> None:
    case = asked_once(cast, at)
    request = propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    client = signed_in(cast.justice_approver)
    address = reverse("workflows:decline_request", args=[request.pk])
    empty = client.post(address, {"words": " ", "key": str(uuid4())})
    assert "Ghi lý do, một hoặc hai câu." in empty.content.decode()
    form = {"words": "Trang ký có ở ảnh thứ ba.", "key": str(uuid4())}
    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 302
    assert client.post(address, {**form, "key": str(uuid4())}).status_code == 409
    assert client.post(reverse("workflows:approve_request", args=[request.pk])).status_code == 409
    request.refresh_from_db()
    assert (request.ending, times_asked(case)) == (Ending.DECLINED, {"answering": 1})
    assert told("request_declined") == {cast.justice_officer}
    page = signed_in(cast.justice_officer).get(reverse("workflows:item", args=[item_at(case, "draft").pk]))
    assert "Trang ký có ở ảnh thứ ba." in page.content.decode()
    assert SECOND not in signed_in(cast.applicant).get(reverse("cases:thread", args=[case.key])).content.decode()
    propose(case, "draft", cast.justice_officer, at + timedelta(days=5))


def test_the_approver_finds_it_on_the_work_item_and_agrees_with_one_button(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    request = propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    item = reverse("workflows:item", args=[item_at(case, "draft").pk])
    asker = signed_in(cast.justice_officer).get(item).content.decode()
    assert "Câu hỏi thứ 2 của bước này đang chờ duyệt" in asker
    assert "Duyệt và gửi câu hỏi" not in asker
    assert reverse("workflows:ask", args=[item_at(case, "draft").pk]) not in asker
    client = signed_in(cast.justice_approver)
    page = client.get(item)
    for words in (SECOND, WHY, "Duyệt và gửi câu hỏi", "Đã hỏi trong bước này: 1 lần."):
        assert words in page.content.decode()
    key = {"key": str(uuid4())}
    for _twice in range(2):
        assert client.post(reverse("workflows:approve_request", args=[request.pk]), key).status_code == 302
    assert case.events.filter(verb="information_requested").count() == 2
    assert "đã duyệt lúc" in client.get(reverse("workflows:further", args=[request.pk])).content.decode()


def test_a_conclusion_lets_it_fall_and_it_can_never_be_sent_from_a_step_that_is_over(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    request = propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    player.conclude(case, "draft", "drafted", at=at + timedelta(days=4, hours=1))
    request.refresh_from_db()
    assert (request.ending, request.ended_at) == (Ending.DECLINED, at + timedelta(days=4, hours=1))
    with pytest.raises(WrongState):
        actions.approve_request(request, approver=cast.justice_approver, key=uuid4(), at=at + timedelta(days=5))
    # The same step once more: what fell stays fallen.
    player.conclude(case, "approve", "return", at=at + timedelta(days=5))
    with pytest.raises(WrongState):
        actions.approve_request(request, approver=cast.justice_approver, key=uuid4(), at=at + timedelta(days=5))
    assert item_at(case, "redraft").status == "open"


def test_a_conclusion_beside_it_leaves_it_waiting(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at, consult_tax=True)
    request = propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    player.conclude(case, "consult_tax", "opinion", at=at + timedelta(days=4, hours=1))
    request = actions.approve_request(request, approver=cast.justice_approver, key=uuid4(), at=at + timedelta(days=5))
    assert request.ending == Ending.OPEN


def test_it_falls_with_the_case(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    request = propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + timedelta(days=5))
    request.refresh_from_db()
    assert request.ending == Ending.DECLINED
    with pytest.raises(WrongState):
        actions.approve_request(request, approver=cast.justice_approver, key=uuid4(), at=at + timedelta(days=6))


def test_each_step_has_a_first_question_of_its_own_and_one_that_was_left_still_counts(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at, "triage")
    player.conclude(case, "triage", "general", at=at + timedelta(days=1, hours=1))
    request = player.ask(case, "draft", question=FIRST, at=at + timedelta(days=4))
    assert (request.number, request.approved_by) == (1, None)
    again = asked_once(cast, at, "triage")
    player.conclude(again, "triage", "refuse", at=at + timedelta(days=4))
    player.conclude(again, "approve_refusal", "return", at=at + timedelta(days=5))
    with pytest.raises(actions.AskedBefore):
        actions.request_information(
            item_at(again, "triage"),
            reviewer=cast.city_officer,
            question=SECOND,
            key=uuid4(),
            at=at + timedelta(days=5),
        )


def test_colleagues_read_how_often_she_was_asked(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    story = signed_in(cast.supervisor).get(reverse("workflows:story", args=[case.key])).content.decode()
    assert "Đã hỏi người nộp hồ sơ:" in story


def test_once_the_desk_has_the_step_the_question_of_the_office_is_not_sent(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    request = propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    Membership.objects.filter(user=cast.another_justice_officer).delete()
    item = item_at(case, "draft")
    actions.recuse(
        item, person=cast.justice_officer, ground=Recusal.Ground.FAMILY, key=uuid4(), at=at + timedelta(days=5)
    )
    assert item_at(case, "draft").agency == case.desk
    with pytest.raises(WrongState):
        actions.approve_request(request, approver=cast.city_approver, key=uuid4(), at=at + timedelta(days=6))
    given: dict[str, Any] = {"words": "Hội tự hỏi khi cần.", "key": uuid4(), "at": at + timedelta(days=6)}
    actions.decline_request(request, approver=cast.city_approver, **given)
    assert propose(case, "draft", cast.city_officer, at + timedelta(days=7)).agency == case.desk


def test_whoever_is_too_near_meanwhile_does_not_hold_the_step_that_waits(cast: Cast, at: datetime) -> None:
    case = asked_once(cast, at)
    actions.release(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=at + timedelta(days=4))
    request = propose(case, "draft", cast.justice_officer, at + timedelta(days=4))
    item = item_at(case, "draft")
    actions.recuse(
        item, person=cast.justice_officer, ground=Recusal.Ground.FAMILY, key=uuid4(), at=at + timedelta(days=5)
    )
    actions.approve_request(request, approver=cast.justice_approver, key=uuid4(), at=at + timedelta(days=6))
    waiting = item_at(case, "draft")
    assert (waiting.status, waiting.assignee) == ("waiting", None)
    player.reply(case, text="Đây ạ.", at=at + timedelta(days=7))
    assert item_at(case, "draft").status == "open"
