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
            self.stdout.write(
                f"cases={health.cases} open={health.open} stuck={health.stuck} late={health.late} "
                f"waiting_for_her={health.waiting_for_her} outside={health.outside}"
            )
        if not health.well:
            sys.exit(1)
