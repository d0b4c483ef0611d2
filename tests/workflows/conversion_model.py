"""What must become of one case of conversion, written by hand from the plan; it knows no flow and no engine."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.workflows.story_model import Story

HERS = ("readiness", "correct")
SIDE_BY_SIDE = ("guide", "tax_ready", "companion", "conditional_permit", "foreign_capital")
NEXT = {
    ("intake", "accept"): "eligibility",
    ("eligibility", "refuse"): "approve_refusal",
    ("approve_refusal", "approve"): "deliver",
    ("approve_refusal", "return"): "eligibility",
    ("readiness", "ready"): "check_readiness",
    ("readiness", "not_yet"): "put_aside",
    ("check_readiness", "confirmed"): "ext_register",
    ("check_readiness", "return"): "readiness",
    ("put_aside", "try_again"): "readiness",
    ("put_aside", "finish"): "deliver",
    ("ext_register", "granted"): "ext_close_household",
    ("ext_register", "corrections"): "correct",
    ("ext_register", "refused"): "deliver",
    ("correct", "corrected"): "ext_register",
    ("correct", "given_up"): "put_aside",
}


@dataclass
class Conversion(Story):
    """One case of conversion."""

    conditional_sector: bool = False
    foreign_capital: bool = False

    def held_by(self, step: str, *, by: int, adviser: int) -> int | None:
        """Two steps are her own."""
        return self.applicant if step in HERS else None

    def settle(self, node: str, verdict: str) -> None:
        """Follow the state and the outcome: what we helped with, and what the register said."""
        if node == "intake":
            self.state = "in_review" if verdict == "accept" else "not_accepted"
        elif "ext_close_household" in self.just_opened or "deliver" in self.just_opened:
            self.state = "decided"
        elif node in ("ext_close_household", "deliver"):
            self.state = "closed"
        if self.state in ("decided", "closed"):
            self.outcome = self.came_of_it()

    def came_of_it(self) -> str:
        """Return what the case has come to."""
        if self.last.get("eligibility") == "refuse":
            return "refused"
        return {"granted": "registered", "refused": "not_registered"}.get(self.last.get("ext_register", ""), "guided")

    def next_steps(self, node: str, verdict: str, flags: Mapping[str, bool]) -> list[str]:
        """Return the steps that open."""
        match node, verdict:
            case ("intake", "not_accept") | ("deliver" | "ext_close_household", _):
                return []
            case "eligibility", "go_on":
                called_for = {"conditional_permit": self.conditional_sector, "foreign_capital": self.foreign_capital}
                return [step for step in SIDE_BY_SIDE if called_for.get(step, True)]
            case step, _ if step in SIDE_BY_SIDE:
                return [] if self.open else ["readiness"]
            case _:
                return [NEXT[node, verdict]]


MODEL = Conversion
# What her answers can call for, and with which answers.
WISHES = {
    "conditional_sector": {"conditional_sector": "yes"},
    "foreign_capital": {"foreign_capital": "yes"},
}
