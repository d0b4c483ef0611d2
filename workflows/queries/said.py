"""Verb to words for those who work on a case: what happened, in the past tense."""

from collections.abc import Iterable
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.models import TimelineEvent
from cases.queries.promise import REASONS
from cases.services.base import SupportService
from workflows.asks import HER_REASONS, PLAIN_REASONS, RETURN_REASONS
from workflows.graph import Graph
from workflows.nodes import HumanStep


def _step(event: TimelineEvent, graph: Graph) -> HumanStep | None:
    node = graph.nodes.get(str(event.facts.get("node", "")))
    return node.human if node else None


def _verdict(event: TimelineEvent, step: HumanStep | None) -> str:
    option = step.option(str(event.facts.get("verdict"))) if step else None
    return str(option.label) if option else _("Concluded")


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


def _asked(event: TimelineEvent) -> str:
    given = {"day": _day(event.facts["answer_by"]), "number": event.facts.get("number", 1)}
    if given["number"] == 1:
        return _("Asked the applicant, to be answered by %(day)s") % given
    return _("Asked the applicant, question %(number)s of this step, to be answered by %(day)s") % given


def said(event: TimelineEvent, graph: Graph) -> str:
    """Return one line of the story."""
    step = _step(event, graph)
    match event.verb:
        case "case_submitted" if event.facts.get("received_on"):
            words = _("The case was sent; its paper was received at a counter on %(day)s")
            return words % {"day": _day(event.facts["received_on"])}
        case "case_submitted":
            return _("The applicant sent the case")
        case "item_claimed":
            return _("Taken in hand: %(step)s") % {"step": step.label if step else ""}
        case "item_released":
            return _("Given back to the office: %(step)s") % {"step": step.label if step else ""}
        case "item_transferred":
            return _("Handed on to another office: %(step)s") % {"step": step.label if step else ""}
        case "person_recused":
            return _("Keeps away from this case, being too near to it")
        case "work_item_assigned":
            return _("Assigned: %(step)s") % {"step": step.label if step else ""}
        case "papers_added":
            return _("The applicant added papers: %(count)s") % {"count": len(event.facts["papers"])}
        case "consent_withdrawn":
            return _("The applicant took back that a body outside reads a part of the case")
        case "message_sent":
            return _("The applicant wrote a message")
        case "message_written":
            return _("Wrote to the applicant")
        case "note_written":
            return _("Noted for colleagues")
        case "decision_made":
            return f"{step.label if step else ''}: {_verdict(event, step)}"
        case "information_requested":
            return _asked(event)
        case "request_proposed":
            return _("Wants to ask the applicant again: question %(number)s of this step") % {
                "number": event.facts["number"]
            }
        case "request_declined":
            return _("Did not agree to ask the applicant again")
        case "answer_reminded":
            return _("Reminded the applicant to answer by %(day)s") % {"day": _day(event.facts["answer_by"])}
        case "promise_moved":
            return _("Apologised and promised %(day)s instead of %(was)s, for the %(number)s. time") % {
                "day": _day(event.facts["promised_on"]),
                "was": _day(event.facts["was"]),
                "number": event.facts.get("apology", 1),
            }
        case "promise_endangered":
            return _("The promised day is about to pass: %(day)s") % {"day": _day(event.facts["promised_on"])}
        case "promise_missed":
            return _("The promised day has passed: %(day)s") % {"day": _day(event.facts["was"])}
        case "information_answered":
            return _("The applicant answered")
        case "case_withdrawn":
            return _("The applicant took the case back")
        case "case_expired":
            return _("Closed: no answer came in time")
        case "case_rated":
            return _("The applicant rated the help: %(score)s of 3") % {"score": event.facts.get("score")}
        case "follow_up_due" if event.facts["again"]:
            return _("Asked the applicant once more how it goes")
        case "follow_up_due":
            return _("Asked the applicant how it goes after the support")
        case "follow_up_answered":
            return _("Told how it goes after the support")
        case "deadline_neared" | "deadline_passed" | "item_taken_over":
            return f"{news(event, graph)}: {step.label if step else ''}"
        case "reminder_sent":
            return _("Reminded: %(step)s") % {"step": step.label if step else ""}
        case "answer_published":
            return _("Published the answer without the applicant's data")
        case "remark_written":
            return _("Remark of the supervisor")
        case _:
            return _("Something new")


def news(event: TimelineEvent, graph: Graph) -> str:
    """Return the same in a few words, for a row of a list."""
    match event.verb:
        case "decision_made":
            return _verdict(event, _step(event, graph))
        case "item_claimed":
            return _("Taken in hand")
        case "item_released":
            return _("Given back to the office")
        case "work_item_assigned":
            return _("Assigned")
        case "item_transferred":
            return _("Handed on to another office")
        case "person_recused":
            return _("A colleague keeps away")
        case "deadline_neared":
            return _("Little time is left") if event.facts["level"] > 50 else _("Half of the time is over")
        case "deadline_passed":
            return _("Not done in time")
        case "item_taken_over":
            return _("Taken over by the Union, for the applicant did not do it in time")
        case "reminder_sent":
            return _("Reminded by the supervisor")
        case "information_requested":
            return _("Asked the applicant")
        case "case_submitted":
            return _("Sent")
        case _:
            return said(event, graph)


def reason_words(code: str, service: SupportService) -> str:
    """Return the words of a reason's code."""
    lists: Iterable[tuple[str, str | Promise]] = (
        *((reason.code, reason.label) for reason in service.refusal_reasons),
        *PLAIN_REASONS,
        *HER_REASONS,
        *RETURN_REASONS,
        *REASONS.items(),
    )
    return str(next((label for known, label in lists if known == code), code))
