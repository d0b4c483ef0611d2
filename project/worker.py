"""The worker: what happens by itself. Every pass is safe to repeat and safe to run twice at once."""

import logging
import threading
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

from cases.models import Anchor
from cases.queries.timeline import take_anchor, verify
from notifications.channels import inbox
from workflows.actions import expire_unanswered

log = logging.getLogger("dong_hanh.worker")


def work_once(*, at: datetime) -> dict[str, int]:
    """Do everything that is due now; return how much of each was done."""
    return {
        "expired": expire_unanswered(at=at),
        "delivered": inbox.deliver(at=at),
        "anchored": _anchor_once_a_day(at),
    }


def work_until(stopped: threading.Event, *, every: float) -> None:
    """Work every so many seconds until stopped; one failing pass is logged and does not end the worker."""
    while not stopped.is_set():
        close_old_connections()
        try:
            work_once(at=timezone.now())
        except Exception:
            log.exception("A pass of the worker failed; the next one tries again.")
        stopped.wait(every)


def _anchor_once_a_day(at: datetime) -> int:
    last = Anchor.objects.order_by("-pk").values_list("taken_at", flat=True).first()
    if last is not None and timezone.localdate(last) >= timezone.localdate(at):
        return 0
    found = verify(at)
    if found.findings:
        # It is said every day until somebody looks; the witness of today is taken all the same.
        log.error("The timeline does not verify: %d bad. Run manage.py verify_timeline.", len(found.findings))
    take_anchor(at)
    return 1
