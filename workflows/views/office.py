"""The pages of those who work on cases: the worklist, one work item, and what can be done with it."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import policy
from cases.models import AccessRecord, User
from cases.policy import WrongState
from cases.services import SERVICES
from cases.views.own import reader
from workflows import actions
from workflows.forms import AskForm, DecisionForm
from workflows.models import WorkItem
from workflows.queries.preview import message_to_her
from workflows.queries.worklist import worklist as items_for
from workflows.views.item import find_item, may, may_ask, page_of, sealed_here, unsealed_words, why_not


@login_required
def worklist(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader, the most pressing first."""
    user, chosen, now = reader(request), request.GET, timezone.now()
    if not policy.standing(user):
        raise policy.NotFoundForYou
    service, step = chosen.get("service", ""), chosen.get("step", "")
    found = items_for(
        user, scope=chosen.get("scope", ""), after=chosen.get("after", ""), service=service, step=step, at=now
    )
    words = {
        "place": "worklist",
        "worklist": found,
        "scopes": (("mine", _("Mine")), ("office", _("The whole office")), ("late", _("Overdue"))),
        "services": SERVICES.values(),
        "service": service,
        "step": step,
        "today": timezone.localdate(now),
        "filters": {name: value for name, value in (("service", service), ("step", step)) if value},
    }
    return render(request, "workflows/worklist.html", words)


@login_required
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one work item: the story, the facts, and the form of the conclusion."""
    found = find_item(reader(request), pk)
    return _page(request, found, form=_decision_form(request, found))


@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what she will read, or conclude."""
    user, now = reader(request), timezone.now()
    found = find_item(user, pk)
    if request.method != "POST":
        return redirect("workflows:item", pk=pk)
    form = DecisionForm(request.POST, item=found, at=now)
    if not form.is_valid():
        _require_turn(user, found)
        return _page(request, found, form=form)
    if request.POST.get("action") == "preview":
        _require_turn(user, found)
        return _page(request, found, form=form, preview=_preview(form))
    conclusion = form.conclusion()
    try:
        actions.decide(found, reviewer=user, at=now, **conclusion)
    except actions.NotAChoice as refused:
        form.add_error(None, str(refused.message))
        return _page(request, found, form=form)
    messages.success(request, _("The conclusion on case %(code)s was sent.") % {"code": found.case.short_code})
    return redirect("workflows:worklist")


@login_required
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the applicant for what is missing."""
    user, now = reader(request), timezone.now()
    found = find_item(user, pk)
    if request.method != "POST":
        if why_not(user, found, held=policy.standing(user)) or not may_ask(found):
            return redirect("workflows:item", pk=pk)
        return _page(request, found, form=AskForm(item=found), asking=True)
    form = AskForm(request.POST, item=found)
    if not form.is_valid():
        _require_turn(user, found)
        return _page(request, found, form=form, asking=True)
    actions.request_information(
        found,
        reviewer=user,
        question=form.cleaned_data["question"],
        asked_fields=form.asked(),
        seen_version=form.cleaned_data["seen_version"],
        key=form.cleaned_data["key"],
        at=now,
    )
    messages.success(request, _("The question on case %(code)s was sent.") % {"code": found.case.short_code})
    return redirect("workflows:worklist")


@login_required
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a work item into one's own hands."""
    user = reader(request)
    actions.claim(find_item(user, pk), reviewer=user, key=_key(request), at=timezone.now())
    messages.success(request, _("You hold this work item now."))
    return redirect("workflows:item", pk=pk)


@login_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a work item back to the office."""
    user = reader(request)
    actions.release(find_item(user, pk), reviewer=user, key=_key(request), at=timezone.now())
    messages.success(request, _("The work item is back with the office."))
    return redirect("workflows:item", pk=pk)


@login_required
@require_POST
def unseal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sealed passage to the one who holds its step; the reading is written down first."""
    user, now = reader(request), timezone.now()
    found = find_item(user, pk)
    passage = next((one for one in sealed_here(user, found) if one.name == request.POST.get("name")), None)
    if passage is None:
        raise policy.NotFoundForYou
    AccessRecord.objects.create(
        case=found.case, person=user, part=AccessRecord.Part.SEALED, purpose=passage.name, at=now
    )
    return _page(
        request,
        found,
        form=_decision_form(request, found),
        unsealed=passage,
        unsealed_words=unsealed_words(found, passage),
    )


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _require_turn(user: User, found: WorkItem) -> None:
    """Pass while she may still decide; otherwise say so on the page that keeps her words."""
    if not may(user, "decide", found):
        raise policy.NotFoundForYou
    if reason := why_not(user, found, held=policy.standing(user)):
        raise WrongState(reason)


def _decision_form(request: HttpRequest, found: WorkItem) -> DecisionForm | None:
    user = reader(request)
    if why_not(user, found, held=policy.standing(user)):
        return None
    return DecisionForm(item=found, at=timezone.now())


def _preview(form: DecisionForm) -> Any:
    option, conclusion = form.option, form.conclusion()
    assert option is not None
    return message_to_her(
        form.item,
        option,
        reason_code=conclusion["reason_code"],
        answer=conclusion["answer"],
        details=conclusion["details"],
    )


def _page(request: HttpRequest, found: WorkItem, **shown: Any) -> HttpResponse:
    now = timezone.now()
    response = render(request, "workflows/item.html", {**page_of(request, found, at=now), **shown})
    AccessRecord.objects.create(
        case=found.case, person=reader(request), part=AccessRecord.Part.CASE, purpose=found.node, at=now
    )
    return response
