"""With a broker, Celery does the worker's chores: beat sends their names, a worker does them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from kombu.connection import Connection

from cases.models import Anchor, Case
from notifications.models import Notification
from project.celery import app, work
from project.demo.cast import Cast
from project.worker import CHORES, work_once
from tests.builders import a_case

ROOT = Path(__file__).parents[2]
BROKER = os.environ.get("CELERY_BROKER_URL") or "amqp://guest:guest@127.0.0.1:5672//"
PATIENCE = 60.0
# Celery as it is, but with a queue of its own, and quicker.
START = """
import os, sys
from dataclasses import replace
import django
django.setup()
from project import worker
worker.CHORES = {name: replace(chore, every=2) for name, chore in worker.CHORES.items()}
from project.celery import app
app.conf.task_default_queue = os.environ["QUEUE"]
app.start(sys.argv[1:])
"""


def broker_answers() -> bool:
    try:
        with Connection(BROKER, connect_timeout=2) as broker:  # type: ignore[no-untyped-call]
            broker.ensure_connection(max_retries=0, timeout=2)
    except OSError:
        return False
    return True


@contextmanager
def running(*command: str, folder: Path, queue: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a part of Celery in a process of its own, on the test's database."""
    database = connection.settings_dict
    address = urlsplit(os.environ.get("DATABASE_URL", "sqlite://"))
    url = f"{address.scheme}://{address.netloc}/{database['NAME']}"
    environment = {
        **os.environ,
        "CELERY_BROKER_URL": BROKER,
        "DATABASE_URL": url,
        "VAR_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        "QUEUE": queue,
        "DJANGO_SETTINGS_MODULE": "project.settings",
    }
    with subprocess.Popen([sys.executable, "-c", START, *command], cwd=ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.mark.prove
@pytest.mark.skipif(not broker_answers(), reason="no broker answers")
@pytest.mark.django_db(transaction=True)
def test_beat_and_a_worker_say_what_is_due_through_a_real_broker(cast: Cast, tmp_path: Path) -> None:
    case = a_case(cast.applicant, at_node="triage", at=timezone.now() - timedelta(days=30))
    queue = f"test-{uuid4().hex}"
    settings_of_worker = ("worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")
    with (
        running(*settings_of_worker, folder=tmp_path, queue=queue) as worker,
        running("beat", folder=tmp_path, queue=queue) as beat,
    ):
        deadline = time.monotonic() + PATIENCE
        while not all_done(case) and time.monotonic() < deadline:
            assert (worker.poll(), beat.poll()) == (None, None)
            time.sleep(0.5)
    with Connection(BROKER) as broker:  # type: ignore[no-untyped-call]
        broker.default_channel.queue_delete(queue)
    assert all_done(case)
    assert case.events.filter(verb="deadline_passed").count() == 1


def all_done(case: Case) -> bool:
    said = case.events.filter(verb="deadline_passed", actor=None).exists()
    return said and not Notification.objects.filter(case=case, sent_at=None).exists()


@pytest.mark.django_db
def test_every_chore_of_the_worker_is_sent_by_beat_and_done_by_its_name(cast: Cast) -> None:
    app.finalize()
    scheduled = app.conf.beat_schedule
    assert {entry["args"][0] for entry in scheduled.values()} == set(CHORES)
    assert all(entry["options"]["expires"] == entry["schedule"] for entry in scheduled.values())
    a_case(cast.applicant, at_node="triage", at=timezone.now() - timedelta(days=30))
    for name in CHORES:
        work.apply(args=[name], throw=True)
    assert Anchor.objects.count() == 1
    assert not Notification.objects.filter(sent_at=None).exists()


def test_no_result_is_kept_and_nothing_but_json_is_read() -> None:
    assert (app.conf.result_backend, app.conf.accept_content, app.conf.task_serializer) == (None, ["json"], "json")
    assert (work.acks_late, app.conf.task_ignore_result) == (True, True)
    assert app.conf.broker_connection_retry_on_startup
    assert app.conf.timezone == settings.TIME_ZONE


@pytest.mark.django_db
def test_a_chore_that_fails_does_not_keep_the_others_from_being_done(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case(cast.applicant)

    def fails(*, at: datetime) -> int:
        raise ValueError("no")

    monkeypatch.setattr("project.worker.expire_unanswered", fails)
    with pytest.raises(ExceptionGroup):
        work_once(at=at)
    assert not Notification.objects.filter(sent_at=None).exists()
