"""The triggers that refuse to change or delete what is only ever added, for PostgreSQL and SQLite.

They stop mistakes and stray code. Against somebody who may drop a trigger stand the MACs.
"""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = (
    "cases_timelineevent",
    "cases_anchor",
    "cases_accessrecord",
    "cases_decision",
    "cases_slip",
    "cases_recusal",
    "cases_refusedaccess",
)

# On SQLite INSERT OR REPLACE deletes too; the trigger sees it only under `PRAGMA recursive_triggers=ON`.
_REFUSED = {"postgresql": ("update", "delete", "truncate"), "sqlite": ("update", "delete")}

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def _name(table: str, verb: str) -> str:
    return f"{table}_refuses_{verb}"


def _create(vendor: str, table: str, verb: str) -> str:
    name = _name(table, verb)
    if vendor == "sqlite":
        refusal = f"SELECT RAISE(ABORT, '{table} is append-only')"
        return f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN {refusal}; END"
    each = "STATEMENT" if verb == "truncate" else "ROW"
    # ALWAYS: in a session that plays the replica it fires too.
    return (
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_change();"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
    )


def removal(vendor: str, tables: Sequence[str] = TABLES) -> list[str]:
    """Return the statements that drop the triggers."""
    names = [(table, _name(table, verb)) for table in tables for verb in _REFUSED[vendor]]
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for _table, name in names]
    return [f"DROP TRIGGER IF EXISTS {name} ON {table}" for table, name in names]


def creation(vendor: str, tables: Sequence[str] = TABLES) -> list[str]:
    """Return the statements that make the triggers where there are none."""
    function = [] if vendor == "sqlite" else [_FUNCTION]
    return function + [_create(vendor, table, verb) for table in tables for verb in _REFUSED[vendor]]


def install(connection: BaseDatabaseWrapper, tables: Sequence[str] = TABLES) -> None:
    """Make the triggers, anew where they exist. A migration names its tables, for later ones know more."""
    _execute(connection, removal(connection.vendor, tables) + creation(connection.vendor, tables))


def remove(connection: BaseDatabaseWrapper, tables: Sequence[str] = TABLES) -> None:
    """Drop the triggers; for taking a migration back, and for tests."""
    _execute(connection, removal(connection.vendor, tables))


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that are not there or do not always fire."""
    present = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'"
    )
    with connection.cursor() as cursor:
        cursor.execute(present)
        there = {name for (name,) in cursor.fetchall()}
    wanted = [_name(table, verb) for table in TABLES for verb in _REFUSED[connection.vendor]]
    return [name for name in wanted if name not in there]


def _execute(connection: BaseDatabaseWrapper, statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
