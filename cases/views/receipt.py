"""What she prints or keeps of her case: the receipt, and the answer."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cases import printing
from cases.models import CaseState
from cases.views.own import counter_case, own_case, reader


@login_required
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send the receipt (M01) of a case as PDF: of her own, or the one that the counter hands over."""
    case = counter_case(request, key)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    address = request.build_absolute_uri(f"{reverse('cases:lookup')}?ma={case.code}")
    hers = case.applicant_id == reader(request).pk
    words = printing.receipt(case, address=address, at=timezone.now(), hers=hers)
    return _sent(printing.as_pdf("receipt.typ", words), name=f"{case.code}.pdf")


@login_required
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send her the answer to her case as PDF; until there is one, the page of the case says where it is."""
    case = own_case(request, key)
    if not case.released_answers:
        return redirect("cases:status", key=key)
    return _sent(
        printing.as_pdf("answer.typ", printing.answer(case, at=timezone.now())), name=f"{case.code}-tra-loi.pdf"
    )


def _sent(paper: bytes, *, name: str) -> HttpResponse:
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
