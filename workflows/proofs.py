"""The proof of every registered flow, with what the services and the rulebook declare."""

from functools import cache

from cases.models import Case
from cases.services import SERVICES
from workflows.flows.registry import FLOWS, graph_for
from workflows.soundness import Report, prove, rules_of


def rules_named() -> frozenset[str]:
    """Return the codes of the deadline rules that the registered flows name.

    Their numbers are data: `check_flows` holds the names against the rows.
    """
    return frozenset(
        rule
        for service, version in FLOWS
        for human in graph_for(service, version).human_steps.values()
        for rule in rules_of(human)
    )


@cache
def proof_of(service: str, version: int) -> Report:
    """Return the soundness report of one registered flow."""
    declared = SERVICES[service]
    return prove(
        graph_for(service, version),
        lifecycle=Case.lifecycle(),
        stages=frozenset(stage.code for stage in declared.stages),
        rules=rules_named(),
    )


def proofs() -> dict[tuple[str, int], Report]:
    """Return the report of every registered flow."""
    return {(service, version): proof_of(service, version) for service, version in FLOWS}
