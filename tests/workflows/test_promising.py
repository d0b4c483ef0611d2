"""A promise that cannot be kept: who may put it off, to which day, what she is told, and what does not move."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.models import Case, PromiseAlarm, User
from cases.policy import NotFoundForYou, WrongState
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from workflows import actions

WORDS = "Sở Tài chính hẹn trả lời chúng tôi trong tuần sau. Chúng tôi gửi chị ngay khi có."
PROMISED, NEW, LATER = date(2026, 11, 27), date(2026, 12, 4), date(2026, 12, 11)


def put_off(case: Case, actor: User, day: date = NEW, *, at: datetime, **given: Any) -> Any:
    form = {"reason_code": "WAITING_FOR_OFFICE", "words": WORDS, "key": uuid4(), **given}
    return actions.put_off_promise(case, actor=actor, new_day=day, at=at, **form)


def boxes(day: date) -> dict[str, Any]:
    return {"new_day_day": day.day, "new_day_month": day.month, "new_day_year": day.year}


def test_an_officer_apologises_and_promises_a_new_day_and_no_due_date_moves(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at, consult_tax=True)
    assert (case.promised_on, case.promised_under) == (PROMISED, "Nghị định 55/2019/NĐ-CP, Điều 8")
    due = {item.pk: item.due_at for item in case.work_items.all()}
    now, address = at + timedelta(days=20), reverse("workflows:put_off", args=[case.key])
    with time_machine.travel(now, tick=False):
        client = signed_in(cast.justice_officer)
        item = client.get(reverse("workflows:item", args=[item_at(case, "draft").pk])).content.decode()
        assert address in item
        page = client.get(address)
        form = {**hidden(page), **boxes(NEW), "reason_code": "WAITING_FOR_OFFICE", "words": WORDS}
        seen = client.post(address, {**form, "action": "preview"}).content.decode()
        for _twice in range(2):
            assert client.post(address, form)["Location"] == reverse("workflows:item", args=[item_at(case, "draft").pk])
    case.refresh_from_db()
    assert (case.promised_on, case.promised_under, case.apologies, case.promise_alarm) == (
        NEW,
        "",
        1,
        PromiseAlarm.NONE,
    )
    assert case.promised_at == now
    assert {item.pk: item.due_at for item in case.work_items.all()} == due
    event = case.events.get(verb="promise_moved")
    kept = {name: event.facts[name] for name in ("was", "promised_on", "apology", "reason_code")}
    assert kept == {
        "was": "2026-11-27",
        "promised_on": "2026-12-04",
        "apology": 1,
        "reason_code": "WAITING_FOR_OFFICE",
    }
    assert "late" not in event.facts
    told = "Chúng tôi xin lỗi chị. Hồ sơ sẽ không kịp hẹn 27/11/2026, vì cơ quan khác chưa trả lời chúng tôi."
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        hers = signed_in(cast.applicant)
        assert told in seen
        assert f"{told} Ngày hẹn mới: 04/12/2026." in hers.get(reverse("notifications:inbox")).content.decode()
        status = hers.get(reverse("cases:status", args=[case.key])).content.decode()
        thread = hers.get(reverse("cases:thread", args=[case.key])).content.decode()
        by_code = Client().get(reverse("cases:lookup") + f"?ma={case.code}").content.decode()
    assert "Đã hẹn 27/11/2026, hẹn lại 04/12/2026, vì cơ quan khác chưa trả lời chúng tôi." in status
    assert WORDS in status
    assert "Chúng tôi xin lỗi chị." in status
    assert WORDS in thread
    assert "Đã hẹn 27/11/2026, hẹn lại 04/12/2026." in by_code
    assert "cơ quan khác chưa trả lời" not in by_code


def test_only_those_who_answer_for_the_case_may_and_only_once(cast: Cast, at: datetime) -> None:
    def with_justice() -> Case:
        return a_case(cast.applicant, at_node="draft", at=at, consult_tax=True)

    first = {"justice_officer", "another_justice_officer", "justice_approver", "city_approver"}
    asked, answered = with_justice(), with_justice()
    for part, person in cast.people():
        if part in first:
            case = with_justice()
            assert put_off(case, person, at=at).facts["apology"] == 1
            with pytest.raises(WrongState):
                put_off(case, person, LATER, at=at)
            continue
        wrong = WrongState if part == "supervisor" else NotFoundForYou
        with pytest.raises(wrong):
            put_off(asked, person, at=at)
        assert signed_in(person).get(reverse("workflows:put_off", args=[asked.key])).status_code == (
            409 if part == "supervisor" else 404
        ), part
    put_off(answered, cast.justice_officer, at=at)
    for part, person in cast.people():
        if part not in {*first, "supervisor"}:
            with pytest.raises(NotFoundForYou):
                put_off(answered, person, LATER, at=at)
    event = put_off(answered, cast.supervisor, LATER, at=at)
    assert (event.facts["apology"], event.agency_id) == (2, None)


def test_the_second_apology_stands_on_the_supervisors_story_page(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    address, story = (reverse(f"workflows:{name}", args=[case.key]) for name in ("put_off", "story"))
    client = signed_in(cast.supervisor)
    assert address not in client.get(story).content.decode()
    put_off(case, cast.justice_officer, at=at)
    assert address in client.get(story).content.decode()
    assert address not in signed_in(cast.auditor).get(story).content.decode()
    with time_machine.travel(at + timedelta(days=25), tick=False):
        client = signed_in(cast.supervisor)
        page = client.get(address)
        assert "Lần này do anh/chị hẹn, với vai trò người giám sát." in page.content.decode()
        assert "Một ngày làm việc, sau 04/12/2026, chậm nhất 04/01/2027." in page.content.decode()
        sent = client.post(address, {**hidden(page), **boxes(LATER), "reason_code": "NEEDS_TIME", "words": WORDS})
    assert sent["Location"] == story
    case.refresh_from_db()
    assert (case.promised_on, case.apologies) == (LATER, 2)
    told = signed_in(cast.supervisor).get(story).content.decode()
    assert "lần thứ 2" in told
    assert WORDS in told


def test_after_the_promised_day_it_is_late_and_the_story_says_so(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    event = put_off(case, cast.justice_officer, at=at + timedelta(days=26))
    assert event.facts["late"] is True
    inbox = signed_in(cast.applicant).get(reverse("notifications:inbox")).content.decode()
    assert "Hồ sơ chưa xong đúng hẹn 27/11/2026" in inbox
    assert "sẽ không kịp" not in inbox
    told = Notification.objects.filter(event=event).values_list("person", flat=True)
    assert cast.applicant.pk in told
    assert cast.another_justice_officer.pk in told, "whoever works on it knows the new day"


def test_the_office_that_comes_again_hears_whose_turn_it_is_and_finds_the_case(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    put_off(case, cast.justice_officer, at=at)
    answer = signed_in(cast.justice_officer).get(reverse("workflows:put_off", args=[case.key]))
    assert answer.status_code == 409
    assert "Cơ quan đã hẹn lại một lần. Lần sau do người giám sát hẹn." in answer.content.decode()
    assert reverse("workflows:item", args=[item_at(case, "draft").pk]) in answer.content.decode()


def test_every_apology_stays_to_be_read_on_her_page(cast: Cast, at: datetime) -> None:
    case, again = a_case(cast.applicant, at_node="draft", at=at), "Chúng tôi còn chờ một giấy xác nhận nữa của thuế."
    put_off(case, cast.justice_officer, at=at)
    put_off(case, cast.supervisor, LATER, at=at, words=again)
    with time_machine.travel(at, tick=False):
        status = signed_in(cast.applicant).get(reverse("cases:status", args=[case.key])).content.decode()
    shown, _fold, history = status.partition("Ngày hẹn đã thay đổi thế nào")
    assert again in shown
    assert WORDS not in shown
    assert WORDS in history


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (PROMISED, "Ngày hẹn mới phải sau ngày hẹn cũ và sau hôm nay."),
        (date(2026, 12, 5), "Ngày đó cơ quan nghỉ. Chọn một ngày làm việc."),
        (date(2026, 12, 28), "Mỗi lần hẹn lại nhiều nhất 20 ngày làm việc."),
    ],
)
def test_a_day_that_cannot_be_is_said_and_the_typed_words_stay(cast: Cast, at: datetime, day: date, why: str) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    address = reverse("workflows:put_off", args=[case.key])
    with time_machine.travel(at + timedelta(days=20), tick=False):
        client = signed_in(cast.justice_officer)
        form = {**hidden(client.get(address)), "reason_code": "NEEDS_TIME", "words": WORDS}
        response = client.post(address, {**form, **boxes(day)})
    assert response.status_code == 200
    assert why in response.content.decode()
    assert WORDS in response.content.decode()
    with pytest.raises(actions.NotAChoice):
        put_off(case, cast.justice_officer, day, at=at + timedelta(days=20))
    case.refresh_from_db()
    assert (case.promised_on, case.apologies) == (PROMISED, 0)


def test_the_words_to_her_have_thirty_letters_and_the_reason_is_one_of_the_list(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    with pytest.raises(actions.NotAChoice):
        put_off(case, cast.justice_officer, at=at, words="Xin lỗi chị.")
    with pytest.raises(actions.NotAChoice):
        put_off(case, cast.justice_officer, at=at, reason_code="WHATEVER")


def test_while_she_is_asked_and_once_it_is_decided_there_is_nothing_to_put_off(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    player.ask(case, "draft", question="Chị gửi hợp đồng.", at=at + timedelta(hours=1))
    with pytest.raises(WrongState):
        put_off(case, cast.justice_officer, at=at + timedelta(hours=2))
    decided = a_case(cast.applicant, at_node="deliver", at=at)
    with pytest.raises(WrongState):
        put_off(decided, cast.city_officer, at=at + timedelta(hours=2))


def test_a_key_that_did_it_does_it_once(cast: Cast, at: datetime) -> None:
    case, key = a_case(cast.applicant, at_node="draft", at=at), uuid4()
    events = {put_off(case, cast.justice_officer, at=at, key=key).pk for _nth in range(2)}
    assert len(events) == 1
    with pytest.raises(WrongState):
        put_off(case, cast.supervisor, at=at, key=key)
