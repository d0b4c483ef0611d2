"""Free text, kept beside the record so that it can be erased without breaking it."""

import hashlib
import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.people import User
from cases.models.sealed import SealedTextField


def new_salt() -> str:
    """Return a random salt, so that equal texts have different hashes."""
    return secrets.token_hex(16)


class Passage(models.Model):
    """One person's words on one case. Events hold its salted hash, never the words."""

    class Kind(models.TextChoices):
        """What the words are for."""

        REASON = "reason", _("reason")
        ANSWER = "answer", _("answer to her")
        QUESTION = "question", _("question to her")
        REPLY = "reply", _("her reply")
        # The thread between her and the office that has her case.
        MESSAGE = "message", _("message")
        # Between colleagues; she never reads it.
        NOTE = "note", _("internal note")
        # Readable one by one, by name, and every reading is recorded first.
        SEALED = "sealed", _("sealed")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="passages")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # What a sealed passage is about, in neutral words: priority_reason, help_kind.
    name = models.CharField(max_length=30, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = SealedTextField(blank=True)
    # Sealed like the words: with a readable salt, two possible words could be told apart by trying both.
    salt = SealedTextField(default=new_salt, editable=False)
    written_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("passage")
        indexes = [models.Index(fields=["case", "kind"], name="passages_of_a_case")]
        constraints = [
            models.CheckConstraint(condition=Q(erased_at__isnull=True) | Q(body=""), name="erased_passage_is_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def fingerprint(self) -> str:
        """The salted SHA-256 of the words, in hex: what the timeline remembers of them."""
        return hashlib.sha256(f"{self.salt}:{self.body}".encode()).hexdigest()
