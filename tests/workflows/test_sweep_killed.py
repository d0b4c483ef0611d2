"""A worker killed anywhere in a sweep: no reminder is lost, none is said twice, no case is escalated by halves."""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from cases.models import Case, InformationRequest, TimelineEvent
from cases.queries.timeline import verify
from notifications.models import Notification
from notifications.recipients import who_hears
from project.demo import player
from project.demo.cast import Cast
from tests.builders import A_QUESTION, a_case
from tests.conftest import THURSDAY
from tests.workflows.killing import Killer, killer
from workflows import actions
from workflows.models import WorkItem
from workflows.queries.health import examine

pytestmark = pytest.mark.django_db(transaction=True)

# Everything is late by then: three reminders, a promise to speak of; and a question of which she is reminded.
LATER = THURSDAY + timedelta(days=15)
# So small that the three cases of a scene are two batches.
BATCH = 2
RANDOM_KILLS = 200
PATIENCE = 20.0


@pytest.fixture
def killing() -> Iterator[Killer]:
    """The server, on the test's own database."""
    with killer(str(connection.settings_dict["NAME"])) as server:
        yield server


def scene(cast: Cast) -> list[Case]:
    """Return three cases of which something is due: of one step, of two at once, and of a question to her."""
    at_once = a_case(cast.applicant, at_node="draft", consult_finance=True)
    asked = a_case(cast.applicant, at_node="triage")
    player.ask(asked, "triage", question=A_QUESTION, at=THURSDAY + timedelta(minutes=9))
    return [a_case(cast.applicant, at_node="triage"), at_once, asked]


def said(cases: list[Case]) -> Counter[str]:
    """Return what the worker said of some cases, by verb."""
    return Counter(TimelineEvent.objects.filter(case__in=cases, actor=None).values_list("verb", flat=True))


def settled() -> None:
    """Wait until the database has noticed that the worker is gone, and has undone what it had begun."""
    if connection.vendor != "postgresql":
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND state <> 'idle'"
    )
    waited_until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute(others)
            if cursor.fetchone()[0] == 0:
                return
            assert time.monotonic() < waited_until
            time.sleep(0.01)


def everything_agrees(cases: list[Case], *, at: datetime) -> None:
    """Hold the rows against the events, and the notices against whom each event means; wherever the worker stopped."""
    for case in Case.objects.filter(pk__in=[case.pk for case in cases]):
        events = list(case.events.filter(actor=None).select_related("case"))
        for item in WorkItem.objects.filter(case=case):
            of_it = [event.facts for event in events if event.facts.get("item") == item.pk]
            levels = [facts["level"] for facts in of_it if "level" in facts]
            assert len(levels) == len(set(levels))
            assert item.reminded == max(levels, default=0)
        for request in InformationRequest.objects.filter(case=case):
            # Two moments had passed: she is told once.
            assert request.reminded == 2 * sum(event.verb == "answer_reminded" for event in events)
        assert case.apologies == sum(event.verb == "promise_moved" for event in events)
        for event, meant in zip(events, who_hears(events), strict=True):
            told = Notification.objects.filter(event=event).values_list("person_id", flat=True)
            assert sorted(told) == sorted(meant)
            assert meant
        # Looked at again later, or never: then there is nothing more to come.
        assert (case.look_at is None or case.look_at > at) is bool(events)


def nothing_is_wrong() -> None:
    """Hold every case against its marking and its chain."""
    assert examine(at=LATER).findings == []
    assert verify(LATER).findings == ()


def goes_on(cases: list[Case], whole: Counter[str]) -> None:
    """Let the next worker come: in the end everything was said, and nothing twice."""
    settled()
    everything_agrees(cases, at=LATER)
    actions.sweep(at=LATER, batch=BATCH)
    everything_agrees(cases, at=LATER)
    assert said(cases) == whole
    assert not Case.objects.filter(look_at__lte=LATER).exists()


def kill_at_moments(cast: Cast, killing: Killer, *, every: int) -> int:
    """Kill the sweep at every so-manyth statement of both batches; return how many were killed."""
    cases = scene(cast)
    moments = killing.do("sweep", BATCH, uuid4(), LATER)
    whole = said(cases)
    assert whole["answer_reminded"] == 1
    assert whole.total() > 3
    assert moments.count("after COMMIT") == 2
    killed = 0
    for moment in range(0, len(moments), every):
        cases = scene(cast)
        assert killing.do("sweep", BATCH, uuid4(), LATER, moment=moment) == "killed", moments[moment]
        killed += 1
        goes_on(cases, whole)
    return killed


def test_killed_anywhere_it_loses_doubles_and_halves_nothing(cast: Cast, killing: Killer) -> None:
    assert kill_at_moments(cast, killing, every=5) > 4
    nothing_is_wrong()


def kill_at_random(cast: Cast, killing: Killer, times: int) -> int:
    """Kill the sweep after random times, some of them beyond its end; return how many were killed."""
    cases = scene(cast)
    begun = time.monotonic()
    killing.do("sweep", BATCH, uuid4(), LATER)
    takes, whole, killed = time.monotonic() - begun, said(cases), 0
    while killed < times:
        cases = scene(cast)
        killed += killing.do("sweep", BATCH, uuid4(), LATER, seconds=random.uniform(0, takes)) == "killed"
        goes_on(cases, whole)
    return killed


def test_killed_at_a_random_moment_it_loses_doubles_and_halves_nothing(cast: Cast, killing: Killer) -> None:
    assert kill_at_random(cast, killing, 2) == 2
    nothing_is_wrong()


@pytest.mark.prove
def test_killed_at_every_statement_and_at_two_hundred_random_moments(
    cast: Cast, killing: Killer, capsys: pytest.CaptureFixture[str]
) -> None:
    at_statements = kill_at_moments(cast, killing, every=1)
    at_random = kill_at_random(cast, killing, RANDOM_KILLS)
    nothing_is_wrong()
    with capsys.disabled():
        sys.stdout.write(
            f"\nkill -9, sweep: {at_statements} at statements, {at_random} at random moments on {connection.vendor},"
            " 0 reminders lost, 0 doubled, 0 cases escalated by halves\n"
        )
