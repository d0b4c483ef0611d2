"""`python -m benchmarks`: whole cases through the real actions against plain SQL, in the same run and database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from unittest import mock

from django.db import connection

from benchmarks.floor import Floor
from benchmarks.scratch import scratch_database
from cases.models import Case, TimelineEvent
from cases.models.case import new_code
from cases.queries.timeline import verify
from project.demo import player
from project.demo.cast import Cast
from tests.builders import a_draft
from tests.conftest import THURSDAY
from tests.workflows.statements import recording
from workflows import actions

RUNS = 9
CASES_A_RUN = 12
STEPS = (
    ("intake", "accept"),
    ("triage", "general"),
    ("draft", "drafted"),
    ("consult_finance", "opinion"),
    ("approve", "approve"),
    ("deliver", "delivered"),
)


class Watch:
    """Adds up the time spent inside the actions alone: finding the item is the page's, not the step's."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure every submit and decide."""

        def timed(action: Callable[..., object]) -> Callable[..., object]:
            def act(*args: object, **kwargs: object) -> object:
                started = time.perf_counter()
                try:
                    return action(*args, **kwargs)
                finally:
                    self.seconds += time.perf_counter() - started

            return act

        with (
            mock.patch.object(actions, "submit", timed(actions.submit)),
            mock.patch.object(actions, "decide", timed(actions.decide)),
        ):
            yield


def whole_case(draft: Case) -> None:
    """Take a draft to its end through the real actions."""
    case = player.submit(draft, at=THURSDAY)
    for node, verdict in STEPS:
        player.conclude(case, node, verdict, at=THURSDAY, consult_finance=True)


def real_seconds(cast: Cast) -> float:
    """Return the seconds of one whole case through the real actions."""
    drafts, watch = [a_draft(cast.applicant) for _case in range(CASES_A_RUN)], Watch()
    with watch.running():
        for draft in drafts:
            whole_case(draft)
    return watch.seconds / CASES_A_RUN


def floor_seconds(floor: Floor, commune: str) -> float:
    """Return the seconds of one whole case by hand."""
    cases = [(floor.draft(), new_code("HPG", 2026)) for _case in range(CASES_A_RUN)]
    started = time.perf_counter()
    for case, code in cases:
        floor.case(case, code, commune)
    return (time.perf_counter() - started) / CASES_A_RUN


def seconds_of(act: Callable[[], object]) -> float:
    """Return how long it takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def select_all() -> None:
    """Read every event by hand."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {TimelineEvent._meta.db_table} ORDER BY id")
        cursor.fetchall()


def measure_verification() -> None:
    """Hold verify_timeline against reading the same rows."""
    events = TimelineEvent.objects.count()
    assert verify(THURSDAY).findings == ()
    pairs = [(seconds_of(lambda: verify(THURSDAY)), seconds_of(select_all)) for _run in range(RUNS)]
    ratio = median(plain / real for real, plain in pairs)
    verified, read = (median(events / seconds for seconds in column) for column in zip(*pairs, strict=True))
    print(f"verify_timeline: {ratio:.3f} × a plain SELECT of the same {events} events", end=" ")
    print(f"({verified:,.0f} events/s against {read:,.0f})")


def measure_cases(cast: Cast) -> None:
    """Hold whole cases against the floor, interleaved so that both meet the same machine."""
    whole_case(a_draft(cast.applicant))
    with recording() as asked:
        whole_case(a_draft(cast.applicant))
    commune = str(Case.objects.latest("pk").commune_id)
    office = cast.justice_officer.memberships.get().agency_id
    told = [user.pk for user in (cast.justice_officer, cast.finance_officer, cast.justice_approver)]
    floor = Floor(cast.applicant.pk, told, office, THURSDAY)
    floor_seconds(floor, commune)
    pairs = []
    for _run in range(RUNS):
        pairs.append((real_seconds(cast), floor_seconds(floor, commune)))
    ratio = median(plain / real for real, plain in pairs)
    real, plain = (median(1 / seconds for seconds in column) for column in zip(*pairs, strict=True))
    # A draft is one statement of the floor's that is not measured.
    by_hand = floor.statements / ((RUNS + 1) * CASES_A_RUN) - 1
    print(f"whole W1 case: {ratio:.2f} × the plain SQL floor on {connection.vendor}", end=" ")
    print(f"({real:.1f} cases/s against {plain:.1f}; medians of {RUNS} interleaved runs of {CASES_A_RUN})")
    steps = [len(one.statements) for one in asked]
    print(f"statements a step: {', '.join(map(str, steps))}; a case {sum(steps)},", end=" ")
    print(f"by hand {by_hand:.0f}")


def main() -> None:
    """Measure and print, the ratio first."""
    with scratch_database() as cast:
        measure_cases(cast)
    # Anew: what was written by hand has no MACs, and so is no record to verify.
    with scratch_database() as cast:
        for _case in range(RUNS * CASES_A_RUN):
            whole_case(a_draft(cast.applicant))
        measure_verification()


if __name__ == "__main__":
    main()
