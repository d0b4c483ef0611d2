"""What the administrators do with the routing table: one proposes a rule, another approves it.

They read no case. A rule is changed by another one in its place: the row before ends on the day before it, so that
what was suggested to a case can always be looked up. All of it happens one after another, under one lock.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import User
from cases.policy import NotFoundForYou, WrongState
from workflows.actions.rules import NoReason, NoSource, log, one_after_another
from workflows.models import DeadlineRule, RoutingRule
from workflows.queries.routes import problems_of, routes

_ONE_DAY = timedelta(days=1)


class FitsNothing(WrongState):
    """The rule names an answer that the form does not ask, or a body that the flow does not offer."""


class AlreadyEnds(WrongState):
    """The rule in whose place another one should stand has its last day already, or has not begun by then."""


@dataclass(frozen=True)
class RouteWording:
    """What a rule of the routing table says. Without a body it only ends the rule that it replaces."""

    position: int
    kind: str
    product: str
    why: str
    source: str
    source_status: str
    valid_from: date
    conditions: list[list[Any]] = field(default_factory=list)


def drafted(service: str, name: str, wording: RouteWording, *, replaces: int | None = None) -> RoutingRule:
    """Return a rule as it would be proposed, kept nowhere: for the test bench."""
    return RoutingRule(service=service, name=name, replaces_id=replaces, **asdict(wording))


def propose_route(
    service: str, name: str, *, by: User, wording: RouteWording, replaces: int | None = None, at: datetime
) -> RoutingRule:
    """Return a new rule, or one in another's place; it holds once another administrator has approved it.

    Its first day is to come. The same form sent twice acts once.
    """
    with one_after_another(by):
        if (service, name) not in routes():
            raise NotFoundForYou
        if wording.valid_from <= timezone.localdate(at):
            raise WrongState(_("A new rule begins tomorrow at the earliest."))
        if wording.source_status == DeadlineRule.SourceStatus.VERIFIED and not wording.source:
            raise NoSource(_("Name the text and the article that was read."))
        proposed = drafted(service, name, wording, replaces=replaces)
        proposed.proposed_by = by
        _require_fit(proposed)
        if replaces is not None:
            _require_replaceable(proposed)
        mine = RoutingRule.objects.filter(
            service=service, name=name, replaces=replaces, proposed_by=by, approved_at=None, **_columns(wording)
        )
        same = next((rule for rule in mine if rule.conditions == wording.conditions), None)
        if same is not None:
            return same
        proposed.save(force_insert=True)
        log.info("Routing rule %s (row %s) was proposed by person %s.", proposed, proposed.pk, by.pk)
    return proposed


def approve_route(proposed: int, *, by: User, at: datetime) -> RoutingRule:
    """Let a proposed rule hold from its first day on; the rule that it replaces ends on the day before.

    Raises NotFoundForYou for whoever proposed it, WrongState when it is gone, approved, or its first day has come.
    """
    with one_after_another(by):
        rule = _proposal(proposed)
        if rule.approved_by_id == by.pk:
            return rule
        _require_undecided(rule)
        if rule.proposed_by_id == by.pk:
            raise NotFoundForYou
        if rule.valid_from <= timezone.localdate(at):
            raise WrongState(_("Its first day has come before anybody approved it. Propose it again from a later day."))
        _require_fit(rule)
        if rule.replaces_id is not None:
            before = _require_replaceable(rule)
            before.valid_to = rule.valid_from - _ONE_DAY
            before.save(update_fields=["valid_to"])
        rule.approved_by, rule.approved_at = by, at
        rule.save(update_fields=["approved_by", "approved_at"])
        log.info("Routing rule %s (row %s) was approved by person %s.", rule, rule.pk, by.pk)
    return rule


def decline_route(proposed: int, *, by: User, words: str = "") -> RoutingRule:
    """Remove a proposed rule before it is approved; another's for a reason, which the log keeps."""
    with one_after_another(by):
        rule = _proposal(proposed)
        _require_undecided(rule)
        if rule.proposed_by_id != by.pk and not words.strip():
            raise NoReason(_("Write why it is not approved, in a sentence."))
        log.info(
            "Routing rule %s (row %s), proposed by person %s, was declined by person %s: %s",
            *(rule, rule.pk, rule.proposed_by_id, by.pk, " ".join(words.split()) or "-"),
        )
        rule.delete()
    return rule


def undecided_route(proposed: int) -> RoutingRule:
    """Return a proposed rule that nobody has decided about; raises WrongState when it is gone or approved."""
    rule = _proposal(proposed)
    _require_undecided(rule)
    return rule


def _proposal(pk: int) -> RoutingRule:
    people = ("proposed_by", "approved_by", "replaces")
    rule = RoutingRule.objects.select_related(*people).filter(pk=pk, proposed_by__isnull=False).first()
    if rule is None:
        raise WrongState(_("This proposal is no longer there: it was declined or taken back."))
    return rule


def _require_undecided(rule: RoutingRule) -> None:
    if rule.approved_at is not None:
        when = timezone.localtime(rule.approved_at)
        raise WrongState(
            _("%(who)s already approved this rule at %(time)s.")
            % {"who": rule.approved_by, "time": f"{when:%H:%M %d/%m/%Y}"}
        )


def _require_fit(rule: RoutingRule) -> None:
    if problems := problems_of(rule):
        raise FitsNothing(problems[0])


def _require_replaceable(rule: RoutingRule) -> RoutingRule:
    """Return the rule that this one replaces, which must hold on the day before it begins."""
    same_route = RoutingRule.objects.filter(service=rule.service, name=rule.name)
    before = same_route.filter(pk__in=[rule.replaces_id]).first()
    if before is None or not before.holds or not before.kind:
        raise NotFoundForYou
    if before.valid_to is not None:
        raise AlreadyEnds(_("This rule already has its last day. Propose a new one."))
    if before.valid_from >= rule.valid_from:
        raise AlreadyEnds(_("The rule before has not begun by then. Choose a later day."))
    return before


def _columns(wording: RouteWording) -> dict[str, Any]:
    return {name: value for name, value in asdict(wording).items() if name != "conditions"}
