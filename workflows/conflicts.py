"""What a step raises when somebody was faster, or when the same form comes again."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import TimelineEvent
from cases.policy import WrongState
from workflows.flows.registry import graph_for
from workflows.models import WorkItem


class AlreadyDone(WrongState):
    """Somebody else finished this first."""


class Repeated(Exception):
    """The same form of the same person again: `event` is what it did the first time."""

    def __init__(self, event: TimelineEvent) -> None:
        super().__init__(str(event))
        self.event = event


def already_done(item: WorkItem) -> AlreadyDone:
    """Return the conflict that says who finished this work item and when."""
    if item.finished_at is None:
        return AlreadyDone(_("This work item has changed since the page was opened. Read it again, then decide."))
    when = timezone.localtime(item.finished_at)
    if item.finished_by is None:
        closed = _("This work item was closed at %(time)s on %(day)s.")
        return AlreadyDone(closed % {"time": f"{when:%H:%M}", "day": f"{when:%d/%m/%Y}"})
    given = {"time": f"{when:%H:%M}", "day": f"{when:%d/%m/%Y}", "who": item.finished_by, "what": _conclusion(item)}
    if not given["what"]:
        return AlreadyDone(_("This work item was already handled at %(time)s on %(day)s by %(who)s.") % given)
    return AlreadyDone(_("This work item was already handled at %(time)s on %(day)s by %(who)s: %(what)s.") % given)


def _conclusion(item: WorkItem) -> str:
    """Return in words what was concluded on a finished work item; empty where it ended without a conclusion."""
    decision = item.decision
    option = decision and graph_for(item.case.service, item.case.version).human(item.node).option(decision.verdict)
    return str(option.label) if option else ""
