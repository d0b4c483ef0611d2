"""Papers as they come from a phone: checked by what they are, not by what they are called."""

import hashlib
import io
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image

from cases.forms.contents import KINDS, File, extension_of, not_open, readable
from cases.forms.filing import drafting
from cases.limits import Limit
from cases.models import Answers, Case, Document, User
from cases.services import papers_for
from cases.services.base import Paper
from cases.services.common import COUNTER_CONSENT

LONGEST_NAME = 100
AN_HOUR = 3600
THUMBNAIL = (144, 144)
TOO_OFTEN = "too_often"
# Kinds of pictures by name, and not image/*: with these a phone offers its camera, and an iPhone sends JPEG.
ACCEPTED = "image/jpeg,image/png,.pdf,.docx,.xlsx"

FILE_WORDS = {
    "required": _("Choose a file or take a photo."),
    "missing": _("Choose a file or take a photo."),
    "invalid": _("Choose a file or take a photo."),
    "empty": _("This file is empty. Choose it again, or take a new photo."),
}


def clean_name(name: str) -> str:
    """Return the name of a file without folders, control signs and excess length."""
    last = PurePath(name.replace("\\", "/")).name
    letters = "".join(letter for letter in unicodedata.normalize("NFC", last) if unicodedata.category(letter)[0] != "C")
    stem, dot, extension = letters.rpartition(".")
    return f"{(stem or 'giay-to')[: LONGEST_NAME - 6]}{dot}{extension.lower()}"


