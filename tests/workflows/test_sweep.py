"""Whatever falls due in time is said in time: to the minute, once, and to exactly the right people."""

from collections import Counter
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Absence, Case, Membership, Role
from cases.queries.timeline import verify
from cases.queries.whereabouts import where_is
from cases.services import service_of
from notifications.messages import words
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.builders import A_REASON, a_case, item_at
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
from workflows.actions import Swept, sweep
from workflows.flows.registry import graph_for
from workflows.models import CalendarDay, WorkItem
from workflows.queries.health import examine
from workflows.queries.rulebook import end_of
from workflows.queries.said import said as said_by_colleagues

# --- to whom, and when --------------------------------------------------------------------------------------


def test_each_level_comes_to_the_minute_and_to_exactly_those_whom_it_concerns(cast: Cast, told: Told) -> None:
    """Sorting has two working days: given on a Thursday, it is due on the Monday, with a weekend between."""
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    assert item_at(case, "triage").due_at == end_of(date(2026, 11, 9))
    levels = (
        (moment(9, 8), "deadline_neared 50", CITY),
        # Six tenths of the last of two working days.
        (moment(9, 13, 24), "deadline_neared 80", CITY | {"city_approver"}),
        (end_of(date(2026, 11, 9)), "deadline_passed 100", CITY | {"city_approver", "supervisor"}),
    )
    for at, what, whom in levels:
        before = said(case)
        sweep(at=at - MINUTE)
        assert said(case) == before
        sweep(at=at)
        assert said(case) == [*before, what]
        assert told(case) == whom
    sweep(at=moment(28, 12))
    assert len(said(case)) == 3
    assert examine(at=THURSDAY).findings == []
    assert verify(THURSDAY).findings == ()


def test_who_holds_it_by_name_is_reminded_alone(cast: Cast, told: Told) -> None:
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    actions.claim(item_at(case, "triage"), reviewer=cast.city_officer, key=uuid4(), at=THURSDAY)
    sweep(at=moment(9, 8))
    assert told(case) == {"city_officer"}
    sweep(at=moment(9, 14))
    assert told(case) == {"city_officer", "city_approver"}


def test_whoever_acts_for_her_is_reminded_too(cast: Cast, told: Told) -> None:
    case = a_case(cast.applicant, at_node="triage")
    actions.claim(item_at(case, "triage"), reviewer=cast.city_officer, key=uuid4(), at=THURSDAY)
    today = timezone.localdate()
    away = {"since": today, "until": today + timedelta(days=1)}
    Absence.objects.create(person=cast.city_officer, recorded_by=cast.city_approver, recorded_at=timezone.now(), **away)
    Membership.objects.create(
        user=cast.another_city_officer,
        agency=item_at(case, "triage").agency,
        role=Role.OFFICER,
        acting_for=cast.city_officer,
        **away,
    )
    sweep(at=moment(9, 8))
    assert told(case) == CITY


def test_of_an_adviser_the_desk_that_sent_the_case_to_her_is_told(cast: Cast, told: Told) -> None:
    case = a_case(cast.applicant, at_node="adviser_accept")
    only_the_items_speak(case)
    sweep(at=moment(9, 8))
    assert told(case) == {"expert"}
    sweep(at=moment(9, 14))
    assert told(case) == {"expert", "city_approver"}


def test_of_a_sealed_case_only_its_holder_and_the_approvers_of_the_office_are_told(cast: Cast, told: Told) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    case.refresh_from_db()
    assert case.sealed
    item = item_at(case, "direct_help")
    [holder] = [part for part, user in cast.people() if user.pk == item.assignee_id]
    only_the_items_speak(case)
    sweep(at=moment(9, 8))
    assert told(case) == {holder}
    for at in (moment(9, 14), end_of(date(2026, 11, 9))):
        sweep(at=at)
        assert told(case) == {holder, "city_approver"}
    assert "supervisor" not in str(case.events.filter(actor=None).values_list("facts", flat=True))


def test_an_officer_who_files_for_herself_hears_nothing_of_what_colleagues_are_told(cast: Cast, told: Told) -> None:
    case = a_case(cast.city_officer, at_node="intake")
    player.conclude(case, "intake", "accept", at=THURSDAY)
    only_the_items_speak(case)
    sweep(at=moment(9, 8))
    assert told(case) == {"another_city_officer"}


def test_a_holiday_moves_every_level(cast: Cast) -> None:
    CalendarDay.objects.create(date=date(2026, 11, 6), kind=CalendarDay.Kind.HOLIDAY, name="Nghỉ", source="Thử")
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    assert item_at(case, "triage").due_at == end_of(date(2026, 11, 10))
    sweep(at=moment(9, 8))
    assert said(case) == []
    sweep(at=moment(10, 8))
    assert said(case) == ["deadline_neared 50"]


