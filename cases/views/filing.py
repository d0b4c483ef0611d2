"""Filling in and checking a draft."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases import policy
from cases.forms import documents, filing
from cases.forms.consents import ConsentForm
from cases.models import Case
from cases.services import SERVICES, service_of
from cases.services.base import SupportService
from cases.views.own import own_draft, reader

# Where "Change" on the page of answers leads back to.
BACK_TO_CHECK = "xem-lai"


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, service: str) -> HttpResponse:
    """Say what she needs before she begins; begin a draft."""
    asked = SERVICES.get(service)
    if asked is None:
        raise Http404
    if request.method == "POST" and request.user.is_authenticated:
        case = filing.begin_draft(service=asked, applicant=reader(request), at=timezone.now())
        return redirect("cases:page", key=case.key, slug=asked.pages[0].slug)
    return render(request, "cases/start.html", {"service": asked})


@login_required
def page(request: HttpRequest, key: UUID, slug: str) -> HttpResponse:
    """Ask one small group of questions and keep the answers."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:status", key=key)
    service, data = service_of(case), case.answers.data
    asked = service.page(slug, data)
    if asked is None:
        return redirect("cases:check", key=key)
    form = filing.page_form(asked, data, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        filing.save_page(case, slug=slug, values=form.cleaned_data, at=timezone.now())
        return redirect(_after(request, case, service, slug))
    slugs = [other.slug for other in service.asked(data)]
    before = filing.page_before(service, data, slug)
    words = {
        "case": case,
        "service": service,
        "page": asked,
        "form": form,
        "number": slugs.index(slug) + 1,
        "parts": len(slugs) + 2,
        "back": reverse("cases:page", args=[key, before.slug]) if before else reverse("cases:mine"),
        "returning": BACK_TO_CHECK in request.GET,
    }
    return render(request, "cases/page.html", words)


def _after(request: HttpRequest, case: Case, service: SupportService, slug: str) -> str:
    """Return the page after this one: the next question, or back to the answers she was checking."""
    data = case.answers.data
    follows = filing.next_page(service, data, slug)
    if BACK_TO_CHECK in request.GET:
        # What she changed may call for something that was not asked before, or no longer fits.
        missing = filing.missing_pages(service, data)
        if not missing:
            return reverse("cases:check", args=[case.key])
        follows = missing[0]
        return reverse("cases:page", args=[case.key, follows.slug]) + f"?{BACK_TO_CHECK}"
    if follows is None:
        return reverse("cases:papers", args=[case.key])
    return reverse("cases:page", args=[case.key, follows.slug])


@login_required
def papers(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take papers, one at a time; none is needed to go on unless the wish calls for it."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:status", key=key)
    service, data = service_of(case), case.answers.data
    form = documents.PaperForm(
        *([request.POST, request.FILES] if request.method == "POST" else []), service=service, case=case
    )
    if request.method == "POST" and form.is_valid():
        form.save(by=reader(request), at=timezone.now())
        messages.success(request, _("The paper is saved."))
        return redirect("cases:papers", key=key)
    before = filing.page_before(service, data, "")
    words = {
        "case": case,
        "service": service,
        "form": form,
        "documents": _named(case, service),
        "required": [paper for paper in service.papers if paper.required_when(data)],
        "parts": len(service.asked(data)) + 2,
        "back": reverse("cases:page", args=[key, before.slug]) if before else reverse("cases:mine"),
    }
    return render(request, "cases/papers.html", words, status=documents.status_of(form))


def _named(case: Case, service: SupportService) -> list[tuple[object, object]]:
    """Return the papers of a case with the name of their kind."""
    labels = {paper.kind: paper.label for paper in service.papers}
    return [(document, labels.get(document.kind, document.kind)) for document in case.documents.all()]


@login_required
@require_POST
def remove_paper(request: HttpRequest, key: UUID, paper: UUID) -> HttpResponse:
    """Take a paper out of a draft."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:status", key=key)
    document = case.documents.filter(key=paper).first()
    if document is None:
        raise policy.NotFoundForYou
    documents.remove(document)
    messages.success(request, _("The paper is removed."))
    return redirect("cases:papers", key=key)


@login_required
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show all answers, each with its way back, and ask what she allows."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:status", key=key)
    return render(request, "cases/check.html", checking(case))


def checking(case: Case, form: ConsentForm | None = None) -> dict[str, object]:
    """Return what the page of all answers shows."""
    service, data = service_of(case), case.answers.data
    kinds = set(case.documents.values_list("kind", flat=True))
    missing = filing.missing_pages(service, data)
    return {
        "case": case,
        "service": service,
        "answers": filing.shown_answers(service, data),
        "documents": _named(case, service),
        "missing": missing,
        "missing_papers": [paper for paper in service.papers if paper.required_when(data) and paper.kind not in kinds],
        "form": form or ConsentForm(service=service, data=data),
        "send_key": uuid4(),
        "parts": len(service.asked(data)) + 2,
    }
