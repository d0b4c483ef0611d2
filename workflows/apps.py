"""The movement."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    """What happens next: flows, work items, deadlines and the actions that move a case."""

    name = "workflows"
    verbose_name = _("The movement")

    def ready(self) -> None:
        """Have `manage.py check` prove the flows."""
        from workflows import checks as ours  # noqa: PLC0415 - models exist only now

        for check in (
            ours.flows_are_sound,
            ours.flows_stand_alone,
            ours.drafts_begin_on_the_newest,
            ours.released_flows_stay,
        ):
            checks.register(check, "workflows")
