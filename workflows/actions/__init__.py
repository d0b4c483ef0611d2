"""The only writers that move a case. Each is one business act in one transaction."""

from workflows.actions.asking import answer, expire, expire_unanswered, request_information
from workflows.actions.ending import rate, withdraw
from workflows.actions.filing import Incomplete, resubmit, submit
from workflows.actions.reviewing import (
    SHORTEST_REFUSAL,
    NotAChoice,
    advisers,
    ceiling,
    claim,
    decide,
    reasons_for,
    release,
)

__all__ = [
    "SHORTEST_REFUSAL",
    "Incomplete",
    "NotAChoice",
    "advisers",
    "answer",
    "ceiling",
    "claim",
    "decide",
    "expire",
    "expire_unanswered",
    "rate",
    "reasons_for",
    "release",
    "request_information",
    "resubmit",
    "submit",
    "withdraw",
]
