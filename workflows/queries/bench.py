"""The test bench of the routing table: which past cases a rule would have sent elsewhere. Nothing is written."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cases.models import Case
from workflows.models import RoutingRule
from workflows.queries.routes import Route
from workflows.queries.routing import first_fitting, rules_in_force

# The newest so many cases are tried.
MOST_TRIED = 500
# So many of those that would go elsewhere are shown one by one.
MOST_SHOWN = 100


@dataclass(frozen=True)
class Moved:
    """One past case that would have gone elsewhere. Its code and its bodies, and nothing that she wrote."""

    code: str
    sent_on: date
    before: str
    after: str
    # What whoever sorted it decided; empty where nobody has yet.
    chosen: str


@dataclass(frozen=True)
class Trial:
    """What a rule would have changed."""

    tried: int
    changed: int
    # Of those: where somebody had chosen otherwise than the table says, and where just as the rule now says.
    overridden: int
    as_chosen: int
    moved: tuple[Moved, ...]

    @property
    def rest(self) -> int:
        """How many more would change than are shown."""
        return self.changed - len(self.moved)


def tried(route: Route, rule: RoutingRule, *, version: int) -> Trial:
    """Return what a proposed rule would have changed, held against the table as it stands on the rule's first day.

    The answers are opened in memory alone. Two queries, however many cases there are.
    """
    before = rules_in_force(route.service, route.name, on=rule.valid_from, version=version)
    after = [kept for kept in before if kept.pk != rule.replaces_id]
    if rule.kind:
        after.append(rule)
    # A rule not yet kept comes after those of the same place, as it will once it is.
    after.sort(key=lambda each: (each.position, each.pk is None, each.pk or 0))
    cases = Case.objects.listed().filter(service=route.service).select_related("answers")
    newest = list(cases.order_by("-submitted_at", "-pk")[:MOST_TRIED])
    changed = [moved for case in newest if (moved := _moved(case, route, before, after)) is not None]
    chosen = [moved for moved in changed if moved.chosen]
    return Trial(
        tried=len(newest),
        changed=len(changed),
        overridden=sum(moved.chosen != moved.before for moved in chosen),
        as_chosen=sum(moved.chosen == moved.after for moved in chosen),
        moved=tuple(changed[:MOST_SHOWN]),
    )


def _moved(case: Case, route: Route, before: list[RoutingRule], after: list[RoutingRule]) -> Moved | None:
    data = case.answers.data
    was, would_be = first_fitting(before, data), first_fitting(after, data)
    kinds = [fits.kind if fits else "" for fits in (was, would_be)]
    if kinds[0] == kinds[1]:
        return None
    assert case.submitted_at is not None
    names = [route.body(kind) if kind else "" for kind in (*kinds, str(case.facts.get(route.name) or ""))]
    return Moved(case.short_code, case.received_on or timezone.localdate(case.submitted_at), *names)
