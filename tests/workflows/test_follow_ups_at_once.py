"""Several workers, and several people, at once: she is asked once, and one answer counts."""

from collections.abc import Iterator
from functools import partial
from uuid import uuid4

import pytest

from cases.models import TimelineEvent
from cases.policy import WrongState
from cases.queries.timeline import verify
from notifications.models import Notification
from project.demo.cast import Cast
from tests.workflows.racing import Crowd, crowd, winner
from tests.workflows.test_follow_ups import IN_TIME, closed, first
from workflows import actions
from workflows.queries.health import examine

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, CASES = 4, 6


@pytest.fixture
def people(cast: Cast) -> Iterator[Crowd]:
    """As many as there are workers."""
    with crowd(WORKERS) as together:
        yield together


def test_of_several_workers_at_once_each_woman_is_asked_once(cast: Cast, people: Crowd) -> None:
    cases = [closed(cast.applicant) for _case in range(CASES)]
    told = people.race([partial(actions.follow_up, at=IN_TIME, batch=2)] * WORKERS)
    # Whoever found everything locked went away; what is left then waits for the next pass.
    told.append(actions.follow_up(at=IN_TIME))
    assert sum(told) == CASES
    said = TimelineEvent.objects.filter(case__in=cases, verb="follow_up_due")
    assert said.count() == CASES
    assert Notification.objects.filter(event__in=said).count() == CASES
    assert verify(IN_TIME).findings == ()
    assert examine(at=IN_TIME).findings == []


def test_she_and_the_officers_at_once_give_one_answer(cast: Cast, people: Crowd) -> None:
    for _round in range(3):
        case = closed(cast.applicant)
        actors = (cast.applicant, cast.commune_officer, cast.city_officer, cast.applicant)
        acts = [
            partial(actions.answer_follow_up, first(case), actor=who, answer=said, key=uuid4(), at=IN_TIME)
            for who, said in zip(actors, ("going", "difficult", "stopped", "difficult"), strict=True)
        ]
        results = people.race(acts)
        won = winner(results)
        assert sum(isinstance(result, WrongState) for result in results) == len(actors) - 1
        event = case.events.get(verb="follow_up_answered")
        row = first(case)
        assert (row.answer, row.answered_by_id) == (won.answer, won.answered_by_id)
        assert (event.facts["answer"], event.actor_id) == (row.answer, row.answered_by_id)
    assert verify(IN_TIME).findings == ()
