"""The cast, the reference data, and the one fixture that lets Django flush append-only tables."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cases.queries.directory import directory
from project.demo.cast import Cast, gather
from tests.append_only_fixture import (  # noqa: F401 - fixtures
    flush_past_the_triggers,
    reference_data_outlives_the_flush,
)
from tests.pages.serving import Site, serving
from workflows.queries.routing import routing_table
from workflows.queries.rulebook import rulebook

# A Thursday without a holiday near it: TC-01 begins on it.
THURSDAY = timezone.make_aware(datetime(2026, 11, 5, 9, 0))  # noqa: DTZ001 - made aware here


# As many as it has unless it is told otherwise.
DATABASES_OF_REDIS = 16


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the reference data once, outside every test's transaction."""
    with django_db_blocker.unblock():
        call_command("load_reference", verbosity=0)
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            # The backend of a process that a test killed may outlive it by seconds; PostgreSQL would then refuse to
            # drop the test database. Nothing of the product is running any more.
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(scope="session", autouse=True)
def a_redis_of_its_own(worker_id: str) -> Iterator[None]:
    """Keep the tests of one process out of the cache and the hints of another."""
    if not settings.REDIS_URL:
        yield
        return
    address, _slash, number = settings.REDIS_URL.rpartition("/")
    mine = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    caches, layers = deepcopy(settings.CACHES), deepcopy(settings.CHANNEL_LAYERS)
    caches["default"]["LOCATION"] = f"{address}/{(int(number) + mine) % DATABASES_OF_REDIS}"
    layers["default"]["CONFIG"]["prefix"] = f"asgi-{worker_id}"
    with override_settings(CACHES=caches, CHANNEL_LAYERS=layers):
        yield


@pytest.fixture(autouse=True)
def fresh_memory() -> None:
    """Give each test what a new process would have: nothing kept from another test."""
    directory.cache_clear()
    rulebook.cache_clear()
    routing_table.cache_clear()
    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody."""
    return gather()


@pytest.fixture
def at() -> datetime:
    """The moment at which a story begins."""
    return THURSDAY


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product in a process of its own, with a case in every state: what the tests of every page look at."""
    start = "import sys, django; django.setup(); from tests.pages.scene import main; main(int(sys.argv[1]))"
    with serving(["-c", start], folder=tmp_path_factory.mktemp("world"), settings="tests.pages.settings") as site:
        yield site
