"""The papers of a draft: adding, looking at, removing."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases import policy
from cases.forms import documents, filing
from cases.forms.kept import keys_in
from cases.forms.parts import PAPERS_SEEN
from cases.models import Case, CaseState, Document
from cases.queries.papers_again import earlier_paper, papers_again
from cases.services import service_of
from cases.views.own import counter_case, own_draft, reader

# The slug under which the page of papers stands among the parts.
PAPERS = "giay-to"
# The button with which she uses a paper of an earlier case again.
AGAIN = "again"


@login_required
def papers(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take papers, several at once; none is needed to go on unless the wish calls for it."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:filed", key=key)
    service, data, now = service_of(case), case.answers.data, timezone.now()
    sent = request.method == "POST"
    # Her other cases are hers: an officer who fills in for her learns nothing of them.
    hers = reader(request).pk == case.applicant_id
    earlier = _used_again(request, case, hers=hers) if sent and AGAIN in request.POST else None
    form = documents.PapersForm(*([request.POST, request.FILES] if sent else []), case=case, again=earlier)
    if earlier is not None and f"paper_{earlier.kind}" not in form.fields:
        raise policy.NotFoundForYou
    if sent:
        # What is good is kept at once, whatever is said about the others.
        whole, again = form.is_valid(), form.save(by=reader(request), at=now)
        kept = len(form.good) - len(again)
        if kept:
            messages.success(request, _("Papers saved: %(number)s.") % {"number": kept})
        if again:
            messages.info(request, _("Already there, kept once: %(names)s") % {"names": ", ".join(again)})
        if whole and "add" not in request.POST and earlier is None:
            filing.save_page(case, values={PAPERS_SEEN: "yes"}, at=now)
            return redirect("cases:tasks" if "later" in request.POST else "cases:check", key=key)
        if whole:
            return redirect("cases:papers", key=key)
    before = filing.page_before(service, data, "")
    words = {
        "case": case,
        "service": service,
        "form": form,
        "boxes": _boxes(form, case, hers=hers),
        "parts": len(service.asked(data)) + 2,
        "back": reverse("cases:page", args=[key, before.slug]) if before else reverse("cases:tasks", args=[key]),
    }
    return render(request, "cases/papers.html", words, status=documents.status_of(form))


def _boxes(
    form: documents.PapersForm, case: Case, *, hers: bool
) -> list[tuple[object, list[Document], list[Document]]]:
    """Return each box with the papers of its kind that are there, and the earlier ones that can be used again."""
    stored = list(case.documents.all())
    again = papers_again(case, [name.removeprefix("paper_") for name in form.fields]) if hers else {}
    boxes = [
        (
            form[name],
            [paper for paper in stored if f"paper_{paper.kind}" == name],
            again.get(name.removeprefix("paper_"), []),
        )
        for name in form.fields
    ]
    # What her answers no longer call for is still there, and can be removed.
    asked = [paper for _box, papers, _again in boxes for paper in papers]
    boxes[-1][1].extend(paper for paper in stored if paper not in asked)
    return list(boxes)


def _used_again(request: HttpRequest, case: Case, *, hers: bool) -> Document | None:
    """Return the earlier paper whose button she pressed; to anybody else there is none."""
    key = next(iter(keys_in(request.POST.getlist(AGAIN))), None)
    paper = earlier_paper(case, key) if hers and key else None
    if paper is None:
        raise policy.NotFoundForYou
    return paper


def _paper_of(case: Case, paper: UUID) -> Document:
    document = case.documents.filter(key=paper).first()
    if document is None:
        raise policy.NotFoundForYou
    return document


@login_required
@require_POST
def remove_paper(request: HttpRequest, key: UUID, paper: UUID) -> HttpResponse:
    """Take a paper out of a draft."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:filed", key=key)
    documents.remove(_paper_of(case, paper))
    messages.success(request, _("The paper is removed."))
    return redirect("cases:papers", key=key)


@login_required
@require_GET
def thumbnail(request: HttpRequest, key: UUID, paper: UUID) -> HttpResponse:
    """Show a small picture of a photo of hers: to her, and at the counter while it is filled in there."""
    case = counter_case(request, key)
    document = _paper_of(case, paper)
    may_look = case.state == CaseState.DRAFT or case.applicant_id == reader(request).pk
    if not (may_look and document.is_photo and document.is_there):
        raise policy.NotFoundForYou
    response = HttpResponse(documents.thumbnail(document), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response
