"""What her answers give rise to, on her page and on that of a reviewer."""

from django import template
from django.utils import timezone

from cases.models import Case
from cases.queries.directory import reference_version
from cases.services import service_of
from workflows.queries.hints import Shown, hints_of
from workflows.queries.rulebook import rulebook

register = template.Library()


@register.simple_tag
def hints(case: Case) -> list[Shown]:
    """Return the hints of a case, or a draft, that hold today."""
    service = service_of(case)
    if not service.hints:
        return []
    return list(hints_of(service, case.answers.data, rulebook(reference_version()), today=timezone.localdate()))
