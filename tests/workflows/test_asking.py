"""A question back to her: the clock that stands still, the day it runs out, and which question is meant."""

import logging
from datetime import date, datetime, timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.db import OperationalError

from cases.models import Case, CaseState, InformationRequest, ReferenceVersion
from cases.policy import WrongState
from project.demo import player
from project.demo.cast import Cast
from tests.builders import a_case, item_at
from workflows import actions
from workflows.actions import asking
from workflows.models import DeadlineRule


def test_what_she_was_promised_moves_by_the_days_she_was_asked_and_stays_there(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    assert case.promised_on == date(2026, 11, 27)
    player.ask(case, "triage", question="Chị cho biết thêm.", at=at + timedelta(hours=1))
    # Asked on Thursday, answered on the Thursday after: five working days stood still.
    player.reply(case, text="Tôi gửi thêm.", at=at + timedelta(days=7))
    assert case.promised_on == date(2026, 12, 4)
    player.conclude(case, "triage", "general", at=at + timedelta(days=7, hours=1))
    assert case.promised_on == date(2026, 12, 4), "the draft's own promise counts the same days"


def test_an_answer_at_the_weekend_leaves_the_office_the_next_working_day(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="intake", at=at)  # Thursday; due on Friday 06/11
    player.ask(case, "intake", question="Chị gửi thêm giấy tờ.", at=at + timedelta(days=1))
    player.reply(case, text="Tôi gửi.", at=at + timedelta(days=3))  # Sunday
    item = item_at(case, "intake")
    assert (item.due_at.astimezone(at.tzinfo).date(), case.promised_on) == (date(2026, 11, 9), date(2026, 11, 9))


def test_a_case_expires_after_fifteen_working_days_and_is_not_refused(cast: Cast, at: datetime) -> None:
    asked = at.replace(day=2)
    case = a_case(cast.applicant, at_node="triage", at=asked - timedelta(hours=3))
    request = player.ask(case, "triage", question="Chị gửi thêm giấy tờ.", at=asked)
    assert request.answer_by == date(2026, 11, 23)
    with pytest.raises(WrongState):
        actions.expire(request, at=asked.replace(day=23, hour=23))
    assert actions.expire_unanswered(at=asked.replace(day=23, hour=23)) == 0
    assert actions.expire_unanswered(at=asked.replace(day=24, hour=0)) == 1
    case.refresh_from_db()
    assert (case.state, case.outcome, case.marking) == (CaseState.EXPIRED, "", [])
    draft = actions.resubmit(case, applicant=cast.applicant, at=asked.replace(day=25))
    assert draft.answers.data == case.answers.data
    assert actions.resubmit(case, applicant=cast.applicant, at=asked.replace(day=25)) == draft
    player.submit(draft, at=asked.replace(day=25))
    with pytest.raises(WrongState):
        actions.resubmit(case, applicant=cast.applicant, at=asked.replace(day=26))


def test_a_worker_that_comes_late_expires_no_other_question(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    old = player.ask(case, "triage", question="Câu hỏi thứ nhất.", at=at)
    player.reply(case, text="Đây ạ.", at=at + timedelta(days=20))
    new = player.ask(case, "triage", question="Câu hỏi thứ hai.", at=at + timedelta(days=21))
    with pytest.raises(WrongState):
        actions.expire(old, at=at + timedelta(days=22))
    new.refresh_from_db()
    assert new.ending == InformationRequest.Ending.OPEN


def test_a_case_that_cannot_be_closed_is_logged_and_holds_up_no_other(
    cast: Cast, at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = a_case(cast.applicant, at_node="triage", at=at)
    case = a_case(cast.another_applicant, at_node="triage", at=at)
    for each in (unknown, case):
        player.ask(each, "triage", question="Chị gửi thêm giấy tờ.", at=at + timedelta(hours=1))
    Case.objects.filter(pk=unknown.pk).update(version=99)
    late = at + timedelta(days=60)
    with caplog.at_level(logging.ERROR, logger="dong_hanh.worker"):
        assert [actions.expire_unanswered(at=late) for _pass in range(2)] == [1, 0]
    states = dict(Case.objects.values_list("pk", "state"))
    assert (states[unknown.pk], states[case.pk]) == (CaseState.IN_REVIEW, CaseState.EXPIRED)
    assert caplog.text.count(f"Case {unknown.pk} cannot be closed") == 2


def test_while_the_database_is_away_no_case_is_blamed(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    player.ask(case, "triage", question="Chị gửi thêm giấy tờ.", at=at + timedelta(hours=1))
    with mock.patch.object(asking, "expire", side_effect=OperationalError), pytest.raises(OperationalError):
        actions.expire_unanswered(at=at + timedelta(days=60))


def test_a_rule_approved_in_the_middle_of_a_case_changes_neither_her_time_nor_whether_a_clock_waits(
    cast: Cast, at: datetime
) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    for code, days in (("SUPP_ANSWER", 5), ("CONSULT", 7)):
        DeadlineRule.objects.create(
            code=code,
            days=days,
            pauses=False,
            source_status="A",
            valid_from=date(2026, 11, 10),
            proposed_by=cast.administrator,
            approved_by=cast.another_administrator,
            approved_at=at + timedelta(days=4),
        )
    ReferenceVersion.bump()
    later = at + timedelta(days=7)
    player.conclude(case, "triage", "general", at=later, consult_tax=True)
    due = item_at(case, "consult_tax").due_at
    request = player.ask(case, "consult_tax", question="Chị gửi tờ khai.", at=later)
    # Fifteen working days from 12/11, over the holiday on 24/11, as on the day on which the case was accepted.
    assert request.answer_by == date(2026, 12, 4)
    player.reply(case, text="Đây ạ.", at=later + timedelta(days=1))
    assert item_at(case, "consult_tax").due_at > due
    fresh = a_case(cast.another_applicant, at_node="triage", at=later)
    request = player.ask(fresh, "triage", question="Chị gửi tờ khai.", at=later + timedelta(hours=1))
    assert request.answer_by == date(2026, 11, 19), "a case accepted since goes by the new one"


def test_only_one_question_is_open_at_a_time_even_from_two_offices(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="consult_tax", at=at)
    player.ask(case, "draft", question="Chị gửi hợp đồng.", at=at + timedelta(hours=1))
    with pytest.raises(WrongState):
        player.ask(case, "consult_tax", question="Chị gửi tờ khai.", at=at + timedelta(hours=2))
    # The other branch goes on meanwhile.
    player.conclude(case, "consult_tax", "opinion", at=at + timedelta(hours=3))
    assert item_at(case, "draft").status == "waiting"


def test_a_key_that_did_something_else_does_nothing_here(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    key = uuid4()
    actions.claim(item_at(case, "triage"), reviewer=cast.city_officer, key=key, at=at)
    with pytest.raises(WrongState):
        player.conclude(case, "triage", "general", at=at, by=cast.city_officer, key=key)
