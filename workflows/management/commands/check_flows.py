"""`manage.py check_flows`: prove every flow sound."""

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from workflows.flows.registry import RELEASED, graph_for, released_fingerprints
from workflows.models import DeadlineRule, RoutingRule
from workflows.proofs import proofs, rules_named
from workflows.queries.routes import misfits


class Command(BaseCommand):
    """Walk every reachable state of every flow and say what was found."""

    help = "Prove every registered flow sound and as it was released; exit 1 when one is not."
    # It is itself the check; and a new flow must be releasable while the check still complains.
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say in what form, and whether to release."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--release", action="store_true", help="write new flows into released.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prove."""
        released = released_fingerprints()
        flows: list[dict[str, Any]] = [
            {
                "service": service,
                "version": version,
                "sound": report.sound,
                "states": report.states,
                "transitions": len(report.transitions),
                "fingerprint": graph_for(service, version).fingerprint,
                "released": released.get(f"{service}/{version}") == graph_for(service, version).fingerprint,
                "problems": report.problems,
            }
            for (service, version), report in proofs().items()
        ]
        # A rule that is only a code would leave a step without a day; before any data is loaded there is none.
        migrated = DeadlineRule._meta.db_table in connection.introspection.table_names()
        known = set(DeadlineRule.objects.values_list("code", flat=True)) if migrated else set()
        unknown = sorted(rules_named() - known) if known else []
        # Rules of the routing table that name what no flow offers and no form asks.
        routed = RoutingRule._meta.db_table in connection.introspection.table_names()
        unfit = misfits(today=timezone.localdate()) if routed else []
        if options["release"]:
            self._release(flows)
            return
        if options["json"]:
            self.stdout.write(json.dumps({"flows": flows, "rules_without_row": unknown, "routes": unfit}))
        else:
            for flow in flows:
                said = "sound" if flow["sound"] else "; ".join(flow["problems"])
                said += ", released" if flow["released"] else ", NOT as released"
                self.stdout.write(f"{flow['service']} v{flow['version']}: {flow['states']} states, {said}")
            for line in unfit:
                self.stdout.write(f"Routing table: {line}")
        if unknown or unfit or not all(flow["sound"] and flow["released"] for flow in flows):
            sys.exit(1)

    def _release(self, flows: list[dict[str, Any]]) -> None:
        released = released_fingerprints()
        for flow in flows:
            released.setdefault(f"{flow['service']}/{flow['version']}", flow["fingerprint"])
        RELEASED.write_text(json.dumps(released, indent=2, sort_keys=True) + "\n", encoding="utf-8")
