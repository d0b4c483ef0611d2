"""Files that wait for the rest of their form."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.sealed import SealedTextField

# The folder of their files, apart from the papers.
KEPT = "kept"


def kept_name(kept: "KeptFile", filename: str) -> str:
    """Return where the file is kept: a random name with none of her words in it."""
    return f"{KEPT}/{kept.key.hex}"


class KeptFile(models.Model):
    """One file the applicant chose for a form that was not right yet.

    It is no paper of the case: nobody is handed it, not even she, and nobody at an office learns that it is there.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="kept_files")
    kind = models.CharField(_("kind of paper"), max_length=40)
    original_name = SealedTextField(_("name of the file"))
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=kept_name)
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("kept file")
        ordering = ["kept_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "sha256"], name="the_same_file_is_kept_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="kept_file_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
