"""What must become of one case of access to credit, written by hand from the plan; it knows no flow and no engine."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.workflows.story_model import Story

BESIDE_THE_PLAN = ("legal_check", "commune_confirm")
HERS = ("agree", "confirm_disbursed")
NEXT = {
    ("intake", "accept"): "completeness",
    ("completeness", "refuse"): "approve_refusal",
    ("approve_refusal", "approve"): "deliver",
    ("approve_refusal", "return"): "completeness",
    ("agree", "yes"): "handover",
    ("agree", "no"): "next_lender",
    ("handover", "handed_over"): "lender_result",
    ("lender_result", "approved"): "confirm_disbursed",
    ("confirm_disbursed", "not_received"): "chase",
    ("chase", "ask_again"): "confirm_disbursed",
    ("lender_result", "appraising"): "lender_result",
    ("lender_result", "refused"): "next_lender",
    ("next_lender", "another"): "agree",
    ("next_lender", "finish"): "deliver",
}


@dataclass
class CreditAccess(Story):
    """One case of access to credit."""

    def held_by(self, step: str, *, by: int, adviser: int) -> int | None:
        """Two steps are her own."""
        return self.applicant if step in HERS else None

    def settle(self, node: str, verdict: str) -> None:
        """Follow the state and the outcome: what we helped with, and what the lender said."""
        if node == "intake":
            self.state = "in_review" if verdict == "accept" else "not_accepted"
        elif self.just_opened & {"confirm_disbursed", "chase", "deliver"}:
            self.state = "decided"
        elif node in ("confirm_disbursed", "chase", "deliver"):
            self.state = "closed"
        if self.state in ("decided", "closed"):
            self.outcome = self.came_of_it()

    def came_of_it(self) -> str:
        """Return what the case has come to."""
        if self.last.get("completeness") == "refuse":
            return "refused"
        if self.last.get("confirm_disbursed") == "received":
            return "disbursed"
        return {"approved": "granted", "refused": "not_granted"}.get(self.last.get("lender_result", ""), "guided")

    def next_steps(self, node: str, verdict: str, flags: Mapping[str, bool]) -> list[str]:
        """Return the steps that open."""
        match node, verdict:
            case ("intake", "not_accept") | ("deliver", _) | ("confirm_disbursed", "received") | ("chase", "finish"):
                return []
            case "completeness", "complete":
                return ["plan_help", *(step for step in BESIDE_THE_PLAN if flags.get(step))]
            case ("plan_help" | "legal_check" | "commune_confirm", _):
                return [] if self.open else ["agree"]
            case _:
                return [NEXT[node, verdict]]


MODEL = CreditAccess
# What her answers can call for, and with which answers.
WISHES: dict[str, dict[str, str]] = {}
