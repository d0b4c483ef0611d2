"""Our executor against viewflow's own runtime: the same flow classes, the same facts, the same story."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from random import Random
from typing import Any

import pytest
from django.db import transaction
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import PROCESS, STATUS

from cases.models import Case, User
from tests.differential.flows import Nested
from workflows import engine
from workflows.conditions import Facts, verdict_key
from workflows.engine import Advance, Marking, Place
from workflows.flows.legal_advice.v1 import LegalAdvice
from workflows.flows.registry import FLOWS
from workflows.graph import Graph, Kind, graph_of
from workflows.nodes import CaseFlow
from workflows.proofs import rules_named
from workflows.soundness import Report, State, Transition, prove

pytestmark = pytest.mark.django_db

# Every flow that is registered, and one with a split inside a split.
EVERY_FLOW: list[type[CaseFlow]] = [*FLOWS.values(), Nested]
# The token that is concluded, and the facts that are set before it, the verdict among them.
Conclusion = tuple[Place, Facts]


@pytest.fixture
def reviewer() -> User:
    return User.objects.create_user("0900 999 999", "Người thử", phone_verified=True)


class Difference(AssertionError):
    """The two did not do the same."""


class Play:
    """One story told to both; what each step passes and opens is compared."""

    def __init__(self, flow: type[CaseFlow], facts: Facts, reviewer: User) -> None:
        self.graph = graph_of(flow)
        self.reviewer = reviewer
        self.facts = dict(facts)
        self.story: list[str] = []
        # Where our executor came to each node for the n-th time, and which of viewflow's tasks that was.
        self.came_to: dict[tuple[str, int], int] = {}
        self.met: dict[int, int] = {}
        # The open human step of each name as viewflow's task.
        self.open: dict[str, int] = {}
        begun = engine.begin(self.graph, self.facts)
        self.marking = begun.marking
        start: Any = flow._nodes_by_name[self.graph.start]
        self.process: int = start.run(_process_data=self.facts).pk
        self.compare(begun.passed)

    def fork(self) -> "Play":
        """Return the same story, to be told on in another way."""
        other = copy(self)
        other.facts, other.story = dict(self.facts), list(self.story)
        other.came_to, other.met = dict(self.came_to), dict(self.met)
        return other

    def conclude(self, place: Place, facts: Facts) -> None:
        """Conclude one open step on both sides."""
        node, token = place
        self.facts |= facts
        self.story.append(f"{node}={self.facts.get(verdict_key(node))}")
        done = engine.advance(self.graph, self.marking, self.facts, node=node, token=token)
        self.marking = done.marking
        self.conclude_in_viewflow(node)
        self.compare(done.passed[1:])

    def conclude_in_viewflow(self, node: str) -> None:
        """Do what viewflow's views do: take the task, start it, finish it."""
        Process.objects.filter(pk=self.process).update(data=self.facts)
        with Task.objects.get(pk=self.open[node]).activation() as activation:
            activation.assign(self.reviewer)
            activation.start(None)
            activation.execute()

    def compare(self, passed: Sequence[str]) -> None:
        """Compare what this step passed and in what order, who is waited for after it, and whether it is over."""
        tasks = Task.objects.filter(process=self.process).order_by("pk")
        rows = list(tasks.values_list("pk", "flow_task", "status"))
        new = {
            pk: node.name
            for pk, node, status in rows
            if pk not in self.met and (status == STATUS.DONE or self.waits_for_somebody(node.name))
        }
        self.same("passed", Counter(passed), Counter(new.values()))
        self.compare_order(passed, new)

        self.open = {
            node.name: pk for pk, node, status in rows if status != STATUS.DONE and self.waits_for_somebody(node.name)
        }
        waiting = engine.human_part(self.graph, self.marking)
        self.same("open steps", sorted(node for node, _token in waiting), sorted(self.open))
        over = Process.objects.filter(pk=self.process, status=PROCESS.DONE).exists()
        self.same("over", not self.marking, over)

    def compare_order(self, passed: Sequence[str], new: Mapping[int, str]) -> None:
        """Compare the order: what viewflow came from, our executor came to before, in each branch."""
        times = Counter(name for name, _time in self.came_to)
        for name in passed:
            self.came_to[name, times[name]] = len(self.came_to)
            times[name] += 1
        told = Counter(name for name, _time in self.came_to)
        told.subtract(passed)
        for pk, name in new.items():
            self.met[pk] = self.came_to[name, told[name]]
            told[name] += 1
        links = Task.previous.through.objects.filter(from_task__in=list(new))
        for later, earlier in links.values_list("from_task", "to_task"):
            if not self.met[earlier] < self.met[later]:
                raise Difference(f"{self.story}: the order of {new.get(earlier)} and {new[later]}")

    def waits_for_somebody(self, node: str) -> bool:
        """Whether a node is a step of somebody's, which a task reaches long before it is done."""
        return self.graph.nodes[node].kind is Kind.HUMAN

    def same(self, what: str, ours: object, theirs: object) -> None:
        """Complain when the two differ."""
        if ours != theirs:
            raise Difference(f"{self.story}: {what}: ours {ours}, viewflow's {theirs}")


