"""What must become of one case of legal advice, written by hand from the plan; it knows no flow and no engine."""

from dataclasses import dataclass, field
from datetime import date

WRITTEN = ("general", "complex", "non_sme")
OFFICES = ("consult_finance", "consult_tech", "consult_agri", "consult_tax")
HELD_BY_THE_ADVISER = ("adviser_accept", "ext_advice")
UNDECIDED = ("submitted", "in_review")

# Where each conclusion leads, unless `Story.next_steps` knows better.
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
class Story:
    """One case: its state, who is waited for, and how many events it has."""

    wants_cost_support: bool
    state: str = "submitted"
    # Each open step and who holds it by name; None where the office does.
    open: dict[str, int | None] = field(default_factory=lambda: {"intake": None})
    just_opened: set[str] = field(default_factory=lambda: {"intake"})
    waits_for_her_at: str = ""
    answer_by: date | None = None
    sealed: bool = False
    outcome: str = ""
    events: int = 1
    last: dict[str, str] = field(default_factory=dict)
    declined: set[int] = field(default_factory=set)
    # The stages in which she was asked, and the step whose further question waits for an approver.
    asked_in: set[str] = field(default_factory=set)
    proposed_at: str = ""

    @property
    def undecided(self) -> bool:
        """Whether she may still withdraw and we may still ask."""
        return self.state in UNDECIDED

    def decide(self, node: str, verdict: str, *, by: int, flags: dict[str, bool], adviser: int) -> None:
        """Follow one conclusion."""
        self.happens()
        del self.open[node]
        self.last[node] = verdict
        if self.proposed_at == node:
            self.proposed_at = ""
        self.declined |= {by} if (node, verdict) == ("adviser_accept", "decline") else set()
        self.sealed |= (node, verdict) == ("triage", "direct_help")
        for step in self.next_steps(node, verdict, flags):
            # A sealed case stays with the one person who holds it by name.
            self.open[step] = adviser if step in HELD_BY_THE_ADVISER else by if self.sealed else None
            self.just_opened.add(step)
        match node, verdict:
            case "intake", _:
                self.state = "in_review" if verdict == "accept" else "not_accepted"
            case "deliver", _:
                self.state = "closed"
        if "deliver" in self.just_opened:
            self.state = "decided"
            paid = self.last.get("ext_payment") == "paid" and self.last["triage"] != "refuse"
            self.outcome = "cost_supported" if paid else OUTCOMES[self.last["triage"]]

    def next_steps(self, node: str, verdict: str, flags: dict[str, bool]) -> list[str]:
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

    def ask(self, node: str, stage: str, *, by: int, answer_by: date) -> None:
        """Ask her from one step: it waits."""
        self.happens()
        self.asked_in.add(stage)
        self.proposed_at = ""
        self.waits_for_her_at, self.answer_by = node, answer_by
        self.open[node] = by

    def proposes(self, node: str) -> None:
        """Want to ask her once more in the same stage: the step goes on meanwhile."""
        self.happens()
        self.proposed_at = node

    def is_declined(self) -> None:
        """She is not asked once more."""
        self.happens()
        self.proposed_at = ""

    def answered(self) -> None:
        """She answered: the step goes on."""
        self.happens()
        self.waits_for_her_at, self.answer_by = "", None

    def end(self, state: str) -> None:
        """Withdraw or expire: nobody is waited for any more."""
        self.happens()
        self.state, self.open, self.waits_for_her_at, self.answer_by = state, {}, "", None
        self.proposed_at = ""

    def happens(self) -> None:
        """Count one more event."""
        self.events += 1
        self.just_opened = set()
