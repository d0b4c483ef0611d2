"""Papers as they come from a phone: checked by what they are, not by what they are called."""

import hashlib
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePath
from typing import IO, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Document, User
from cases.services.base import SupportService
from cases.services.fields import OneOfField

LONGEST_NAME = 100
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _starts_with(*openings: bytes) -> Callable[[IO[bytes]], bool]:
    return lambda file: file.read(16).startswith(openings)


def _holds(part: str) -> Callable[[IO[bytes]], bool]:
    def check(file: IO[bytes]) -> bool:
        try:
            with zipfile.ZipFile(file) as parts:
                names = set(parts.namelist())
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, UnicodeDecodeError):
            return False
        # Macros are programs.
        return {"[Content_Types].xml", part} <= names and not any("vbaProject" in name for name in names)

    return check


# extension -> what it is served as, and whether the content is really that.
KINDS: dict[str, tuple[str, Callable[[IO[bytes]], bool]]] = {
    ".pdf": ("application/pdf", _starts_with(b"%PDF-")),
    ".jpg": ("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    ".png": ("image/png", _starts_with(b"\x89PNG\r\n\x1a\n")),
    ".docx": (WORD, _holds("word/document.xml")),
    ".xlsx": (SHEET, _holds("xl/workbook.xml")),
}

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


class PaperForm(forms.Form):
    """One paper: what it is, and the file or photo."""

    use_required_attribute = False

    kind = OneOfField(label=_("What paper is it?"), choices=())
    file = forms.FileField(
        label=_("The file or the photo"),
        help_text=_("A photo is enough. PDF, JPG, PNG, DOCX or XLSX, at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(KINDS)}),
        error_messages=FILE_WORDS,
    )

    def __init__(self, *args: Any, service: SupportService, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(paper.kind, paper.label) for paper in service.papers]

    def clean_file(self) -> "UploadedFile[Any]":
        """Refuse what is too large or not what it says it is."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        require_readable(file)
        return file

    def clean(self) -> dict[str, Any]:
        """Hold the number and the sum of papers under the caps."""
        answers = super().clean() or {}
        sizes = list(self.case.documents.values_list("size", flat=True))
        if len(sizes) >= settings.DOCUMENT_MAX_COUNT:
            self.add_error("file", too_many())
        elif answers.get("file") and sum(sizes) + answers["file"].size > settings.DOCUMENT_MAX_TOTAL_BYTES:
            self.add_error("file", too_heavy())
        return answers

    def save(self, *, by: User, at: datetime) -> Document:
        """Keep the paper."""
        return keep(self.case, self.cleaned_data["file"], kind=self.cleaned_data["kind"], by=by, at=at)


def too_many() -> ValidationError:
    """Return the words for one paper too many."""
    words = __("There are already %(most)s papers. Remove one first.")
    return ValidationError(words % {"most": settings.DOCUMENT_MAX_COUNT}, code="count")


def too_heavy() -> ValidationError:
    """Return the words for papers that are too large together."""
    words = __("All papers together may have %(most)s MB. Remove one, or take a smaller photo.")
    return ValidationError(words % {"most": settings.DOCUMENT_MAX_TOTAL_BYTES // 1024**2}, code="total")


def check_file(file: "UploadedFile[Any]") -> str:
    """Return the content type of a file; raises ValidationError in words that help."""
    extension = PurePath(clean_name(file.name or "")).suffix
    if extension not in KINDS:
        raise ValidationError(
            _("We can read PDF, JPG, PNG, DOCX and XLSX. Take a photo of the paper instead."), code="extension"
        )
    if (file.size or 0) > settings.DOCUMENT_MAX_BYTES:
        words = __("This file has more than %(most)s MB. Take a smaller photo.")
        raise ValidationError(words % {"most": settings.DOCUMENT_MAX_BYTES // 1024**2}, code="size")
    content_type, is_really = KINDS[extension]
    file.seek(0)
    fits = is_really(file)
    file.seek(0)
    if not fits:
        words = __("This file is called %(kind)s but it is something else. Take a photo of the paper instead.")
        raise ValidationError(words % {"kind": extension[1:].upper()}, code="content")
    return content_type


def require_readable(file: "UploadedFile[Any]") -> None:
    """Pass when a file is one we can read."""
    check_file(file)


def keep(case: Case, file: "UploadedFile[Any]", *, kind: str, by: User, at: datetime) -> Document:
    """Store a checked file with its fingerprint; the same paper sent twice is kept once."""
    fingerprint = hashlib.sha256()
    for chunk in file.chunks():
        fingerprint.update(chunk)
    file.seek(0)
    same = case.documents.filter(kind=kind, sha256=fingerprint.hexdigest()).first()
    if same is not None:
        return same
    document = Document(
        case=case,
        kind=kind,
        original_name=clean_name(file.name or ""),
        content_type=check_file(file),
        size=file.size or 0,
        sha256=fingerprint.hexdigest(),
        uploaded_by=by,
        uploaded_at=at,
    )
    document.file.save(document.key.hex, file, save=False)
    document.save()
    return document


def remove(document: Document) -> None:
    """Take a paper out of a draft, the file with it."""
    storage, name = document.file.storage, document.file.name or ""
    with transaction.atomic():
        document.delete()
        transaction.on_commit(lambda: storage.delete(name))
