"""The worklist of those who work on cases, and how its work is handed out."""

from uuid import UUID, uuid5

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import policy
from cases.models import Role, User
from cases.policy import NotFoundForYou, WrongState
from cases.services import SERVICES
from cases.views.own import form_key, reader
from workflows import actions
from workflows.forms.assigning import AssignForm, Ticked
from workflows.queries.away import away_today
from workflows.queries.following import to_ask
from workflows.queries.publishing import how_many_to_publish
from workflows.queries.to_approve import MOST, questions_to_approve
from workflows.queries.worklist import Chosen
from workflows.queries.worklist import worklist as items_for
from workflows.views.deciding import list_address
from workflows.views.item import may


@login_required
def worklist(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader, the most pressing first."""
    user, now = reader(request), timezone.now()
    held = policy.standing(user)
    if not held:
        raise policy.NotFoundForYou
    found = items_for(user, Chosen.read(request.GET), after=request.GET.get("after", ""), at=now)
    to_approve = questions_to_approve(user, held)
    scopes = (("mine", _("Mine")), ("office", _("The whole office")), ("late", _("Overdue")))
    words = {
        "place": "worklist",
        "worklist": found,
        "chosen": found.chosen,
        "tabs": [
            (Chosen(scope, found.chosen.service, found.chosen.step), label, found.counts[scope])
            for scope, label in scopes
        ],
        "services": SERVICES.values(),
        "to_approve": to_approve[:MOST],
        "how_many_to_approve": f"{MOST}+" if len(to_approve) > MOST else str(len(to_approve)),
        "to_publish": how_many_to_publish(user, held),
        "to_ask": to_ask(user, held, after=request.GET.get("asked_after", ""), at=now),
        "away": away_today(user, today=timezone.localdate(now)),
        "now": now,
        "assigns": Role.APPROVER in {role for _agency, role in held},
    }
    return render(request, "workflows/worklist.html", words)


@login_required
def assign(request: HttpRequest) -> HttpResponse:
    """Hand out the ticked work items, each in its own step, and say of each what became of it."""
    user = reader(request)
    sent = request.POST if request.method == "POST" else request.GET
    form = AssignForm(user, sent.getlist("item"), posted=request.POST if request.method == "POST" else None)
    if not form.ticked:
        messages.error(request, _("Tick one or more work items first."))
        return redirect(list_address(request))
    if request.method != "POST" or not form.is_valid():
        words = {"place": "worklist", "form": form, "list": Chosen.read(request.GET).address}
        return render(request, "workflows/assign.html", words)
    to = form.cleaned_data["to"]
    done, key = [], form_key(request)
    for ticked in form.ticked:
        if refused := _hand_over(ticked, user, to, uuid5(key, str(ticked.item.pk))):
            messages.warning(request, f"{_named(ticked)}: {refused}")
        else:
            done.append(_named(ticked))
    if done:
        messages.success(request, _("%(who)s holds now: %(items)s.") % {"who": to, "items": ", ".join(done)})
    return redirect(list_address(request))


def _hand_over(ticked: Ticked, user: User, to: User, key: UUID) -> str:
    """Give one item to its new holder; return why not, where it was refused."""
    now = timezone.now()
    try:
        if may(user, "assign", ticked.item):
            actions.assign(ticked.item, manager=user, to=to, seen_version=ticked.seen, key=key, at=now)
        elif to == user:
            actions.claim(ticked.item, reviewer=user, key=key, at=now)
        else:
            return _("Only the approver of the office hands this out.")
    except WrongState as refused:
        return str(refused.message)
    except NotFoundForYou:
        return _("This work item is for another role.")
    return ""


def _named(ticked: Ticked) -> str:
    return f"{ticked.name} ({ticked.item.case.short_code})"
