"""Proves a flow sound by walking every reachable state with the executor itself."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from workflows import engine
from workflows.asks import ChosenPlace, PickExpert, PickPlace
from workflows.conditions import verdict_key
from workflows.engine import Advance, Marking, Unsound
from workflows.graph import Graph, Kind
from workflows.nodes import ApplicantStep, ByFact, ByVerdict, HumanStep, Rule, rule_code

Lifecycle = Mapping[tuple[str, str], str]

# A flow with more states than this is refused: nobody could audit it.
MOST_STATES = 20_000
# Where a case may end, and from where she may withdraw or be asked.
FINAL = frozenset({"closed", "not_accepted", "withdrawn", "expired"})
UNDECIDED = frozenset({"submitted", "in_review"})


@dataclass(frozen=True)
class State:
    """One reachable situation: open tokens, the public state, and the token that waits for her answer."""

    marking: Marking
    lifecycle: str
    asked: engine.Place | None = None


@dataclass(frozen=True)
class Transition:
    """One conclusion and where it leads. `facts` are those the route looked at, the verdict among them."""

    source: State
    place: engine.Place
    facts: Mapping[str, Any]
    target: State
    passed: tuple[str, ...]


@dataclass
class Report:
    """What a walk over all states found."""

    states: int = 0
    transitions: list[Transition] = field(default_factory=list)
    starts: list[tuple[Mapping[str, Any], State, tuple[str, ...]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


class _Guesses(dict[str, Any]):
    """Facts that are not known yet: each is guessed when the route first looks at it, in every way."""

    def __init__(self, known: Mapping[str, Any], domain: Mapping[str, tuple[Any, ...]], script: list[int]) -> None:
        super().__init__(known)
        self.domain = domain
        self.script = script
        self.used: list[int] = []

    def get(self, key: str, default: Any = None) -> Any:
        """Return the known value, or guess one and keep to it."""
        if key not in self:
            values = self.domain.get(key)
            if values is None:
                raise Unsound(f"the fact {key} is declared nowhere")
            turn = len(self.used)
            choice = self.script[turn] if turn < len(self.script) else 0
            self.used.append(len(values))
            self[key] = values[choice]
        return self[key]


def _every_way(known: Mapping[str, Any], domain: Mapping[str, tuple[Any, ...]], play: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (facts, result) of `play(facts)` for every combination of the facts it looks at."""
    script: list[int] | None = []
    while script is not None:
        facts = _Guesses(known, domain, script)
        yield facts, play(facts)
        widths = facts.used
        script = (script + [0] * len(widths))[: len(widths)]
        while script and script[-1] + 1 >= widths[len(script) - 1]:
            script.pop()
        if script:
            script[-1] += 1
        else:
            script = None


def _domain(graph: Graph) -> dict[str, tuple[Any, ...]]:
    """Return every value each fact can take."""
    domain: dict[str, tuple[Any, ...]] = dict.fromkeys(graph.about.facts, (False, True))
    for name, human in graph.human_steps.items():
        domain |= dict.fromkeys(human.declared_facts(), (False, True))
        domain[verdict_key(name)] = tuple(option.verdict for option in human.options)
    return domain


def rules_of(human: HumanStep) -> tuple[str, ...]:
    """Return the codes of the deadline rules that a step can run by, or promise by."""
    return (*_rules(human.within), *_rules(human.promises))


def _rules(rule: Rule | None) -> tuple[str, ...]:
    match rule:
        case None:
            return ()
        case ByVerdict():
            return tuple(rule.rules.values())
        case ByFact():
            return (rule.then, rule.otherwise)
        case _:
            return (rule,)


def _looks_elsewhere(domain: Mapping[str, tuple[Any, ...]], look: Any) -> bool:
    """Return whether `look(facts)` looks at a fact that is declared nowhere."""
    try:
        list(_every_way({}, domain, look))
    except Unsound:
        return True
    return False


def _written_wrong(graph: Graph, stages: frozenset[str], rules: frozenset[str]) -> Iterator[str]:
    """Yield what can be seen without walking."""
    if not graph.start:
        yield "a flow needs exactly one start"
    for name in graph.clashes:
        yield f"{name}: is named like an attribute of Flow"
    for name, node in graph.nodes.items():
        if node.kind is Kind.REFUSED:
            yield f"{name}: is of a kind no flow may have"
        for fault in node.faults:
            yield f"{name}: {fault}"
    domain = _domain(graph)
    chosen = {ask.name for human in graph.human_steps.values() for ask in human.asks if isinstance(ask, PickExpert)}
    places = {ask.name for human in graph.human_steps.values() for ask in human.asks if isinstance(ask, PickPlace)}
    for name, human in graph.human_steps.items():
        if isinstance(human.agency, ChosenPlace) and human.agency.fact not in places:
            yield f"{name}: is done by {human.agency.fact}, which no step chooses"
        if any(option.allows and option.allows not in places for option in human.options):
            yield f"{name}: allows to hand it to what no step chooses"
        if any(option.allows and not option.hers for option in human.options):
            yield f"{name}: lets somebody else allow what only she can"
        if isinstance(human, ApplicantStep) and all(option.hers for option in human.options):
            yield f"{name}: leaves the desk that takes it over nothing to conclude"
        if not isinstance(human, ApplicantStep) and any(option.hers or option.desks for option in human.options):
            yield f"{name}: is no step of hers, and says what only she or the desk can conclude"
        if human.agency is None and not human.named and not isinstance(human, ApplicantStep):
            yield f"{name}: has no holder"
        if human.named and human.named not in chosen:
            yield f"{name}: is held by {human.named}, whom no step chooses"
        if human.stage not in stages:
            yield f"{name}: has no public stage"
        if not human.options:
            yield f"{name}: has no verdict"
        for code in rules_of(human):
            if code not in rules:
                yield f"{name}: has no deadline rule {code}"
        for rule in (human.within, human.promises):
            if rule is not None and _looks_elsewhere(domain, partial(rule_code, rule)):
                yield f"{name}: has a deadline by what is declared nowhere"
        for other in human.not_by:
            if other not in graph.human_steps:
                yield f"{name}: must not be decided by who decided {other}, which is no step"
    for ending in graph.about.outcomes:
        if _looks_elsewhere(domain, ending.condition.holds):
            yield f"the outcome {ending.outcome} looks at what is declared nowhere"


