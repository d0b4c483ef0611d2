"""What is asked after a case is closed, when its day has come."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Agency
from cases.models.case import Case
from cases.models.passage import Passage
from cases.models.people import Membership, Role, User

# After so long without an answer she is told once more, and after so long it is late: then the Union calls.
ASKED_AGAIN_AFTER = timedelta(days=10)
LATE_AFTER = timedelta(days=30)


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Rules about many follow-ups."""

    def due(self, today: date) -> Self:
        """Return those whose day has come and that nobody has answered, the newest of a case alone.

        An older one that nobody answered is overtaken: she is asked once how it goes, not once for every time.
        """
        newer = FollowUp.objects.filter(case=OuterRef("case"), number__gt=OuterRef("number"), due_on__lte=today)
        return self.filter(~Exists(newer), due_on__lte=today, answered_at__isnull=True, case__sealed=False)

    def to_tell(self, at: datetime) -> Self:
        """Return those of which she has to be told now: that it is time, or, once more, that it still is."""
        first = Q(asked_at__isnull=True)
        again = Q(asked_at__lte=at - ASKED_AGAIN_AFTER, asked_again_at__isnull=True)
        return self.due(timezone.localdate(at)).filter(first | again)

    def kept_by(self, user: User) -> Self:
        """Return those that this person asks about for the Union: for the desk of the case, or for its commune."""
        works = Membership.objects.today().filter(user=user, role__in=(Role.OFFICER, Role.APPROVER))
        unions = Agency.objects.filter(kind="HPN", pk__in=works.values("agency"))
        there = Q(case__desk__in=unions.values("pk")) | Q(case__commune__in=unions.values("commune"))
        return self.filter(there, case__sealed=False).exclude(case__applicant=user)


class FollowUp(models.Model):
    """One question about how it goes, some months after the result. Written when the case closes."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="follow_ups")
    number = models.PositiveSmallIntegerField()
    # The deadline rule that says how long after the closing.
    rule = models.CharField(max_length=30)
    due_on = models.DateField(_("to be asked on"))
    # When she was told that it is time.
    asked_at = models.DateTimeField(null=True, blank=True)
    # When she was told once more, the last time.
    asked_again_at = models.DateTimeField(null=True, blank=True)
    # One answer of the service's list; her own words, if she wrote any, stand beside it.
    answer = models.CharField(max_length=30, blank=True, default="")
    words = models.ForeignKey(Passage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # She herself, or the officer of the Union who asked her.
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["FollowUp"]] = models.Manager.from_queryset(FollowUpQuerySet)()

    class Meta:
        verbose_name = _("follow-up")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_follow_up_of_a_number"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="answered_follow_up_says_who_what_and_when",
            ),
            models.CheckConstraint(
                condition=Q(words__isnull=True) | Q(answered_at__isnull=False),
                name="words_to_a_follow_up_go_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(asked_again_at__isnull=True) | Q(asked_at__isnull=False),
                name="follow_up_asked_again_was_asked_before",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="follow_ups_are_numbered_from_one"),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"], condition=Q(answered_at__isnull=True), name="follow_ups_to_be_answered"
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(answered_at__isnull=True, asked_again_at__isnull=True),
                name="follow_ups_to_be_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.number}"

    def overtaken_by(self, today: date) -> "FollowUp | None":
        """Return the newer question that she is asked instead; None where this one was answered or is the newest."""
        if self.answered_at is not None:
            return None
        newer = FollowUp.objects.filter(case=self.case_id, number__gt=self.number, due_on__lte=today)
        return newer.order_by("-number").first()

    def is_late(self, today: date) -> bool:
        """Whether nobody has answered for so long that the Union should call her."""
        return self.answered_at is None and self.due_on + LATE_AFTER < today
