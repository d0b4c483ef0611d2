"""Somebody who works here asked for what she may not see."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.people import User


class RefusedAccess(models.Model):
    """One hour in which one person asked for one case, or looked for an identity number. Append-only."""

    class Sought(models.TextChoices):
        """What was asked for."""

        CASE = "case", _("the case")
        DOCUMENT = "document", _("a paper")
        # Typed into a search, which finds nobody by it; which number it was is not kept.
        NUMBER = "number", _("an identity number")

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="refusals")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    sought = models.CharField(max_length=10, choices=Sought.choices)
    # The full hour in which it was: asked again within it, it is the same row.
    hour = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("refused access")
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=True, sought="number") | (Q(case__isnull=False) & ~Q(sought="number")),
                name="refusal_is_of_a_case_or_a_number",
            ),
            models.UniqueConstraint(fields=["person", "case", "hour"], name="one_refusal_per_case_and_hour"),
            models.UniqueConstraint(
                fields=["person", "hour"], condition=Q(case__isnull=True), name="one_refused_search_per_hour"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="refusals_by_time")]

    def __str__(self) -> str:
        return f"{self.person} {self.at:%d/%m/%Y %H:%M}"
