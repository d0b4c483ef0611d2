"""The receipt of her case, to print or to keep."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cases.models import CaseState
from cases.printing import as_pdf
from cases.printing import receipt as words_of
from cases.views.own import own_case


@login_required
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send the receipt (M01) of a case of her own as PDF."""
    case = own_case(request, key)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    address = request.build_absolute_uri(f"{reverse('cases:lookup')}?ma={case.code}")
    paper = as_pdf("receipt.typ", words_of(case, address=address, at=timezone.now()))
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.code}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
