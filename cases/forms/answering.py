"""Her answer to a question of ours, with the papers that were missing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.forms import documents
from cases.forms.kept import drop, keep_for_later, kept_of, keys_in, opened
from cases.models import Case, Document, KeptFile, User
from cases.services import service_of
from cases.services.common import OTHER_PAPER
from cases.services.fields import TextField

# A box of the form with the files that wait in it.
Box = tuple[forms.BoundField, list[KeptFile]]
# In a sent form: the kept files it showed, that a photo goes ahead of it, and which kept file she takes out.
KEPT, ADD, DROP = "kept", "add", "drop"


class WithdrawForm(forms.Form):
    """Why she takes the case back, if she wants to say."""

    use_required_attribute = False
    reason = TextField(label=_("Why, if you want to say"), required=False, most=2000)


class AddForm(documents.PapersForm):
    """Papers for a case that was sent: one box for each kind, as many files in each as she chooses.

    What is good is kept while something else is wrong. The page names what it shows as kept, so that this is sent, and
    not what she chose in another window.
    """

    def __init__(self, *args: Any, case: Case, key: UUID, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.key, self.at = key, at
        self.waiting = kept_of(case, at=at)

    @property
    def named(self) -> list[KeptFile]:
        """The kept files that the sent page showed."""
        keys = self._sent(KEPT)
        return [kept for kept in self.waiting if kept.key in keys]

    @property
    def only_keeps(self) -> bool:
        """Whether nothing is to be sent yet: a photo went ahead of its form, or a kept file is taken out."""
        return ADD in self.data or DROP in self.data

    @cached_property
    def was_sent(self) -> bool:
        """Whether this very form was taken already."""
        return self.case.events.filter(key=self.key).exists()

    def sizes(self) -> list[int]:
        """Count what waits beside what is there."""
        return [*super().sizes(), *(kept.size for kept in self.waiting)]

    def clean(self) -> dict[str, Any]:
        """Say so if a kept file is gone meanwhile: she must not believe that it was sent."""
        answers = super().clean()
        gone = self._sent(KEPT) - {kept.key for kept in self.waiting}
        if gone and not self.only_keeps and not self.was_sent:
            words = gettext("We keep a chosen file for one day only. Choose it once more.")
            self.add_error(next(reversed(self.fields)), ValidationError(words, code="gone"))
        return answers

    @property
    def refused(self) -> bool:
        """Whether something is wrong with a file, so that she must choose one again."""
        return any(name.startswith("paper_") for name in self.errors) and bool(self.files)

    def keep(self) -> int:
        """Keep the good files for when the form is right, or take out the one she does not want; return how many."""
        unwanted = self._sent(DROP)
        drop(kept for kept in self.waiting if kept.key in unwanted)
        before = {kept.pk for kept in self.waiting}
        for kind, too_much in keep_for_later(self.case, self.good, at=self.at):
            self.add_error(f"paper_{kind}", too_much)
        self.waiting = kept_of(self.case, at=self.at)
        return len({kept.pk for kept in self.waiting} - before)

    def say_files_only(self) -> None:
        """Forget what is wrong beside the files: she has not sent the form yet."""
        for name in [name for name in self.errors if not name.startswith("paper_")]:
            del self.errors[name]

    def boxes(self) -> list[Box]:
        """Return each box with the files that wait in it; what no box is for any more waits in the last one."""
        boxes = [field for field in self if field.name.startswith("paper_")]
        names = {box.name for box in boxes[:-1]}
        last = [kept for kept in self.waiting if f"paper_{kept.kind}" not in names]
        return [
            *((box, [kept for kept in self.waiting if f"paper_{kept.kind}" == box.name]) for box in boxes[:-1]),
            (boxes[-1], last),
        ]

    @contextmanager
    def written_papers(self, *, by: User, at: datetime) -> Iterator[list[Document]]:
        """Write the new files, kept or just chosen, for the action that stores them as papers; then none waits."""
        with opened(self.named) as kept, documents.written(self.case, [*kept, *self.good], by=by, at=at) as papers:
            yield papers
        drop(self.named)

    def _sent(self, name: str) -> set[UUID]:
        return keys_in(self.data.getlist(name)) if isinstance(self.data, QueryDict) else set()


class AddPapersForm(AddForm):
    """Papers she adds of her own accord, so that there must be one at least."""

    def clean(self) -> dict[str, Any]:
        """Ask for one file at least."""
        answers = super().clean()
        there = self.good or self.named or self.errors
        if not there and not self.only_keeps and not self.was_sent:
            self.add_error(next(reversed(self.fields)), documents.FILE_WORDS["required"])
        return answers


class AnswerForm(AddForm):
    """Her words, and one box for each kind of paper that is missing."""

    reply = TextField(
        label=_("Your answer"), most=5000, error_messages={"required": _("Write your answer, even a short one.")}
    )

    def __init__(self, *args: Any, asked: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = {f"paper_{kind}" for kind in (*asked, OTHER_PAPER.kind)}
        for paper in service_of(self.case).papers:
            # What is asked for is asked for whatever her answers called for.
            if f"paper_{paper.kind}" in wanted:
                self.add_box(paper)
                # Her words why she has none are an answer, too; but the page does not call the paper optional.
                self.fields[f"paper_{paper.kind}"].required = paper != OTHER_PAPER
        for name in [name for name in self.fields if name.startswith("paper_") and name not in wanted]:
            del self.fields[name]

    def missing(self) -> list[Box]:
        """Return the boxes of the papers that were asked for."""
        return [(box, kept) for box, kept in self.boxes() if box.field.required]

    def other(self) -> Box:
        """Return the box for any other paper."""
        return next((box, kept) for box, kept in self.boxes() if not box.field.required)
