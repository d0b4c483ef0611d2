"""Every flow by service and version. A case keeps its version to the end."""

import json
from functools import cache
from pathlib import Path

from workflows.flows.conversion import v1 as conversion_v1
from workflows.flows.credit_access import v1 as credit_access_v1
from workflows.flows.legal_advice import v1 as legal_advice_v1
from workflows.graph import Graph, graph_of
from workflows.nodes import CaseFlow

FLOWS: dict[tuple[str, int], type[CaseFlow]] = {
    (flow.about.service, flow.about.version): flow
    for flow in (legal_advice_v1.LegalAdvice, credit_access_v1.CreditAccess, conversion_v1.Conversion)
}

RELEASED = Path(__file__).with_name("released.json")


@cache
def graph_for(service: str, version: int) -> Graph:
    """Return the plain graph of one version of a service's flow; KeyError if there is none."""
    return graph_of(FLOWS[service, version])


def newest_version(service: str) -> int:
    """Return the version that a new case of this service gets."""
    return max(version for code, version in FLOWS if code == service)


def released_fingerprints() -> dict[str, str]:
    """Return the fingerprints of the released flows, by `service/version`."""
    fingerprints: dict[str, str] = json.loads(RELEASED.read_text(encoding="utf-8"))
    return fingerprints