def test_half_of_an_odd_number_of_days_falls_into_a_working_day(cast: Cast) -> None:
    """Three days from a Wednesday end on the Monday: half of them is over on the Friday, not on the Sunday."""
    case = a_case(cast.applicant, at_node="triage", at=THURSDAY - timedelta(days=1))
    only_the_items_speak(case)
    WorkItem.objects.filter(case=case, node="triage").update(days=3, due_at=end_of(date(2026, 11, 9)))
    Case.objects.filter(pk=case.pk).update(look_at=THURSDAY)
    sweep(at=moment(6, 12, 29))
    assert said(case) == []
    sweep(at=moment(6, 12, 30))
    assert said(case) == ["deadline_neared 50"]


# --- again, and out of order --------------------------------------------------------------------------------


def test_what_is_said_at_an_odd_moment_verifies_too(cast: Cast) -> None:
    """The MAC is over the microseconds, so they must be kept."""
    a_case(cast.applicant, at_node="triage")
    at = moment(20, 9).replace(second=7, microsecond=123456)
    sweep(at=at)
    assert verify(at).findings == ()


def test_swept_twice_nothing_is_said_twice(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    assert sweep(at=moment(9, 8)) == Swept(cases=1, said=Counter(deadline_neared=1))
    assert sweep(at=moment(9, 8)) == Swept()


def test_after_a_standstill_only_the_highest_level_is_told_to_everybody(cast: Cast, told: Told) -> None:
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    sweep(at=moment(20, 12))
    assert said(case) == ["deadline_passed 100"]
    assert told(case) == CITY | {"city_approver", "supervisor"}


def test_a_clock_that_jumps_ahead_and_back_again_loses_and_doubles_nothing(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    sweep(at=moment(9, 9))
    sweep(at=moment(5, 9))
    sweep(at=moment(9, 8))
    assert said(case) == ["deadline_neared 50"]
    sweep(at=moment(9, 14))
    assert said(case) == ["deadline_neared 50", "deadline_neared 80"]


def test_a_case_looked_at_for_nothing_only_gets_its_next_moment(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    Case.objects.filter(pk=case.pk).update(look_at=THURSDAY)
    assert sweep(at=THURSDAY + MINUTE) == Swept(cases=1)
    assert Case.objects.get(pk=case.pk).look_at == moment(9, 8)


def test_a_case_that_cannot_be_looked_at_does_not_hold_up_the_others(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = (a_case(cast.applicant, at_node="triage") for _case in range(2))
    Case.objects.filter(pk=broken.pk).update(version=99)
    assert sweep(at=moment(9, 8)).set_aside == 1
    assert said(whole) != []
    assert f"Case {broken.pk} cannot be looked at" in caplog.text
    caplog.clear()
    assert sweep(at=moment(9, 8, 30)) == Swept()
    Case.objects.filter(pk=broken.pk).update(version=1)
    sweep(at=moment(9, 9))
    assert said(broken) == said(whole)


def statements(cast: Cast, many: int, *, at: datetime) -> int:
    for _case in range(many):
        a_case(cast.applicant, at_node="triage")
    with CaptureQueriesContext(connection) as asked:
        assert sweep(at=at).cases >= many
    return len(asked)


def test_a_batch_takes_the_same_statements_however_many_cases(cast: Cast) -> None:
    at = end_of(date(2026, 11, 9))
    assert statements(cast, 2, at=at) == statements(cast, 12, at=at) <= 14


def test_more_cases_than_a_batch_are_all_looked_at(cast: Cast) -> None:
    cases = [a_case(cast.applicant, at_node="triage") for _case in range(5)]
    assert sweep(at=moment(9, 8), batch=2).cases == 5
    assert all(said(case) for case in cases)


def test_an_ended_case_is_looked_at_no_more(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    actions.withdraw(case, applicant=cast.applicant, reason=A_REASON, key=uuid4(), at=THURSDAY)
    assert sweep(at=moment(28, 9)) == Swept()


# --- in words -----------------------------------------------------------------------------------------------


def test_each_of_them_reads_what_it_is_about(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    only_the_items_speak(case)
    stage, read = service_of(case).step_name("triage", "sorting"), {}
    for at in (moment(9, 8), moment(9, 14), moment(10, 9)):
        sweep(at=at)
        [office] = {membership.agency_id for membership in cast.city_officer.memberships.all()}
        for person in (cast.city_officer, cast.supervisor):
            rows = Notification.objects.filter(person=person).select_related("event__agency", "case")
            if rows.exists():
                read[person, at] = words(rows.latest("pk"), [office])
    assert read[cast.city_officer, moment(9, 8)] == f"Đã qua nửa thời hạn: {stage}. Hạn 09/11/2026."
    assert read[cast.city_officer, moment(9, 14)] == f"Sắp hết hạn: {stage}. Hạn 09/11/2026."
    late = f"Quá hạn: {stage}. Hạn là ngày 09/11/2026."
    assert read[cast.city_officer, moment(10, 9)] == read[cast.supervisor, moment(10, 9)] == late
    first = case.events.filter(actor=None).earliest("position")
    assert said_by_colleagues(first, graph_for(case.service, case.version)).startswith("Đã qua nửa thời hạn: ")
    assert where_is(case).updated_at != moment(10, 9)