class PaperField(forms.FileField):
    """The file or photo of one paper; its clean value is what we keep of it."""

    # Whose files are counted.
    person: int

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("A photo is enough. PDF, JPG, PNG, DOCX or XLSX, at most 20 MB."))
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPTED}))
        super().__init__(error_messages=FILE_WORDS, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse what is too large, too often sent, or not what it says it is."""
        file = super().clean(data, initial)
        if not file:
            return file
        require_seldom(self.person)
        return readable(file, name=clean_name(file.name or ""))


class Several(forms.FileInput):
    """A box that takes several files at once."""

    allow_multiple_selected = True


class PapersField(PaperField):
    """The files of one kind of paper, as many as she chooses; what is good is kept whatever the others are."""

    def __init__(self, *, paper: Paper, required_now: bool, **kwargs: Any) -> None:
        self.paper, self.required_now = paper, required_now
        super().__init__(
            label=paper.label,
            help_text=paper.hint,
            required=False,
            widget=Several(attrs={"accept": ACCEPTED}),
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> tuple[list[File], list[ValidationError]]:
        """Return what we keep of the good files, and what is wrong with the others, by name."""
        good: list[File] = []
        wrong: list[ValidationError] = []
        for file in data or []:
            try:
                good.append(super().clean(file))
            except ValidationError as error:
                wrong += [
                    ValidationError(f"{clean_name(file.name or '')}: {message}", code=error.error_list[0].code)
                    for message in error.messages
                ]
        return good, wrong


class PapersForm(forms.Form):
    """One box for each kind of paper that goes with her answers."""

    use_required_attribute = False

    def __init__(self, *args: Any, case: Case, again: Document | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        # A paper of an earlier case that she uses again here.
        self.again = again
        self.good: list[tuple[str, File]] = []
        data = case.answers.data
        for paper in (paper for paper in papers_for(case) if paper.asked_when(data)):
            self.add_box(paper)

    def add_box(self, paper: Paper) -> None:
        """Add the box of one kind of paper, unless it is there."""
        box = PapersField(paper=paper, required_now=paper.required_when(self.case.answers.data))
        box.person = self.case.applicant_id
        self.fields.setdefault(f"paper_{paper.kind}", box)

    def sizes(self) -> list[int]:
        """Return the sizes of the files that count already."""
        return list(self.case.documents.values_list("size", flat=True))

    def clean(self) -> dict[str, Any]:
        """Set the good files apart, as many as the caps allow; say the rest at their boxes."""
        answers = super().clean() or {}
        sizes = self.sizes()
        boxes = [name for name, field in self.fields.items() if isinstance(field, PapersField) and name in answers]
        for name in boxes:
            good, wrong = answers[name]
            for file in [*good, *self._used_again(name, wrong)]:
                too_much = over_the_caps(sizes, file)
                if too_much is not None:
                    wrong.append(too_much)
                else:
                    sizes.append(file.size or 0)
                    self.good.append((name.removeprefix("paper_"), file))
            if wrong:
                self.add_error(name, wrong)
        return answers

    def _used_again(self, name: str, wrong: list[ValidationError]) -> list[File]:
        """Return the earlier paper if this is its box; say there what keeps it from being used."""
        if self.again is None or name != f"paper_{self.again.kind}":
            return []
        try:
            require_seldom(self.case.applicant_id)
            return [copied(self.again)]
        except FileNotFoundError:
            wrong.append(not_open())
        except ValidationError as error:
            wrong.append(error)
        return []

    def save(self, *, by: User, at: datetime) -> list[str]:
        """Keep the good files of a draft; return those that were there already. Raises WrongState once it was sent."""
        with drafting(self.case):
            there = set(self.case.documents.values_list("pk", flat=True))
            again: list[str] = []
            for kind, file in self.good:
                paper = keep(self.case, file, kind=kind, by=by, at=at)
                if paper.pk in there:
                    again.append(clean_name(file.name or ""))
                there.add(paper.pk)
        return again


def over_the_caps(sizes: Sequence[int], file: File) -> ValidationError | None:
    """Return why one more file is too much beside those of these sizes; None where it fits."""
    if len(sizes) >= settings.DOCUMENT_MAX_COUNT:
        return too_many()
    return too_heavy() if sum(sizes) + (file.size or 0) > settings.DOCUMENT_MAX_TOTAL_BYTES else None


def too_many() -> ValidationError:
    """Return the words for one paper too many."""
    words = gettext("There are already %(most)s papers. Remove one first.")
    return ValidationError(words % {"most": settings.DOCUMENT_MAX_COUNT}, code="count")


def too_heavy() -> ValidationError:
    """Return the words for papers that are too large together."""
    words = gettext("All papers together may have %(most)s MB. Remove one, or take a smaller photo.")
    return ValidationError(words % {"most": settings.DOCUMENT_MAX_TOTAL_BYTES // 1024**2}, code="total")


def require_seldom(person: int) -> None:
    """Count one more file of a person; pass until there are too many within the hour."""
    if not Limit("uploads", most=settings.DOCUMENT_MAX_PER_HOUR, seconds=AN_HOUR).passes(str(person)):
        words = gettext("You sent %(most)s files within one hour. Wait an hour, then go on.")
        raise ValidationError(words % {"most": settings.DOCUMENT_MAX_PER_HOUR}, code=TOO_OFTEN)


def status_of(form: forms.Form) -> int:
    """Return the status of a page that shows this form: 429 when too many files were sent."""
    if not form.is_bound:
        return 200
    return 429 if any(form.has_error(name, TOO_OFTEN) for name in form.fields) else 200


def fingerprint_of(file: File) -> str:
    """Return the SHA-256 of what a file holds."""
    fingerprint = hashlib.sha256()
    for chunk in file.chunks():
        fingerprint.update(chunk)
    file.seek(0)
    return fingerprint.hexdigest()


def paper_of(case: Case, file: File, *, kind: str, by: User, at: datetime) -> Document:
    """Return a file that was read as a paper with its fingerprint; neither its row nor its bytes are written yet."""
    name = clean_name(file.name or "")
    return Document(
        case=case,
        kind=kind,
        original_name=name,
        content_type=KINDS[extension_of(name)][0],
        size=file.size or 0,
        sha256=fingerprint_of(file),
        uploaded_by=by,
        uploaded_at=at,
    )


def keep(case: Case, file: File, *, kind: str, by: User, at: datetime) -> Document:
    """Store a file that was read, with its fingerprint; the same paper sent twice is kept once."""
    paper = paper_of(case, file, kind=kind, by=by, at=at)
    same = case.documents.filter(kind=kind, sha256=paper.sha256).first()
    if same is not None:
        return same
    paper.file.save(paper.key.hex, file, save=False)
    paper.save()
    return paper


@contextmanager
def written(case: Case, files: Sequence[tuple[str, File]], *, by: User, at: datetime) -> Iterator[list[Document]]:
    """Write the files of new papers, for the action inside to store; what it did not store goes again."""
    there = set(case.documents.values_list("kind", "sha256"))
    new: list[Document] = []
    try:
        for kind, file in files:
            paper = paper_of(case, file, kind=kind, by=by, at=at)
            if (paper.kind, paper.sha256) not in there:
                there.add((paper.kind, paper.sha256))
                paper.file.save(paper.key.hex, file, save=False)
                new.append(paper)
        yield new
    finally:
        stored = set(Document.objects.filter(key__in=[paper.key for paper in new]).values_list("key", flat=True))
        for paper in new:
            if paper.key not in stored:
                paper.file.storage.delete(paper.file.name or "")


def copy_papers(case: Case, draft: Case, *, by: User, at: datetime) -> None:
    """Give a draft copies of the papers of an earlier case, each a file of its own.

    The sheet that she signed at a counter is not among them: it allowed that sending, and this draft is hers alone.
    """
    for document in case.documents.exclude(kind=COUNTER_CONSENT.kind):
        keep(draft, copied(document), kind=document.kind, by=by, at=at)


def copied(document: Document) -> File:
    """Return what a paper holds as a file of its own: as it was kept, so that the same paper is known again."""
    with document.file.open() as stored:
        return SimpleUploadedFile(document.original_name, stored.read())


def remove(document: Document) -> None:
    """Take a paper out of a draft, the file with it; raises WrongState once it was sent."""
    with drafting(document.case):
        discard(document)


def discard_draft(case: Case) -> None:
    """Delete a draft with all its answers and papers; raises WrongState once it was sent."""
    with drafting(case):
        for document in case.documents.all():
            discard(document)
        Answers.objects.filter(case=case).delete()
        case.delete()


def thumbnail(document: Document) -> bytes:
    """Return a small picture of a photo, to tell one paper from another."""
    with document.file.open("rb") as file, Image.open(file, formats=("JPEG", "PNG")) as picture:
        picture.draft("RGB", THUMBNAIL)
        small = picture.convert("RGB")
        small.thumbnail(THUMBNAIL)
        out = io.BytesIO()
        small.save(out, "JPEG", quality=70)
    return out.getvalue()


def discard(document: Document) -> None:
    """Delete a paper, the file with it."""
    storage, name = document.file.storage, document.file.name or ""
    with transaction.atomic():
        document.delete()
        transaction.on_commit(lambda: storage.delete(name))
