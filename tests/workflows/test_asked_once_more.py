"""Nothing is lost when she is reached late, when no money comes, or when a lender only says that it goes on."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cases.models import Case, CaseState, PromiseAlarm
from project.demo import player
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case, item_at
from workflows import actions
from workflows.models import WorkItem

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
ASKED = "Ngân hàng báo tuần tới giải ngân. Chị xem tài khoản rồi báo lại cho chúng tôi."
OVER = "Ngân hàng chờ chị ký lại hợp đồng. Chị mang căn cước đến ký giúp nhé."
GOES_ON = "Chúng tôi đang thẩm định, tuần tới cán bộ đến xem nơi chị may."


def moved(response: Any) -> None:
    assert response.status_code == 302, response.content.decode()


def her_page(case: Case, *, at: datetime, name: str = "status") -> str:
    with time_machine.travel(at, tick=False):
        page = browsing.signed_in(case.applicant).get(reverse(f"cases:{name}", args=[case.key]))
    return str(page.content.decode())


def says(case: Case, node: str, verdict: str, *, at: datetime, **given: Any) -> None:
    """Conclude a step as whoever holds it, by its page."""
    moved(browsing.conclude(player.holder_of(item_at(case, node)), case, node, verdict, at=at, **given))
    case.refresh_from_db()


@pytest.mark.parametrize(
    ("service", "node", "then"),
    [
        ("credit_access", "agree", "handover"),
        ("credit_access", "confirm_disbursed", ""),
        ("conversion", "readiness", "check_readiness"),
        ("conversion", "correct", "ext_register"),
    ],
)
def test_who_calls_after_the_desk_took_over_gets_her_step_back_with_days_of_her_own(
    cast: Cast, at: datetime, service: str, node: str, then: str
) -> None:
    case = a_case(cast.applicant, service=service, at_node=node, at=at)
    taken = item_at(case, node).due_at + AN_HOUR
    actions.sweep(at=taken)
    assert item_at(case, node).holder == WorkItem.Holder.AGENCY
    says(case, node, "again", at=taken + AN_HOUR)
    back = item_at(case, node)
    assert (back.holder, back.assignee) == (WorkItem.Holder.APPLICANT, case.applicant)
    assert back.due_at > taken + A_DAY
    story = her_page(case, at=taken + 2 * AN_HOUR)
    assert reverse("workflows:her_step", args=[case.key, back.pk]) in story
    player.conclude(case, node, {"agree": "yes"}.get(node) or own_word(node), at=taken + A_DAY)
    assert [item.node for item in case.work_items.filter(finished_at=None)] == ([then] if then else [])


def own_word(node: str) -> str:
    """Return what she says in a step of hers when it goes on well."""
    return {"confirm_disbursed": "received", "readiness": "ready", "correct": "corrected"}[node]


def test_only_the_desk_can_say_that_she_is_asked_again(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, service="credit_access", at_node="agree", at=at)
    with pytest.raises(actions.NotAChoice):
        player.conclude(case, "agree", "again", at=at + AN_HOUR)


# --- the money --------------------------------------------------------------------------------------------------


def test_money_that_did_not_come_is_asked_about_until_it_comes(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, service="credit_access", at_node="confirm_disbursed", at=at)
    player.conclude(case, "confirm_disbursed", "not_received", at=at + A_DAY)
    assert (case.state, case.outcome) == (CaseState.DECIDED, "granted")
    item = item_at(case, "chase")
    # Five working days from Friday 06/11/2026.
    assert (item.agency.kind, item.due_at.date()) == ("HPN", date(2026, 11, 13))
    assert "đang hỏi về tiền vay" in her_page(case, at=at + A_DAY)
    wordless = browsing.conclude(cast.city_officer, case, "chase", "ask_again", at=at + 2 * A_DAY)
    assert wordless.status_code == 200
    says(case, "chase", "ask_again", at=at + 2 * A_DAY, answer=ASKED)
    assert ASKED in her_page(case, at=at + 2 * A_DAY, name="thread")
    player.conclude(case, "confirm_disbursed", "received", at=at + 3 * A_DAY)
    assert (case.state, case.outcome) == (CaseState.CLOSED, "disbursed")


def test_where_no_money_comes_at_all_she_reads_why_and_the_loan_stays_granted(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, service="credit_access", at_node="chase", at=at)
    says(case, "chase", "finish", at=at + A_DAY, answer=OVER)
    assert (case.state, case.outcome) == (CaseState.CLOSED, "granted")
    assert OVER in her_page(case, at=at + A_DAY)
    assert case.follow_ups.count() == 2


# --- the lender's day -------------------------------------------------------------------------------------------


def test_a_lender_that_only_says_it_goes_on_puts_her_day_off_once_and_then_is_late(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, service="credit_access", at_node="lender_result", at=at, lender="NHCSXH")
    says(case, "lender_result", "appraising", at=at + A_DAY, answer=GOES_ON)
    promised = case.promised_on
    assert promised == date(2026, 11, 20)
    for days in (3, 6, 10, 14):
        says(case, "lender_result", "appraising", at=at + days * A_DAY, answer=GOES_ON)
        assert case.promised_on == promised
    actions.sweep(at=at + 16 * A_DAY)
    case.refresh_from_db()
    assert (case.promised_on, case.promise_alarm) != (promised, PromiseAlarm.NONE)
    assert case.events.filter(verb__contains="promise").exists()


def test_another_lender_can_put_her_day_off_once_as_well(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, service="credit_access", at_node="lender_result", at=at, lender="NHCSXH")
    for days in (1, 2):
        says(case, "lender_result", "appraising", at=at + days * A_DAY, answer=GOES_ON)
    player.conclude(case, "lender_result", "refused", at=at + 5 * A_DAY)
    player.conclude(case, "next_lender", "another", at=at + 5 * A_DAY, lender="AGRI")
    player.conclude(case, "agree", "yes", at=at + 5 * A_DAY)
    player.conclude(case, "handover", "handed_over", at=at + 5 * A_DAY)
    for days in (8, 12):
        player.conclude(case, "lender_result", "appraising", at=at + days * A_DAY)
        # Ten working days from Friday 13/11/2026, over the holiday.
        assert case.promised_on == date(2026, 11, 30)
