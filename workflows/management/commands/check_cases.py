"""`manage.py check_cases`: prove that no case is stuck."""

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workflows.queries.health import examine


class Command(BaseCommand):
    """Recompute every case's open items from its marking and say what does not agree."""

    help = "Prove that every open case has a holder, a due date and a next thing; exit 1 when one has not."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say in what form."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine."""
        health = examine(at=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(health.__dict__))
        else:
            for finding in health.findings:
                self.stdout.write(finding)
            counts = {name: value for name, value in health.__dict__.items() if name != "findings"}
            self.stdout.write(" ".join(f"{name}={value}" for name, value in counts.items()))
            if health.overslept:
                self.stdout.write("The worker has not looked at these for over an hour: is manage.py work running?")
        if not health.well:
            sys.exit(1)
