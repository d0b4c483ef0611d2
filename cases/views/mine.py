"""Her cases after sending: the list, the confirmation and where each of them is."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from cases.models import CaseState
from cases.queries import mine as queries
from cases.services import SERVICES, service_of
from cases.views.own import own_case, reader

SCORES = ((3, _("Yes")), (2, _("Partly")), (1, _("No")))
MAY_SEND_AGAIN = (CaseState.EXPIRED, CaseState.WITHDRAWN)


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """List her cases, those that wait for her first."""
    words = {"lines": queries.cases_of(reader(request)), "services": SERVICES.values()}
    return render(request, "cases/mine.html", words)


@login_required
def filed(request: HttpRequest, key: UUID) -> HttpResponse:
    """Confirm what was sent: something to keep, at an address that stays."""
    case = own_case(request, key)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    where = queries.where_is(case)
    return render(request, "cases/filed.html", {"case": case, "service": service_of(case), "where": where})


@login_required
def status(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer: where is my case, until when, with whom, and what can I do."""
    case = own_case(request, key)
    service = service_of(case)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    labels = {paper.kind: paper.label for paper in service.papers}
    words = {
        "case": case,
        "service": service,
        "where": queries.where_is(case),
        "asked": queries.open_request(case),
        "results": queries.result_of(case),
        "refusal": queries.refusal_of(case),
        "readings": queries.readings_of(case),
        "documents": [(paper, labels.get(paper.kind, paper.kind)) for paper in case.documents.all()],
        "may_resubmit": case.state in MAY_SEND_AGAIN and not case.resubmissions.exclude(state=CaseState.DRAFT).exists(),
        "may_rate": case.state == CaseState.CLOSED,
        "scores": SCORES,
        "form_key": uuid4(),
    }
    return render(request, "cases/status.html", words)
