"""She is reminded of a question in time, and a promise that cannot be kept is spoken of before it passes."""

from datetime import date, timedelta

import pytest

from cases.models import Case, InformationRequest, Involvement, PromiseAlarm
from cases.queries.shares import age_in_seconds, seconds_by_holder
from project.demo import player
from project.demo.cast import Cast
from tests.builders import A_QUESTION, A_REASON, a_case, item_at
from tests.conftest import THURSDAY
from tests.workflows.sweeping import (
    CITY,
    MINUTE,
    Told,
    moment,
    only_the_items_speak,
    said,
    told_of_the_last,  # noqa: F401 - the fixture `told`
)
from workflows import actions
from workflows.actions import sweep
from workflows.models import WorkItem
from workflows.queries.health import examine
from workflows.queries.rulebook import end_of

# --- her ----------------------------------------------------------------------------------------------------


def test_while_she_is_asked_nobody_is_reminded_but_she(cast: Cast, told: Told) -> None:
    """TC-09: asked on a Monday, reminded after five working days, and again before the fifteen are over."""
    monday = moment(2, 9)
    case = a_case(cast.applicant, at_node="triage", at=monday)
    request = player.ask(case, "triage", question=A_QUESTION, at=monday + timedelta(minutes=5))
    assert request.answer_by == date(2026, 11, 23)
    count = Case.objects.get(pk=case.pk).event_count
    sweep(at=moment(9, 7, 59))
    assert said(case, after=count) == []
    sweep(at=moment(9, 8))
    assert said(case, after=count) == ["answer_reminded"]
    assert told(case) == {"applicant"}
    sweep(at=moment(16, 7, 59))
    assert said(case, after=count) == ["answer_reminded"]
    sweep(at=moment(16, 8))
    sweep(at=moment(23, 23))
    assert said(case, after=count) == ["answer_reminded"] * 2
    assert InformationRequest.objects.get(pk=request.pk).reminded == 2
    sweep(at=moment(24, 9))
    assert said(case, after=count) == ["answer_reminded"] * 2
    assert actions.expire_unanswered(at=moment(24, 9)) == 1


def test_a_late_worker_reminds_her_once_and_never_when_it_is_too_late(cast: Cast) -> None:
    monday = moment(2, 9)
    first, second = (a_case(cast.applicant, at_node="triage", at=monday) for _case in range(2))
    for case in (first, second):
        player.ask(case, "triage", question=A_QUESTION, at=monday + timedelta(minutes=5))
    Case.objects.filter(pk=second.pk).update(look_at=moment(24, 9))
    sweep(at=moment(20, 9))
    sweep(at=moment(24, 9))
    assert said(first) == ["answer_reminded"]
    assert said(second) == []
    assert not Case.objects.filter(look_at__lte=moment(24, 9)).exists()


def test_a_step_that_waited_goes_on_where_it_was(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    sweep(at=moment(9, 8))
    player.ask(case, "triage", question=A_QUESTION, at=moment(9, 9))
    sweep(at=moment(10, 12))
    player.reply(case, text=A_REASON, at=moment(11, 10))
    item = item_at(case, "triage")
    assert item.reminded == 50
    assert item.due_at == end_of(date(2026, 11, 11))
    sweep(at=moment(11, 13, 23))
    assert said(case) == ["deadline_neared 50"]
    sweep(at=moment(11, 13, 24))
    assert said(case) == ["deadline_neared 50", "deadline_neared 80"]


def test_a_step_that_she_does_not_do_in_time_goes_to_the_desk_of_her_case(cast: Cast, told: Told) -> None:
    case = a_case(cast.applicant, at_node="draft")
    only_the_items_speak(case)
    item = item_at(case, "draft")
    due = end_of(date(2026, 11, 9))
    hers = {"holder": WorkItem.Holder.APPLICANT, "agency": None, "assignee": cast.applicant, "days": 2, "due_at": due}
    WorkItem.objects.filter(pk=item.pk).update(**hers)
    Case.objects.filter(pk=case.pk).update(look_at=THURSDAY)
    sweep(at=moment(9, 8))
    assert (said(case), told(case)) == (["answer_reminded"], {"applicant"})
    sweep(at=due)
    assert (said(case), told(case)) == (["answer_reminded", "item_taken_over"], set(CITY))
    item.refresh_from_db()
    case.refresh_from_db()
    assert (item.holder, item.agency_id, item.assignee_id) == ("agency", case.desk_id, None)
    assert (item.due_at, item.rule, item.reminded) == (end_of(date(2026, 11, 11)), "VERIFY", 0)
    assert case.held_by == f"agency:{case.desk_id}"
    assert Involvement.objects.filter(case=case, agency=case.desk_id, part="handles", until=None).exists()
    at = moment(20, 9)
    assert sum(seconds_by_holder(case, at=at).values()) == age_in_seconds(case, at=at)
    assert examine(at=at).findings == []


# --- the promise --------------------------------------------------------------------------------------------


@pytest.fixture
def promised(cast: Cast) -> Case:
    """A case at the office that writes the answer; nobody reminds anybody of its step."""
    case = a_case(cast.applicant, at_node="draft")
    WorkItem.objects.filter(case=case).update(reminded=100)
    case.refresh_from_db()
    assert case.promised_on == date(2026, 11, 27)
    return case


def test_an_apology_comes_a_working_day_before_with_a_new_day(promised: Case, told: Told) -> None:
    sweep(at=moment(26, 7, 59))
    assert said(promised) == []
    sweep(at=moment(26, 8))
    assert said(promised) == ["promise_moved"]
    assert told(promised) == {"applicant", "justice_officer", "another_justice_officer"}
    promised.refresh_from_db()
    assert (promised.promised_on, promised.apologies) == (date(2026, 12, 4), 1)
    assert (promised.promised_at, promised.promise_alarm) == (moment(26, 8), PromiseAlarm.NONE)
    event = promised.events.get(verb="promise_moved")
    assert (event.facts["was"], event.facts["promised_on"]) == ("2026-11-27", "2026-12-04")
    assert (event.facts["apology"], event.facts["reason_code"], event.actor_id) == (1, "NOT_READY", None)


def test_a_second_danger_is_told_to_those_in_charge_and_the_lateness_to_her(promised: Case, told: Told) -> None:
    sweep(at=moment(26, 8))
    sweep(at=moment(3, 8, month=12))
    assert said(promised) == ["promise_moved", "promise_endangered"]
    assert told(promised) == {"city_approver", "supervisor"}
    sweep(at=end_of(date(2026, 12, 4)) - MINUTE)
    assert len(said(promised)) == 2
    sweep(at=end_of(date(2026, 12, 4)))
    assert said(promised)[2:] == ["promise_missed"]
    assert told(promised) == {"applicant", "city_approver", "supervisor"}
    sweep(at=moment(24, 8, month=12))
    assert len(said(promised)) == 3
    assert Case.objects.get(pk=promised.pk).look_at is None


def test_what_was_missed_while_the_worker_stood_still_is_not_put_off_afterwards(promised: Case, told: Told) -> None:
    sweep(at=moment(10, 9, month=12))
    assert said(promised) == ["promise_missed"]
    assert told(promised) == {"applicant", "city_approver", "supervisor"}


def test_a_promise_stands_still_while_she_is_asked(promised: Case) -> None:
    player.ask(promised, "draft", question=A_QUESTION, at=moment(25, 9))
    sweep(at=moment(27, 9))
    assert said(promised) == []
