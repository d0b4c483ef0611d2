"""The voice's tables."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, TimelineEvent, User


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Rules about many notifications."""

    def readable_by(self, person: User) -> Self:
        """Return what this person was told, but of a case that was sealed or shut to her since while she may see it."""
        readable = Q(case__sealed=False) | Q(case__in=policy.visible_cases(person))
        return self.filter(readable, ~policy.shut(person, case="case"), person=person)


class Notification(models.Model):
    """One event told to one person on one channel: an outbox row, written in the step that it tells of."""

    class Channel(models.TextChoices):
        """How she is told."""

        INBOX = "inbox", _("on the page")

    event = models.ForeignKey(TimelineEvent, on_delete=models.PROTECT, related_name="notifications")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notifications")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notifications")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    created_at = models.DateTimeField()
    # Set by the worker once the channel took it.
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Notification"]] = models.Manager.from_queryset(NotificationQuerySet)()

    class Meta:
        verbose_name = _("notification")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "person", "channel"], name="told_once_per_channel"),
            models.CheckConstraint(condition=Q(channel__in=["inbox"]), name="notification_channel_is_known"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name="outbox"),
            models.Index(fields=["person", "-id"], condition=Q(read_at__isnull=True), name="unread_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.event} -> {self.person}"
