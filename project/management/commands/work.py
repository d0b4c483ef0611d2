"""`manage.py work`: run the worker."""

import argparse
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from project.worker import work_once, work_until


class Command(BaseCommand):
    """Say what falls due, deliver what waits, expire what was not answered, take the daily anchor."""

    help = "Say what falls due, deliver the outbox, expire unanswered requests, take the daily anchor."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say how often."""
        parser.add_argument("--once", action="store_true", help="one pass, then end")
        parser.add_argument("--every", type=float, default=2.0, help="seconds between two passes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        if options["once"]:
            done = work_once(at=timezone.now())
            self.stdout.write(", ".join(f"{what}: {count}" for what, count in done.items()))
            return
        work_until(threading.Event(), every=options["every"])
