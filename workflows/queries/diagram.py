"""Where a case is, as a picture: the steps it has passed, those it is at, those it can still come to."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise

from cases.models import Case
from workflows.conditions import Condition, Fact, Facts, VerdictIs, verdict_key
from workflows.flows.registry import FLOWS, graph_for
from workflows.graph import Edge, Graph, Kind, Node, drawing_of
from workflows.models import WorkItem
from workflows.queries.held import holder_of

# In pixels of the drawing. A usual case fits the width of an office screen.
_WIDE, _NARROWEST, _BROADEST = 1324, 112, 204
_GAP, _ROW, _EDGE = 20, 9, 6
# A box has room for its label in two lines and two lines more; where none are stacked, for a label of three.
_TALL, _TALLER = 70, 94
_CORNER = 6
# After a step with more ways than this, what follows is not drawn before it is known.
_FORK = 4


@dataclass(frozen=True)
class Box:
    """One step; positions are text, so that no template writes them the Vietnamese way."""

    name: str
    label: str | Promise
    # done, here, to-come or stopped.
    state: str
    # Who holds it, or since when it is over.
    holder: str
    done_on: date | None
    late: bool
    x: str
    y: str


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
    # Of how many branches how many are still out, and what follows once all are in.
    branches_out: int
    branches: int
    joins_at: str | Promise


def diagram_of(case: Case, items: Sequence[WorkItem], *, at: datetime) -> Diagram:
    """Return the picture of one case. Steps it can no longer come to are left out."""
    graph = graph_for(case.service, case.version)
    follows = {name: _steps_from(graph, name) for name in graph.human_steps}
    latest = {item.node: item for item in items}
    states = {node: _STATES[WorkItem.Status(item.status)] for node, item in latest.items()}
    usual = {name: _steps_from(graph, name, usual=case.facts) for name in graph.human_steps}
    here = [name for name, state in states.items() if state == "here"]
    ahead = _reachable(usual, here)
    shown = set(states) | ahead
    # What is over and will not come again went the way of its conclusion.
    gone_by = {name: _steps_from(graph, name, usual=case.facts, over=True) for name in set(states) - ahead}
    # From top to bottom as viewflow lays them out; from left to right by how many steps lie before.
    height_of = {node.name: node.y for node in drawing_of(FLOWS[case.service, case.version]).nodes}
    columns = _columns(_steps_from(graph, graph.start) & shown, follows, shown)
    width = max(_NARROWEST, min(_BROADEST, (_WIDE - 2 * _EDGE + _GAP) // max(1, len(columns)) - _GAP))
    tallest = max((len(column) for column in columns), default=1)
    tall = _TALL if tallest > 1 else _TALLER
    places: dict[str, tuple[int, int]] = {}
    for number, column in enumerate(columns):
        space = (tallest - len(column)) * (tall + _ROW) // 2
        for row, name in enumerate(sorted(column, key=lambda name: height_of[name])):
            places[name] = (_EDGE + number * (width + _GAP), _EDGE + space + row * (tall + _ROW))
    bottom = _EDGE + tallest * (tall + _ROW) - _ROW // 2
    paths = tuple(_paths(_drawn(follows, usual | gone_by, states), places, states, _gone(items), (width, tall), bottom))
    goes_back = any(path.d.count("V") == 2 and f"V{bottom}" in path.d for path in paths)
    out, branches = _branches(items)
    return Diagram(
        width=str(2 * _EDGE + len(columns) * (width + _GAP) - _GAP),
        height=str(bottom + (_EDGE if goes_back else _EDGE - _ROW // 2)),
        box_width=str(width),
        box_height=str(tall),
        boxes=tuple(
            _box(graph.human(name).label, name, states.get(name, "to-come"), latest.get(name), places[name], at)
            for column in columns
            for name in sorted(column, key=lambda name: height_of[name])
        ),
        paths=paths,
        fork=next((graph.human(name).label for name in ahead if len(usual[name]) > _FORK), ""),
        branches_out=len(out),
        branches=branches,
        joins_at=next((graph.human(after).label for name in sorted(out) for after in sorted(usual[name])), ""),
    )


_STATES = {
    WorkItem.Status.OPEN: "here",
    WorkItem.Status.WAITING: "here",
    WorkItem.Status.DONE: "done",
    WorkItem.Status.CANCELLED: "stopped",
}


def _branches(items: Iterable[WorkItem]) -> tuple[set[str], int]:
    """Return which steps of the split that the case is in are still out, and how many branches it has."""
    inside = [item for item in items if "/" in item.token]
    splits = {item.token.rpartition(":")[0] for item in inside if item.is_open}
    siblings = [item for item in inside if item.token.rpartition(":")[0] in splits]
    return {item.node for item in siblings if item.is_open}, len({item.token for item in siblings})


def _drawn(
    follows: Mapping[str, set[str]], usual: Mapping[str, set[str]], states: Mapping[str, str]
) -> dict[str, set[str]]:
    """Return which lines are drawn: those between steps that were opened, and the way ahead."""
    return {
        name: {following for following in ways if following in usual[name] or (following in states and name in states)}
        for name, ways in follows.items()
    }


def _steps_from(graph: Graph, name: str, *, usual: Facts | None = None, over: bool = False) -> set[str]:
    """Return the human steps that can follow a node with nothing but automatic nodes between.

    With the facts of a case: those that follow as far as the facts tell, and when nothing is given back; of a
    step that is over, those that follow its conclusion.
    """
    human = graph.nodes[name].human
    verdicts = [option.verdict for option in human.options if not option.returns] if human else []
    found: set[str] = set()
    for facts in [usual] if over else _possible(name, verdicts, usual):
        running = deque(edge.to for edge in graph.nodes[name].edges)
        while running:
            node = graph.nodes[running.popleft()]
            if node.human is not None:
                found.add(node.name)
            else:
                running.extend(edge.to for edge in node.edges if facts is None or _may_go(node, edge, facts))
    return found


def _possible(name: str, verdicts: Sequence[str], usual: Facts | None) -> Sequence[Facts | None]:
    if usual is None or not verdicts:
        return [usual]
    return [{**usual, verdict_key(name): verdict} for verdict in verdicts]


def _may_go(node: Node, edge: Edge, facts: Facts) -> bool:
    """Return whether a way can be taken, as far as the facts tell; what they do not tell yet is possible."""
    if edge.condition is None:
        others = [other.condition for other in node.edges if other.condition is not None]
        return node.kind is not Kind.SWITCH or not any(_told(other, facts) and other.holds(facts) for other in others)
    return not _told(edge.condition, facts) or edge.condition.holds(facts) is not edge.negated


def _told(condition: Condition, facts: Facts) -> bool:
    match condition:
        case VerdictIs(node=node):
            return verdict_key(node) in facts
        case Fact(name=name):
            return name in facts
    return False


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


def _box(
    label: str | Promise, name: str, state: str, item: WorkItem | None, place: tuple[int, int], at: datetime
) -> Box:
    over = item.finished_at if item is not None else None
    return Box(
        name=name,
        label=label,
        state=state,
        holder=holder_of(item).name if item is not None else "",
        done_on=timezone.localdate(over) if over is not None else None,
        late=item is not None and item.status == WorkItem.Status.OPEN and item.due_at < at,
        x=str(place[0]),
        y=str(place[1]),
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
    size: tuple[int, int],
    bottom: int,
) -> Iterable[Path]:
    width, tall = size
    for name, (x, y) in places.items():
        for following in sorted(follows[name] & set(places)):
            to_x, to_y = places[following]
            # Of branches that meet again only the last opens what follows, but all of them lead there.
            passed = (name, following) in gone or (to_x > x and states.get(name) == "done" and following in states)
            if to_x <= x and not passed:
                continue  # a way back that was never gone
            if y == to_y and any(y == between_y and x < between_x < to_x for between_x, between_y in places.values()):
                continue  # a short cut runs behind the boxes between and would only blur the line of the last one
            middle, to_middle = y + tall // 2, to_y + tall // 2
            if to_x > x:
                bend = to_x - _GAP // 2
                d = f"M{x + width},{middle} {_turned(middle, to_middle, bend)}H{to_x}"
            else:
                # A way back runs below everything.
                d = f"M{x + width // 2},{y + tall} V{bottom} H{to_x + width // 2} V{to_y + tall}"
            yield Path(d, "done" if passed else "to-come")


def _turned(y: int, to_y: int, bend: int) -> str:
    """Return the way from one height to another, with round corners."""
    if y == to_y:
        return ""
    down = _CORNER if to_y > y else -_CORNER
    return f"H{bend - _CORNER} Q{bend},{y} {bend},{y + down} V{to_y - down} Q{bend},{to_y} {bend + _CORNER},{to_y} "
