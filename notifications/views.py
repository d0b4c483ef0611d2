"""What a person was told, on the page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.policy import standing
from cases.views.own import reader
from notifications.messages import words
from notifications.models import Notification

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One notification as one reads it, and where it leads."""

    notification: Notification
    words: str
    address: str


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """List what the reader was told, the newest first."""
    user, after = reader(request), request.GET.get("after", "")
    told = (
        Notification.objects.readable_by(user)
        .filter(channel=Notification.Channel.INBOX)
        .select_related("event", "case")
        .order_by("-created_at", "-pk")
    )
    day, pk = _read_cursor(after)
    if day is not None:
        told = told.filter(Q(created_at__lt=day) | Q(created_at=day, pk__lt=pk))
    rows = list(told[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    agencies = {agency for agency, _role in standing(user)}
    page = {
        "place": "inbox",
        "lines": [Line(row, words(row), _address(row, agencies)) for row in rows[:PAGE]],
        "after": f"{last.created_at.isoformat()}/{last.pk}" if last else "",
        "unread": any(row.read_at is None for row in rows),
        # Everything that is on this page or older; what comes later stays new.
        "newest": rows[0].created_at.isoformat() if rows else "",
    }
    return render(request, "notifications/inbox.html", page)


@login_required
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark as read what the reader had before her when she pressed the button."""
    told = Notification.objects.filter(person=reader(request), read_at__isnull=True)
    newest, _pk = _read_cursor(request.POST.get("newest", ""))
    if newest is not None:
        told.filter(created_at__lte=newest).update(read_at=timezone.now())
        messages.success(request, _("All notices are marked as read."))
    return redirect("notifications:inbox")


def _read_cursor(text: str) -> tuple[datetime | None, int]:
    day, _sep, pk = text.partition("/")
    try:
        moment = parse_datetime(day)
        return (moment if moment is not None and moment.tzinfo is not None else None), int(pk or 0)
    except ValueError:
        return None, 0


def _address(row: Notification, agencies: Collection[int]) -> str:
    """Return where the notification leads: her case, the work item of his office, or the worklist."""
    if row.person_id == row.case.applicant_id:
        return reverse("cases:status", args=[row.case.key])
    facts = row.event.facts
    for item in (*facts.get("opened", ()), *([facts["resumed"]] if "resumed" in facts else ())):
        if item.get("person") == row.person_id or (item.get("person") is None and item.get("agency") in agencies):
            return reverse("workflows:item", args=[item["item"]])
    return reverse("workflows:worklist")
