"""The executor: plays the token game on a plain graph, in memory. Pure: no clock, no database."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows.conditions import Facts
from workflows.graph import Graph, Kind, Node

# An open token: the node it waits at, and where it came from ("start", "start/split:2").
Place = tuple[str, str]
Marking = frozenset[Place]

FIRST_TOKEN = "start"  # noqa: S105 - a token of the game, no secret
# More automatic steps than any flow has nodes: a loop without a human in it.
_ENDLESS = 1000


class Unsound(Exception):
    """The flow did something no flow may do; soundness finds it before a case can."""


@dataclass(frozen=True)
class Advance:
    """What one conclusion changes."""

    marking: Marking
    opened: tuple[Place, ...]
    moves: tuple[str, ...]
    # Every node passed, in order: what viewflow's own runtime must pass too.
    passed: tuple[str, ...]


def to_json(marking: Marking) -> list[list[str]]:
    """Return the marking as it stands on the case row."""
    return [list(place) for place in sorted(marking)]


def from_json(rows: Iterable[Sequence[str]]) -> Marking:
    """Return the marking from a case row."""
    return frozenset((row[0], row[1]) for row in rows)


def begin(graph: Graph, facts: Facts) -> Advance:
    """Return what filing a case opens."""
    return _run(graph, frozenset(), facts, graph.nodes[graph.start], FIRST_TOKEN)


def advance(graph: Graph, marking: Marking, facts: Facts, *, node: str, token: str) -> Advance:
    """Return what concluding one human step changes; the verdict stands among the facts already."""
    if (node, token) not in marking:
        raise Unsound(f"no token {token} waits at {node}")
    return _run(graph, marking - {(node, token)}, facts, graph.nodes[node], token)


def human_part(graph: Graph, marking: Marking) -> Marking:
    """Return the tokens that wait for somebody, not for other tokens."""
    return frozenset(place for place in marking if graph.nodes[place[0]].kind is Kind.HUMAN)


def _run(graph: Graph, marking: Marking, facts: Facts, left: Node, token: str) -> Advance:
    waiting = set(marking)
    passed = [left.name]
    opened: list[Place] = []
    moves: list[str] = []
    running: deque[Place] = deque((edge.to, token) for edge in left.edges[:1])
    while running:
        name, token = running.popleft()
        node = graph.nodes[name]
        passed.append(name)
        if len(passed) > _ENDLESS:
            raise Unsound(f"runs in a circle without a human step through {name}")
        match node.kind:
            case Kind.HUMAN:
                if (name, token) in waiting:
                    raise Unsound(f"two tokens {token} wait at {name}")
                waiting.add((name, token))
                opened.append((name, token))
            case Kind.IF | Kind.SWITCH:
                running.append((_chosen(node, facts), token))
            case Kind.SPLIT:
                branches = [
                    (edge.to, f"{token}/{name}:{number}")
                    for number, edge in enumerate(node.edges, start=1)
                    if edge.condition is None or edge.condition.holds(facts)
                ]
                if not branches:
                    raise Unsound(f"no branch of {name} is taken")
                running.extend(branches)
            case Kind.JOIN:
                siblings = _siblings(name, token)
                waiting.add((name, token))
                still_out = any(place[1].startswith(siblings) for place in running) or any(
                    place[1].startswith(siblings) and place[0] != name for place in waiting
                )
                if still_out:
                    # Not through yet: it waits for its siblings, so it was not passed.
                    passed.pop()
                else:
                    waiting = {place for place in waiting if not place[1].startswith(siblings)}
                    running.append((node.edges[0].to, token.rpartition("/")[0]))
            case Kind.MOVES:
                moves.append(node.move)
                running.append((node.edges[0].to, token))
            case Kind.END:
                if "/" in token:
                    raise Unsound(f"a branch ends at {name} before its join")
                if waiting or running:
                    raise Unsound(f"{name} is reached while other tokens are open")
            case _:
                raise Unsound(f"{name} is of a kind no flow may have")
    return Advance(frozenset(waiting), tuple(opened), tuple(moves), tuple(passed))


def _chosen(node: Node, facts: Facts) -> str:
    for edge in node.edges:
        if edge.condition is None or edge.condition.holds(facts) is not edge.negated:
            return edge.to
    raise Unsound(f"no way out of {node.name}")


def _siblings(join: str, token: str) -> str:
    """Return the beginning shared by all tokens of the split this token came from."""
    base, slash, branch = token.rpartition("/")
    if not slash:
        raise Unsound(f"a token reaches {join} without having come through its split")
    return f"{base}/{branch.rpartition(':')[0]}:"
