"""One case's whole story, for those who supervise."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cases import policy
from cases.models import AccessRecord
from cases.queries.naming import name_of, place_of
from cases.services import service_of
from cases.views.own import reader
from workflows.queries.diagram import diagram_of
from workflows.queries.story import story as story_of


@login_required
def story(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show where the case is, what happened, who held it how long, and whether the record is whole."""
    user, now = reader(request), timezone.now()
    case = policy.find_case(user, key=key)
    policy.require(user, "supervise", case)
    told = story_of(case, at=now)
    words = {
        "place": "register",
        "case": case,
        "service": service_of(case),
        "name": name_of(case),
        "where": place_of(case),
        "story": told,
        "diagram": diagram_of(case, told.items),
    }
    response = render(request, "workflows/story.html", words)
    AccessRecord.objects.create(case=case, person=user, part=AccessRecord.Part.TIMELINE, purpose="supervise", at=now)
    return response
