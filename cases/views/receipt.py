"""What she prints or keeps of her case: the receipt, and the answer."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cases import policy, printing, slips
from cases.models import CaseState, Slip
from cases.queries.results import result_of
from cases.views.own import counter_case, own_case, reader


@login_required
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send the newest receipt (M01) of a case as PDF: of her own, or the one that the counter hands over."""
    case = counter_case(request, key)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    slips.issue_of_case(case)
    newest = slips.slips_for(reader(request), case).filter(kind=Slip.Kind.RECEIPT).first()
    if newest is None:
        raise policy.NotFoundForYou
    return sent(slips.pdf_of(newest), name=f"{case.code}.pdf")


@login_required
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send her the answer to her case as PDF; until there is one, the page of the case says where it is."""
    case = own_case(request, key)
    if not result_of(case).is_there:
        return redirect("cases:status", key=key)
    return sent(
        printing.as_pdf("answer.typ", printing.answer(case, at=timezone.now())), name=f"{case.code}-tra-loi.pdf"
    )


def sent(paper: bytes, *, name: str) -> HttpResponse:
    """Return a PDF to look at."""
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
