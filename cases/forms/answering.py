"""Her answer to a question of ours, with the papers that were missing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.forms import documents
from cases.models import Case, Document, User
from cases.services.base import Paper, SupportService
from cases.services.common import OTHER_PAPER
from cases.services.fields import TextField


class WithdrawForm(forms.Form):
    """Why she takes the case back, if she wants to say."""

    use_required_attribute = False
    reason = TextField(label=_("Why, if you want to say"), required=False, most=2000)


class AnswerForm(forms.Form):
    """Her words, and one box for each paper that is missing."""

    use_required_attribute = False
    reply = TextField(
        label=_("Your answer"), most=5000, error_messages={"required": _("Write your answer, even a short one.")}
    )

    def __init__(self, *args: Any, case: Case, service: SupportService, asked: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.papers: list[Paper] = [paper for paper in service.papers if paper.kind in asked and paper != OTHER_PAPER]
        for paper in [*self.papers, OTHER_PAPER]:
            box = documents.PaperField(label=paper.label, required=False)
            box.person = case.applicant_id
            self.fields[self.box(paper)] = box

    @staticmethod
    def box(paper: Paper) -> str:
        """Return the name of a paper's box."""
        return f"paper_{paper.kind}"

    def clean(self) -> dict[str, Any]:
        """Hold the number and the sum of papers under the caps."""
        answers = super().clean() or {}
        sent = {name: file for name, file in answers.items() if name.startswith("paper_") and file}
        sizes = [*self.case.documents.values_list("size", flat=True), *(file.size for file in sent.values())]
        if sent and len(sizes) > settings.DOCUMENT_MAX_COUNT:
            self.add_error(next(iter(sent)), documents.too_many())
        elif sent and sum(sizes) > settings.DOCUMENT_MAX_TOTAL_BYTES:
            self.add_error(next(iter(sent)), documents.too_heavy())
        return answers

    def keep_papers(self, *, by: User, at: datetime) -> list[Document]:
        """Store what she added; return the papers that were not there before."""
        with transaction.atomic():
            # The same form sent twice at once waits here, and finds its papers.
            Case.objects.locked().values_list("pk").get(pk=self.case.pk)
            before = set(self.case.documents.values_list("pk", flat=True))
            kept = [
                documents.keep(self.case, file, kind=paper.kind, by=by, at=at)
                for paper in [*self.papers, OTHER_PAPER]
                if (file := self.cleaned_data.get(self.box(paper)))
            ]
        return [document for document in kept if document.pk not in before]
