"""Slips: papers of the house about one case, signed so that anyone can check them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.timeline import TimelineEvent


def stored_slip(slip: "Slip", filename: str) -> str:
    """Return where the file is kept: beside her papers, under a random name."""
    return f"slips/{slip.key.hex[:2]}/{slip.key.hex}.pdf"


class Slip(models.Model):
    """One slip (M01 … M06), made of one event, as it was handed out. Kept as it was, whatever happens later."""

    class Kind(models.TextChoices):
        """Which slip, by the codes of Annex I of Circular 03/2025/TT-VPCP [V11]."""

        RECEIPT = "M01", _("Receipt with the promised date")
        SUPPLEMENT = "M02", _("Request to complete the case")
        NOT_ACCEPTED = "M03", _("Refusal to take the case")
        APOLOGY = "M04", _("Apology and new date")
        STOPPED = "M05", _("The case was stopped")
        CONTROL = "M06", _("How the case was handled: control slip")

    # Names the slip in addresses and in the picture for a phone's camera.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="slips")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    event = models.ForeignKey(TimelineEvent, on_delete=models.PROTECT, related_name="slips")
    issued_at = models.DateTimeField()
    # The one line that is signed: kind, code, dates and a hash of everything on the paper. No name stands in it.
    statement = models.CharField(max_length=400)
    key_id = models.CharField(max_length=16)
    # Ed25519, in base64.
    signature = models.CharField(max_length=100)
    file = models.FileField(upload_to=stored_slip)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("size"))

    class Meta:
        verbose_name = _("slip")
        ordering = ["issued_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "kind"], name="one_slip_of_a_kind_for_an_event"),
            models.CheckConstraint(
                condition=Q(kind__in=["M01", "M02", "M03", "M04", "M05", "M06"]), name="slip_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(size__gt=0) & ~Q(signature=""), name="slip_is_signed_and_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case}"
