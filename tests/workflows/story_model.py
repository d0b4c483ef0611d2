"""What becomes of any case, whatever its service: written by hand from the plan, it knows no flow and no engine.

A service's own model says where each conclusion leads, who then holds the step, and what came of the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

UNDECIDED = ("submitted", "in_review")


@dataclass
class Story:
    """One case: its state, who is waited for, and how many events it has."""

    applicant: int = 0
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

    # --- what a service's own model says ------------------------------------------------------------------------

    def next_steps(self, node: str, verdict: str, flags: Mapping[str, bool]) -> list[str]:
        """Return the steps that open."""
        raise NotImplementedError

    def held_by(self, step: str, *, by: int, adviser: int) -> int | None:
        """Return who has a step by name that opens now."""
        return None

    def settle(self, node: str, verdict: str) -> None:
        """Follow the state and the outcome, with what has opened."""
        raise NotImplementedError

    # --- the same for all ---------------------------------------------------------------------------------------

    @property
    def undecided(self) -> bool:
        """Whether she may still withdraw and we may still ask."""
        return self.state in UNDECIDED

    def decide(self, node: str, verdict: str, *, by: int, flags: Mapping[str, bool], adviser: int) -> None:
        """Follow one conclusion."""
        self.happens()
        del self.open[node]
        self.last[node] = verdict
        if self.proposed_at == node:
            self.proposed_at = ""
        for step in self.next_steps(node, verdict, flags):
            self.open[step] = self.held_by(step, by=by, adviser=adviser)
            self.just_opened.add(step)
        self.settle(node, verdict)

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
