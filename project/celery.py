"""The same worker for many hands: Celery's beat says when a chore is due, its workers do it.

The rows are the truth. A message carries the name of a chore and nothing else; if it is lost the next one does the
same work, and if two come at once each row is still done once.

    celery --app project worker --concurrency 2
    celery --app project beat
"""

import os

import django
from celery import Celery, shared_task
from django.apps import apps
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
if not apps.ready:
    django.setup()

# Django is set up only now, and the chores need its models.
from project.worker import CHORES

app = Celery("dong_hanh")
app.config_from_object("django.conf:settings", namespace="CELERY")


@shared_task(name="dong_hanh.work", acks_late=True)  # type: ignore[untyped-decorator,unused-ignore]
def work(chore: str) -> None:
    """Do one chore of the worker, as of now."""
    CHORES[chore].do(timezone.now())


@app.on_after_finalize.connect  # type: ignore[untyped-decorator,unused-ignore]
def _say_when(sender: Celery, **_signal: object) -> None:
    for name, chore in CHORES.items():
        # A message that is older than the next one is worth nothing: without a worker they do not pile up.
        sender.add_periodic_task(chore.every, work.s(name), name=name, expires=chore.every)
