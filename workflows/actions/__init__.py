"""The only writers that move a case. Each is one business act in one transaction."""

from workflows.actions.absence import NotAnAbsence, end_absence, let_act, record_absence
from workflows.actions.adding import add_papers
from workflows.actions.asking import (
    AskedBefore,
    answer,
    approve_request,
    decline_request,
    expire,
    expire_unanswered,
    request_information,
)
from workflows.actions.assigning import assign
from workflows.actions.ending import rate, withdraw
from workflows.actions.filing import Incomplete, resubmit, submit
from workflows.actions.following import answer_follow_up, follow_up, not_yet
from workflows.actions.handing import take_back
from workflows.actions.promising import LATEST, SHORTEST_APOLOGY, put_off_promise, why_not_that_day
from workflows.actions.publishing import publish_answer
from workflows.actions.recusing import recuse, register_relation
from workflows.actions.reviewing import (
    SHORTEST_REFUSAL,
    NotAChoice,
    advisers,
    ceiling,
    claim,
    decide,
    is_offered,
    listed_advisers,
    reasons_for,
    release,
)
from workflows.actions.supervising import remark, remind
from workflows.actions.sweeping import Swept, sweep
from workflows.actions.talking import note, write_to_her, write_to_office
from workflows.actions.transferring import can_be_transferred, receivers, transfer

__all__ = [
    "LATEST",
    "SHORTEST_APOLOGY",
    "SHORTEST_REFUSAL",
    "AskedBefore",
    "Incomplete",
    "NotAChoice",
    "NotAnAbsence",
    "Swept",
    "add_papers",
    "advisers",
    "answer",
    "answer_follow_up",
    "approve_request",
    "assign",
    "can_be_transferred",
    "ceiling",
    "claim",
    "decide",
    "decline_request",
    "end_absence",
    "expire",
    "expire_unanswered",
    "follow_up",
    "is_offered",
    "let_act",
    "listed_advisers",
    "not_yet",
    "note",
    "publish_answer",
    "put_off_promise",
    "rate",
    "reasons_for",
    "receivers",
    "record_absence",
    "recuse",
    "register_relation",
    "release",
    "remark",
    "remind",
    "request_information",
    "resubmit",
    "submit",
    "sweep",
    "take_back",
    "transfer",
    "why_not_that_day",
    "withdraw",
    "write_to_her",
    "write_to_office",
]
