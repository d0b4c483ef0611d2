"""How near a work item's day is, in words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.calendar import Calendar
from workflows.models import WorkItem


class Nearness(StrEnum):
    """Where a work item stands in the worklist, the most pressing first."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    NEXT = "next"
    FAR = "far"
    PAUSED = "paused"


HEADINGS: dict[Nearness, str | Promise] = {
    Nearness.LATE: gettext_lazy("Overdue"),
    Nearness.TODAY: gettext_lazy("Due today"),
    Nearness.SOON: gettext_lazy("1 to 3 days left"),
    Nearness.NEXT: gettext_lazy("4 to 10 days left"),
    Nearness.FAR: gettext_lazy("More than 10 days left"),
    Nearness.PAUSED: gettext_lazy("Paused until the applicant answers"),
}
_SOON_DAYS, _NEXT_DAYS = 3, 10
_COLOURS = {Nearness.LATE: "brick", Nearness.TODAY: "amber"}


@dataclass(frozen=True)
class DueTag:
    """What the tag of a work item says, and how loudly."""

    nearness: Nearness
    words: str

    @property
    def colour(self) -> str:
        """The colour of the tag; the plain stone one where nothing presses."""
        return _COLOURS.get(self.nearness, "")


def due_tag(item: WorkItem, calendar: Calendar, *, at: datetime) -> DueTag:
    """Return how near the item's day is; days are working days, and never fewer than one."""
    if item.status == WorkItem.Status.WAITING:
        return DueTag(Nearness.PAUSED, _("Paused"))
    today, day = timezone.localdate(at), timezone.localdate(item.due_at)
    if item.due_at < at:
        late = max(1, calendar.between(day, today))
        return DueTag(Nearness.LATE, _("Days late: %(days)s") % {"days": late})
    if day == today:
        return DueTag(Nearness.TODAY, _("Today"))
    left = max(1, calendar.between(today, day))
    nearness = Nearness.SOON if left <= _SOON_DAYS else Nearness.NEXT if left <= _NEXT_DAYS else Nearness.FAR
    return DueTag(nearness, _("Days left: %(days)s") % {"days": left})
