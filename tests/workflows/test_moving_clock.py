"""However the clock moves, whoever is away, keeps away or passes work on: no case is ever stuck."""

import sys
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from project.demo.cast import Cast
from tests.workflows.days import Days
from tests.workflows.promises import Tally

pytestmark = pytest.mark.django_db

# What must have happened in a long run, beside what offices always do.
HAPPENS = {
    *("deadline_neared", "deadline_passed", "answer_reminded", "case_expired"),
    *("promise_moved", "promise_endangered", "promise_missed"),
    *("request_proposed", "request_declined", "information_requested", "information_answered"),
    *("item_transferred", "person_recused", "work_item_assigned", "case_withdrawn", "decision_made"),
}


def days_go_by(cast: Cast, tally: Tally, **said: Any) -> None:
    """Walk as often and as far as said. A broken promise raises, with the shortest story that breaks it."""
    usual: dict[str, Any] = {
        "deadline": None,
        "database": None,
        "phases": [Phase.generate, Phase.shrink],
        "suppress_health_check": list(HealthCheck),
    }
    new_walk: Any = partial(Days, cast, tally)
    run_state_machine_as_test(new_walk, settings=settings(**usual, **said))


def test_a_hundred_steps_through_days_leave_nothing_stuck(cast: Cast) -> None:
    tally = Tally()
    days_go_by(cast, tally, max_examples=4, stateful_step_count=30, derandomize=True)
    assert tally.steps >= 80
    assert 0 < tally.refused < tally.steps


@pytest.mark.prove
def test_ten_thousand_steps_through_days_leave_nothing_stuck(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    while tally.steps < 10_000:
        days_go_by(cast, tally, max_examples=25, stateful_step_count=80)
    with capsys.disabled():
        sys.stdout.write(f"\nmoving clock: {tally.steps} steps, {tally.refused} refused, stuck 0\n")
    assert tally.verbs >= HAPPENS
