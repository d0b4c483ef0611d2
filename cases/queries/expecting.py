"""What she can get ready before she begins."""

from dataclasses import fields

from django.utils.translation import gettext_lazy as _

from cases.services.base import Paper, SupportService, Words
from cases.services.common import OTHER_PAPER

# What stands at a paper that is never needed.
_NEVER = next(field.default for field in fields(Paper) if field.name == "required_when")


def papers_to_expect(service: SupportService) -> list[tuple[Paper, Words]]:
    """Return the kinds of paper a service may ask for, each with how much it is needed; nothing is answered yet."""
    return [(paper, _needed(paper)) for paper in service.papers if paper != OTHER_PAPER]


def _needed(paper: Paper) -> Words:
    if paper.asked_when({}) and paper.required_when({}):
        # What is missing never keeps a case: it is asked for once.
        return _("needed; missing now, it can be sent later")
    return _("if you have it") if paper.required_when is _NEVER else _("needed in some cases")
