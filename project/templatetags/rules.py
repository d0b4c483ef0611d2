"""Deadline rules in words."""

from django import template

from workflows.models import DeadlineRule
from workflows.queries.rules import counted_of, source_of, term_of

register = template.Library()


@register.filter
def term(rule: DeadlineRule) -> str:
    """Return how long a rule gives."""
    return term_of(rule)


@register.filter
def counted(rule: DeadlineRule) -> str:
    """Return from when a rule counts."""
    return counted_of(rule)


@register.filter
def source(rule: DeadlineRule) -> str:
    """Return on whose word a rule stands."""
    return source_of(rule)