def play(flow: type[CaseFlow], facts: Facts, conclusions: Iterable[Conclusion], reviewer: User) -> Play:
    """Tell one story to both; what viewflow wrote is undone, so that its tables stay small."""
    with transaction.atomic():
        told = Play(flow, facts, reviewer)
        for place, chosen in conclusions:
            told.conclude(place, chosen)
        transaction.set_rollback(True)
    return told


# --- every edge once ------------------------------------------------------------------------------------------


def reachable(flow: type[CaseFlow]) -> Report:
    """Return the walk over the flow's reachable graph."""
    graph = graph_of(flow)
    stages = frozenset(human.stage for human in graph.human_steps.values())
    return prove(graph, lifecycle=Case.lifecycle(), stages=stages, rules=rules_named())


def take_every_edge(told: Play, state: State, leaving: dict[State, list[Transition]]) -> int:
    """Take every edge that leads on from here and was not taken, each undone again; return how many."""
    edges = leaving.pop(state, [])
    taken = len(edges)
    for edge in edges:
        with transaction.atomic():
            further = told.fork()
            further.conclude(edge.place, edge.facts)
            assert further.marking == edge.target.marking
            taken += take_every_edge(further, edge.target, leaving)
            transaction.set_rollback(True)
    return taken


@pytest.mark.parametrize("flow", EVERY_FLOW, ids=lambda flow: flow.__name__)
def test_every_edge_of_the_reachable_graph_is_the_same_in_viewflow(flow: type[CaseFlow], reviewer: User) -> None:
    report = reachable(flow)
    assert report.sound
    # A question to her changes no route: the edges that leave while one is open are the same again.
    edges = [edge for edge in report.transitions if edge.source.asked is None]
    leaving: dict[State, list[Transition]] = {}
    for edge in edges:
        leaving.setdefault(edge.source, []).append(edge)
    taken = sum(take_every_edge(Play(flow, facts, reviewer), state, leaving) for facts, state, _ in report.starts)
    assert taken == len(edges) > 10


def test_a_difference_would_be_seen(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison itself is tried: an executor that passes a join too early is found out."""
    patient = engine.advance

    def advance(graph: Graph, marking: Marking, facts: Facts, *, node: str, token: str) -> Advance:
        done = patient(graph, marking, facts, node=node, token=token)
        return Advance(done.marking, done.opened, done.moves, (*done.passed, "outer_join"))

    monkeypatch.setattr(engine, "advance", advance)
    with pytest.raises(Difference, match="outer_join"):
        play(Nested, {}, [(("first", "start/outer:1"), {verdict_key("first"): "done"})], reviewer)


def test_another_order_would_be_seen(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """An executor that passes the right nodes in a wrong order is found out."""
    orderly = engine.advance

    def advance(graph: Graph, marking: Marking, facts: Facts, *, node: str, token: str) -> Advance:
        done = orderly(graph, marking, facts, node=node, token=token)
        return Advance(done.marking, done.opened, done.moves, (done.passed[0], *reversed(done.passed[1:])))

    monkeypatch.setattr(engine, "advance", advance)
    with pytest.raises(Difference, match="order"):
        play(LegalAdvice, {}, [(("intake", "start"), {verdict_key("intake"): "accept"})], reviewer)


# --- random stories -------------------------------------------------------------------------------------------


def random_story(flow: type[CaseFlow], random: Random) -> tuple[dict[str, Any], list[Conclusion]]:
    """Return what a case begins with and what its reviewers conclude: any open step next, any verdict."""
    graph = graph_of(flow)
    begun_with = {name: random.random() < 0.5 for name in sorted(graph.about.facts)}
    facts = dict(begun_with)
    marking = engine.begin(graph, facts).marking
    conclusions: list[Conclusion] = []
    while marking:
        node, token = random.choice(sorted(engine.human_part(graph, marking)))
        human = graph.human(node)
        chosen: dict[str, Any] = {name: random.random() < 0.5 for name in sorted(human.declared_facts())}
        chosen[verdict_key(node)] = random.choice(human.options).verdict
        facts |= chosen
        conclusions.append(((node, token), chosen))
        marking = engine.advance(graph, marking, facts, node=node, token=token).marking
    return begun_with, conclusions


@pytest.mark.parametrize("flow", EVERY_FLOW, ids=lambda flow: flow.__name__)
def test_random_stories_are_the_same_in_viewflow(flow: type[CaseFlow], reviewer: User) -> None:
    for seed in range(5):
        assert play(flow, *random_story(flow, Random(seed)), reviewer).marking == frozenset()


@pytest.mark.prove
def test_thousands_of_random_stories_are_the_same_in_viewflow(
    reviewer: User, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = 2000
    differences: list[str] = []
    flows = list(FLOWS.values())
    for seed in range(paths):
        flow = flows[seed % len(flows)]
        try:
            play(flow, *random_story(flow, Random(seed)), reviewer)
        except Difference as difference:
            differences.append(str(difference))
    with capsys.disabled():
        sys.stdout.write(f"\ndifferential: {paths} paths of {len(flows)} flows, {len(differences)} differences\n")
    assert differences == []
