"""The voice."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cases.signals import event_recorded


class NotificationsConfig(AppConfig):
    """Who hears of it."""

    name = "notifications"
    verbose_name = _("The voice")

    def ready(self) -> None:
        """Listen to what the record says."""
        from notifications.dispatch import dispatch  # noqa: PLC0415 - models exist only now

        event_recorded.connect(dispatch, dispatch_uid="notifications.dispatch")
