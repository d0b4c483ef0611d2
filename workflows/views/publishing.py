"""The pages on which an office publishes its answers without the data of who asked."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import policy
from cases.models import AccessRecord, Case, CaseState, Passage, User
from cases.policy import WrongState
from cases.queries.directory import reference_version
from cases.queries.naming import name_of
from cases.views.own import reader
from workflows import actions
from workflows.forms.publishing import PublishForm
from workflows.queries.publishing import (
    MOST,
    answers_to_publish,
    is_general_and_answered,
    offices_that_answered,
    publish_until,
    publishes,
)
from workflows.queries.rulebook import rulebook
from workflows.queries.traces import traces_of


@login_required
def to_publish(request: HttpRequest) -> HttpResponse:
    """List the answers that wait to be published, the late ones first."""
    user = reader(request)
    held = policy.standing(user)
    if not publishes(held):
        raise policy.NotFoundForYou
    rows = answers_to_publish(user, held, book=rulebook(reference_version()), today=timezone.localdate())
    return render(request, "workflows/to_publish.html", {"place": "worklist", "rows": rows, "most": MOST})


@login_required
def publish(request: HttpRequest, key: UUID) -> HttpResponse:
    """Publish one answer."""
    user, now = reader(request), timezone.now()
    case = _case(user, key)
    posted = request.POST if request.method == "POST" else None
    answer = Passage.objects.filter(pk__in=case.released_answers, kind=Passage.Kind.ANSWER).order_by("pk").first()
    form = PublishForm(
        posted,
        question=str(case.answers.data.get("need") or ""),
        answer=answer.body if answer else "",
        traces=traces_of(case),
    )
    if posted is None or not form.is_valid():
        return _page(request, case, form)
    given = form.cleaned_data
    try:
        actions.publish_answer(
            case,
            publisher=user,
            question=given["question"],
            answer=given["answer"],
            source=given["source"],
            key=given["key"],
            at=now,
        )
    except actions.NotAChoice as refused:
        form.add_error(None, str(refused.message))
        return _page(request, case, form)
    except WrongState as refused:
        refused.way_back = reverse("workflows:to_publish")
        raise
    messages.success(request, _("The answer is published. It is offered to whoever answers such a question."))
    return redirect("workflows:to_publish")


def _page(request: HttpRequest, case: Case, form: PublishForm) -> HttpResponse:
    """Show the form, while the answer waits to be published."""
    way_back = reverse("workflows:to_publish")
    if case.published.exists():
        raise WrongState(_("This answer has already been published."), way_back=way_back)
    if not is_general_and_answered(case):
        raise WrongState(_("Only the written answer to a general question is published."), way_back=way_back)
    words = {
        "place": "worklist",
        "case": case,
        "name": name_of(case),
        "until": publish_until(case, rulebook(reference_version())),
        "form": form,
    }
    response = render(request, "workflows/publish.html", words)
    AccessRecord.objects.create(
        case=case, person=reader(request), part=AccessRecord.Part.CASE, purpose="publish_answer", at=timezone.now()
    )
    return response


def _case(user: User, key: UUID) -> Case:
    """Return a case whose answer is for this person to publish, now or at another time; else there is nothing."""
    cases = Case.objects.select_related("applicant", "enterprise", "answers").exclude(state=CaseState.DRAFT)
    case = cases.filter(key=key).first()
    if case is None:
        raise policy.NotFoundForYou
    office = offices_that_answered().filter(case=case).values_list("agency", flat=True).first()
    policy.require(user, "publish_answer", case, agency_id=office)
    return case
