"""What a story of the demo is: one woman, one wish, and how it went."""

from dataclasses import dataclass, field
from typing import Any

from project.demo.cast import COMMUNES


@dataclass(frozen=True)
class Step:
    """One thing somebody does: a verdict at a node, or a word for the rest (ask, reply, withdraw, expire, rate)."""

    what: str
    # Working days since the step before.
    after: int = 1
    given: dict[str, Any] = field(default_factory=dict)


def step(what: str, after: int = 1, **given: Any) -> Step:
    """Return one step of a story."""
    return Step(what, after, given)


@dataclass(frozen=True)
class Story:
    """One woman, one wish, and how it went. Nothing has happened for so many working days."""

    name: str
    quiet_for: int
    need: str
    steps: tuple[Step, ...]
    answers: dict[str, Any] = field(default_factory=dict)
    commune: str = COMMUNES[0]
    # Set when the demo knows her by name, so that one can sign in as her.
    phone: str = ""
    service: str = "legal_advice"
