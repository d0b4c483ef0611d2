"""The executor: tokens are neither lost nor doubled, branches do not mind their order, and releases are held."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viewflow import this
from viewflow.workflow.flow import End, If, StartHandle

from cases.models import Role
from tests.differential.flows import Nested
from workflows import engine
from workflows.asks import Flags, Option, PickExpert
from workflows.checks import drafts_begin_on_the_newest, flows_stand_alone, released_flows_stay
from workflows.conditions import Condition, Fact, Facts, Verdict, verdict_key
from workflows.engine import Advance, Marking, Place, Unsound
from workflows.flows import registry
from workflows.flows.legal_advice import v1 as legal_advice_v1
from workflows.flows.legal_advice.v1 import LegalAdvice
from workflows.graph import Graph, Kind, graph_of
from workflows.nodes import CITY_UNION, JUSTICE, About, ByFact, CaseFlow, Consult, Ending, Moves, Review

GRAPHS = [graph_of(LegalAdvice), graph_of(Nested)]
few = settings(max_examples=60, derandomize=True, deadline=None, database=None)
choices = st.lists(st.integers(0, 10_000), min_size=1, max_size=40)


class Told:
    """A story told to the executor by numbers: each picks a token, its verdict and what is chosen with it."""

    def __init__(self, graph: Graph, numbers: list[int]) -> None:
        self.graph = graph
        self.numbers = iter(numbers)
        names = sorted(graph.about.facts)
        first = numbers[0]
        self.facts: dict[str, Any] = {name: bool(first >> bit & 1) for bit, name in enumerate(names)}
        self.begun = engine.begin(graph, self.facts)

    def steps(self) -> Iterator[tuple[Marking, Place, Advance]]:
        """Yield (marking before, place concluded, what it changed) until the end or the last number."""
        marking = self.begun.marking
        for number in self.numbers:
            if not marking:
                return
            places = sorted(engine.human_part(self.graph, marking))
            place = places[number % len(places)]
            human = self.graph.human(place[0])
            for bit, name in enumerate(sorted(human.declared_facts())):
                self.facts[name] = bool(number >> bit & 1)
            self.facts[verdict_key(place[0])] = human.options[number // 7 % len(human.options)].verdict
            done = engine.advance(self.graph, marking, self.facts, node=place[0], token=place[1])
            yield marking, place, done
            marking = done.marking


class Count:
    """How many tokens there must be: a split adds its other branches, its join takes them, the end takes the last."""

    def __init__(self, story: Told) -> None:
        self.story = story
        self.tokens = 1
        self.added: list[int] = []
        self.follow(story.begun.passed)

    def follow(self, passed: tuple[str, ...]) -> int:
        """Return how many tokens there are after these nodes were passed."""
        for name in passed:
            node = self.story.graph.nodes[name]
            match node.kind:
                case Kind.SPLIT:
                    taken = [
                        edge for edge in node.edges if not edge.condition or edge.condition.holds(self.story.facts)
                    ]
                    self.added.append(len(taken) - 1)
                    self.tokens += self.added[-1]
                case Kind.JOIN:
                    self.tokens -= self.added.pop()
                case Kind.END:
                    self.tokens -= 1
        return self.tokens


@pytest.mark.parametrize("graph", GRAPHS, ids=["legal advice", "nested"])
class TestTokens:
    @few
    @given(numbers=choices)
    def test_no_token_stands_twice_or_inside_another(self, graph: Graph, numbers: list[int]) -> None:
        for _before, _place, done in Told(graph, numbers).steps():
            tokens = sorted(token for _node, token in done.marking)
            assert len(set(tokens)) == len(tokens)
            assert not any(other.startswith(f"{token}/") for token in tokens for other in tokens)

    @few
    @given(numbers=choices)
    def test_a_conclusion_takes_one_token_and_leaves_all_other_branches_alone(
        self, graph: Graph, numbers: list[int]
    ) -> None:
        for before, place, done in Told(graph, numbers).steps():
            gone = before - done.marking - {place}
            assert place not in done.marking or place in done.opened
            # Besides the concluded token only such go that waited at a join which has now been passed.
            assert {node for node, _token in gone} <= set(done.passed)
            assert all(graph.nodes[node].kind is Kind.JOIN for node, _token in gone)
            assert set(done.opened) <= done.marking

    @few
    @given(numbers=choices)
    def test_tokens_add_up(self, graph: Graph, numbers: list[int]) -> None:
        story = Told(graph, numbers)
        count = Count(story)
        assert len(story.begun.marking) == count.tokens
        for _before, _place, done in story.steps():
            assert len(done.marking) == count.follow(done.passed[1:])

    @few
    @given(numbers=choices)
    def test_the_marking_survives_the_case_row(self, graph: Graph, numbers: list[int]) -> None:
        for _before, _place, done in Told(graph, numbers).steps():
            assert engine.from_json(json.loads(json.dumps(engine.to_json(done.marking)))) == done.marking

    @few
    @given(numbers=choices)
    def test_the_same_conclusion_changes_the_same(self, graph: Graph, numbers: list[int]) -> None:
        assert [done for _, _, done in Told(graph, numbers).steps()] == [
            done for _, _, done in Told(graph, numbers).steps()
        ]

    @few
    @given(numbers=choices)
    def test_a_token_is_concluded_only_where_it_waits(self, graph: Graph, numbers: list[int]) -> None:
        story = Told(graph, numbers)
        for before, (node, token), done in story.steps():
            for marking, wrong in ((before, f"{token}/elsewhere:1"), (done.marking - {(node, token)}, token)):
                with pytest.raises(Unsound, match="no token"):
                    engine.advance(graph, marking, story.facts, node=node, token=wrong)


# --- parallel branches ----------------------------------------------------------------------------------------

OFFICES = ("consult_finance", "consult_tech", "consult_agri", "consult_tax")


def finish(graph: Graph, marking: Marking, facts: Facts, order: list[str], until: str) -> tuple[Marking, Counter[str]]:
    """Conclude open steps, always the first of the order that is open, until a node is open; return what was passed."""
    passed: Counter[str] = Counter()
    while not any(node == until for node, _token in marking):
        open_steps = dict(engine.human_part(graph, marking))
        node = next(name for name in order if name in open_steps)
        done = engine.advance(graph, marking, facts, node=node, token=open_steps[node])
        passed.update(done.passed)
        marking = done.marking
    return marking, passed


@few
@given(asked=st.sets(st.sampled_from(OFFICES)), order=st.permutations(["draft", *OFFICES]))
def test_offices_may_answer_in_any_order(asked: set[str], order: list[str]) -> None:
    graph = GRAPHS[0]
    facts = {
        verdict_key("intake"): "accept",
        verdict_key("triage"): "general",
        "is_sme": True,
        **{office: office in asked for office in OFFICES},
    }
    marking = engine.begin(graph, facts).marking
    for node in ("intake", "triage"):
        marking = engine.advance(graph, marking, facts, node=node, token="start").marking
    assert {node for node, _token in marking} == {"draft", *asked}
    ended, passed = finish(graph, marking, facts, order, until="approve")
    assert ended == {("approve", "start")}
    assert passed == Counter(["draft", *asked, "join", "approve"])


@few
@given(
    wide=st.booleans(),
    deep=st.booleans(),
    order=st.permutations(["first", "second", "third", "fourth", "fifth"]),
)
def test_branches_inside_branches_may_end_in_any_order(wide: bool, deep: bool, order: list[str]) -> None:
    graph = GRAPHS[1]
    facts = {"wide": wide, "deep": deep, verdict_key("third"): "done"}
    steps = {"first", "third", "fifth"} | ({"second"} if wide else set()) | ({"fourth"} if deep else set())
    ended, passed = finish(graph, engine.begin(graph, facts).marking, facts, order, until="last")
    assert ended == {("last", "start")}
    assert passed == Counter([*steps, "third_done", "inner_join", "fifth", "outer_join", "last"])


@few
@given(orders=st.tuples(*[st.permutations(["first", "second", "third", "fourth", "fifth"])] * 2))
def test_what_is_open_depends_on_what_was_concluded_and_not_on_when(orders: tuple[list[str], list[str]]) -> None:
    graph, reached = GRAPHS[1], dict[frozenset[str], Marking]()
    facts = {"wide": True, "deep": True, verdict_key("third"): "done"}
    for order in orders:
        marking, concluded = engine.begin(graph, facts).marking, frozenset[str]()
        while len(concluded) < len(order):
            assert reached.setdefault(concluded, marking) == marking
            open_steps = dict(engine.human_part(graph, marking))
            node = next(name for name in order if name in open_steps)
            marking = engine.advance(graph, marking, facts, node=node, token=open_steps[node]).marking
            concluded |= {node}


# --- fingerprints and releases --------------------------------------------------------------------------------


def fingerprint(
    *,
    name: str = "Lent",
    service: str = "tiny",
    version: int = 1,
    facts: frozenset[str] = frozenset({"urgent"}),
    outcome: Ending | None = None,
    condition: Condition | None = None,
    swapped: bool = False,
    move: str = "accept",
    node: str = "read",
    step: Any = Review,
    **said: Any,
) -> str:
    """Return the fingerprint of a small flow, as usual but for what is said."""
    usual: dict[str, Any] = {
        "agency": CITY_UNION,
        "within": "RULE",
        "stage": "answering",
        "label": "Read",
        "options": (Option("yes", "Yes"), Option("no", "No")),
    }
    ways = (this.moved, this.end) if not swapped else (this.end, this.moved)
    plan = {
        "__doc__": f"The flow {name}.",
        "about": About(service, version, (outcome or Ending(Verdict("read").is_("yes"), "answered"),), facts),
        "received": StartHandle().Next(getattr(this, node)),
        node: step(**{**usual, **said}).Next(this.gate),
        "gate": If(condition or Verdict("read").is_("yes")).Then(ways[0]).Else(ways[1]),
        "moved": Moves(move).Next(this.end),
        "end": End(),
    }
    flow: type[CaseFlow] = type(name, (CaseFlow,), plan)
    return graph_of(flow).fingerprint


EDITS: dict[str, dict[str, Any]] = {
    "service": {"service": "other"},
    "version": {"version": 2},
    "declared facts": {"facts": frozenset({"urgent", "rich"})},
    "outcome": {"outcome": Ending(Verdict("read").is_("yes"), "informed")},
    "condition of the outcome": {"outcome": Ending(Verdict("read").is_("no"), "answered")},
    "condition": {"condition": Fact("urgent")},
    "verdict in a condition": {"condition": Verdict("read").is_("no")},
    "direction": {"swapped": True},
    "move": {"move": "not_accept"},
    "name of a node": {"node": "reading"},
    "kind of step": {"step": type("Look", (Review,), {})},
    "agency": {"agency": JUSTICE},
    "held by name": {"named": "adviser"},
    "role": {"role": Role.APPROVER},
    "deadline": {"within": "OTHER_RULE"},
    "condition of the deadline": {"within": ByFact(Fact("urgent"), "RULE", "RULE")},
    "promise": {"promises": "RULE"},
    "stage": {"stage": "reading"},
    "verdict more": {"options": (Option("yes", ""), Option("no", ""), Option("perhaps", ""))},
    "verdict less": {"options": (Option("yes", ""),)},
    "order of verdicts": {"options": (Option("no", ""), Option("yes", ""))},
    "verdict with words": {"options": (Option("yes", "", answers=True), Option("no", ""))},
    "verdict that refuses": {"options": (Option("yes", ""), Option("no", "", refuses=True))},
    "verdict that returns": {"options": (Option("yes", ""), Option("no", "", returns=True))},
    "what is asked": {"asks": (Flags("", (("rich", ""),), ("yes",)),)},
    "with which verdict it is asked": {"asks": (Flags("", (("rich", ""),), ("no",)),)},
    "which fact is asked": {"asks": (Flags("", (("poor", ""),), ("yes",)),)},
    "who is chosen": {"asks": (PickExpert("adviser", "", JUSTICE, ("yes",)),)},
    "who must not decide": {"not_by": ("read",)},
    "whether she may be asked": {"may_ask": False},
}


def test_every_edit_of_the_route_changes_the_fingerprint() -> None:
    prints = {edit: fingerprint(**said) for edit, said in EDITS.items()}
    prints["nothing"] = fingerprint()
    assert len(set(prints.values())) == len(prints)
    assert all(len(text) == 64 for text in prints.values())


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"label": "Read carefully"},
        {"options": (Option("yes", "Of course"), Option("no", "Not at all"))},
        {"name": "AnotherName"},
    ],
    ids=["nothing", "label", "labels of verdicts", "name of the class"],
)
def test_words_alone_do_not_change_the_fingerprint(said: dict[str, Any]) -> None:
    assert fingerprint(**said) == fingerprint()


def test_the_order_in_which_nodes_are_written_does_not_change_the_fingerprint() -> None:
    class Forwards(CaseFlow):
        about = About("tiny", 1, ())
        received = StartHandle().Next(this.first)
        first = Consult(agency=JUSTICE, within="RULE", stage="", label="").Next(this.end)
        end = End()

    class Backwards(CaseFlow):
        about = About("tiny", 1, ())
        end = End()
        first = Consult(agency=JUSTICE, within="RULE", stage="", label="").Next(this.end)
        received = StartHandle().Next(this.first)

    assert graph_of(Forwards).fingerprint == graph_of(Backwards).fingerprint


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Release what is registered now, in a file of this test."""
    path = tmp_path / "released.json"
    now = {
        f"{service}/{version}": registry.graph_for(service, version).fingerprint for service, version in registry.FLOWS
    }
    path.write_text(json.dumps(now))
    monkeypatch.setattr(registry, "RELEASED", path)
    yield path
    registry.graph_for.cache_clear()


