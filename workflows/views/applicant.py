"""The pages on which an applicant moves her own case."""

import re
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.forms import filing
from cases.forms.answering import AnswerForm, WithdrawForm
from cases.forms.consents import ConsentForm
from cases.forms.documents import discard, status_of
from cases.models import Case, CaseState, InformationRequest
from cases.policy import WrongState
from cases.queries.mine import open_request
from cases.services import service_of
from cases.views.filing import checking
from cases.views.own import own_case, reader
from workflows import actions

# The id of a row, as our own forms write it.
PLAIN_NUMBER = re.compile(r"[0-9]{1,18}")


def form_key(request: HttpRequest) -> UUID:
    """Return the key of the form that was sent: the same form sent twice acts once."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


@login_required
def submit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send a draft."""
    case, now = own_case(request, key), timezone.now()
    if case.state != CaseState.DRAFT:
        return redirect("cases:filed", key=key)
    if request.method != "POST":
        return redirect("cases:check", key=key)
    service = service_of(case)
    form = ConsentForm(request.POST, service=service, data=case.answers.data)
    if not form.is_valid():
        return render(request, "cases/check.html", checking(case, form))
    try:
        actions.submit(case, applicant=reader(request), consents=form.given, key=form_key(request), at=now)
    except actions.Incomplete:
        messages.warning(request, _("Something is still missing. It stands at the top of the page."))
        return redirect("cases:check", key=key)
    return redirect("cases:filed", key=key)


@login_required
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask once more, then take the case back."""
    case = own_case(request, key)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw(
            case,
            applicant=reader(request),
            reason=form.cleaned_data["reason"],
            key=form_key(request),
            at=timezone.now(),
        )
        messages.success(request, _("You took the case back."))
        return redirect("cases:status", key=key)
    if request.method != "POST" and not case.is_undecided:
        return redirect("cases:status", key=key)
    return render(request, "workflows/applicant/withdraw.html", {"case": case, "form": form, "form_key": uuid4()})


def asked_of_her(request: HttpRequest, case: Case) -> InformationRequest | None:
    """Return the request this page is about: the one her form was made for, or the one that is open now."""
    if request.method != "POST":
        return open_request(case)
    number = request.POST.get("asked", "")
    asked = case.information_requests.filter(pk=int(number)).first() if PLAIN_NUMBER.fullmatch(number) else None
    if asked is None:
        raise WrongState(_("This question is already closed."))
    return asked


@login_required
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what we ask and take her answer, her corrections and her papers."""
    case = own_case(request, key)
    asked = asked_of_her(request, case)
    if asked is None:
        messages.info(request, _("Nothing is asked of you just now."))
        return redirect("cases:status", key=key)
    service, sent = service_of(case), request.method == "POST"
    is_open = asked.ending == InformationRequest.Ending.OPEN
    correction = filing.Correction(service, case.answers.data, asked.asked_fields, request.POST if sent else None)
    form = AnswerForm(
        *([request.POST, request.FILES] if sent else []), case=case, service=service, asked=asked.asked_fields
    )
    # Both are asked, so that every error is said at once. Once the question is closed, the action tells this very
    # form sent again from one that comes too late.
    if sent and (not is_open or all([correction.is_valid(), form.is_valid()])):
        now, applicant = timezone.now(), reader(request)
        # The papers first, for the action is one transaction of its own; without the answer they go again.
        kept = form.keep_papers(by=applicant, at=now) if is_open else []
        try:
            actions.answer(
                asked,
                applicant=applicant,
                reply=form.cleaned_data["reply"] if is_open else "",
                corrections=correction.corrections() if is_open else {},
                key=form_key(request),
                at=now,
            )
        except Exception:
            for paper in kept:
                discard(paper)
            raise
        messages.success(request, _("We have your answer. The case goes on."))
        return redirect("cases:status", key=key)
    fields = [*correction.fields(), *form]
    labels = {paper.kind: paper.label for paper in service.papers}
    words = {
        "case": case,
        "asked": asked,
        "form": form,
        "form_key": uuid4(),
        "corrections": correction.fields(),
        "papers": [paper.label for paper in form.papers],
        "documents": [(paper, labels.get(paper.kind, paper.kind)) for paper in case.documents.all()],
        "errors": [(field.id_for_label or field.auto_id, error) for field in fields for error in field.errors],
    }
    return render(request, "workflows/applicant/answer.html", words, status=status_of(form))


@login_required
@require_POST
def resubmit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a new draft of a case that was closed without a result."""
    draft = actions.resubmit(own_case(request, key), applicant=reader(request), at=timezone.now())
    return redirect("cases:check", key=draft.key)


@login_required
@require_POST
def rate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take her one tap on whether it helped."""
    case, score = own_case(request, key), request.POST.get("score", "")
    if score in ("1", "2", "3"):
        actions.rate(case, applicant=reader(request), score=int(score), key=form_key(request), at=timezone.now())
        messages.success(request, _("Thank you for telling us."))
    return redirect("cases:status", key=key)
