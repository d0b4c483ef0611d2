"""Access to credit, two at once: her own step, the lender's answer, and the officer who chooses the lender."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection

from cases.models import Case, CaseState, Consent, Decision
from project.demo.cast import Cast
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from tests.workflows.racing import Crowd, crowd, nothing_is_wrong, or_nothing, press, winner
from workflows import actions

pytestmark = pytest.mark.django_db(transaction=True)

LATER = THURSDAY + timedelta(hours=3)
WORDS = "Ngân hàng đã xem hồ sơ của chị và trả lời như sau."
Race = Callable[[Cast, Crowd], None]


@pytest.fixture
def people(cast: Cast) -> Iterator[Crowd]:
    """As many as press at once."""
    with crowd(4) as together:
        yield together


def one_decision(case: Case, node: str, won: Decision) -> None:
    assert Decision.objects.get(case=case, node=node) == won


def she_agrees_and_declines_in_two_tabs(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="agree", service="credit_access")
    item = item_at(case, "agree")
    shown = {"lender": case.facts["lender"]}
    both = [press(item, cast.applicant, verdict, at=LATER, details=shown) for verdict in ("yes", "no")]
    won = winner(people.race(both))
    one_decision(case, "agree", won)
    allowed = Consent.objects.filter(case=case, purpose=Consent.Purpose.HAND_OVER)
    assert allowed.count() == (won.verdict == "yes")


def two_officers_choose_a_lender(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="completeness", service="credit_access")
    item = item_at(case, "completeness")
    both = ((cast.city_officer, "NHCSXH"), (cast.another_city_officer, "AGRI"))
    won = winner(people.race([press(item, who, "complete", at=LATER, details={"lender": kind}) for who, kind in both]))
    one_decision(case, "completeness", won)
    case.refresh_from_db()
    assert case.facts["lender"] == won.details["lender"]


def the_lender_approves_while_she_withdraws(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="lender_result", service="credit_access", lender="NHCSXH")
    result = {"amount": 50_000_000, "rate": "6.60", "term": 36}
    approve = press(
        item_at(case, "lender_result"), cast.bank_officer, "approved", at=LATER, answer=WORDS, details=result
    )
    withdraw = partial(actions.withdraw, case, applicant=cast.applicant, key=uuid4(), at=LATER)
    won = winner(people.race([approve, withdraw]))
    case.refresh_from_db()
    assert case.state == (CaseState.WITHDRAWN if isinstance(won, Case) else CaseState.DECIDED)


def she_confirms_four_times(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="confirm_disbursed", service="credit_access")
    again = press(item_at(case, "confirm_disbursed"), cast.applicant, "received", at=LATER)
    decisions = people.race([again] * 4)
    assert {decision.pk for decision in decisions} == {Decision.objects.get(case=case, node="confirm_disbursed").pk}
    case.refresh_from_db()
    assert (case.state, case.outcome, case.follow_ups.count()) == (CaseState.CLOSED, "disbursed", 2)


def the_desk_takes_over_while_she_answers(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="agree", service="credit_access")
    item = item_at(case, "agree")
    late = item.due_at + timedelta(hours=1)
    # By now she has been reminded, and nothing is left but to take it over.
    while (look_at := Case.objects.values_list("look_at", flat=True).get(pk=case.pk)) is not None and look_at < late:
        if look_at >= item.due_at:
            break
        actions.sweep(at=look_at)
    people.race(
        [
            or_nothing(press(item, cast.applicant, "yes", at=late, details={"lender": case.facts["lender"]})),
            lambda: actions.sweep(at=late),
        ]
    )
    # She may be a moment too late, or the worker may find nothing left: never both.
    answered = Decision.objects.filter(case=case, node="agree").exists()
    taken_over = case.events.filter(verb="item_taken_over").exists()
    assert answered is not taken_over


RACES: tuple[Race, ...] = (
    she_agrees_and_declines_in_two_tabs,
    two_officers_choose_a_lender,
    the_lender_approves_while_she_withdraws,
    she_confirms_four_times,
    the_desk_takes_over_while_she_answers,
)


@pytest.mark.parametrize("one_race", RACES, ids=lambda one_race: one_race.__name__)
def test_exactly_one_effect(one_race: Race, cast: Cast, people: Crowd) -> None:
    for _round in range(5):
        one_race(cast, people)
    nothing_is_wrong(LATER)


@pytest.mark.prove
def test_hundreds_of_races_each_with_exactly_one_effect(
    cast: Cast, people: Crowd, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = 300 // len(RACES)
    for _round in range(rounds):
        for one_race in RACES:
            one_race(cast, people)
    nothing_is_wrong(LATER)
    with capsys.disabled():
        sys.stdout.write(f"\nraces of credit: {rounds * len(RACES)} on {connection.vendor}, each with one effect\n")
