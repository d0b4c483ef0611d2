"""Whatever everybody does in whatever order: no case is stuck, lost, doubled or rewritten."""

import sys
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from project.demo.cast import Cast
from tests.workflows.promises import Tally
from tests.workflows.told import CONCLUSIONS
from tests.workflows.walk import Walk

pytestmark = pytest.mark.django_db
VERBS = {
    "case_submitted",
    "item_claimed",
    "item_released",
    "decision_made",
    "information_requested",
    "request_proposed",
    "request_declined",
    "information_answered",
    "case_withdrawn",
    "case_expired",
    "case_rated",
}


def walks(cast: Cast, tally: Tally, *, begins_with: tuple[str, str, str] | None = None, **said: Any) -> None:
    """Walk as often and as far as said. A broken promise raises, with the shortest story that breaks it."""
    usual: dict[str, Any] = {
        "deadline": None,
        "database": None,
        "phases": [Phase.generate, Phase.shrink],
        "suppress_health_check": list(HealthCheck),
    }
    new_walk: Any = partial(Walk, cast, tally, begins_with)
    run_state_machine_as_test(new_walk, settings=settings(**usual, **said))


def test_a_hundred_random_steps_break_no_promise(cast: Cast) -> None:
    tally = Tally()
    walks(cast, tally, max_examples=7, stateful_step_count=30, derandomize=True)
    assert tally.steps >= 100
    assert 0 < tally.refused < tally.steps


@pytest.mark.prove
def test_ten_thousand_random_steps_break_no_promise(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    for conclusion in CONCLUSIONS:
        walks(cast, tally, begins_with=conclusion, max_examples=7, stateful_step_count=60)
    with capsys.disabled():
        sys.stdout.write(f"\nstateful machine: {tally.steps} steps, 0 violations\n")
    assert tally.steps >= 10_000
    assert tally.verbs == VERBS
    assert tally.concluded == set(CONCLUSIONS)
