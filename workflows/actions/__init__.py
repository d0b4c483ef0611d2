"""The only writers that move a case. Each is one business act in one transaction."""

from workflows.actions.adding import add_papers
from workflows.actions.asking import answer, expire, expire_unanswered, request_information
from workflows.actions.assigning import assign
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
from workflows.actions.supervising import remark, remind
from workflows.actions.talking import note, write_to_her, write_to_office

__all__ = [
    "SHORTEST_REFUSAL",
    "Incomplete",
    "NotAChoice",
    "add_papers",
    "advisers",
    "answer",
    "assign",
    "ceiling",
    "claim",
    "decide",
    "expire",
    "expire_unanswered",
    "note",
    "rate",
    "reasons_for",
    "release",
    "remark",
    "remind",
    "request_information",
    "resubmit",
    "submit",
    "withdraw",
    "write_to_her",
    "write_to_office",
]
