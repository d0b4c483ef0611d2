"""What a supervisor writes: a reminder to whoever holds a step, a remark. She decides nothing."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.queries.naming import name_of
from cases.views.own import reader
from workflows import actions
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.queries.held import holder_of
from workflows.views.story import supervised_case

_LONGEST = 1000


class WordsForm(forms.Form):
    """Asks for words, and once only: the key makes a second click the same."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Words"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write what should be done, in a sentence or two."),
            "max_length": _("This is too long. At most %(limit_value)d letters."),
        },
    )


class ReminderForm(WordsForm):
    """Asks also which of the open steps is meant."""

    item = forms.TypedChoiceField(
        label=_("Whom to remind"), coerce=int, widget=forms.RadioSelect, error_messages={"required": _("Choose one.")}
    )
    field_order = ["key", "item", "words"]


@login_required
def remind(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remind whoever holds an open step of the case."""
    user = reader(request)
    case = supervised_case(user, key)
    items = {item.pk: item for item in case.work_items.select_related("agency", "assignee").order_by("due_at", "pk")}
    running = [pk for pk, item in items.items() if item.status == WorkItem.Status.OPEN]
    if request.method != "POST" and not running:
        messages.info(request, _("Nobody can be reminded now: no step of this case is running."))
        return redirect("workflows:story", key=key)
    form = ReminderForm(request.POST or None, initial={"key": uuid4(), "item": next(iter(running), None)})
    # A step that ended since the form was made is refused by the action, which tells it from the same form sent again.
    offered = [pk for pk in items if pk in running or str(pk) == request.POST.get("item")]
    form.fields["item"].choices = [(pk, _whom(case, items[pk])) for pk in offered]  # type: ignore[attr-defined]
    form.fields["words"].help_text = _("For example: The promised date is near. What is missing to keep it?")
    if request.method == "POST" and form.is_valid():
        actions.remind(
            items[form.cleaned_data["item"]],
            supervisor=user,
            words=form.cleaned_data["words"],
            key=form.cleaned_data["key"],
            at=timezone.now(),
        )
        messages.success(request, _("The reminder was sent. It stands in the story."))
        return redirect("workflows:story", key=key)
    return _page(request, case, form, _("Remind the holder"), _("Send the reminder"))


@login_required
def remark(request: HttpRequest, key: UUID) -> HttpResponse:
    """Leave a remark on the case."""
    user = reader(request)
    case = supervised_case(user, key)
    form = WordsForm(request.POST or None, initial={"key": uuid4()})
    form.fields["words"].help_text = _("Those who supervise read it. The applicant and the offices do not.")
    if request.method == "POST" and form.is_valid():
        actions.remark(
            case,
            supervisor=user,
            words=form.cleaned_data["words"],
            key=form.cleaned_data["key"],
            at=timezone.now(),
        )
        messages.success(request, _("The remark was saved. It stands in the story."))
        return redirect("workflows:story", key=key)
    return _page(request, case, form, _("Leave a remark"), _("Save the remark"))


def _whom(case: Case, item: WorkItem) -> str:
    step = graph_for(case.service, case.version).human(item.node).label
    return f"{holder_of(item).name}: {step}, {timezone.localtime(item.due_at):%d/%m/%Y}"


def _page(request: HttpRequest, case: Case, form: forms.Form, title: object, button: object) -> HttpResponse:
    words = {
        "place": "register",
        "case": case,
        "name": name_of(case),
        "form": form,
        "title": title,
        "button": button,
    }
    return render(request, "workflows/supervise.html", words)
