"""What a reviewer said."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Agency
from cases.models.case import Case
from cases.models.passage import Passage
from cases.models.people import User


class Decision(models.Model):
    """One reviewer's conclusion on one stage. Immutable: triggers refuse to change or delete it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    node = models.CharField(max_length=40)
    token = models.CharField(max_length=120)
    verdict = models.CharField(_("conclusion"), max_length=30)
    reason_code = models.CharField(_("reason"), max_length=40)
    reason = models.ForeignKey(
        Passage,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reason in words"),
    )
    # What she will read, once the case is decided.
    answer = models.ForeignKey(
        Passage,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("words to her"),
    )
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions")
    # Null when an adviser decides by name, for no agency.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="decisions", null=True, blank=True)
    # Codes and numbers chosen with the verdict: consultations, the adviser, an amount in đồng.
    details = models.JSONField(default=dict)
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision")
        ordering = ["decided_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason_code=""), name="decision_has_reason")]
        indexes = [models.Index(fields=["case", "node"], name="decisions_of_a_case")]

    def __str__(self) -> str:
        return f"{self.node}: {self.verdict}"
