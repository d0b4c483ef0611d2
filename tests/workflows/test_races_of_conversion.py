"""Conversion, two at once: the sheet she ticks, the officer who looks at it, and the register's answer."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection

from cases.models import Case, CaseState, Decision
from project.demo.cast import Cast
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from tests.workflows.racing import Crowd, crowd, nothing_is_wrong, press, winner
from workflows import actions
from workflows.asks import Checklist
from workflows.flows.registry import graph_for

pytestmark = pytest.mark.django_db(transaction=True)

LATER = THURSDAY + timedelta(hours=3)
WORDS = "Cơ quan đăng ký đã xem hồ sơ của chị và trả lời như sau."
Race = Callable[[Cast, Crowd], None]


@pytest.fixture
def people(cast: Cast) -> Iterator[Crowd]:
    """As many as press at once."""
    with crowd(4) as together:
        yield together


def every_line() -> dict[str, list[str]]:
    """Return the sheet with every line ticked."""
    [sheet] = [ask for ask in graph_for("conversion", 1).human("readiness").asks if isinstance(ask, Checklist)]
    return {sheet.name: [code for code, _words in sheet.choices]}


def she_is_ready_and_not_yet(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="readiness", service="conversion")
    item = item_at(case, "readiness")
    ready = press(item, cast.applicant, "ready", at=LATER, details=every_line())
    won = winner(people.race([ready, press(item, cast.applicant, "not_yet", at=LATER)]))
    assert Decision.objects.get(case=case, node="readiness") == won


def two_officers_look_at_the_sheet(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="check_readiness", service="conversion")
    item = item_at(case, "check_readiness")
    sides = ((cast.city_officer, "confirmed", "FACTS_CLEAR"), (cast.another_city_officer, "return", "INCOMPLETE"))
    presses = [press(item, who, said, at=LATER, answer=WORDS, reason_code=code) for who, said, code in sides]
    won = winner(people.race(presses))
    assert Decision.objects.get(case=case, node="check_readiness") == won


def the_register_grants_while_she_withdraws(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="ext_register", service="conversion")
    result = {"enterprise_code": "0101248141", "granted_on": "2026-11-05"}
    grant = press(item_at(case, "ext_register"), cast.finance_officer, "granted", at=LATER, details=result)
    withdraw = partial(actions.withdraw, case, applicant=cast.applicant, key=uuid4(), at=LATER)
    won = winner(people.race([grant, withdraw]))
    case.refresh_from_db()
    withdrawn = isinstance(won, Case)
    assert (case.state, case.outcome) == ((CaseState.WITHDRAWN, "") if withdrawn else (CaseState.DECIDED, "registered"))


def the_household_is_closed_four_times(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="ext_close_household", service="conversion")
    again = press(item_at(case, "ext_close_household"), cast.commune_committee_officer, "closed", at=LATER)
    assert len({decision.pk for decision in people.race([again] * 4)}) == 1
    case.refresh_from_db()
    assert (case.state, case.follow_ups.count()) == (CaseState.CLOSED, 5)


RACES: tuple[Race, ...] = (
    she_is_ready_and_not_yet,
    two_officers_look_at_the_sheet,
    the_register_grants_while_she_withdraws,
    the_household_is_closed_four_times,
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
        sys.stdout.write(f"\nraces of conversion: {rounds * len(RACES)} on {connection.vendor}, each with one effect\n")
