"""`python -m benchmarks.sweep`: the worker's pass over 10,000 and 100,000 open cases, held against plain SQL.

The cases are copies of some that went their way by the real actions, begun over the last weeks; up to the evening
before everything due was said. Three passes over each crowd: nothing is due; what a standstill from
Thursday evening to Monday morning leaves behind; all that is left is due at once, after two months of standstill.
"""

import multiprocessing
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import connection, models, transaction

from benchmarks.scratch import scratch_database
from benchmarks.sweep_floor import sweep_by_hand
from cases.models import Case, Involvement, TimelineEvent
from notifications.models import Notification
from project.demo.cast import Cast, person
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.models import WorkItem
from workflows.queries.rulebook import end_of

CROWDS = (10_000, 100_000)
EVENING_BEFORE, MORNING_AFTER = THURSDAY.replace(hour=18), THURSDAY.replace(hour=8) + timedelta(days=4)
MUCH_LATER = THURSDAY + timedelta(days=60)
PASSES = (("nothing is due", EVENING_BEFORE), ("a long weekend", MORNING_AFTER), ("all at once", MUCH_LATER))
APPLICANTS = 200
# Where the cases of the crowd wait, and since how many days.
_WAYS = (("intake", 0), ("triage", 1), ("draft", 1), ("draft", 6), ("draft", 12), ("approve", 2), ("refer_adviser", 1))
_WIDE = {"consult_finance": True}


def patterns(cast: Cast) -> None:
    """Bring some cases to their steps by the real actions, half of them held by name, as of the evening before."""
    for node, days in _WAYS:
        for claimed in (False, True):
            asked: dict[str, Any] = _WIDE if node == "draft" and claimed else {}
            case = a_case(cast.applicant, at_node=node, at=THURSDAY - timedelta(days=days), **asked)
            if claimed:
                item = item_at(case, node)
                holder = item.agency.memberships.filter(role="approver" if node == "approve" else "officer")
                actions.claim(item, reviewer=holder.earliest("pk").user, key=uuid4(), at=THURSDAY)
    actions.sweep(at=EVENING_BEFORE)


def crowd(many: int) -> None:
    """Copy the patterns until there are so many cases, with their items, events and involvements."""
    applicants = [person(f"Chị {number}", f"0911 {number:06d}").pk for number in range(APPLICANTS)]
    originals = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE copies AS SELECT nextval('cases_case_id_seq') AS id, (%s::bigint[])[n %% %s + 1] AS was,"
            " (%s::bigint[])[n %% %s + 1] AS applicant FROM generate_series(1, %s) AS n",
            [originals, len(originals), applicants, APPLICANTS, many - len(originals)],
        )
        own = {
            "id": "copies.id",
            "key": "gen_random_uuid()",
            "code": "'B' || copies.id",
            "enterprise_id": "NULL",
            "applicant_id": "copies.applicant",
        }
        _copy(cursor, Case, own, "t.id")
        for model in (WorkItem, Involvement, TimelineEvent):
            sequence = f"nextval('{model._meta.db_table}_id_seq')"
            mine = {"id": sequence, "case_id": "copies.id", "key": "NULL", "decision_id": "NULL"}
            finished = " AND t.finished_at IS NULL" if model is WorkItem else ""
            _copy(cursor, model, mine, "t.case_id", finished)
        cursor.execute("DROP TABLE copies")
        cursor.execute("ANALYZE")


def _copy(cursor: Any, model: type[models.Model], own: dict[str, str], case: str, only: str = "") -> None:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(own.get(column, f"t.{column}") for column in columns)
    table, names = model._meta.db_table, ", ".join(columns)
    sql = f"INSERT INTO {table} ({names}) SELECT {values} FROM copies JOIN {table} t ON {case} = copies.was{only}"
    cursor.execute(sql)


def seconds_of(act: Callable[[], object]) -> float:
    """Return how long it takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _sweep_apart(at: datetime) -> int:
    return actions.sweep(at=at).cases


def by_workers(many: int, at: datetime) -> Callable[[], object]:
    """Return a pass, shared by so many processes if by more than this one."""
    if many == 1:
        return partial(actions.sweep, at=at)

    def run() -> list[int]:
        connection.close()
        with multiprocessing.get_context("fork").Pool(many) as pool:
            return pool.map(_sweep_apart, [at] * many, chunksize=1)

    return run


def written() -> tuple[int, int]:
    """Return how many events and notifications there are."""
    return TimelineEvent.objects.count(), Notification.objects.count()


def passes(many: int, workers: int) -> dict[str, tuple[float, float]]:
    """Build a crowd, go over it, and return the seconds of each pass, and those this process computed."""
    taken = {}
    with scratch_database() as cast:
        patterns(cast)
        crowd(many)
        print(f"{many:,} open cases, {workers} worker{'s' if workers > 1 else ''} on {connection.vendor}:")
        for name, at in PASSES:
            before = written()
            due = Case.objects.filter(look_at__lte=at).count()
            computing = time.process_time()
            seconds = seconds_of(by_workers(workers, at))
            computing = time.process_time() - computing
            taken[name] = (seconds, computing)
            events, told = (now - was for now, was in zip(written(), before, strict=True))
            assert not Case.objects.filter(look_at__lte=at).exists()
            print(f"  {name:>15}: {seconds:7.2f} s; {due:,} due ({due / many:.0%}),", end=" ")
            print(f"{events:,} events, {told:,} told; {due / seconds:,.0f} cases/s")
    return taken


def floor(many: int) -> tuple[float, float]:
    """Return the seconds of the worst pass by the product and by hand, each over a fresh crowd of the same database."""
    with scratch_database() as cast:
        patterns(cast)
        crowd(many)
        with transaction.atomic():
            by_hand = seconds_of(lambda: sweep_by_hand(MUCH_LATER, end_of(MUCH_LATER.date())))
            transaction.set_rollback(True)
        return seconds_of(lambda: actions.sweep(at=MUCH_LATER)), by_hand


def main() -> None:
    """Measure and print."""
    if connection.vendor != "postgresql":
        print("the sweep is measured on PostgreSQL only")
        return
    small, large = CROWDS
    product, by_hand = floor(small)
    print(f"sweep, all at once: {by_hand / product:.2f} × the plain SQL floor", end=" ")
    print(f"({small / product:,.0f} cases/s against {small / by_hand:,.0f})")
    alone = {many: passes(many, 1) for many in CROWDS}
    for name, _at in PASSES[1:]:
        longer, more = (after / before for after, before in zip(alone[large][name], alone[small][name], strict=True))
        print(f"{name}: for {large // small} times as many cases {longer:.1f} times as long,", end=" ")
        # The second figure does not depend on who else uses the machine.
        print(f"{more:.1f} times the computing")
    passes(large, 2)


if __name__ == "__main__":
    main()
