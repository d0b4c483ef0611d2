"""Two processes that make the same slip at once: one slip, one file, both get it."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from cases import slips
from cases.models import Slip
from project.demo.cast import Cast
from tests.builders import a_case
from tests.workflows.racing import crowd

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6


@pytest.fixture(autouse=True)
def slips_elsewhere(settings: Any, tmp_path: Path) -> None:
    """A folder in which no other test makes slips meanwhile."""
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages


def files() -> set[Path]:
    return set(Path(default_storage.path("slips")).rglob("*.pdf"))


def test_a_race_ends_in_one_slip(cast: Cast) -> None:
    with crowd(AT_ONCE) as people:
        for _round in range(3):
            event, before = a_case(cast.applicant).events.get(), files()
            results = people.race([partial(slips.issue, event)] * AT_ONCE)
            [slip] = Slip.objects.filter(event=event)
            assert [[each.pk for each in result] for result in results] == [[slip.pk]] * AT_ONCE
            assert len(files() - before) == 1, "the file of whoever was late is gone"
            assert slips.proven(slip)
