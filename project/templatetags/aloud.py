"""Values as one reads them aloud."""

import re
from datetime import date

from django import template
from django.utils import timezone

from cases.models import User
from cases.queries.directory import reference_version
from workflows.queries.rulebook import rulebook

register = template.Library()


@register.filter
def phone_aloud(phone: str) -> str:
    """Return +84912345678 as 0912 345 678."""
    return User(phone=phone).phone_as_read


@register.filter
def law_to_her(source: str) -> str:
    """Return a source as a law alone, without what stands in brackets behind it for those who keep the rules."""
    return re.sub(r"\s*\([^()]*\)\s*$", "", source)


@register.filter
def working_days_late(day: date) -> int:
    """Return by how many working days a day is over; never fewer than one, as the offices count it, too."""
    return max(1, rulebook(reference_version()).calendar.between(day, timezone.localdate()))


@register.filter
def working_days_left(day: date) -> int:
    """Return how many working days are left after today, up to and including the day."""
    return rulebook(reference_version()).calendar.between(timezone.localdate(), day)
