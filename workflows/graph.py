"""The only module that touches viewflow's underscore API: a Flow class as a plain graph, and its drawing."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from viewflow.workflow import chart
from viewflow.workflow.base import Node as ViewflowNode
from viewflow.workflow.flow import End, If, Join, Split, StartHandle, Switch

from workflows.conditions import Condition
from workflows.nodes import About, CaseFlow, HumanStep, Moves


class Kind(StrEnum):
    """The kinds of node a flow may have; any other is refused."""

    START = "start"
    HUMAN = "human"
    IF = "if"
    SWITCH = "switch"
    SPLIT = "split"
    JOIN = "join"
    MOVES = "moves"
    END = "end"
    REFUSED = "refused"


_KINDS: tuple[tuple[type[ViewflowNode], Kind], ...] = (
    (StartHandle, Kind.START),
    (HumanStep, Kind.HUMAN),
    (If, Kind.IF),
    (Switch, Kind.SWITCH),
    (Split, Kind.SPLIT),
    (Join, Kind.JOIN),
    (Moves, Kind.MOVES),
    (End, Kind.END),
)


@dataclass(frozen=True)
class Edge:
    """A way out of a node. No condition: always (or, out of a switch, by default)."""

    to: str
    condition: Condition | None = None
    negated: bool = False


@dataclass(frozen=True)
class Node:
    """One node of a plain graph."""

    name: str
    kind: Kind
    edges: tuple[Edge, ...] = ()
    human: HumanStep | None = None
    move: str = ""
    # What was written wrong, in words; soundness reports it.
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graph:
    """A flow as plain data: what the executor runs and soundness proves."""

    about: About
    nodes: Mapping[str, Node]
    start: str
    fingerprint: str
    # Node names that would hide an attribute of Flow.
    clashes: tuple[str, ...] = ()

    def human(self, name: str) -> HumanStep:
        """Return the human step of this name; KeyError if there is none."""
        human = self.nodes[name].human
        if human is None:
            raise KeyError(name)
        return human

    @property
    def human_steps(self) -> dict[str, HumanStep]:
        """The human steps by name."""
        return {name: node.human for name, node in self.nodes.items() if node.human is not None}


def _kind(node: ViewflowNode) -> Kind:
    for cls, kind in _KINDS:
        # Exactly these classes: a subclass such as viewflow's SplitFirst means something else.
        if type(node) is cls or (cls is HumanStep and isinstance(node, cls)):
            return kind
    return Kind.REFUSED


def _name(target: object) -> str:
    return target.name if isinstance(target, ViewflowNode) else ""


def _plain(node: ViewflowNode) -> Node:
    kind = _kind(node)
    faults: list[str] = []
    edges: tuple[Edge, ...] = ()
    conditions: list[object] = []
    if isinstance(node, If):
        conditions = [node._condition]
        condition = node._condition if isinstance(node._condition, Condition) else None
        edges = (Edge(_name(node._on_true), condition), Edge(_name(node._on_false), condition, negated=True))
    elif isinstance(node, Switch):
        branches = node._activate_next
        conditions = [condition for _target, condition in branches if condition is not None]
        defaults = [index for index, (_target, condition) in enumerate(branches) if condition is None]
        if defaults != [len(branches) - 1]:
            faults.append("a switch needs exactly one default, last")
        edges = tuple(
            Edge(_name(target), condition if isinstance(condition, Condition) else None)
            for target, condition in branches
        )
    elif isinstance(node, Split):
        conditions = [condition for _target, condition, _source in node._activate_next if condition is not None]
        if len(conditions) == len(node._activate_next):
            faults.append("a split needs a branch without a condition")
        edges = tuple(
            Edge(_name(target), condition if isinstance(condition, Condition) else None)
            for target, condition, _source in node._activate_next
        )
    else:
        edges = tuple(Edge(_name(edge.dst)) for edge in node._outgoing() if edge.dst is not None)
    if any(not isinstance(condition, Condition) for condition in conditions):
        faults.append("a condition is not one of ours")
    if any(not edge.to for edge in edges) or (not edges and kind is not Kind.END):
        faults.append("a way out leads nowhere")
    return Node(
        name=node.name,
        kind=kind,
        edges=edges,
        human=node if isinstance(node, HumanStep) else None,
        move=node.move if isinstance(node, Moves) else "",
        faults=tuple(faults),
    )


def _fingerprint(about: About, nodes: Mapping[str, Node]) -> str:
    described = [
        [
            node.name,
            node.kind,
            [[edge.to, repr(edge.condition) if edge.condition else "", edge.negated] for edge in node.edges],
            node.human.description() if node.human else [],
            node.move,
        ]
        for _name, node in sorted(nodes.items())
    ]
    endings = [[repr(ending.condition), ending.outcome] for ending in about.outcomes]
    text = json.dumps([about.service, about.version, sorted(about.facts), endings, described])
    return hashlib.sha256(text.encode()).hexdigest()


def graph_of(flow: type[CaseFlow]) -> Graph:
    """Return the flow as a plain graph."""
    nodes = {node.name: _plain(node) for node in flow._nodes_by_name.values()}
    starts = [name for name, node in nodes.items() if node.kind is Kind.START]
    return Graph(
        about=flow.about,
        nodes=nodes,
        start=starts[0] if len(starts) == 1 else "",
        fingerprint=_fingerprint(flow.about, nodes),
        clashes=tuple(sorted(name for name in nodes if hasattr(CaseFlow, name))),
    )


@dataclass(frozen=True)
class DrawnNode:
    """Where a node stands in the diagram, in pixels."""

    name: str
    kind: Kind
    x: int
    y: int
    width: int
    height: int
    label: object


@dataclass(frozen=True)
class Drawing:
    """The diagram of a flow, laid out left to right by viewflow, drawn by us."""

    width: int
    height: int
    nodes: tuple[DrawnNode, ...]
    # Each line as SVG points: "x,y x,y".
    lines: tuple[str, ...]


def drawing_of(flow: type[CaseFlow]) -> Drawing:
    """Return the flow laid out for drawing."""
    grid = chart.calc_layout_data(flow)
    nodes = tuple(
        DrawnNode(
            name=cell.node.name,
            kind=_kind(cell.node),
            x=int(cell.shape.x),
            y=int(cell.shape.y),
            width=int(cell.shape.width),
            height=int(cell.shape.height),
            label=cell.node.label if isinstance(cell.node, HumanStep) else "",
        )
        for cell in grid.cells
    )
    lines = tuple(" ".join(f"{int(x)},{int(y)}" for x, y in (edge.segments or [])) for edge in grid.edges)
    return Drawing(
        width=max(node.x + node.width for node in nodes) + 30,
        height=max(node.y + node.height for node in nodes) + 30,
        nodes=nodes,
        lines=lines,
    )
