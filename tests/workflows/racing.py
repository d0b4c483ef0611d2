"""Several people at once: threads with connections of their own, all let go at the same moment."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from workflows.step import WrongState

# A little unevenness, so that each of them wins now and then.
_UNEVEN_SECONDS = 0.002


def race(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all acts at once; return in their order what each returned, or the WrongState it met."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait()
            time.sleep(random.random() * _UNEVEN_SECONDS)
            return act()
        except WrongState as late:
            return late
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(run, acts))


def winner(results: Sequence[Any]) -> Any:
    """Return the one result that is no refusal."""
    won = [result for result in results if not isinstance(result, WrongState)]
    assert len(won) == 1, results
    return won[0]
