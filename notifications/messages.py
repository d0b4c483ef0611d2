"""Verb to words: what one person reads of one event."""

from datetime import date

from django.utils.translation import gettext as _

from cases.services import service_of
from notifications.models import Notification
from notifications.recipients import told_key


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


def words(notification: Notification) -> str:
    """Return the sentence this person reads; needs `event` and `case` selected."""
    if notification.person_id == notification.case.applicant_id:
        return _to_her(notification)
    return _to_staff(notification)


def _to_her(notification: Notification) -> str:
    event = notification.event
    match event.verb:
        case "decision_made":
            return str(service_of(notification.case).told.get(told_key(event.facts), ""))
        case "information_requested":
            return _("We need something more from you. Please answer by %(day)s.") % {
                "day": _day(event.facts["answer_by"])
            }
        case "case_expired":
            return _("Your request was closed because the papers did not come. You can send it again with one button.")
        case _:
            return _("There is news about your request.")


def _to_staff(notification: Notification) -> str:
    event, service = notification.event, service_of(notification.case)
    match event.verb:
        case "case_withdrawn":
            return _("The applicant took the request back. Nothing more to do.")
        case "case_expired":
            return _("Closed: the applicant did not answer in time. Nothing more to do.")
        case "information_answered":
            return _("The applicant has answered. The step goes on.")
        case _:
            opened = event.facts.get("opened") or [{}]
            stage = service.stage(str(opened[0].get("stage", "")))
            if stage is None:
                return _("There is news about this case.")
            return _("New work item: %(stage)s. Due %(day)s.") % {
                "stage": stage.label,
                "day": _day(opened[0]["due"]),
            }
