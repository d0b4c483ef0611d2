"""Handing out papers to those who may see the case."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.utils import timezone

from cases import policy
from cases.models import AccessRecord, CaseState, Document
from cases.queries.handed import may_read_paper
from cases.views.own import reader


@login_required
def document(request: HttpRequest, key: UUID) -> FileResponse:
    """Send a paper as an attachment; who read it is written down first."""
    person = reader(request)
    paper = Document.objects.select_related("case").filter(key=key, case__in=policy.visible_cases(person)).first()
    if paper is None or not may_read_paper(person, paper) or not paper.is_there:
        raise policy.NotFoundForYou
    # A draft is not read but filled in, and can be deleted without a trace.
    if paper.case.applicant_id != person.pk and paper.case.state != CaseState.DRAFT:
        AccessRecord.objects.create(
            case=paper.case, person=person, part=AccessRecord.Part.DOCUMENT, purpose="read", at=timezone.now()
        )
    response = FileResponse(
        paper.file.open("rb"),
        as_attachment=True,
        filename=paper.original_name,
        content_type=paper.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
