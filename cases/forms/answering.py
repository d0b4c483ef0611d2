"""Her answer to a question of ours, with the papers that were missing."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import documents
from cases.models import Case, Document, User
from cases.services import service_of
from cases.services.common import OTHER_PAPER
from cases.services.fields import TextField


class WithdrawForm(forms.Form):
    """Why she takes the case back, if she wants to say."""

    use_required_attribute = False
    reason = TextField(label=_("Why, if you want to say"), required=False, most=2000)


class AddForm(documents.PapersForm):
    """Papers for a case that was sent: one box for each kind, as many files in each as she chooses."""

    def written_papers(self, *, by: User, at: datetime) -> AbstractContextManager[list[Document]]:
        """Write the files she added and that are new, for the action that stores them as papers."""
        return documents.written(self.case, self.good, by=by, at=at)


class AddPapersForm(AddForm):
    """Papers she adds of her own accord, so that there must be one at least."""

    def clean(self) -> dict[str, Any]:
        """Ask for one file at least."""
        answers = super().clean()
        if not self.good and not self.errors:
            self.add_error(next(reversed(self.fields)), documents.FILE_WORDS["required"])
        return answers


class AnswerForm(AddForm):
    """Her words, and one box for each kind of paper that is missing."""

    reply = TextField(
        label=_("Your answer"), most=5000, error_messages={"required": _("Write your answer, even a short one.")}
    )

    def __init__(self, *args: Any, case: Case, asked: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        wanted = {f"paper_{kind}" for kind in (*asked, OTHER_PAPER.kind)}
        for paper in service_of(case).papers:
            # What is asked for is asked for whatever her answers called for.
            if f"paper_{paper.kind}" in wanted:
                self.add_box(paper)
                # Her words why she has none are an answer, too; but the page does not call the paper optional.
                self.fields[f"paper_{paper.kind}"].required = paper != OTHER_PAPER
        for name in [name for name in self.fields if name.startswith("paper_") and name not in wanted]:
            del self.fields[name]

    def missing(self) -> list[forms.BoundField]:
        """Return the boxes of the papers that were asked for."""
        return [field for field in self if field.name.startswith("paper_") and field.field.required]

    def other(self) -> forms.BoundField:
        """Return the box for any other paper."""
        return self[f"paper_{OTHER_PAPER.kind}"]
