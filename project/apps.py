"""The composition."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Plugs the record, the movement and the voice together."""

    name = "project"
    verbose_name = "Đồng Hành"
