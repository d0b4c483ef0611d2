"""Who may read a case because it was routed to them, and who did read it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Agency
from cases.models.case import Case
from cases.models.people import User


class Involvement(models.Model):
    """An agency's or a person's part in a case. The only thing the policy reads about the routing."""

    class Part(models.TextChoices):
        """What the agency does in the case; it decides how much it may read."""

        HANDLES = "handles", _("handles")
        CONSULTED = "consulted", _("is consulted")
        CONFIRMS = "confirms", _("confirms")
        SUPERVISES = "supervises", _("supervises")
        # A body outside: it reads the part that was handed to it, and nothing else.
        RECEIVES = "receives", _("is handed a part")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="involvements")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="involvements", null=True, blank=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="involvements", null=True, blank=True)
    part = models.CharField(max_length=12, choices=Part.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("involvement")
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False, person__isnull=True) | Q(agency__isnull=True, person__isnull=False),
                name="involvement_is_of_agency_or_person",
            ),
            models.CheckConstraint(
                condition=Q(part__in=["handles", "consulted", "confirms", "supervises", "receives"]),
                name="involvement_part_is_known",
            ),
            models.UniqueConstraint(
                fields=["case", "agency", "part"],
                condition=Q(until__isnull=True, agency__isnull=False),
                name="one_open_involvement_per_agency",
            ),
            models.UniqueConstraint(
                fields=["case", "person", "part"],
                condition=Q(until__isnull=True, person__isnull=False),
                name="one_open_involvement_per_person",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "case"], name="cases_of_an_agency"),
            models.Index(fields=["person", "case"], name="cases_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.agency or self.person}: {self.part}"


class AccessRecord(models.Model):
    """One reading of one case by one person. Append-only; never part of the case's chain."""

    class Part(models.TextChoices):
        """What was read."""

        CASE = "case", _("the case")
        TIMELINE = "timeline", _("the whole story")
        DOCUMENT = "document", _("a paper")
        SEALED = "sealed", _("a sealed answer")

    # The purpose of a reading with which the case left as a file.
    EXPORT = "export"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="access_records")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part.choices)
    purpose = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("access record")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["case", "at"], name="reads_of_a_case")]

    def __str__(self) -> str:
        return f"{self.person} {self.at:%d/%m/%Y %H:%M}"
