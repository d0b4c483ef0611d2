"""Django empties tables between tests that commit; the append-only triggers step aside for that alone."""

from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock

import pytest
from django.db import connection

from cases import append_only


@pytest.fixture(scope="session", autouse=True)
def flush_past_the_triggers() -> Iterator[None]:
    """Drop and remake the triggers inside the flush's own transaction: no test ever runs without them."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush
    before, after = append_only.removal(connection.vendor), append_only.creation(connection.vendor)

    def flush_between(self: Any, statements: Sequence[str]) -> None:
        flush(self, [*before, *statements, *after])

    with mock.patch.object(operations, "execute_sql_flush", flush_between):
        yield
