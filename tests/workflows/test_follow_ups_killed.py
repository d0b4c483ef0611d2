"""A worker killed anywhere while it asks how it goes: nobody is asked twice, nobody is forgotten."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection

from cases.models import Case
from cases.queries.timeline import verify
from notifications.models import Notification
from project.demo.cast import Cast
from tests.workflows.killing import Killer, killer
from tests.workflows.test_follow_ups import IN_TIME, closed, first
from tests.workflows.test_sweep_killed import settled
from workflows import actions
from workflows.queries.health import examine

pytestmark = pytest.mark.django_db(transaction=True)
# So small that the two cases of a scene are two batches.
BATCH = 1


@pytest.fixture
def killing() -> Iterator[Killer]:
    """The server, on the test's own database."""
    with killer(str(connection.settings_dict["NAME"])) as server:
        yield server


def rows_agree_with_events(case: Case) -> int:
    """Hold the row and the notice against the events; return how many times she was asked."""
    asked = case.events.filter(verb="follow_up_due").count()
    assert (first(case).asked_at is not None) is bool(asked)
    assert Notification.objects.filter(case=case, event__verb="follow_up_due").count() == asked
    return asked


def kill_at_moments(cast: Cast, killing: Killer, *, every: int) -> int:
    """Kill it at every so-manyth statement of both batches; return how many were killed."""
    cases = [closed(cast.applicant), closed(cast.another_applicant)]
    moments = killing.do("follow_up", BATCH, uuid4(), IN_TIME)
    assert moments.count("after COMMIT") >= 2
    assert [rows_agree_with_events(case) for case in cases] == [1, 1]
    killed = 0
    for moment in range(0, len(moments), every):
        cases = [closed(cast.applicant), closed(cast.another_applicant)]
        assert killing.do("follow_up", BATCH, uuid4(), IN_TIME, moment=moment) == "killed", moments[moment]
        killed += 1
        settled()
        for case in cases:
            rows_agree_with_events(case)
        actions.follow_up(at=IN_TIME, batch=BATCH)
        assert [rows_agree_with_events(case) for case in cases] == [1, 1]
    return killed


def test_killed_anywhere_it_asks_everybody_once(cast: Cast, killing: Killer) -> None:
    assert kill_at_moments(cast, killing, every=6) > 2
    assert examine(at=IN_TIME).findings == []
    assert verify(IN_TIME).findings == ()


@pytest.mark.prove
def test_killed_at_every_statement_it_asks_everybody_once(cast: Cast, killing: Killer) -> None:
    assert kill_at_moments(cast, killing, every=1) > 10
    assert examine(at=IN_TIME).findings == []
    assert verify(IN_TIME).findings == ()
