"""What can still be granted this year: nothing is granted twice, and nothing is counted twice."""

from datetime import timedelta

import pytest

from cases.models import Case
from project.demo import player
from project.demo.cast import Cast
from tests.builders import a_case
from tests.conftest import THURSDAY
from workflows import actions
from workflows.actions import NotAChoice
from workflows.asks import Amount
from workflows.flows.registry import graph_for

pytestmark = pytest.mark.django_db
MILLION = 1_000_000
AN_HOUR = timedelta(hours=1)


def left(case: Case) -> int:
    """Return what can still be granted; her micro company's ceiling is three million a year."""
    [amount] = graph_for("legal_advice", 1).human("cost_propose").asked_with("propose")
    assert isinstance(amount, Amount)
    return actions.ceiling(case, amount, at=THURSDAY + AN_HOUR)


def propose(case: Case, amount: int) -> None:
    player.conclude(case, "cost_propose", "propose", at=THURSDAY + AN_HOUR, amount=amount)


@pytest.fixture
def case(cast: Cast) -> Case:
    return a_case(cast.applicant, at_node="cost_propose")


@pytest.fixture
def other(cast: Cast) -> Case:
    return a_case(cast.applicant, at_node="cost_propose")


def test_what_is_proposed_for_another_case_of_hers_cannot_be_granted_again(case: Case, other: Case) -> None:
    assert left(case) == left(other) == 3 * MILLION
    propose(other, 2 * MILLION)
    assert left(case) == MILLION
    with pytest.raises(NotAChoice):
        propose(case, 2 * MILLION)


def test_what_was_returned_and_proposed_anew_counts_once(case: Case, other: Case) -> None:
    propose(other, 2 * MILLION)
    player.conclude(other, "cost_approve", "return", at=THURSDAY + AN_HOUR)
    propose(other, MILLION)
    player.conclude(other, "cost_approve", "approve", at=THURSDAY + AN_HOUR)
    player.conclude(other, "ext_payment", "paid", at=THURSDAY + AN_HOUR)
    assert left(case) == 2 * MILLION


def test_what_was_returned_and_then_not_proposed_counts_nothing(case: Case, other: Case) -> None:
    propose(other, 2 * MILLION)
    player.conclude(other, "cost_approve", "return", at=THURSDAY + AN_HOUR)
    player.conclude(other, "cost_propose", "decline", at=THURSDAY + AN_HOUR)
    assert left(case) == 3 * MILLION


def test_a_case_taken_back_gives_its_share_back(case: Case, other: Case) -> None:
    propose(other, 3 * MILLION)
    assert left(case) == 0
    actions.withdraw(other, applicant=other.applicant, key=other.key, at=THURSDAY + AN_HOUR)
    assert left(case) == 3 * MILLION


def test_another_applicant_has_her_own_ceiling(cast: Cast, case: Case) -> None:
    propose(a_case(cast.another_applicant, at_node="cost_propose"), 3 * MILLION)
    assert left(case) == 3 * MILLION
