"""The slips of a case on its page."""

from collections.abc import Sequence
from typing import Any

from django import template

from cases.models import Case
from cases.slips.shelf import Shown, shown_to

register = template.Library()


@register.simple_tag(takes_context=True)
def slips_of(context: dict[str, Any], case: Case) -> Sequence[Shown]:
    """Return the slips of a case that whoever looks at the page may open."""
    return shown_to(context["request"].user, case)
