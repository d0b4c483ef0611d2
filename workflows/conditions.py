"""Conditions as small named objects: they read aloud, have a stable text and can be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Facts = Mapping[str, Any]

# Among the facts: the working days a case stood still while she was asked.
WAITED = "waited"


def verdict_key(node: str) -> str:
    """Return the name under which a node's last verdict stands among the facts."""
    return f"verdict:{node}"


def deciders_key(node: str) -> str:
    """Return the name under which those who decided a node stand among the facts."""
    return f"by:{node}"


@dataclass(frozen=True)
class Condition:
    """Something that is true or not, given the facts of a case."""

    def holds(self, facts: Facts) -> bool:
        """Return whether it is true of these facts."""
        raise NotImplementedError

    def __call__(self, activation: Any) -> bool:
        """Answer viewflow's own runtime, which asks with an activation; its process keeps the facts as its data."""
        return self.holds(activation.process.data)


@dataclass(frozen=True)
class VerdictIs(Condition):
    """True when the last verdict of a node is one of these."""

    node: str
    verdicts: tuple[str, ...]

    def holds(self, facts: Facts) -> bool:
        """Return whether the node's last verdict is one of these."""
        return facts.get(verdict_key(self.node)) in self.verdicts

    def __repr__(self) -> str:
        return f"{self.node} is {' or '.join(self.verdicts)}"


@dataclass(frozen=True)
class Verdict:
    """The last verdict of a node."""

    node: str

    def is_(self, *verdicts: str) -> VerdictIs:
        """Return the condition that the verdict is one of these."""
        return VerdictIs(self.node, verdicts)


@dataclass(frozen=True)
class Fact(Condition):
    """True when a declared fact of the case is."""

    name: str

    def holds(self, facts: Facts) -> bool:
        """Return whether the fact is true."""
        return bool(facts.get(self.name))

    def __repr__(self) -> str:
        return self.name
