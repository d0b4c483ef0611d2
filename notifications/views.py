"""What a person was told, on the page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.models import FollowUp
from cases.policy import standing
from cases.queries.paging import read_place
from cases.views.own import reader
from notifications.messages import words
from notifications.models import Notification
from notifications.recipients import her_item, items_for

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
        .select_related("event__agency", "case")
        .order_by("-created_at", "-pk")
    )
    if place := read_place(after):
        day, pk = place
        told = told.filter(Q(created_at__lt=day) | Q(created_at=day, pk__lt=pk))
    rows = list(told[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    agencies = {agency for agency, _role in standing(user)}
    unanswered = _unanswered(rows[:PAGE])
    page = {
        "place": "inbox",
        "lines": [Line(row, words(row, agencies), _address(row, agencies, unanswered)) for row in rows[:PAGE]],
        "after": f"{last.created_at.isoformat()}/{last.pk}" if last else "",
        "unread": any(row.read_at is None for row in rows),
        # Everything that is on this page or older; what comes later stays new.
        "newest": rows[0].created_at.isoformat() if rows else "",
    }
    return render(request, "notifications/inbox.html", page)


@login_required
def badge(request: HttpRequest) -> HttpResponse:
    """Show how many notices are new, for a page that hears of another one."""
    return render(request, "components/badge.html")


@login_required
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark as read what the reader had before her when she pressed the button."""
    told = Notification.objects.filter(person=reader(request), read_at__isnull=True)
    if place := read_place(request.POST.get("newest", "")):
        newest, _pk = place
        told.filter(created_at__lte=newest).update(read_at=timezone.now())
        messages.success(request, _("All notices are marked as read."))
    return redirect("notifications:inbox")


def _unanswered(rows: Sequence[Notification]) -> set[tuple[int, int]]:
    """Return the follow-ups that nobody has answered, by case and number, of the cases that are asked about here."""
    asked = {row.case_id for row in rows if row.event.verb == "follow_up_due"}
    if not asked:
        return set()
    return set(FollowUp.objects.filter(case__in=asked, answered_at__isnull=True).values_list("case", "number"))


def _address(row: Notification, agencies: Collection[int], unanswered: Collection[tuple[int, int]]) -> str:
    """Return where the notification leads: her case, the work item of his office, or the worklist."""
    if row.person_id == row.case.applicant_id:
        if row.event.verb == "follow_up_due":
            asked = row.event.facts["asked"]
            number = next((number for number in asked if (row.case_id, number) in unanswered), asked[0])
            return reverse("workflows:follow_up", args=[row.case.key, number])
        if item := _her_step(row):
            return reverse("workflows:her_step", args=[row.case.key, item])
        page = "cases:thread" if row.event.verb == "message_written" else "cases:status"
        return reverse(page, args=[row.case.key])
    if row.event.verb == "follow_up_answered":
        if not items_for(row.event, row.person_id, agencies) and row.case.desk_id not in agencies:
            # Nobody of the Union is there: whoever supervises was told instead.
            return reverse("workflows:story", args=[row.case.key])
        return reverse("workflows:follow_up_by_officer", args=[row.event.facts["follow_up"]])
    if row.event.verb == "request_proposed":
        # Also to an approver of the desk, who has no work item of the case.
        return reverse("workflows:further", args=[row.event.facts["request"]])
    mine = items_for(row.event, row.person_id, agencies)
    return reverse("workflows:item", args=[mine[0]["item"]]) if mine else reverse("workflows:worklist")


def _her_step(row: Notification) -> int | None:
    """Return the id of her own step that a notification speaks of."""
    event, opened = row.event, her_item(row.event)
    if opened is not None:
        return int(opened["item"])
    reminded = event.verb == "answer_reminded" and "request" not in event.facts
    return int(event.facts["item"]) if reminded else None
