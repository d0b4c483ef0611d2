"""What must become of one case of legal advice, written by hand from the plan; it knows no flow and no engine."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.workflows.story_model import Story

WRITTEN = ("general", "complex", "non_sme")
OFFICES = ("consult_finance", "consult_tech", "consult_agri", "consult_tax")
HELD_BY_THE_ADVISER = ("adviser_accept", "ext_advice")

# Where each conclusion leads, unless `next_steps` knows better.
NEXT = {
    ("intake", "accept"): "triage",
    ("triage", "kb"): "kb_answer",
    ("triage", "adviser"): "refer_adviser",
    ("triage", "direct_help"): "direct_help",
    ("triage", "refuse"): "approve_refusal",
    ("kb_answer", "answer"): "deliver",
    ("approve", "approve"): "deliver",
    ("approve", "return"): "redraft",
    ("redraft", "redrafted"): "approve",
    ("refer_adviser", "refer"): "adviser_accept",
    ("refer_adviser", "none_free"): "triage",
    ("adviser_accept", "accept"): "ext_advice",
    ("adviser_accept", "decline"): "refer_adviser",
    ("cost_propose", "propose"): "cost_approve",
    ("cost_propose", "decline"): "cost_approve",
    ("cost_approve", "return"): "cost_propose",
    ("ext_payment", "paid"): "deliver",
    ("direct_help", "helped"): "deliver",
    ("approve_refusal", "approve"): "deliver",
    ("approve_refusal", "return"): "triage",
}
OUTCOMES = {
    "kb": "informed",
    "adviser": "referred",
    "direct_help": "helped",
    "refuse": "refused",
    **dict.fromkeys(WRITTEN, "answered"),
}


@dataclass
class LegalAdvice(Story):
    """One case of legal advice."""

    wants_cost_support: bool = False

    def held_by(self, step: str, *, by: int, adviser: int) -> int | None:
        """An adviser has hers by name; a sealed case stays with the one person who holds it."""
        return adviser if step in HELD_BY_THE_ADVISER else by if self.sealed else None

    def decide(self, node: str, verdict: str, *, by: int, flags: Mapping[str, bool], adviser: int) -> None:
        """Follow one conclusion: who declined is not asked again, and direct help seals the case."""
        self.declined |= {by} if (node, verdict) == ("adviser_accept", "decline") else set()
        self.sealed |= (node, verdict) == ("triage", "direct_help")
        super().decide(node, verdict, by=by, flags=flags, adviser=adviser)

    def settle(self, node: str, verdict: str) -> None:
        """Follow the state and the outcome."""
        match node:
            case "intake":
                self.state = "in_review" if verdict == "accept" else "not_accepted"
            case "deliver":
                self.state = "closed"
        if "deliver" in self.just_opened:
            self.state = "decided"
            paid = self.last.get("ext_payment") == "paid" and self.last["triage"] != "refuse"
            self.outcome = "cost_supported" if paid else OUTCOMES[self.last["triage"]]

    def next_steps(self, node: str, verdict: str, flags: Mapping[str, bool]) -> list[str]:
        """Return the steps that open."""
        match node, verdict:
            case ("intake", "not_accept") | ("deliver", _):
                return []
            case "triage", _ if verdict in WRITTEN:
                return ["draft", *(office for office in OFFICES if flags.get(office))]
            case ("draft", _) | ("consult_finance" | "consult_tech" | "consult_agri" | "consult_tax", _):
                return [] if self.open else ["approve"]
            case "ext_advice", _:
                return ["cost_propose" if self.wants_cost_support else "deliver"]
            case "cost_approve", "approve":
                return ["ext_payment" if self.last["cost_propose"] == "propose" else "deliver"]
            case _:
                return [NEXT[node, verdict]]


MODEL = LegalAdvice
# What her answers can call for, and with which answers.
WISHES = {
    "wants_cost_support": {"question_kind": "specific", "wants_cost_support": "yes", "adviser_fee": 5_000_000},
}
