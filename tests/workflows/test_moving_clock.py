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

# What must have happened in a long run.
HAPPENS = {
    *("deadline_neared", "deadline_passed", "answer_reminded", "promise_moved", "promise_missed"),
    *("request_proposed", "information_requested", "information_answered", "case_withdrawn", "decision_made"),
    *("item_transferred", "person_recused", "work_item_assigned"),
}
# What needs several rare things in a row: a run says which of these it did not meet.
RARE = {"case_expired", "promise_endangered", "request_declined"}


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
    days_go_by(cast, tally, max_examples=6, stateful_step_count=30, derandomize=True)
    assert tally.steps >= 80
    assert 0 < tally.refused < tally.steps


@pytest.mark.prove
def test_ten_thousand_steps_through_days_leave_nothing_stuck(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    while tally.steps < 10_000:
        days_go_by(cast, tally, max_examples=25, stateful_step_count=80)
    with capsys.disabled():
        sys.stdout.write(f"\nmoving clock: {tally.steps} steps, {tally.refused} refused, stuck 0;")
        sys.stdout.write(f" not met: {', '.join(sorted(RARE - tally.verbs)) or 'nothing'}\n")
    assert tally.verbs >= HAPPENS
