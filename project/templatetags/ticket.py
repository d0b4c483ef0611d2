"""What stands on the ticket that she keeps: the picture of its code, and the holidays that moved its date."""

from datetime import date
from typing import Any

import segno
from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from cases.models import Case
from cases.queries.directory import reference_version
from workflows.queries.rulebook import rulebook

register = template.Library()

SATURDAY = 5


@register.simple_tag(takes_context=True)
def code_picture(context: dict[str, Any], code: str) -> SafeString:
    """Return a QR code, as SVG, that opens the page where this code is looked up."""
    try:
        address = f"{reverse('cases:lookup')}?ma={code}"
    except NoReverseMatch:
        address = "/"
    picture = segno.make(context["request"].build_absolute_uri(address), error="m", micro=False)
    drawn = picture.svg_inline(scale=4, border=0, svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(drawn)  # noqa: S308 - drawn by segno from our own address


@register.simple_tag
def days_off(case: Case) -> list[date]:
    """Return the holidays, but for weekends, between the sending and the promised day."""
    if case.submitted_at is None or case.promised_on is None:
        return []
    sent = timezone.localdate(case.submitted_at)
    holidays = rulebook(reference_version()).calendar.holidays
    return sorted(day for day in holidays if sent <= day <= case.promised_on and day.weekday() < SATURDAY)


@register.simple_tag
def counts_from(case: Case) -> date | None:
    """Return the day on which a case counts as received, where it came too late for the day it was sent on."""
    if case.submitted_at is None:
        return None
    received = rulebook(reference_version()).received_on(case)
    return received if received > timezone.localdate(case.submitted_at) else None


@register.filter
def join_days(days: list[date]) -> str:
    """Return days as one reads them: 24/11, 25/11."""
    return ", ".join(f"{day:%d/%m}" for day in days)
