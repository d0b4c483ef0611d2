"""Cases that were running before the clock was kept are reminded of, apologised for and asked like every other."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.workflows.killing import ROOT

_UPGRADE = "import sys, django; django.setup(); from tests.workflows.upgrading import main; main(*sys.argv[1:])"


@pytest.fixture
def a_database(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Yield the name of a database of its own: the one of the tests is never taken back."""
    if connection.vendor == "sqlite":
        yield str(tmp_path / "upgrade.sqlite3")
        return
    name = f"upgrade_{uuid4().hex[:12]}"
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield name
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def test_an_upgrade_finds_out_what_running_cases_need_for_their_clock(a_database: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "project.settings", "VAR_DIR": str(tmp_path)}
    out = tmp_path / "said.json"
    command = [sys.executable, "-c", _UPGRADE, a_database, str(out)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    # What the product had written itself, the upgrade finds out again: to the day, the stage and the second.
    assert said["kept"] == said["written"]
    assert all(int(days) > 0 for _item, days in said["kept"]["items"])
    assert all(stage for _request, stage, _number in said["kept"]["requests"])
    assert said["promised"] == len(said["clocks"])
    assert said["clocks"] == [["house", 0], ["hers", 0], ["house", 0]]
    assert said["triggers"] == []
    assert said["again"], "a second question still needs its reason"
    # And the first pass of the worker looks at every case, as if it had always been there.
    drafted, waits, answered = sorted({case for case, _verb, _level in said["said"]})
    # It came by once a day here, and said the most pressing level only.
    assert [level for case, _verb, level in said["said"] if case == answered and level] == [50, 100]
    assert {verb for case, verb, _level in said["said"] if case == waits} == {"answer_reminded"}
    assert [verb for case, verb, _level in said["said"] if case == drafted].count("promise_moved") == 1
    assert said["wrong"] == []
