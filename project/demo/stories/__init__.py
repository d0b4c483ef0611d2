"""The stories of the demo, of every service that has some: a module named like the service, with its STORIES."""

from importlib import import_module
from pkgutil import iter_modules

from cases.services import SERVICES
from project.demo.stories.base import Step, Story

STORIES: tuple[Story, ...] = tuple(
    story
    for service in SERVICES
    if service in {module.name for module in iter_modules(__path__)}
    for story in import_module(f"{__name__}.{service}").STORIES
)

__all__ = ["STORIES", "Step", "Story"]
