"""Several people at once: threads with connections of their own, all let go at the same moment."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

from django.db import connections

from cases.models import Decision, User
from cases.policy import NotFoundForYou, WrongState
from cases.queries.timeline import verify
from tests.builders import A_REASON
from workflows import actions
from workflows.models import WorkItem
from workflows.queries.health import examine

# A little unevenness, so that each of them wins now and then.
_UNEVEN_SECONDS = 0.002


class Crowd:
    """A standing crowd, each with a connection that stays open from race to race."""

    def __init__(self, pool: ThreadPoolExecutor, size: int) -> None:
        self._pool = pool
        self._size = size

    def race(self, acts: Sequence[Callable[[], Any]]) -> list[Any]:
        """Do all acts at once; return in their order what each returned, or the WrongState it met."""
        start = Barrier(len(acts))

        def run(act: Callable[[], Any]) -> Any:
            # Whoever waits here keeps her thread, so that everybody has one of her own.
            start.wait()
            time.sleep(random.random() * _UNEVEN_SECONDS)
            try:
                return act()
            except WrongState as late:
                return late

        return list(self._pool.map(run, acts))

    def go_home(self) -> None:
        """Close the connection of everybody."""
        self.race([connections.close_all] * self._size)


@contextmanager
def crowd(size: int) -> Iterator[Crowd]:
    """Call so many people together."""
    with ThreadPoolExecutor(size) as pool:
        people = Crowd(pool, size)
        try:
            yield people
        finally:
            people.go_home()


def winner(results: Sequence[Any]) -> Any:
    """Return the one result that is no refusal."""
    won = [result for result in results if not isinstance(result, WrongState)]
    assert len(won) == 1, results
    return won[0]


def press(item: WorkItem, who: User, verdict: str, *, at: datetime, **given: Any) -> Callable[[], Decision]:
    """Return the pressing of one button by one person, on a page of its own."""
    code = "HER_WORD" if item.holder == WorkItem.Holder.APPLICANT else "FACTS_CLEAR"
    said = {"reason_code": code, "reason": A_REASON, "key": uuid4(), "at": at, **given}
    return partial(actions.decide, item, reviewer=who, verdict=verdict, **said)


def or_nothing(act: Callable[[], object]) -> Callable[[], object]:
    """Return the same for somebody to whom the door may be shut meanwhile: then there is nothing."""

    def tried() -> object:
        try:
            return act()
        except NotFoundForYou:
            return WrongState("nothing there")

    return tried


def nothing_is_wrong(at: datetime) -> None:
    """Hold every case against its marking and its chain."""
    assert examine(at=at).findings == []
    assert verify(at).findings == ()
