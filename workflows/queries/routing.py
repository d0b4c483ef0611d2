"""Which body may fit: the routing table held against her answers. It suggests; whoever sorts the case decides."""

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from cases.services.base import Data
from workflows.models import RoutingRule

# The share that one amount is of another: it is held against [the other answer, per cent], and counted exactly.
SHARE = "share_at_least"


def _is_share(amount: Any, held_against: Any) -> bool:
    whole, percent = held_against
    return isinstance(amount, int) and isinstance(whole, int) and amount * 100 >= whole * percent


# What a condition can compare, by the sign that the table keeps.
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "is_not": operator.ne,
    "one_of": lambda answer, values: answer in values,
    "at_least": lambda answer, least: isinstance(answer, int) and answer >= least,
    "at_most": lambda answer, most: isinstance(answer, int) and answer <= most,
    SHARE: _is_share,
}


@dataclass(frozen=True)
class Suggestion:
    """What the table says of one case: a body that may fit, and by which rule."""

    kind: str
    product: str
    why: str
    rule: int | None


def holds(rule: RoutingRule, data: Data) -> bool:
    """Return whether every condition of a rule holds with these answers; one that was not answered does not hold."""
    return all(_holds(name, sign, value, data) for name, sign, value in rule.conditions)


def _holds(name: str, sign: str, value: Any, data: Data) -> bool:
    if sign == SHARE:
        whole, percent = value
        value = (data.get(whole), percent)
    # A sign that nobody knows any more never holds: `check_flows` names its rule.
    return data.get(name) not in (None, "") and sign in COMPARISONS and COMPARISONS[sign](data[name], value)


def first_fitting(rules: Iterable[RoutingRule], data: Data) -> Suggestion | None:
    """Return what the first rule that holds suggests; None where none holds."""
    fits = next((rule for rule in rules if holds(rule, data)), None)
    return Suggestion(fits.kind, fits.product, fits.why, fits.pk) if fits else None


def rules_in_force(service: str, name: str, *, on: date, version: int) -> list[RoutingRule]:
    """Return the rules that answer one question of a service on a day, in their order."""
    return [
        rule
        for rule in routing_table(version)
        if (rule.service, rule.name) == (service, name)
        and rule.holds
        and rule.kind
        and rule.valid_from <= on
        and (rule.valid_to is None or on <= rule.valid_to)
    ]


def suggested(
    service: str, name: str, data: Data, *, on: date, version: int, without: Collection[str] = ()
) -> Suggestion | None:
    """Return which body may fit with these answers on a day, `without` some; None where the table names none."""
    rules = rules_in_force(service, name, on=on, version=version)
    return first_fitting([rule for rule in rules if rule.kind not in without], data)


def earlier_key(name: str) -> str:
    """Return the name of the fact that holds which bodies were chosen before the present one."""
    return f"{name}_before"


def chosen_before(name: str, facts: Mapping[str, Any]) -> set[str]:
    """Return which bodies were chosen before the present one: each refused, or was declined."""
    return set(facts.get(earlier_key(name), ()))


def chosen_so_far(name: str, facts: Mapping[str, Any]) -> set[str]:
    """Return which bodies were chosen up to now: who chooses again looks for another one."""
    return {*chosen_before(name, facts), *filter(None, [facts.get(name)])}


@lru_cache(maxsize=2)
def routing_table(version: int) -> tuple[RoutingRule, ...]:
    """Return the whole table as of this number of the reference tables."""
    return tuple(RoutingRule.objects.order_by("service", "name", "position", "pk"))
