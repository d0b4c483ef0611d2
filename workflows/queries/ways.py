"""The ways in which work items stand: how they are counted, and which list a number opens."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.models import Case, User
from cases.policy import supervised_cases
from cases.queries.register import first_of_month
from workflows.calendar import Calendar
from workflows.models import WorkItem
from workflows.queries.able import away_alone, nobody_can
from workflows.queries.health import at_risk
from workflows.queries.rulebook import end_of

# On the overview, and on the page of checks.
WAYS = ("late", "soon", "paused", "outside")
CHECKED = ("risk", "away", "nobody")


def supervised_items(user: User) -> QuerySet[WorkItem]:
    """Return the unfinished work items of the cases that this person supervises."""
    return WorkItem.objects.filter(
        status__in=(WorkItem.Status.OPEN, WorkItem.Status.WAITING), case__in=supervised_cases(user)
    )


def items_of_this_month(cases: QuerySet[Case], *, at: datetime) -> QuerySet[WorkItem]:
    """Return the work items of these cases that were open at some time of this month."""
    month = Q(finished_at__gte=first_of_month(at)) | Q(finished_at__isnull=True)
    return WorkItem.objects.filter(month, case__in=cases)


def standing_so(which: str, calendar: Calendar, *, at: datetime) -> Q:
    """Return the items that stand in one of these ways."""
    running = Q(status=WorkItem.Status.OPEN)
    tomorrow = end_of(calendar.after(timezone.localdate(at), 1))
    return {
        "late": running & Q(due_at__lt=at),
        "soon": running & Q(due_at__gte=at, due_at__lte=tomorrow),
        "paused": Q(status=WorkItem.Status.WAITING),
        "outside": Q(holder=WorkItem.Holder.OUTSIDE),
        "risk": at_risk(calendar, at=at),
        "away": away_alone(),
        "nobody": nobody_can(),
    }[which]
