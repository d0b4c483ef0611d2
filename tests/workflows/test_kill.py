"""A process killed at any statement of an action leaves all or nothing, and the same form sent again is enough."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from cases.models import Case, User
from cases.queries.timeline import verify
from project.demo import player
from project.demo.cast import Cast
from tests.builders import A_QUESTION, a_case, a_draft, item_at
from tests.conftest import THURSDAY
from tests.workflows.killing import AFTER_COMMIT, Killer, killer, prepared
from workflows.queries.health import examine

pytestmark = pytest.mark.django_db(transaction=True)

LATER = THURSDAY + timedelta(hours=3)
ACTIONS = ("submit", "decide", "answer")
Rows = dict[str, int]


@pytest.fixture
def killing() -> Iterator[Killer]:
    """The server, on the test's own database."""
    with killer(str(connection.settings_dict["NAME"])) as server:
        yield server


def subject(cast: Cast, action: str) -> tuple[Case, int]:
    """Return a case that waits for this action, and the id the action is done to."""
    if action == "submit":
        # As at her first filing: the name of her account is not yet the one she writes.
        User.objects.filter(pk=cast.applicant.pk).update(full_name="")
        case = a_draft(cast.applicant, priority="yes", priority_reason=A_QUESTION)
        return case, case.pk
    case = a_case(cast.applicant, at_node="triage")
    if action == "answer":
        return case, player.ask(case, "triage", question=A_QUESTION, fields=("entity_name",), at=THURSDAY).pk
    return case, item_at(case, "triage").pk


def rows() -> Rows:
    """Return how many rows every table of ours has."""
    return {
        model._meta.db_table: model._default_manager.count()
        for app in ("cases", "workflows", "notifications")
        for model in apps.get_app_config(app).get_models()
    }


def standing(case: Case) -> list[object]:
    """Return what the row of the case says, and which items are open."""
    case.refresh_from_db()
    items = case.work_items.order_by("pk").values_list("node", "status", "version")
    name = User.objects.get(pk=case.applicant_id).full_name
    return [case.state, case.marking, case.event_count, case.chain_seal, case.code, case.priority, list(items), name]


def added(before: Rows) -> Rows:
    """Return how many rows each table has more than before."""
    return {table: count - before[table] for table, count in rows().items() if count != before[table]}


def nothing_is_wrong() -> None:
    """Hold every case against its marking and its chain."""
    assert examine(at=LATER).findings == []
    assert verify(LATER).findings == ()


def kill_at_moments(cast: Cast, killing: Killer, action: str, *, every: int) -> int:
    """Kill a fresh case's action at every so-manyth moment and around COMMIT; return how many were killed."""
    _case, pk = subject(cast, action)
    before = rows()
    moments = killing.do(action, pk, uuid4(), LATER)
    whole, committed = added(before), moments.index(AFTER_COMMIT)
    assert whole["cases_timelineevent"] == 1
    killed = 0
    for moment in sorted({*range(0, len(moments), every), committed - 1, committed}):
        case, pk = subject(cast, action)
        before, stood, key = rows(), standing(case), uuid4()
        assert killing.do(action, pk, key, LATER, moment=moment) == "killed"
        killed += 1
        assert added(before) == (whole if moment >= committed else {}), (action, moment, moments[moment])
        assert (standing(case) == stood) is (moment < committed)
        prepared(action, pk, key, LATER)()
        assert added(before) == whole, (action, moment, moments[moment])
    return killed


@pytest.mark.parametrize("action", ACTIONS)
def test_killed_anywhere_it_is_done_wholly_or_not_at_all(cast: Cast, killing: Killer, action: str) -> None:
    assert kill_at_moments(cast, killing, action, every=3) > 5
    nothing_is_wrong()


@pytest.mark.prove
def test_killed_at_every_statement_a_thousand_times(
    cast: Cast, killing: Killer, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = 0
    while killed < 1000:
        killed += sum(kill_at_moments(cast, killing, action, every=1) for action in ACTIONS)
        nothing_is_wrong()
    with capsys.disabled():
        sys.stdout.write(f"\nkill -9: {killed} runs on {connection.vendor}, 0 half-applied, 0 doubled\n")
