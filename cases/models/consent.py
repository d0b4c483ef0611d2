"""What she allowed, for whom, in which words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.people import User


class Consent(models.Model):
    """Her consent to one purpose for one recipient, with the version of the text she read."""

    class Purpose(models.TextChoices):
        """What the data may be used for."""

        HANDLE = "handle", _("to handle this case")
        CONSULT = "consult", _("to ask other offices about it")
        SENSITIVE = "sensitive", _("to know why you ask for priority")
        HAND_OVER = "hand_over", _("to hand a part of it to one body outside")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    recipient = models.CharField(max_length=80)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        # What was taken back stays, and a later yes stands beside it with its own day.
        constraints = [
            models.UniqueConstraint(
                fields=["case", "purpose", "recipient"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_consent_per_purpose",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.recipient})"
