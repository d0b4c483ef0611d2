"""Values as one reads them aloud."""

from django import template

from cases.models import User

register = template.Library()


@register.filter
def phone_aloud(phone: str) -> str:
    """Return +84912345678 as 0912 345 678."""
    return User(phone=phone).phone_as_read
