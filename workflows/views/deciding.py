"""The page of one work item and what its buttons do: conclude, ask, take, give back, look closer, write."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases import policy
from cases.models import AccessRecord, User
from cases.policy import WrongState
from cases.queries.naming import name_of
from cases.views.own import form_key, reader
from workflows import actions
from workflows.forms.asking import AskForm
from workflows.forms.deciding import DecisionForm
from workflows.forms.step import StepForm
from workflows.forms.talking import NoteForm, ToHerForm
from workflows.models import WorkItem
from workflows.queries.beside import next_to_decide
from workflows.queries.preview import MessageToHer, message_to_her
from workflows.queries.worklist import Chosen
from workflows.views.item import (
    find_item,
    may,
    may_ask,
    numbers_here,
    page_of,
    sealed_here,
    unsealed_words,
    why_not,
)

# What is said beside a conclusion, by the right to say it: the action, its form, and what is told when it is done.
SAYING = {
    "write_to_her": (actions.write_to_her, ToHerForm, gettext_lazy("The message to her was sent.")),
    "note": (actions.note, NoteForm, gettext_lazy("The note was kept for colleagues.")),
}


@login_required
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one work item: the story, the facts, and the form of the conclusion."""
    found = find_item(reader(request), pk)
    return _page(request, found, form=_decision_form(request, found))


@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what she will read, fill a template in, or conclude and go on to the next work item."""
    user, now = reader(request), timezone.now()
    found = find_item(user, pk)
    if request.method != "POST":
        return redirect(item_address(pk, request))
    wanted = request.POST.get("action")
    if wanted == "fill":
        _require_turn(user, found)
        form = _as_typed(request, found)
        form.fill_in_template()
        return _page(request, found, form=form)
    form = DecisionForm(request.POST, item=found, at=now)
    if not form.is_valid():
        _require_turn(user, found)
        return _page(request, found, form=form, preview=_preview(form))
    if wanted == "preview":
        _require_turn(user, found)
        return _page(request, found, form=form, preview=_preview(form))
    try:
        actions.decide(found, reviewer=user, at=now, **form.conclusion())
    except actions.NotAChoice as refused:
        form.add_error(None, str(refused.message))
        return _page(request, found, form=form)
    messages.success(
        request,
        _("The conclusion for %(name)s (%(code)s) was sent.")
        % {"name": name_of(found.case), "code": found.case.short_code},
    )
    return _go_on(request, found)


@login_required
@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what she will read as the form stands now: a part of the page, asked for while one types."""
    user = reader(request)
    found = find_item(user, pk)
    _require_turn(user, found)
    form = DecisionForm(request.POST, item=found, at=timezone.now())
    form.is_valid()
    return render(request, "workflows/_preview.html", {"preview": _preview(form)})


@login_required
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the applicant for what is missing."""
    user, now = reader(request), timezone.now()
    found = find_item(user, pk)
    if request.method != "POST":
        if why_not(user, found, held=policy.standing(user)) or not may_ask(found):
            return redirect(item_address(pk, request))
        return _page(request, found, form=AskForm(item=found), asking=True)
    if request.POST.get("action") == "fill":
        _require_turn(user, found)
        typed = _as_typed(request, found)
        typed.fill_in_template()
        return _page(request, found, form=typed, asking=True)
    form = AskForm(request.POST, item=found)
    if not form.is_valid():
        _require_turn(user, found)
        return _page(request, found, form=form, asking=True)
    actions.request_information(
        found,
        reviewer=user,
        question=form.cleaned_data["question"],
        asked_fields=form.asked(),
        why_again=form.cleaned_data.get("why_again", ""),
        seen_version=form.cleaned_data["seen_version"],
        key=form.cleaned_data["key"],
        at=now,
    )
    sent = (
        _("The question about %(name)s (%(code)s) waits for an approver. The due date goes on.")
        if form.asked_before
        else _("The question to %(name)s (%(code)s) was sent.")
    )
    messages.success(request, sent % {"name": name_of(found.case), "code": found.case.short_code})
    return _go_on(request, found)


@login_required
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a work item into one's own hands."""
    user = reader(request)
    actions.claim(find_item(user, pk), reviewer=user, key=form_key(request), at=timezone.now())
    messages.success(request, _("You hold this work item now."))
    return redirect(item_address(pk, request))


