"""One case's whole story, for those who supervise: as a page and as a file."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from cases import exports as files
from cases import policy
from cases.models import AccessRecord, Case, User
from cases.queries.linked import followed_case
from cases.queries.naming import name_of, office_name, place_of
from cases.services import service_of
from cases.views.own import reader
from workflows import exports
from workflows.models import WorkItem
from workflows.queries.answering import may_put_off
from workflows.queries.diagram import diagram_of
from workflows.queries.further import asked_by_stage
from workflows.queries.story import story as story_of


def supervised_case(user: User, key: UUID) -> Case:
    """Return a case that the reader supervises; to everybody else there is nothing."""
    case = policy.find_case(user, key=key)
    policy.require(user, "supervise", case)
    return case


@login_required
def story(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show where the case is, what happened, who held it how long, and whether the record is whole."""
    user, now = reader(request), timezone.now()
    case = supervised_case(user, key)
    told = story_of(case, at=now)
    words = {
        "place": "register",
        "topic": f"case:{case.key}",
        "case": case,
        "service": service_of(case),
        "name": name_of(case),
        "where": place_of(case),
        "follows": followed_case(case, among=policy.supervised_cases(user)),
        "story": told,
        "this_year": timezone.localdate(now).year,
        "may_put_off": bool(case.apologies) and may_put_off(user, case),
        "asked": asked_by_stage(case),
        "to_remind": _office(told.to_remind.item) if told.to_remind else "",
        "diagram": diagram_of(case, told.items, at=now),
    }
    response = render(request, "workflows/story.html", words)
    _note(case, user, "supervise", now)
    return response


@login_required
def as_file(request: HttpRequest, key: UUID, kind: str) -> HttpResponseBase:
    """Send the story as a file to save; who took it out is written down first."""
    user, now = reader(request), timezone.now()
    case = supervised_case(user, key)
    told = story_of(case, at=now)
    _note(case, user, AccessRecord.EXPORT, now)
    name = f"{case.code}-dien-bien.{kind}"
    match kind:
        case "csv":
            return files.download(request, exports.story_as_csv(case, told), name=name, kind=files.CSV)
        case "json":
            return files.download(request, iter([exports.story_as_json(case, told)]), name=name, kind=files.JSON)
    return files.download(request, iter([exports.story_as_pdf(case, told, at=now)]), name=name, kind=files.PDF)


def _office(item: WorkItem) -> str:
    return office_name(item.agency) if item.agency else str(item.assignee)


def _note(case: Case, user: User, purpose: str, at: datetime) -> None:
    AccessRecord.objects.create(case=case, person=user, part=AccessRecord.Part.TIMELINE, purpose=purpose, at=at)
