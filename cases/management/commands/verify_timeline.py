"""`manage.py verify_timeline`: is the record as it was written?"""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.models.timeline import Anchor
from cases.queries.timeline import take_anchor, verify


def as_printed(anchor: Anchor) -> str:
    """Return the anchor as it goes on paper: its id and its MAC in groups of four."""
    groups = " ".join(anchor.mac[start : start + 4] for start in range(0, len(anchor.mac), 4))
    return f"anchor {anchor.pk}: {groups}"


def from_paper(text: str) -> tuple[int, str]:
    """Return the id and the MAC of an anchor typed from paper, with or without its spaces."""
    pk, _colon, mac = text.lower().removeprefix("anchor").partition(":")
    if not pk.strip().isdecimal():
        raise ArgumentTypeError("write the anchor as printed, for example '12: 9f3c 01ab …'")
    return int(pk), "".join(mac.split())


class Command(BaseCommand):
    """Verify every event, case row and anchor; the exit code is 1 when anything is bad."""

    help = "Verify the whole timeline: one line per finding, then how many events were verified."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--anchor", action="store_true", help="add an anchor when nothing is bad")
        parser.add_argument("--print-anchor", action="store_true", help="print the latest anchor, for paper")
        parser.add_argument(
            "--paper",
            action="append",
            type=from_paper,
            default=[],
            metavar="'12: 9f3c …'",
            help="hold an anchor on paper against the stored one; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, print and exit."""
        now = timezone.now()
        verification = verify(now, paper=dict(options["paper"]))
        for finding in verification.findings:
            self.stdout.write(str(finding))
        bad = len(verification.findings)
        if options["anchor"] and not bad:
            take_anchor(now)
        if options["print_anchor"] and (anchor := Anchor.objects.last()):
            self.stdout.write(as_printed(anchor))
        self.stdout.write(f"{verification.events} events verified, {bad} bad")
        if bad:
            sys.exit(1)
