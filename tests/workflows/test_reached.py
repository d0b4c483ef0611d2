"""What is said in time reaches somebody who can act: where nobody of an office is there, whoever answers for it."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Absence, Agency, Case, PromiseAlarm, Recusal, Relation, User
from cases.policy import shut_out_of
from cases.queries.doors import shut_doors
from notifications.messages import words
from notifications.models import Notification
from notifications.recipients import who_hears
from project.demo import player
from project.demo.cast import Cast
from project.worker import work_once
from tests.builders import A_REASON, a_case, item_at
from tests.conftest import THURSDAY
from tests.workflows.sweeping import (
    Told,
    moment,
    only_the_items_speak,
    said,
    told_of_the_last,  # noqa: F401 - the fixture `told`
)
from workflows import actions
from workflows.actions import sweep
from workflows.models import AnnouncedYear, WorkItem
from workflows.queries.health import FORSAKEN, examine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(THURSDAY + timedelta(hours=2), tick=False):
        yield


def keeps_away(who: User, case: Case, node: str) -> None:
    actions.recuse(item_at(case, node), person=who, ground="family", key=uuid4(), at=timezone.now())


def is_away(*people: User) -> None:
    for each in people:
        days = {"since": timezone.localdate(), "until": timezone.localdate()}
        Absence.objects.create(person=each, recorded_by=each, recorded_at=timezone.now(), **days)


# --- work that changes hands --------------------------------------------------------------------------------


def overdue(cast: Cast, node: str) -> Case:
    """Return a case whose step is over and whose promise passed, and of which nothing falls due any more."""
    case = a_case(cast.applicant, at_node=node)
    sweep(at=moment(24, 12, month=12))
    case.refresh_from_db()
    assert (case.promise_alarm, case.look_at, item_at(case, node).reminded) == (PromiseAlarm.MISSED, None, 100)
    return case


def test_overdue_work_that_is_handed_on_is_told_to_its_new_office_at_the_next_pass(cast: Cast, told: Told) -> None:
    case = overdue(cast, "draft")
    item, to = item_at(case, "draft"), Agency.objects.get(code="HPG-STC")
    due, at = item.due_at, moment(25, 9, month=12)
    actions.transfer(item, reviewer=cast.justice_officer, to=to, words=A_REASON, key=uuid4(), at=at)
    assert Case.objects.get(pk=case.pk).look_at <= at  # type: ignore[operator]
    sweep(at=at)
    assert said(case)[-1] == "deadline_passed 100"
    assert {"finance_officer", "supervisor"} <= told(case)
    assert (item_at(case, "draft").reminded, item_at(case, "draft").due_at) == (100, due)
    assert Case.objects.get(pk=case.pk).look_at is None


def test_overdue_work_that_falls_to_the_desk_is_told_there(cast: Cast, told: Told) -> None:
    case = overdue(cast, "approve")
    keeps_away(cast.justice_approver, case, "approve")
    assert item_at(case, "approve").agency == case.desk
    sweep(at=moment(25, 9, month=12))
    assert said(case)[-1] == "deadline_passed 100"
    assert told(case) == {"city_approver", "supervisor"}


# --- a step that opens ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("away", "heard"),
    [
        (("justice_officer",), set()),
        (("justice_officer", "another_justice_officer"), {"justice_approver"}),
        (("justice_officer", "another_justice_officer", "justice_approver"), {"justice_approver", "city_approver"}),
        (
            ("justice_officer", "another_justice_officer", "justice_approver", "city_approver"),
            {"justice_approver", "city_approver", "supervisor"},
        ),
    ],
)
def test_a_step_opened_where_nobody_is_there_is_told_to_whoever_answers_for_it(
    cast: Cast, told: Told, away: tuple[str, ...], heard: set[str]
) -> None:
    is_away(*(getattr(cast, part) for part in away))
    case = a_case(cast.applicant, at_node="triage")
    player.conclude(case, "triage", "general", at=timezone.now(), by=cast.city_officer)
    officers = {"justice_officer", "another_justice_officer"}
    assert told(case) & {*officers, "justice_approver", "city_approver", "supervisor"} == officers | heard
    if "supervisor" in heard:
        row = Notification.objects.select_related("event__agency", "case").filter(person=cast.supervisor).latest("pk")
        assert words(row, ()).startswith("Cơ quan không còn ai làm được bước này: ")


def test_who_keeps_away_is_as_good_as_not_there(cast: Cast, told: Told) -> None:
    for officer in (cast.justice_officer, cast.another_justice_officer):
        Relation.objects.create(person=officer, kind="phone", value=cast.applicant.phone, registered_at=THURSDAY)
    case = a_case(cast.applicant, at_node="triage")
    player.conclude(case, "triage", "general", at=timezone.now(), by=cast.city_officer)
    assert "justice_approver" in told(case)
    assert not {"justice_officer", "another_justice_officer", "city_approver"} & told(case)


# --- reminders ------------------------------------------------------------------------------------------------


def test_where_an_office_has_no_approver_the_desk_hears_that_little_time_is_left(cast: Cast, told: Told) -> None:
    case = a_case(cast.applicant, at_node="consult_finance", consult_finance=True)
    only_the_items_speak(case)
    WorkItem.objects.filter(case=case).exclude(node="consult_finance").update(reminded=100)
    due = item_at(case, "consult_finance").due_at
    Case.objects.filter(pk=case.pk).update(look_at=THURSDAY)
    sweep(at=due - timedelta(minutes=1))
    assert said(case)[-1] == "deadline_neared 80"
    assert told(case) == {"finance_officer", "city_approver"}


def test_of_an_adviser_who_keeps_away_her_managers_hear_from_half_of_the_time_on(cast: Cast, told: Told) -> None:
    case = a_case(cast.applicant, at_node="ext_advice", adviser=cast.expert.pk)
    only_the_items_speak(case)
    keeps_away(cast.expert, case, "ext_advice")
    due = item_at(case, "ext_advice").due_at
    levels = []
    for hours in range(24 * 40, -1, -4):
        if sweep(at=due - timedelta(hours=hours)).cases:
            levels.append((said(case)[-1], told(case) - {"expert"}))
    assert levels[0] == ("deadline_neared 50", {"justice_approver", "city_approver"})
    assert all({"justice_approver", "city_approver"} <= heard for _level, heard in levels)


def test_what_somebody_holds_who_is_away_alone_is_told_to_her_approver_at_once(cast: Cast, told: Told) -> None:
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    actions.claim(item_at(case, "triage"), reviewer=cast.city_officer, key=uuid4(), at=THURSDAY)
    is_away(cast.city_officer)
    sweep(at=moment(9, 8))
    assert told(case) == {"city_officer", "city_approver"}


# --- sealed -----------------------------------------------------------------------------------------------------


def test_a_sealed_case_that_nobody_is_left_for_is_found_and_logged_without_saying_which(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    keeps_away(cast.city_officer, case, "direct_help")
    assert examine(at=timezone.now()).well
    keeps_away(cast.city_approver, case, "direct_help")
    assert not Notification.objects.filter(person=cast.supervisor, event__case__sealed=True).exists()
    assert examine(at=timezone.now()).findings == [f"{case.desk}: {FORSAKEN}"]
    with caplog.at_level(logging.ERROR, "dong_hanh.worker"):
        for _pass in range(3):
            work_once(at=timezone.now())
    [line] = [record.getMessage() for record in caplog.records if "sealed" in record.getMessage()]
    assert line.startswith(str(case.desk))
    for secret in (str(case.code), case.short_code, str(case.key), str(case.applicant), "legal"):
        assert secret not in line


# --- the calendar -------------------------------------------------------------------------------------------------


def test_the_worker_warns_once_a_day_of_a_year_that_nobody_announced(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    AnnouncedYear.objects.filter(year__gte=2026).delete()
    for day in (5, 6):
        for hour in (9, 12):
            with time_machine.travel(moment(day, hour), tick=False):
                work_once(at=moment(day, hour))
    assert len([record for record in caplog.records if "holidays of 2026" in record.getMessage()]) == 2


# --- many cases at once -------------------------------------------------------------------------------------------


def test_of_many_cases_at_once_nobody_hears_of_what_is_shut_to_her(cast: Cast) -> None:
    cases = [a_case(who, at_node="triage") for who in (cast.applicant, cast.applicant, cast.another_applicant)]
    Recusal.objects.create(case=cases[0], person=cast.city_officer, ground="family", recorded_at=THURSDAY)
    phone = cast.another_applicant.phone
    Relation.objects.create(person=cast.another_city_officer, kind="phone", value=phone, registered_at=THURSDAY)
    sweep(at=moment(9, 8))
    events = [case.events.get(verb="deadline_neared") for case in cases]
    heard = [
        {cast.another_city_officer.pk},
        {cast.city_officer.pk, cast.another_city_officer.pk},
        {cast.city_officer.pk},
    ]
    assert who_hears(events) == heard
    with CaptureQueriesContext(connection) as asked:
        assert shut_doors([case.pk for case in cases]) == {
            (case.pk, pk)
            for case in cases
            for pk in User.objects.filter(shut_out_of(case)).values_list("pk", flat=True)
        }
    assert len(asked) == 1 + len(cases)


def test_shut_doors_agree_with_the_rule_book_about_businesses_too(cast: Cast) -> None:
    cases = [a_case(cast.applicant, answers={"tax_code": code}) for code in ("0100109106", "")]
    Relation.objects.create(person=cast.city_officer, kind="tax_code", value="0100109106", registered_at=THURSDAY)
    Relation.objects.create(person=cast.tax_officer, kind="phone", value="0100109106", registered_at=THURSDAY)
    assert shut_doors([case.pk for case in cases]) == {(cases[0].pk, cast.city_officer.pk)}
