"""What a woman answers to the questions of one service alone: a module named like the service, with its ANSWERS."""

from importlib import import_module
from typing import Any


def answers_of(service: str) -> dict[str, Any]:
    """Return the answers to the questions that this service asks beside the common ones."""
    return dict(import_module(f"{__name__}.{service}").ANSWERS)