def _moved(lifecycle: Lifecycle, state: str, done: Advance) -> str:
    for move in done.moves:
        if (state, move) not in lifecycle:
            raise Unsound(f"the lifecycle cannot {move} from {state}")
        state = lifecycle[state, move]
    return state


class _Walk:
    """One walk over all reachable states."""

    def __init__(self, graph: Graph, lifecycle: Lifecycle) -> None:
        self.graph, self.lifecycle, self.domain = graph, lifecycle, _domain(graph)
        self.report = Report()
        self.seen: dict[State, None] = {}
        self.queue: deque[State] = deque()
        self.arrows: list[tuple[State, State]] = []
        self.passed: set[str] = set()

    def reach(self, state: State) -> State:
        """Note a state once; complain if nothing can ever happen in it though it is not over."""
        if state not in self.seen:
            self.seen[state] = None
            self.queue.append(state)
            humans = engine.human_part(self.graph, state.marking)
            if state.marking and not humans:
                self.complain(f"deadlock: tokens {sorted(state.marking)} wait for nobody")
            if not state.marking and state.lifecycle not in FINAL:
                self.complain(f"ends while the case is still {state.lifecycle}")
            if state.marking and state.lifecycle in FINAL:
                self.complain(f"goes on after the case is {state.lifecycle}")
            if state.asked and state.lifecycle not in UNDECIDED:
                self.complain(f"a question to her is open when the case is {state.lifecycle}")
        return state

    def complain(self, problem: str) -> None:
        """Note a problem once."""
        if problem not in self.report.problems:
            self.report.problems.append(problem)

    def run(self) -> Report:
        """Walk."""
        try:
            self.begin()
            while self.queue and len(self.seen) <= MOST_STATES:
                state = self.queue.popleft()
                for place in sorted(engine.human_part(self.graph, state.marking)):
                    self.leave(state, place)
        except Unsound as problem:
            self.complain(str(problem))
        if len(self.seen) > MOST_STATES:
            self.complain("unbounded: more states than anybody could audit")
        elif not self.report.problems:
            self.judge_as_a_whole()
        self.report.states = len(self.seen)
        return self.report

    def begin(self) -> None:
        """File the case in every way."""
        submitted = self.lifecycle["draft", "submit"]
        for facts, done in _every_way({}, self.domain, lambda facts: engine.begin(self.graph, facts)):
            self.passed.update(done.passed)
            state = self.reach(State(done.marking, _moved(self.lifecycle, submitted, done)))
            self.report.starts.append((dict(facts), state, done.passed))

    def leave(self, state: State, place: engine.Place) -> None:
        """Conclude one human step with every verdict; ask, be answered, expire and withdraw there too."""
        node, token = place
        human = self.graph.human(node)
        if state.lifecycle in UNDECIDED:
            for move in ("withdraw", "expire") if state.asked == place else ("withdraw",):
                over = State(frozenset(), self.lifecycle[state.lifecycle, move])
                self.arrows.append((state, self.reach(over)))
            if human.may_ask and state.asked is None:
                asked = State(state.marking, state.lifecycle, place)
                self.arrows.extend([(state, self.reach(asked)), (asked, state)])
        if state.asked == place:
            return  # it waits for her: nobody can conclude it now
        for option in human.options:
            known = {verdict_key(node): option.verdict}
            for facts, done in _every_way(
                known,
                self.domain,
                lambda facts: engine.advance(self.graph, state.marking, facts, node=node, token=token),
            ):
                self.passed.update(done.passed)
                target = self.reach(State(done.marking, _moved(self.lifecycle, state.lifecycle, done), state.asked))
                self.arrows.append((state, target))
                self.report.transitions.append(Transition(state, place, dict(facts), target, done.passed))

    def judge_as_a_whole(self) -> None:
        """Look for steps that are never reached and states from which the case cannot be completed."""
        for name in self.graph.nodes:
            if name not in self.passed:
                self.complain(f"dead step: {name} is never reached")
        backwards: dict[State, list[State]] = {}
        for source, target in self.arrows:
            backwards.setdefault(target, []).append(source)
        # To be withdrawn or to expire is no completion: everybody must be able to get a result.
        completes = deque(state for state in self.seen if state.lifecycle in ("closed", "not_accepted"))
        able = set(completes)
        while completes:
            for source in backwards.get(completes.popleft(), []):
                if source not in able:
                    able.add(source)
                    completes.append(source)
        for state in self.seen:
            if state not in able and state.lifecycle not in FINAL:
                self.complain(f"no option to complete from {sorted(state.marking)}")


def prove(graph: Graph, *, lifecycle: Lifecycle, stages: frozenset[str], rules: frozenset[str]) -> Report:
    """Return what a walk over every reachable state of the flow finds; `sound` when it finds nothing.

    `lifecycle` is Case.lifecycle(), `stages` the codes of the service's public stages, `rules` the codes of
    the deadline rules. Every outcome of every condition is tried, with question, answer, expiry and
    withdrawal at each human step.
    """
    problems = list(_written_wrong(graph, stages, rules))
    if problems:
        return Report(problems=problems)
    return _Walk(graph, lifecycle).run()
