"""Verb to words: what one person reads of one event."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from cases.models import TimelineEvent
from cases.models.case import UNDECIDED
from cases.queries.promise import apology_of, missed
from cases.queries.telling import as_sentence, her_turn, telling
from cases.services import service_of
from notifications.models import Notification
from notifications.recipients import her_item, items_for, told_key, waiting_items


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


def words(notification: Notification, agencies: Collection[int]) -> str:
    """Return what this person, who works at these agencies, reads; needs `event__agency` and `case` selected."""
    if notification.person_id == notification.case.applicant_id:
        return _to_her(notification)
    return _to_staff(notification, agencies)


def _to_her(notification: Notification) -> str:
    event = notification.event
    match event.verb:
        case "decision_made":
            return _of_a_conclusion(notification)
        case "information_requested":
            return _("We need something more from you. Please answer by %(day)s.") % {
                "day": _day(event.facts["answer_by"])
            }
        case "promise_moved":
            return apology_of(event)
        case "promise_missed":
            return missed(event.facts, sealed=notification.case.sealed)
        case "answer_reminded" if "request" not in event.facts:
            return _of_her_step(notification)
        case "answer_reminded":
            return _("We are still waiting for your answer. Please send it by %(day)s.") % {
                "day": _day(event.facts["answer_by"])
            }
        case "case_submitted":
            return _("The Women's Union sent the case for you, as you asked at the counter.")
        case "message_written":
            return _("There is a message for you about your case.")
        case "follow_up_due" if event.facts["again"]:
            return _("Please still tell us how it is going. It takes one minute.")
        case "follow_up_due":
            return _("We helped you some time ago. Please tell us how it is going.")
        case "case_expired":
            return _("Your request was closed because the papers did not come. You can send it again with one button.")
        case _:
            return _("There is news about your request.")


def _of_a_conclusion(notification: Notification) -> str:
    event, facts = notification.event, notification.event.facts
    opened = her_item(event)
    promised = facts["promised_on"] if facts["state"] in UNDECIDED else None
    told = telling(
        notification.case,
        told_key(facts),
        agency=event.agency,
        promised_on=date.fromisoformat(promised) if promised else None,
        her_turn=her_turn(notification.case, opened["node"], date.fromisoformat(opened["due"])) if opened else "",
    )
    return str(told or _("There is news about your request."))


def _of_her_step(notification: Notification) -> str:
    """Return the reminder of a step of her own, which no question began."""
    facts, service = notification.event.facts, service_of(notification.case)
    step, day = service.her_steps.get(facts["node"]), _day(facts["answer_by"])
    if step is None:
        return _("We are still waiting for you. Please do it by %(day)s.") % {"day": day}
    given = {"step": as_sentence(step.title), "day": day}
    return _("We are still waiting for you: %(step)s Please do it by %(day)s.") % given


def _to_staff(notification: Notification, agencies: Collection[int]) -> str:
    event, service = notification.event, service_of(notification.case)
    match event.verb:
        case "case_withdrawn":
            return _("The applicant took the request back. Nothing more to do.")
        case "case_expired":
            return _("Closed: the applicant did not answer in time. Nothing more to do.")
        case "person_recused":
            return _("A colleague keeps away from this case. Its work needs somebody else.")
        case "information_answered":
            return _("The applicant has answered. The step goes on.")
        case "papers_added":
            return _("The applicant added papers. They stand on the work item's page.")
        case "message_sent":
            return _("The applicant wrote a message. Read it on the work item's page.")
        case "consent_withdrawn":
            return _("The applicant took back her consent. Your office reads only its own result.")
        case "request_declined":
            return _("Your further question to the applicant was not approved. Read why on the work item's page.")
        case "information_requested":
            return _("Your further question was approved. The applicant has been asked.")
        case "promise_moved":
            return _("The applicant was promised a new day, with an apology: %(day)s.") % {
                "day": _day(event.facts["promised_on"])
            }
        case "promise_endangered":
            return _("The promised day %(day)s may pass. An apology was already made.") % {
                "day": _day(event.facts["promised_on"])
            }
        case "promise_missed":
            return _("The promised day %(day)s has passed.") % {"day": _day(event.facts["was"])}
        case "request_proposed" | "deadline_neared" | "deadline_passed" | "item_taken_over":
            [about, *_rest] = event.facts["read_by"]
            step = service.step_name(about["node"], about["stage"])
            return _in_time(event) % {"stage": step, "day": _day(about["due"])}
        case "follow_up_answered":
            return _("It does not go well for the applicant after the support. Please call her.")
        case "reminder_sent":
            return _("The supervisor reminds of this work item. Read the words on its page.")
        case _:
            mine = items_for(event, notification.person_id, agencies)
            others = [] if mine or notification.case.sealed else list(waiting_items(event))
            meant = next((item for item in (*mine, *others) if item.get("stage")), None)
            step = service.step_name(meant["node"], meant["stage"]) if meant else ""
            if meant is None or not step:
                return _("There is news about this case.")
            given = {"stage": step, "day": _day(meant["due"])}
            if others:
                # She answers for an office where nobody could be told.
                return _("Nobody of the office is there for this step: %(stage)s. Due %(day)s.") % given
            if event.verb == "work_item_assigned":
                return _("Assigned: %(stage)s. Due %(day)s.") % given
            return _("New work item: %(stage)s. Due %(day)s.") % given


def _in_time(event: TimelineEvent) -> str:
    match event.verb, event.facts.get("level"):
        case "request_proposed", _level:
            return _("A further question to the applicant waits for an approver: %(stage)s. It is due %(day)s.")
        case "item_taken_over", _level:
            return _("The applicant did not do this in time. It is your office's now: %(stage)s. Due %(day)s.")
        case "deadline_passed", _level:
            return _("Overdue: %(stage)s. It was due %(day)s.")
        case _verb, 80:
            return _("Little time is left: %(stage)s. Due %(day)s.")
        case _:
            return _("Half of the time is over: %(stage)s. Due %(day)s.")
