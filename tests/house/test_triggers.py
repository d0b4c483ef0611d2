"""The record is guarded in every test, also after a test that committed and was flushed."""

import pytest
from django.db import connection

from cases import append_only
from cases.checks import record_is_append_only


@pytest.mark.django_db
def test_triggers_are_there_in_an_ordinary_test() -> None:
    assert append_only.missing(connection) == []
    assert record_is_append_only(["default"]) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("nth", ["first", "after a flush"])
def test_triggers_outlive_the_flush_between_tests(nth: str) -> None:
    assert append_only.missing(connection) == []
