"""A question back to the applicant."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Agency
from cases.models.case import Case
from cases.models.passage import Passage
from cases.models.people import User


class InformationRequest(models.Model):
    """What one reviewer asks her, once and completely. While it is open, the clock of that step stands still."""

    class Ending(models.TextChoices):
        """How a request ended."""

        # A further one in the same stage waits for an approver before she reads it.
        PROPOSED = "proposed", _("to be approved")
        DECLINED = "declined", _("not approved")
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        EXPIRED = "expired", _("not answered in time")
        DROPPED = "dropped", _("no longer needed")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="information_requests")
    node = models.CharField(max_length=40)
    # The public stage in which it is asked, and the how-manieth of that stage this is: one, unless approved.
    stage = models.CharField(max_length=30, default="")
    number = models.PositiveSmallIntegerField(default=1)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    question = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="+")
    # Names of the answers she may correct, and of the papers that are missing.
    asked_fields = models.JSONField(default=list, blank=True)
    # The last day on which she can answer.
    answer_by = models.DateField(_("answer by"))
    ending = models.CharField(max_length=10, choices=Ending.choices, default=Ending.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    reply = models.ForeignKey(Passage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Why she must be asked once more, and who agreed to it.
    why_again = models.ForeignKey(Passage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # How often she was reminded of it.
    reminded = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("information request")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ending="open"), name="one_open_request_per_case"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(ending="proposed"), name="one_proposed_request_per_case"
            ),
            models.CheckConstraint(
                condition=Q(ending__in=["open", "proposed"], ended_at__isnull=True)
                | (~Q(ending__in=["open", "proposed"]) & Q(ended_at__isnull=False)),
                name="ended_request_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(number=1)
                | Q(ending__in=["proposed", "declined"], why_again__isnull=False)
                | Q(why_again__isnull=False, approved_by__isnull=False),
                name="further_request_has_reason_and_approver",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                name="nobody_approves_her_own_request",
            ),
        ]
        indexes = [models.Index(fields=["answer_by"], condition=Q(ending="open"), name="open_requests_by_day")]

    def __str__(self) -> str:
        return f"{self.case} {self.asked_at:%d/%m/%Y}"
