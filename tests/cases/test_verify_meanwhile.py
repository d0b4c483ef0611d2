"""The record is verified and anchored while people go on working, in connections of their own."""

from collections.abc import Callable
from threading import Event, Thread
from unittest import mock

import pytest
from django.db import connection, transaction

from cases.models.timeline import TimelineEvent
from cases.queries import timeline
from tests.cases.timelines import NOON, Timelines

pytestmark = pytest.mark.django_db(transaction=True)


def meanwhile(work: Callable[[], None]) -> Thread:
    """Start the work in a thread with its own connection."""

    def run() -> None:
        try:
            with transaction.atomic():
                work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_a_step_taken_while_we_verify_neither_waits_nor_looks_bad() -> None:
    timelines = Timelines()
    cases = [timelines.case(events=3) for _nth in range(3)]
    timeline.take_anchor(NOON)
    look = timeline._event_fault

    def step_then_look(event: TimelineEvent, standing: tuple[int, str]) -> str:
        if event.position == 1:
            meanwhile(lambda: timelines.go_on(cases[0])).join(timeout=10)
        return look(event, standing)

    with mock.patch.object(timeline, "_event_fault", step_then_look):
        seen = timeline.verify(NOON)
    assert (seen.events, seen.findings) == (9, ())
    after = timeline.verify(NOON)
    assert (after.events, after.findings) == (12, ())


def test_an_anchor_waits_for_a_step_that_has_its_id_but_is_not_committed() -> None:
    timelines = Timelines()
    slow, quick = timelines.case(events=1), timelines.case(events=1)
    has_its_id, never = Event(), Event()

    def slow_step() -> None:
        timelines.go_on(slow)
        has_its_id.set()
        never.wait(timeout=0.5)

    thread = meanwhile(slow_step)
    has_its_id.wait(timeout=10)
    timelines.go_on(quick)
    anchor = timeline.take_anchor(NOON)
    thread.join()
    assert anchor.events == 4
    assert timeline.verify(NOON).findings == ()
