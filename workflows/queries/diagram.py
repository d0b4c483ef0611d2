"""Where a case is, as a picture: the steps it has passed, those it is at, those it can still come to."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from django.utils.functional import Promise

from cases.models import Case
from workflows.flows.registry import FLOWS, graph_for
from workflows.graph import Graph, drawing_of
from workflows.models import WorkItem

# In pixels of the drawing. Texts do not wrap in SVG, so a box has room for two lines and the office.
_BOX, _TALL, _GAP, _ROW, _EDGE = 184, 86, 30, 14, 8
_LETTERS = 20
# After a step with more ways than this, what follows is not drawn before it is known.
_FORK = 4


@dataclass(frozen=True)
class Box:
    """One step; positions are text, so that no template writes them the Vietnamese way."""

    name: str
    label: str | Promise
    # done, here, to-come or stopped.
    state: str
    holder: str
    x: str
    y: str
    # Where the text begins, each line with its height, and how many of them are the label.
    text_x: str
    lines: tuple[tuple[str, str], ...]
    label_lines: int


@dataclass(frozen=True)
class Path:
    """One line from step to step."""

    d: str
    state: str


@dataclass(frozen=True)
class Diagram:
    """The picture and its words."""

    width: str
    height: str
    box_width: str
    box_height: str
    boxes: tuple[Box, ...]
    paths: tuple[Path, ...]
    # The step whose conclusion decides on the rest of the way, if it lies ahead.
    fork: str | Promise


def diagram_of(case: Case, items: Sequence[WorkItem]) -> Diagram:
    """Return the picture of one case. Steps it can no longer come to are left out."""
    graph = graph_for(case.service, case.version)
    follows = _steps_after(graph)
    states, holders = _states(items)
    here = [name for name, state in states.items() if state == "here"]
    ahead = _reachable(follows, here)
    first = _steps_from(graph, graph.start)
    shown = set(states) | ahead
    # From top to bottom as viewflow lays them out; from left to right by how many steps lie before.
    height_of = {node.name: node.y for node in drawing_of(FLOWS[case.service, case.version]).nodes}
    columns = _columns(first & shown, follows, shown)
    tallest = max((len(column) for column in columns), default=1)
    places: dict[str, tuple[int, int]] = {}
    for number, column in enumerate(columns):
        space = (tallest - len(column)) * (_TALL + _ROW) // 2
        for row, name in enumerate(sorted(column, key=lambda name: height_of[name])):
            places[name] = (_EDGE + number * (_BOX + _GAP), _EDGE + space + row * (_TALL + _ROW))
    bottom = _EDGE + tallest * (_TALL + _ROW)
    boxes = tuple(
        _box(graph, name, states.get(name, "to-come"), holders.get(name, ""), places[name])
        for column in columns
        for name in sorted(column, key=lambda name: height_of[name])
    )
    return Diagram(
        width=str(2 * _EDGE + len(columns) * (_BOX + _GAP) - _GAP),
        height=str(bottom + _EDGE),
        box_width=str(_BOX),
        box_height=str(_TALL),
        boxes=boxes,
        paths=tuple(_paths(follows, places, states, _gone(items), bottom)),
        fork=next((graph.human(name).label for name in ahead if len(follows[name]) > _FORK), ""),
    )


def _states(items: Iterable[WorkItem]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what became of each step that was opened, and who holds or held it; the latest counts."""
    named = {
        WorkItem.Status.OPEN: "here",
        WorkItem.Status.WAITING: "here",
        WorkItem.Status.DONE: "done",
        WorkItem.Status.CANCELLED: "stopped",
    }
    states: dict[str, str] = {}
    holders: dict[str, str] = {}
    for item in items:
        states[item.node] = named[WorkItem.Status(item.status)]
        holders[item.node] = str(item.agency or item.assignee)
    return states, holders


def _steps_from(graph: Graph, name: str) -> set[str]:
    """Return the human steps that can follow a node with nothing but automatic nodes between."""
    found: set[str] = set()
    running = deque(edge.to for edge in graph.nodes[name].edges)
    while running:
        node = graph.nodes[running.popleft()]
        if node.human is not None:
            found.add(node.name)
        else:
            running.extend(edge.to for edge in node.edges)
    return found


def _steps_after(graph: Graph) -> dict[str, set[str]]:
    return {name: _steps_from(graph, name) for name in graph.human_steps}


def _reachable(follows: Mapping[str, set[str]], names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    running = deque(names)
    while running:
        name = running.popleft()
        if name not in seen:
            seen.add(name)
            running.extend(following for following in follows[name] if len(follows[name]) <= _FORK)
    return seen


def _columns(first: set[str], follows: Mapping[str, set[str]], shown: set[str]) -> Sequence[list[str]]:
    """Return the steps by how many lie before them on the longest way; a way back counts nothing."""
    depth: dict[str, int] = {}

    def deepen(name: str, level: int, way: tuple[str, ...]) -> None:
        if name in way or (name in depth and depth[name] >= level):
            return
        depth[name] = level
        for following in follows[name] & shown:
            deepen(following, level + 1, (*way, name))

    for name in first:
        deepen(name, 0, ())
    columns: defaultdict[int, list[str]] = defaultdict(list)
    for name, level in depth.items():
        columns[level].append(name)
    return [columns[level] for level in sorted(columns)]


def _box(graph: Graph, name: str, state: str, holder: str, place: tuple[int, int]) -> Box:
    x, y = place
    label = graph.human(name).label
    lines = wrap(str(label), _LETTERS)[:2]
    office = wrap(holder, _LETTERS + 2, max_lines=2, placeholder=" …") if state == "here" else []
    spacing, total = 18, len(lines) + len(office)
    top = y + (_TALL - spacing * (total - 1)) // 2 + 5
    written = tuple((str(top + spacing * number), text) for number, text in enumerate((*lines, *office)))
    return Box(
        name=name,
        label=label,
        state=state,
        holder=holder,
        x=str(x),
        y=str(y),
        text_x=str(x + _BOX // 2),
        lines=written,
        label_lines=len(lines),
    )


def _gone(items: Sequence[WorkItem]) -> set[tuple[str, str]]:
    """Return from which step to which the case has gone: one opens in the moment in which the other ends."""
    return {
        (before.node, after.node)
        for before in items
        for after in items
        if before.finished_at is not None and before.finished_at == after.opened_at
    }


def _paths(
    follows: Mapping[str, set[str]],
    places: Mapping[str, tuple[int, int]],
    states: Mapping[str, str],
    gone: set[tuple[str, str]],
    bottom: int,
) -> Iterable[Path]:
    for name, (x, y) in places.items():
        for following in sorted(follows[name] & set(places)):
            to_x, to_y = places[following]
            # Of branches that meet again only the last opens what follows, but all of them lead there.
            passed = (name, following) in gone or (to_x > x and states.get(name) == "done" and following in states)
            middle, to_middle = y + _TALL // 2, to_y + _TALL // 2
            if to_x > x:
                bend = to_x - _GAP // 2
                d = f"M{x + _BOX},{middle} H{bend} V{to_middle} H{to_x}"
            else:
                # A way back runs below everything.
                d = f"M{x + _BOX // 2},{y + _TALL} V{bottom} H{to_x + _BOX // 2} V{to_y + _TALL}"
            yield Path(d, "done" if passed else "to-come")
