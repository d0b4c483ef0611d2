"""The pages of the administrators of the routing table: its rules, a new one, its end, and what past cases would say.

No case stands here: the test bench names past cases by their code and by the bodies, and nothing that she wrote.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import policy
from cases.models import User
from cases.queries.directory import reference_version
from workflows.actions import routing as actions
from workflows.actions.rules import log
from workflows.forms.routing import EndRouteForm, RouteForm
from workflows.forms.rules import DeclineRuleForm
from workflows.models import RoutingRule
from workflows.queries.bench import Trial, tried
from workflows.queries.routes import Route, listed, routes
from workflows.views.rules import administrator


@login_required
def routing(request: HttpRequest) -> HttpResponse:
    """List the rules of the routing table in their order: what holds today, what comes, what waits, what is over."""
    user, today = administrator(request), timezone.localdate()
    groups = listed(today=today)
    waiting = [(lines, rule) for lines in groups for rule in lines.proposed]
    words = {"place": "routing", "groups": groups, "waiting": waiting, "today": today, "me": user}
    return render(request, "workflows/routing.html", words)


@login_required
def propose(request: HttpRequest, service: str, name: str) -> HttpResponse:
    """Write a new rule of one route."""
    user = administrator(request)
    return _rule_page(request, user, _route(service, name), None)


@login_required
def change(request: HttpRequest, rule: int) -> HttpResponse:
    """Write a rule that stands in the place of another one from a day on."""
    user = administrator(request)
    before = _in_force(rule)
    return _rule_page(request, user, _route(before.service, before.name), before)


@login_required
def end(request: HttpRequest, rule: int) -> HttpResponse:
    """Propose that a rule ends; nothing comes in its place."""
    user, today = administrator(request), timezone.localdate()
    before = _in_force(rule)
    form = EndRouteForm(request.POST if request.method == "POST" else None, today=today)
    wording = form.wording(before) if request.method == "POST" and form.is_valid() else None
    return _answer(request, user, form, _route(before.service, before.name), before, wording)


@login_required
def approve(request: HttpRequest, rule: int) -> HttpResponse:
    """Show what a proposed rule changes, also for past cases, and let it hold from its first day on."""
    if request.method != "POST":
        return _weigh(request, rule, DeclineRuleForm())
    approved = actions.approve_route(rule, by=administrator(request), at=timezone.now())
    messages.success(request, _("Approved. It holds from %(day)s.") % {"day": f"{approved.valid_from:%d/%m/%Y}"})
    return redirect("workflows:routing")


@login_required
@require_POST
def decline(request: HttpRequest, rule: int) -> HttpResponse:
    """Remove a proposed rule; another's for a reason."""
    user, form = administrator(request), DeclineRuleForm(request.POST)
    own = RoutingRule.objects.filter(pk=rule, proposed_by=user).exists()
    if not own and not form.is_valid():
        return _weigh(request, rule, form)
    actions.decline_route(rule, by=user, words=str(form.data.get("words", "")))
    messages.success(request, _("The proposal was removed."))
    return redirect("workflows:routing")


def _rule_page(request: HttpRequest, user: User, route: Route, before: RoutingRule | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = RouteForm(posted, route=route, today=timezone.localdate(), rule=before)
    wording = form.wording() if posted is not None and form.is_valid() else None
    return _answer(request, user, form, route, before, wording)


def _answer(
    request: HttpRequest,
    user: User,
    form: RouteForm | EndRouteForm,
    route: Route,
    before: RoutingRule | None,
    wording: actions.RouteWording | None,
) -> HttpResponse:
    """Try what was written on past cases, or propose it; while something is wrong, show the form again."""
    replaces = before.pk if before is not None else None
    trial: Trial | None = None
    if wording is not None and "try" in request.POST:
        drafted = actions.drafted(route.service, route.name, wording, replaces=replaces)
        trial = _tried(user, route, drafted)
    elif wording is not None:
        try:
            actions.propose_route(
                route.service, route.name, by=user, wording=wording, replaces=replaces, at=timezone.now()
            )
        except actions.AlreadyEnds as ends:
            form.add_error("valid_from", str(ends.message))
        except actions.FitsNothing as misfit:
            form.add_error(None, str(misfit.message))
        else:
            messages.success(request, _("The rule was proposed. Another administrator must approve it."))
            return redirect("workflows:routing")
    words = {"place": "routing", "form": form, "route": route, "before": before, "trial": trial}
    page = "workflows/routing_form.html" if isinstance(form, RouteForm) else "workflows/routing_end.html"
    return render(request, page, words)


def _weigh(request: HttpRequest, proposed: int, form: DeclineRuleForm) -> HttpResponse:
    """Show one proposal: what it says, in whose place, what past cases would say of it; and both buttons."""
    user, today = administrator(request), timezone.localdate()
    rule = actions.undecided_route(proposed)
    route = _route(rule.service, rule.name)
    words = {
        "place": "routing",
        "rule": rule,
        "route": route,
        "trial": _tried(user, route, rule),
        "is_mine": rule.proposed_by_id == user.pk,
        "is_over": rule.valid_from <= today,
        "form": form,
    }
    return render(request, "workflows/routing_approval.html", words)


def _tried(user: User, route: Route, rule: RoutingRule) -> Trial:
    """Try a rule on past cases, and say so in the log: whoever tries often enough could guess an answer."""
    trial = tried(route, rule, version=reference_version())
    log.info("A routing rule of %s was tried on %s cases by person %s.", route.service, trial.tried, user.pk)
    return trial


def _route(service: str, name: str) -> Route:
    route = routes().get((service, name))
    if route is None:
        raise policy.NotFoundForYou
    return route


def _in_force(pk: int) -> RoutingRule:
    """Return a rule that can be changed or ended: one that holds and suggests a body."""
    rule = RoutingRule.objects.filter(pk=pk).first()
    if rule is None or not rule.holds or not rule.kind:
        raise policy.NotFoundForYou
    return rule