def test_released_flows_pass_the_check(released: Path) -> None:
    assert released_flows_stay() == []


def test_an_edited_flow_that_was_released_fails_the_check(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The module as somebody would edit it. (A subclass would not do: it rewires its parent's own nodes.)
    source = Path(str(legal_advice_v1.__file__)).read_text(encoding="utf-8")
    module: dict[str, Any] = {"__name__": "edited"}
    exec(source.replace('within="DELIVER"', 'within="APPROVE"'), module)
    monkeypatch.setitem(registry.FLOWS, ("legal_advice", 1), module["LegalAdvice"])
    registry.graph_for.cache_clear()
    [error] = released_flows_stay()
    assert error.id == "workflows.E003"
    assert "legal_advice v1 is released and was edited" in error.msg


def test_a_flow_made_from_another_flow_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    class Parent(CaseFlow):
        """Not registered."""

        about = LegalAdvice.about
        received = StartHandle().Next(this.end)
        end = End()

    monkeypatch.setitem(registry.FLOWS, ("legal_advice", 1), type("Child", (Parent,), {}))
    assert "workflows.E004" in [error.id for error in flows_stand_alone()]


def test_a_service_that_does_not_begin_on_its_newest_flow_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drafts_begin_on_the_newest() == []
    monkeypatch.setitem(registry.FLOWS, ("legal_advice", 2), Nested)
    assert [error.id for error in drafts_begin_on_the_newest()] == ["workflows.E005"]


def test_a_flow_that_was_never_released_fails_the_check(released: Path) -> None:
    released.write_text("{}")
    errors = released_flows_stay()
    assert [error.id for error in errors] == ["workflows.E002"] * len(registry.FLOWS)
    assert all("check_flows --release" in str(error.hint) for error in errors)
