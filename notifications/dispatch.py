"""From an event to outbox rows, in the transaction of the step that made it."""

from typing import Any

from cases.models import Case, TimelineEvent
from notifications import live
from notifications.models import Notification
from notifications.recipients import hears_of_it


def dispatch(*, event: TimelineEvent, case: Case, **_signal: Any) -> None:
    """Write one row per person and channel; what is written here is told, whatever happens afterwards."""
    people = sorted(hears_of_it(event, case))
    Notification.objects.bulk_create(
        Notification(
            event=event,
            case=case,
            person_id=person,
            channel=Notification.Channel.INBOX,
            created_at=event.at,
        )
        for person in people
    )
    live.inboxes_filled(people, event, case)
