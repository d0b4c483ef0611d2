"""The pages on which an applicant moves her own case."""

from contextlib import nullcontext
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.forms import filing
from cases.forms.answering import AddForm, AddPapersForm, AnswerForm, WithdrawForm
from cases.forms.consents import ConsentForm
from cases.forms.documents import status_of
from cases.forms.talking import WordsForm
from cases.models import Case, CaseState, Document, InformationRequest
from cases.policy import WrongState
from cases.queries.mine import open_request, papers_of
from cases.queries.paging import read_number
from cases.services import service_of
from cases.views.filing import checking
from cases.views.mine import talking
from cases.views.own import counter_case, form_key, own_case, reader
from workflows import actions


@login_required
def submit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send a draft: her own, or that of a woman at the counter."""
    case, now, sender = counter_case(request, key), timezone.now(), reader(request)
    if case.state != CaseState.DRAFT:
        return redirect("cases:filed", key=key)
    if request.method != "POST":
        return redirect("cases:check", key=key)
    service = service_of(case)
    form = ConsentForm(request.POST, service=service, data=case.answers.data)
    if not form.is_valid():
        return render(request, "cases/check.html", checking(case, sender, form))
    try:
        actions.submit(
            case,
            applicant=case.applicant,
            consents=form.given,
            key=form_key(request),
            at=now,
            officer=None if sender.pk == case.applicant_id else sender,
        )
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
    asked = case.information_requests.filter(pk=read_number(request.POST.get("asked", "")) or 0).first()
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
    service, sent, now = service_of(case), request.method == "POST", timezone.now()
    is_open = asked.ending == InformationRequest.Ending.OPEN
    correction = filing.Correction(service, case.answers.data, asked.asked_fields, request.POST if sent else None)
    posted = [request.POST, request.FILES] if sent else []
    form = AnswerForm(*posted, case=case, asked=asked.asked_fields, key=form_key(request), at=now)
    if form.only_keeps and not is_open:
        raise WrongState(_("This question is already closed."))
    # Both are asked, so that every error is said at once. Once the question is closed, the action tells this very
    # form sent again from one that comes too late.
    if sent and (not is_open or all([correction.is_valid(), form.is_valid()])) and not form.only_keeps:
        applicant = reader(request)
        new: list[Document] = []
        with form.written_papers(by=applicant, at=now) if is_open else nullcontext(new) as papers:
            actions.answer(
                asked,
                applicant=applicant,
                reply=form.cleaned_data["reply"] if is_open else "",
                corrections=correction.corrections() if is_open else {},
                papers=papers,
                key=form_key(request),
                at=now,
            )
        messages.success(request, _("We have your answer. The case goes on."))
        return redirect("cases:status", key=key)
    if sent:
        keep_good(request, form)
    if form.only_keeps:
        correction.say_nothing()
    fields = [*correction.fields(), *form]
    words = {
        "case": case,
        "asked": asked,
        "form": form,
        "form_key": uuid4(),
        "corrections": correction.fields(),
        "documents": papers_of(case),
        "errors": [(field.id_for_label or field.auto_id, error) for field in fields for error in field.errors],
    }
    return render(request, "workflows/applicant/answer.html", words, status=status_of(form))


def keep_good(request: HttpRequest, form: AddForm) -> None:
    """Keep the good files of a form that is not sent yet."""
    form.is_valid()
    kept = form.keep()
    if kept:
        messages.success(request, _("Kept for this form: %(number)s. Not sent yet.") % {"number": kept})
    if form.only_keeps:
        form.say_files_only()


@login_required
def add_papers(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take papers she adds of her own accord while she waits."""
    case, sent, now = own_case(request, key), request.method == "POST", timezone.now()
    if not sent and (not case.is_undecided or open_request(case)):
        # What we ask for is sent with the answer.
        return redirect("workflows:answer" if case.is_undecided else "cases:status", key=key)
    posted = [request.POST, request.FILES] if sent else []
    form = AddPapersForm(*posted, case=case, key=form_key(request), at=now)
    if sent and not case.is_undecided:
        raise WrongState(_("This request is already decided or closed. No paper can be added any more."))
    if sent and form.is_valid() and not form.only_keeps:
        applicant = reader(request)
        with form.written_papers(by=applicant, at=now) as papers:
            actions.add_papers(case, applicant=applicant, papers=papers, key=form_key(request), at=now)
        messages.success(request, _("We have your papers. They are with your case."))
        return redirect("cases:status", key=key)
    if sent:
        keep_good(request, form)
    words = {"case": case, "form": form, "form_key": uuid4(), "documents": papers_of(case)}
    return render(request, "workflows/applicant/add_papers.html", words, status=status_of(form))


@login_required
def write(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send her words to the office that has her case."""
    case = own_case(request, key)
    if request.method != "POST":
        return redirect("cases:thread", key=key)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return render(request, "cases/thread.html", talking(case, form))
    actions.write_to_office(
        case,
        applicant=reader(request),
        words=form.cleaned_data["words"],
        key=form_key(request),
        at=timezone.now(),
    )
    messages.success(request, _("Sent. The office reads it at work."))
    return redirect("cases:thread", key=key)


@login_required
@require_POST
def take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back her yes to one body outside."""
    actions.take_back(
        own_case(request, key),
        applicant=reader(request),
        recipient=request.POST.get("recipient", ""),
        key=form_key(request),
        at=timezone.now(),
    )
    messages.success(request, _("Taken back. From now on that body reads only its own answer."))
    return redirect("cases:sent", key=key)


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
