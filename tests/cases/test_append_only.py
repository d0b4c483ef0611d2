"""Nobody changes or deletes what is only ever added: not through the ORM, not with SQL."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from cases import append_only
from cases.checks import record_is_append_only
from cases.models.access import AccessRecord
from cases.models.decision import Decision
from cases.models.recusal import Recusal
from cases.models.refused_access import RefusedAccess
from cases.models.slip import Slip
from cases.models.timeline import Anchor, TimelineEvent
from cases.queries.timeline import take_anchor
from tests.cases.timelines import NOON, Timelines

pytestmark = pytest.mark.django_db

# The guarded tables, each with a column to write to.
GUARDED: dict[type[models.Model], str] = {
    TimelineEvent: "verb",
    Anchor: "digest",
    AccessRecord: "purpose",
    Decision: "verdict",
    Slip: "statement",
    Recusal: "ground",
    RefusedAccess: "sought",
}
# What is written there, where not every text may stand.
CHANGED = {"ground": "mentor", "sought": "document"}
ON_SQLITE = connection.vendor == "sqlite"
only_sqlite = pytest.mark.skipif(not ON_SQLITE, reason="only SQLite can replace rows")
only_postgresql = pytest.mark.skipif(ON_SQLITE, reason="only PostgreSQL can switch triggers off")


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def save(row: Any, column: str) -> None:
    setattr(row, column, CHANGED.get(column, "changed"))
    row.save()


def upsert(row: Any, column: str) -> None:
    setattr(row, column, CHANGED.get(column, "changed"))
    type(row).objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=[column])


def sql(text: str) -> Callable[[Any, str], None]:
    """Return a way to run the text against a row."""
    return lambda row, column: run(text.format(table=row._meta.db_table, id=row.pk, column=column))


WAYS: dict[str, Callable[[Any, str], object]] = {
    "save": save,
    "queryset update": lambda row, column: type(row).objects.update(**{column: CHANGED.get(column, "changed")}),
    "bulk update": lambda row, column: type(row).objects.bulk_update([row], [column]),
    "bulk create over it": upsert,
    "delete": lambda row, _column: row.delete(),
    "queryset delete": lambda row, _column: type(row).objects.all().delete(),
    "UPDATE": sql("UPDATE {table} SET {column} = {column} WHERE id = {id}"),
    "DELETE": sql("DELETE FROM {table} WHERE id = {id}"),
}
REPLACE = sql("INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = {id}")
if ON_SQLITE:
    WAYS |= {"INSERT OR REPLACE": REPLACE, "UPDATE OR REPLACE": sql("UPDATE OR REPLACE {table} SET id = id")}
else:
    WAYS |= {"TRUNCATE": sql("TRUNCATE {table} CASCADE"), "TRUNCATE the cases": sql("TRUNCATE cases_case CASCADE")}


@pytest.fixture
def rows() -> dict[type[models.Model], models.Model]:
    """One row of each guarded table."""
    timelines = Timelines()
    case, reviewer = timelines.case(events=2), timelines.reviewer
    read = AccessRecord.objects.create(case=case, person=reviewer, part="case", purpose="handling", at=NOON)
    decision = Decision.objects.create(
        case=case, node="intake", verdict="accept", reason_code="complete", reviewer=reviewer, decided_at=NOON
    )
    recusal = Recusal.objects.create(case=case, person=reviewer, ground="family", recorded_at=NOON)
    refused = RefusedAccess.objects.create(person=reviewer, case=case, sought="case", hour=NOON, at=NOON)
    # PostgreSQL touches no table while a foreign key waits for the end of the transaction.
    connection.check_constraints()
    made = [TimelineEvent.objects.latest("pk"), take_anchor(NOON), read, decision, recusal, refused]
    return {type(row): row for row in made}


def a_slip() -> Slip:
    """A slip; its event can no longer be deleted even by Django, so it stands apart from the others."""
    event = TimelineEvent.objects.latest("pk")
    made = {"statement": "M01", "key_id": "s1", "signature": "signed", "file": "one.pdf", "sha256": "0" * 64, "size": 1}
    slip = Slip.objects.create(case=event.case, kind="M01", event=event, issued_at=NOON, **made)
    connection.check_constraints()
    return slip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
def test_what_was_added_stays(
    rows: dict[type[models.Model], models.Model],
    model: type[models.Model],
    way: str,
) -> None:
    row = a_slip() if model is Slip else rows[model]
    before = list(model._default_manager.values())
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        WAYS[way](row, GUARDED[model])
    assert list(model._default_manager.values()) == before


def test_every_guarded_table_is_tried() -> None:
    assert {model._meta.db_table for model in GUARDED} == set(append_only.TABLES)


def test_the_check_names_a_dropped_trigger() -> None:
    on = "" if ON_SQLITE else " ON cases_decision"
    run(f"DROP TRIGGER cases_decision_refuses_delete{on}")
    [error] = record_is_append_only(["default"])
    assert error.id == "cases.E001"
    assert "cases_decision_refuses_delete" in error.msg
    append_only.install(connection)
    assert record_is_append_only(["default"]) == []


@only_postgresql
def test_the_check_names_a_trigger_that_was_switched_off() -> None:
    run("ALTER TABLE cases_anchor DISABLE TRIGGER cases_anchor_refuses_update")
    assert append_only.missing(connection) == ["cases_anchor_refuses_update"]


@only_sqlite
def test_without_recursive_triggers_a_row_could_be_replaced_and_the_check_says_so(
    rows: dict[type[models.Model], models.Model],
) -> None:
    run("PRAGMA recursive_triggers=OFF")
    try:
        REPLACE(rows[Anchor], "digest")
        [error] = record_is_append_only(["default"])
    finally:
        run("PRAGMA recursive_triggers=ON")
    assert error.id == "cases.E002"


def test_the_check_waits_for_migrations_that_wait() -> None:
    append_only.remove(connection)
    run("DELETE FROM django_migrations WHERE app = 'cases' AND name >= '0002_append_only'")
    assert record_is_append_only(["default"]) == []


def test_no_database_asked_for_none_checked() -> None:
    assert record_is_append_only() == []
