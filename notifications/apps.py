"""The voice."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _

from cases.signals import events_recorded


class NotificationsConfig(AppConfig):
    """Who hears of it."""

    name = "notifications"
    verbose_name = _("The voice")

    def ready(self) -> None:
        """Listen to what the record says."""
        from notifications import live  # noqa: PLC0415 - models exist only now
        from notifications.dispatch import dispatch  # noqa: PLC0415 - likewise

        events_recorded.connect(dispatch, dispatch_uid="notifications.dispatch")
        events_recorded.connect(live.events_happened, dispatch_uid="notifications.live")
        user_logged_out.connect(live.signed_out, dispatch_uid="notifications.live")
