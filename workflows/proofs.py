"""The proof of every registered flow, with what the services and the rulebook declare."""

from functools import cache

from cases.models import Case
from cases.services import SERVICES
from workflows.flows.registry import FLOWS, graph_for
from workflows.soundness import Report, prove

# The codes of the deadline rules that flows may name. The numbers behind them are data.
RULE_CODES = frozenset(
    {
        "INTAKE",
        "VERIFY",
        "LEGAL_GENERAL",
        "LEGAL_COMPLEX",
        "LEGAL_NONSME",
        "LEGAL_COST_DECISION",
        "LEGAL_COST_PAY",
        "CONSULT",
        "APPROVE",
        "REDRAFT",
        "KB_ANSWER",
        "REFER",
        "ADVISER_ACCEPT",
        "EXT_ADVICE",
        "COST_APPROVE",
        "DIRECT_HELP",
        "APPROVE_REFUSAL",
        "DELIVER",
    }
)


@cache
def proof_of(service: str, version: int) -> Report:
    """Return the soundness report of one registered flow."""
    declared = SERVICES[service]
    return prove(
        graph_for(service, version),
        lifecycle=Case.lifecycle(),
        stages=frozenset(stage.code for stage in declared.stages),
        rules=RULE_CODES,
    )


def proofs() -> dict[tuple[str, int], Report]:
    """Return the report of every registered flow."""
    return {(service, version): proof_of(service, version) for service, version in FLOWS}
