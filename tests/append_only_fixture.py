"""Django empties tables after tests that commit: the append-only triggers step aside, the reference data comes back."""

from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

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


@pytest.fixture(scope="session", autouse=True)
def reference_data_outlives_the_flush() -> Iterator[None]:
    """Load the reference data again after each flush, outside every test: whatever comes next finds it there."""
    tear_down = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def tear_down_and_load(self: TransactionTestCase) -> None:
        tear_down(self)
        call_command("load_reference", verbosity=0)

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", tear_down_and_load):
        yield
