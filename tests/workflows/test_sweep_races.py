"""Several workers at once, and steps beside them: each reminder is said once, and nothing written meanwhile is lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from cases.models import TimelineEvent
from cases.policy import WrongState
from cases.queries.timeline import verify
from notifications.models import Notification
from project.demo.cast import Cast
from tests.builders import A_REASON, a_case, item_at
from tests.conftest import THURSDAY
from tests.workflows.racing import Crowd, crowd
from workflows import actions
from workflows.models import WorkItem
from workflows.queries.health import examine

pytestmark = pytest.mark.django_db(transaction=True)

LATER = THURSDAY + timedelta(days=15)
WORKERS, CASES = 4, 12


@pytest.fixture
def people(cast: Cast) -> Iterator[Crowd]:
    """As many as there are workers."""
    with crowd(WORKERS) as together:
        yield together


def test_of_several_workers_at_once_each_reminder_is_said_once(cast: Cast, people: Crowd) -> None:
    for _round in range(3):
        cases = [a_case(cast.applicant, at_node="triage") for _case in range(CASES)]
        passes = people.race([partial(actions.sweep, at=LATER, batch=3)] * WORKERS)
        # Whoever found everything locked went away; what is left then waits for the next pass.
        passes.append(actions.sweep(at=LATER))
        assert sum(swept.cases for swept in passes) == CASES
        verbs = Counter(TimelineEvent.objects.filter(case__in=cases, actor=None).values_list("case", "verb"))
        assert set(verbs.values()) == {1}
        assert sum(verb == "deadline_passed" for _case, verb in verbs) == CASES
        rows = Notification.objects.filter(case__in=cases).values_list("event", "person")
        assert len(rows) == len(set(rows))
    assert verify(LATER).findings == ()


def test_a_step_beside_the_sweep_is_neither_lost_nor_undone(cast: Cast, people: Crowd) -> None:
    for _round in range(5):
        case = a_case(cast.applicant, at_node="triage")
        decide = partial(
            actions.decide,
            item_at(case, "triage"),
            reviewer=cast.city_officer,
            verdict="general",
            reason_code="FACTS_CLEAR",
            reason=A_REASON,
            key=uuid4(),
            at=LATER,
        )
        results = people.race([decide, *[partial(actions.sweep, at=LATER)] * (WORKERS - 1)])
        assert not any(isinstance(result, WrongState) for result in results)
        actions.sweep(at=LATER)
        item = WorkItem.objects.get(case=case, node="triage")
        said = case.events.filter(verb="deadline_passed", facts__item=item.pk).count()
        assert (item.status, item.reminded) == ("done", 100 * said)
    assert examine(at=LATER).findings == []
    assert verify(LATER).findings == ()
