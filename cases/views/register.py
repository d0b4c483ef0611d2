"""The register of those who supervise."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cases import policy
from cases.models import CaseState
from cases.queries.register import register as cases_for
from cases.services import SERVICES
from cases.views.own import reader

COLOURS = {
    CaseState.SUBMITTED: "sky",
    CaseState.IN_REVIEW: "sky",
    CaseState.DECIDED: "plum",
    CaseState.CLOSED: "jade",
}


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """List the filed cases of the reader's province, the newest first."""
    user, chosen, now = reader(request), request.GET, timezone.now()
    if not any(role in policy.READING_ROLES for _agency, role in policy.standing(user)):
        raise policy.NotFoundForYou
    filters = {name: chosen.get(name, "") for name in ("state", "service", "code")}
    found = cases_for(user, **filters, after=chosen.get("after", ""), at=now)
    words = {
        "place": "register",
        "register": found,
        "lines": [(row, COLOURS.get(CaseState(row.case.state), "")) for row in found.rows],
        "states": [(state.value, state.label) for state in CaseState if state != CaseState.DRAFT],
        "services": SERVICES.values(),
        "filters": {name: value for name, value in filters.items() if value},
        **filters,
    }
    return render(request, "cases/register.html", words)
