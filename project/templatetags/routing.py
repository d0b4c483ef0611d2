"""Rules of the routing table in words."""

from django import template

from workflows.models import RoutingRule
from workflows.queries.routes import Line, Route, conditions_in_words, lines_of, source_words

register = template.Library()


@register.filter
def conditions(rule: RoutingRule) -> list[str]:
    """Return for which of her answers a rule holds."""
    return conditions_in_words(rule)


@register.filter
def sure(rule: RoutingRule) -> str:
    """Return on whose word a rule stands."""
    return source_words(rule)


@register.filter
def compared(rule: RoutingRule, route: Route) -> list[Line]:
    """Return what a rule says, line by line, beside the rule in whose place it stands."""
    return lines_of(rule, route)


@register.filter
def body(rule: RoutingRule, route: Route) -> str:
    """Return what the body is called that a rule suggests."""
    return route.body(rule.kind)