@login_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a work item back to the office."""
    user = reader(request)
    actions.release(find_item(user, pk), reviewer=user, key=form_key(request), at=timezone.now())
    messages.success(request, _("The work item is back with the office."))
    return redirect(item_address(pk, request))


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


@login_required
@require_POST
def unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one masked number whole to who is to decide; the reading is written down first."""
    user, now = reader(request), timezone.now()
    found = find_item(user, pk)
    name = request.POST.get("number", "")
    number = numbers_here(user, found).get(name)
    if number is None:
        raise policy.NotFoundForYou
    AccessRecord.objects.create(case=found.case, person=user, part=AccessRecord.Part.SEALED, purpose=name, at=now)
    if request.headers.get("HX-Request"):
        return render(request, "workflows/_number.html", {"number": number})
    return _page(request, found, form=_as_typed(request, found), asking="question" in request.POST, unmasked=name)


@login_required
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to her, without a question that stops the clock."""
    return _say(request, pk, "write_to_her")


@login_required
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Note something for colleagues; she never reads it."""
    return _say(request, pk, "note")


def _say(request: HttpRequest, pk: int, right: str) -> HttpResponse:
    user = reader(request)
    found = find_item(user, pk)
    action, form_class, done = SAYING[right]
    form = form_class(request.POST)
    if not form.is_valid():
        if not may(user, right, found):
            raise policy.NotFoundForYou
        shown: dict[str, Any] = {right: form}
        return _page(request, found, form=_decision_form(request, found), **shown)
    action(found, reviewer=user, words=form.cleaned_data["words"], key=form_key(request), at=timezone.now())
    messages.success(request, done)
    return redirect(item_address(pk, request) + "#said")


def item_address(pk: int, request: HttpRequest) -> str:
    """Return the address of a work item inside the worklist that was chosen."""
    chosen = Chosen.read(request.GET).address
    return reverse("workflows:item", args=[pk]) + (f"?{chosen}" if chosen else "")


def list_address(request: HttpRequest) -> str:
    """Return the address of the worklist that was chosen."""
    chosen = Chosen.read(request.GET).address
    return reverse("workflows:worklist") + (f"?{chosen}" if chosen else "")


def _go_on(request: HttpRequest, done: WorkItem) -> HttpResponse:
    """Go on with the next work item of the same list, or back to the list when nothing is left in it."""
    user = reader(request)
    following = next_to_decide(user, done, Chosen.read(request.GET), held=policy.standing(user), at=timezone.now())
    return redirect(list_address(request) if following is None else item_address(following, request))


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


def _as_typed(request: HttpRequest, found: WorkItem) -> StepForm:
    """Return the form as it was typed so far, when another button than its own was pressed."""
    asking = AskForm.words_field in request.POST
    form: StepForm = AskForm(item=found) if asking else DecisionForm(item=found, at=timezone.now())
    form.show_again(request.POST)
    return form


def _preview(form: DecisionForm) -> MessageToHer | None:
    return message_to_her(form.item, form.option, **form.so_far(), at=form.at) if form.option else None


def _at_first(form: DecisionForm, at: datetime) -> MessageToHer | None:
    """Return what she will read where only one conclusion is offered, before anything is typed."""
    if form.is_bound or len(form.options) != 1:
        return None
    words = str(form.initial.get("answer") or "")
    return message_to_her(form.item, form.options[0], reason_code="", answer=words, details={}, at=at)


def _page(request: HttpRequest, found: WorkItem, *, unmasked: str = "", **shown: Any) -> HttpResponse:
    now = timezone.now()
    words = {**page_of(request, found, at=now, unmasked=unmasked), **shown}
    if isinstance(shown.get("form"), DecisionForm):
        words["preview"] = shown.get("preview") or _at_first(shown["form"], now)
    response = render(request, "workflows/item.html", words)
    AccessRecord.objects.create(
        case=found.case, person=reader(request), part=AccessRecord.Part.CASE, purpose=found.node, at=now
    )
    return response
