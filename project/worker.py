"""The worker: what happens by itself. Every chore is safe to repeat and safe to run twice at once."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

from cases.forms.kept import drop_old
from cases.models import Anchor
from cases.queries.timeline import take_anchor, verify
from cases.slips import issue_missing
from notifications.channels import inbox
from workflows.actions import expire_unanswered, follow_up, sweep
from workflows.queries.counting import count_anew
from workflows.queries.health import forsaken
from workflows.queries.rulebook import calendar_warning

log = logging.getLogger("dong_hanh.worker")


@dataclass(frozen=True)
class Chore:
    """One thing that is done by itself: it takes the time and returns how much it did."""

    do: Callable[[datetime], int]
    # In seconds, where Celery's beat says when; the worker without a broker does everything at every pass.
    every: float


def _sweep(at: datetime) -> int:
    return sweep(at=at).said.total()


def _anchor_once_a_day(at: datetime) -> int:
    last = Anchor.objects.order_by("-pk").values_list("taken_at", flat=True).first()
    if last is not None and timezone.localdate(last) >= timezone.localdate(at):
        return 0
    found = verify(at)
    if found.findings:
        # It is said every day until somebody looks; the witness of today is taken all the same.
        log.error("The timeline does not verify: %d bad. Run manage.py verify_timeline.", len(found.findings))
    take_anchor(at)
    _warn(at)
    return 1


def _warn(at: datetime) -> None:
    """Log what somebody must see to and no page tells whom it concerns."""
    for office, many in sorted(forsaken().items()):
        log.error("%s: sealed cases that have nobody left who can go on with them: %d.", office, many)
    year = calendar_warning(timezone.localdate(at))
    if year is not None:
        log.warning("The holidays of %d are not announced: deadlines that reach into it may be wrong.", year)


# In this order: who can no longer answer is not reminded, and what was said is delivered in the same pass.
CHORES: Mapping[str, Chore] = {
    "expired": Chore(lambda at: expire_unanswered(at=at), every=60),
    "said in time": Chore(_sweep, every=10),
    "followed up": Chore(lambda at: follow_up(at=at), every=60),
    "slips": Chore(lambda at: issue_missing(at=at), every=20),
    "delivered": Chore(lambda at: inbox.deliver(at=at), every=5),
    # So that no supervisor waits for the numbers of her province.
    "counted": Chore(count_anew, every=60),
    "kept files": Chore(lambda at: drop_old(at=at), every=60 * 60),
    # The first time after midnight takes it, the others find it taken.
    "anchored": Chore(_anchor_once_a_day, every=10 * 60),
}


def work_once(*, at: datetime) -> dict[str, int]:
    """Do everything that is due now; return how much of each was done.

    A chore that fails does not keep the others from being done; what failed is raised at the end, all together.
    """
    done: dict[str, int] = {}
    failed: list[Exception] = []
    for name, chore in CHORES.items():
        try:
            done[name] = chore.do(at)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("Some of the worker's chores failed", failed)
    return done


def work_until(stopped: threading.Event, *, every: float) -> None:
    """Work every so many seconds until stopped; one failing pass is logged and does not end the worker."""
    while not stopped.is_set():
        close_old_connections()
        try:
            work_once(at=timezone.now())
        except Exception:
            log.exception("A pass of the worker failed; the next one tries again.")
        stopped.wait(every)
