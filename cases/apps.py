"""The record."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from cases.checks import record_is_append_only


class CasesConfig(AppConfig):
    """What is known: cases, people, agencies, decisions, documents and the timeline."""

    name = "cases"
    verbose_name = _("The record")

    def ready(self) -> None:
        """Let the record be checked before every migration and by `check --database default`."""
        register(record_is_append_only, Tags.database)
