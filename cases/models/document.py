"""Papers."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.people import User
from cases.models.sealed import SealedTextField


def stored_name(document: "Document", filename: str) -> str:
    """Return where the file is kept: a random name outside the static files, with none of her words in it."""
    return f"{document.key.hex[:2]}/{document.key.hex}"


class Document(models.Model):
    """One file she or an office gave to a case. Served only through an authorised view, as an attachment."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind of paper"), max_length=40)
    original_name = SealedTextField(_("name of the file"))
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=stored_name)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("document")
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="document_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_there(self) -> bool:
        """Whether its file is where it was put."""
        return self.file.storage.exists(self.file.name or "")

    @property
    def is_photo(self) -> bool:
        """Whether it can be shown as a picture."""
        return self.content_type in ("image/jpeg", "image/png")
