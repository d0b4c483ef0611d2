"""Into other hands: somebody keeps away from a case, an office hands a step on, an adviser's step goes to another."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import policy
from cases.queries.naming import name_of, office_name
from cases.views.own import form_key, reader
from workflows import actions
from workflows.forms.hands import ReassignForm, RecuseForm, RelationForm, TransferForm
from workflows.models import WorkItem
from workflows.queries.hands import was_sent
from workflows.views.deciding import item_address, list_address
from workflows.views.item import find_item, step_of
from workflows.views.offered import allows, manages


@login_required
def recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why the reader keeps away, and close the case to her."""
    user = reader(request)
    if request.method == "POST" and was_sent("person_recused", user, form_key(request)):
        return redirect(list_address(request))
    found = find_item(user, pk)
    if not allows(user, "recuse", found, step_of(found), held=policy.standing(user)):
        raise policy.NotFoundForYou
    form = RecuseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.recuse(found, person=user, ground=given["ground"], key=given["key"], at=timezone.now())
        messages.success(
            request, _("You keep away from this case (%(code)s). Somebody else handles it.") % _named(found)
        )
        return redirect(list_address(request))
    lead = _("The case is closed to you from then on, and nothing opens it again. What you hold goes to a colleague.")
    return _page(request, found, form, title=_("Keep away from this case"), lead=lead, button=_("Keep away"))


@login_required
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which office the step is for, and hand it on."""
    user = reader(request)
    if request.method == "POST" and was_sent("item_transferred", user, form_key(request)):
        return redirect(list_address(request))
    found = find_item(user, pk)
    if not allows(user, "transfer", found, step_of(found), held=policy.standing(user)):
        raise policy.NotFoundForYou
    if request.method != "POST" and not actions.can_be_transferred(found):
        messages.info(request, _("This step does not go to another office."))
        return redirect(item_address(pk, request))
    form = TransferForm(request.POST if request.method == "POST" else None, item=found)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        there = actions.transfer(
            found,
            reviewer=user,
            to=given["to"],
            words=given["words"],
            seen_version=given["seen_version"],
            key=given["key"],
            at=timezone.now(),
        )
        said = {**_named(found), "agency": office_name(there.agency) if there.agency else ""}
        messages.success(request, _("%(name)s (%(code)s) is with %(agency)s now.") % said)
        return redirect(list_address(request))
    lead = _("The due date stays as it is. She reads which office has her case.")
    return _page(request, found, form, title=_("Hand on to another office"), lead=lead, button=_("Hand it on"))


@login_required
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which other adviser takes a step that one has by name."""
    user = reader(request)
    found = find_item(user, pk)
    step = step_of(found)
    if not manages(user, found, step, held=policy.standing(user)):
        raise policy.NotFoundForYou
    form = ReassignForm(request.POST if request.method == "POST" else None, item=found, named=step.named)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.assign(
                found,
                manager=user,
                to=given["to"],
                seen_version=given["seen_version"],
                key=given["key"],
                at=timezone.now(),
            )
        except policy.WrongState as refused:
            form.add_error("to", str(refused.message))
        else:
            said = {**_named(found), "who": given["to"]}
            messages.success(request, _("%(who)s has %(name)s (%(code)s) now.") % said)
            return redirect(item_address(pk, request))
    lead = _("%(who)s has it now.") % {"who": found.assignee}
    return _page(request, found, form, title=_("Give it to another adviser"), lead=lead, button=_("Hand over"))


@login_required
def relations(request: HttpRequest) -> HttpResponse:
    """List what the reader registered as near to her, and ask for more."""
    user = reader(request)
    if not policy.standing(user):
        raise policy.NotFoundForYou
    form = RelationForm(request.POST if request.method == "POST" else None, person=user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.register_relation(person=user, kind=given["kind"], value=given["value"], at=timezone.now())
        messages.success(request, _("It is registered. Cases that carry this number are closed to you."))
        return redirect("workflows:relations")
    words = {"place": "relations", "form": form, "relations": user.relations.order_by("-registered_at", "-pk")}
    return render(request, "workflows/relations.html", words)


def _named(item: WorkItem) -> dict[str, str]:
    return {"name": name_of(item.case), "code": item.case.short_code}


def _page(request: HttpRequest, item: WorkItem, form: Any, **words: str) -> HttpResponse:
    shown = {
        "place": "worklist",
        "item": item,
        "case": item.case,
        "name": name_of(item.case),
        "back": item_address(item.pk, request),
        "form": form,
        **words,
    }
    return render(request, "workflows/hand.html", shown)
