"""From events to outbox rows, in the transaction of the step that made them."""

from collections.abc import Sequence
from typing import Any

from cases.models import TimelineEvent
from cases.models.many import insert_many
from notifications import live
from notifications.models import Notification
from notifications.recipients import who_hears


def dispatch(*, events: Sequence[TimelineEvent], **_signal: Any) -> None:
    """Write one row per event, person and channel; what is written here is told, whatever happens afterwards."""
    told = [(event, sorted(people)) for event, people in zip(events, who_hears(events), strict=True)]
    rows = [
        (event.pk, event.case_id, person, Notification.Channel.INBOX, event.at)
        for event, people in told
        for person in people
    ]
    insert_many(Notification, ("event", "case", "person", "channel", "created_at"), rows)
    live.inboxes_filled(told)
