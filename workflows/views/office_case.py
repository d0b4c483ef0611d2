"""One case of an office, to look at and not to work on: what its people find again when their work is done."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cases import policy
from cases.models import AccessRecord
from cases.queries.naming import name_of, place_of
from cases.queries.shares import shares_of
from cases.services import service_of
from cases.views.own import reader
from workflows.queries.story import lines_of, now_of


@login_required
def office_case(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show where a case of the reader's office is, and what happened, as far as the office may read it."""
    user, now = reader(request), timezone.now()
    cases = policy.office_cases(user).select_related("applicant", "commune", "enterprise")
    case = cases.filter(key=key).first()
    if case is None:
        raise policy.NotFoundForYou
    handles = policy.handles(user, case)
    words = {
        "place": "office_register",
        "case": case,
        "topic": f"case:{case.key}",
        "service": service_of(case),
        "name": name_of(case),
        "where": place_of(case),
        "phone": case.applicant.phone_as_read if handles else "",
        "now": now_of(case, at=now),
        "shares": shares_of(case, at=now),
        "lines": list(lines_of(case, with_words=handles)),
    }
    response = render(request, "workflows/office_case.html", words)
    AccessRecord.objects.create(case=case, person=user, part=AccessRecord.Part.CASE, purpose="office", at=now)
    return response
