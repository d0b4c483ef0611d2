"""What `manage.py check --database default` asks of the database before it may be trusted with the record."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from cases import append_only


def record_is_append_only(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report every trigger that no longer guards the record; a table rebuilt by SQLite loses its triggers.

    Silent while migrations wait: `migrate` checks first, and the waiting one may be what brings the triggers.
    """
    errors: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            continue
        errors += [
            Error(
                f"The trigger {name} is missing: the record can be rewritten.",
                hint="Add a migration that calls cases.append_only.install.",
                id="cases.E001",
            )
            for name in append_only.missing(connection)
        ]
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA recursive_triggers")
                if cursor.fetchone() != (1,):
                    errors.append(
                        Error(
                            "recursive_triggers is off: INSERT OR REPLACE can rewrite the record.",
                            hint="Put PRAGMA recursive_triggers=ON into the database's init_command.",
                            id="cases.E002",
                        )
                    )
    return errors
