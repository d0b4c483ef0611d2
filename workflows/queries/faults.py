"""What makes a case stuck, judged from its marking and its open work items alone."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.models.case import MOVING
from workflows import engine
from workflows.engine import Marking, Place
from workflows.flows.registry import FLOWS, graph_for

NOTHING_NEXT, UNKNOWN_FLOW, NOBODY_WAITS, NO_TOKEN, NO_HOLDER, ABANDONED = (
    *("nothing_next", "unknown_flow", "nobody_waits", "no_token", "no_holder", "abandoned"),
)


@dataclass(frozen=True)
class Fault:
    """One thing that keeps a case from going on: a code, and at which step."""

    code: str
    node: str = ""
    token: str = ""
    label: str = ""

    def __str__(self) -> str:
        """How the administrator reads it: by the names of the code."""
        return {
            NOTHING_NEXT: "nothing comes next",
            UNKNOWN_FLOW: "its flow is not known",
            NOBODY_WAITS: f"nobody waits at {self.node} ({self.token})",
            NO_TOKEN: f"an item waits at {self.node} ({self.token}) where no token is",
            NO_HOLDER: f"{self.node} has no holder",
            ABANDONED: "its holder no longer works there",
        }[self.code]

    @property
    def words(self) -> str:
        """How the supervisor reads it."""
        given = {"step": self.label or self.node}
        match self.code:
            case "nothing_next":
                return _("No step comes next.")
            case "unknown_flow":
                return _("Đồng Hành does not know the way of this case.")
            case "nobody_waits":
                return _("Nobody was given this step: %(step)s.") % given
            case "no_token":
                return _("Somebody waits at a step where the case is not: %(step)s.") % given
            case "no_holder":
                return _("This step has no holder: %(step)s.") % given
            case _:
                return _("Its holder no longer works there.")


def faults(service: str, version: int, state: str, marking: Marking, there: Collection[Place]) -> Iterator[Fault]:
    """Yield what is wrong with a case in this state and with this marking whose open items are at these places."""
    if (service, version) not in FLOWS:
        yield Fault(UNKNOWN_FLOW)
        return
    graph = graph_for(service, version)

    def at(code: str, place: Place) -> Fault:
        node = graph.nodes.get(place[0])
        return Fault(code, *place, str(node.human.label) if node and node.human else "")

    known = frozenset(place for place in marking if place[0] in graph.nodes)
    if known != marking:
        yield Fault(UNKNOWN_FLOW)
    expected = engine.human_part(graph, known)
    if state in MOVING and not expected:
        yield Fault(NOTHING_NEXT)
    for place in sorted(expected - set(there)):
        yield at(NOBODY_WAITS, place)
    for place in sorted(set(there) - expected):
        yield at(NO_TOKEN, place)
