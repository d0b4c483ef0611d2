"""One case of an office, to look at and not to work on: what its people find again when their work is done."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cases import policy
from cases.models import AccessRecord
from cases.policy import Extent
from cases.queries.naming import name_of, place_of
from cases.queries.shares import shares_of
from cases.services import service_of
from cases.views.own import reader
from workflows.queries.handed import own_lines
from workflows.queries.story import lines_of, now_of
from workflows.views.shown import opinions


@login_required
def office_case(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show where a case of the reader's office is, and what happened, as far as the office may read it."""
    user, now = reader(request), timezone.now()
    cases = policy.office_cases(user).select_related("applicant", "commune", "enterprise")
    case = cases.filter(key=key).first()
    if case is None:
        raise policy.NotFoundForYou
    reads = policy.reading(user, case)
    # Where a part was handed to her office she finds that part's own work again, and what the office said.
    here = [each for each in now_of(case, at=now) if not reads.is_in_part or each.item.agency_id in reads.offices]
    words = {
        "place": "office_register",
        "case": case,
        "topic": f"case:{case.key}",
        "service": service_of(case),
        "name": name_of(case),
        "where": place_of(case),
        "phone": case.applicant.phone_as_read if reads.is_whole or reads.extent is Extent.HANDED else "",
        "reads": reads,
        "in_part": reads.is_in_part,
        "now": here,
        "shares": None if reads.is_in_part else shares_of(case, at=now),
        "opinions": list(opinions(case, of=reads.offices)) if reads.is_in_part else [],
        "lines": own_lines(case, reads) if reads.is_in_part else list(lines_of(case, with_words=reads.is_whole)),
    }
    response = render(request, "workflows/office_case.html", words)
    AccessRecord.objects.create(case=case, person=user, part=AccessRecord.Part.CASE, purpose="office", at=now)
    return response
