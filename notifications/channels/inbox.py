"""The inbox: a page of the product itself, so the row is the message."""

from datetime import datetime

from notifications.models import Notification

_BATCH = 500


def deliver(*, at: datetime) -> int:
    """Mark what waits in the outbox of this channel as delivered; return how many rows. Safe to run twice."""
    waiting = list(
        Notification.objects.filter(channel=Notification.Channel.INBOX, sent_at__isnull=True)
        .order_by("pk")
        .values_list("pk", flat=True)[:_BATCH]
    )
    return Notification.objects.filter(pk__in=waiting, sent_at__isnull=True).update(sent_at=at)
