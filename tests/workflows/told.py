"""The stories that a random walk tells: of every service, with whatever a woman may wish for.

Each service's model stands in a module named like it: its MODEL, and what can be wished for, its WISHES.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from cases.models import Case
from cases.services import SERVICES
from tests.workflows.story_model import Story
from workflows.flows.registry import graph_for

_MODULES = {service: import_module(f"tests.workflows.{service}_model") for service in SERVICES}
CONSENTS = ("handle", "consult")
# What a woman's answers can call for, by its service: the answers with which she wishes it.
WISHES: dict[str, dict[str, dict[str, Any]]] = {service: module.WISHES for service, module in _MODULES.items()}
EVERY_WISH = sorted({wish for wishes in WISHES.values() for wish in wishes})
# Every conclusion there is: service, step and verdict; not those of a desk that took a step of hers over, for here
# no worker lets it.
CONCLUSIONS = sorted(
    (service, name, option.verdict)
    for service in SERVICES
    for name, human in graph_for(service, SERVICES[service].version).human_steps.items()
    for option in human.options
    if not option.desks
)


def wished(service: str, wishes: Iterable[str]) -> dict[str, Any]:
    """Return the answers with which a woman wishes this; what a service does not ask she does not answer."""
    can_be = WISHES[service]
    return {name: value for wish in sorted(wishes) if wish in can_be for name, value in can_be[wish].items()}


def story_of(case: Case) -> Story:
    """Return the story that begins with a filed case."""
    data, wishes = case.answers.data, WISHES[case.service]
    said = {wish: all(data.get(name) == value for name, value in wishes[wish].items()) for wish in wishes}
    story: Story = _MODULES[case.service].MODEL(applicant=case.applicant_id, **said)
    return story
