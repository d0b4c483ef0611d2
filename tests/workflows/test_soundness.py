"""What soundness accepts, and every pattern it refuses, each by a flow that shows little else."""

from typing import Any

import pytest
from viewflow import this
from viewflow.workflow.flow import End, Handle, If, Join, Split, SplitFirst, StartHandle, Switch

from cases.models import Case
from tests.differential.flows import Nested
from workflows import checks, soundness
from workflows.asks import Option
from workflows.checks import flows_are_sound
from workflows.conditions import Fact, Verdict
from workflows.flows.registry import FLOWS
from workflows.graph import graph_of
from workflows.nodes import CITY_UNION, About, ByFact, ByVerdict, CaseFlow, Ending, Moves, Review
from workflows.proofs import proof_of, proofs
from workflows.soundness import FINAL, UNDECIDED, Report, prove


class Tiny(CaseFlow):
    """What every flow below says of itself, and how it goes on once all is read."""

    about = About(service="tiny", version=1, outcomes=(), facts=frozenset({"urgent"}))


class Settling:
    """The usual end, for flows that go wrong elsewhere. It begins with `settled`."""

    settled = Moves("accept").Next(this.decided)
    decided = Moves("decide").Next(this.closed)
    closed = Moves("close").Next(this.end)
    end = End()


def step(*verdicts: str, **said: Any) -> Review:
    """Return a step of the city Union, as usual except for what is said."""
    usual: dict[str, Any] = {"agency": CITY_UNION, "within": "RULE", "stage": "answering", "label": "A step"}
    options = tuple(Option(verdict, verdict) for verdict in verdicts or ("yes", "no"))
    return Review(**{**usual, "options": options, **said})


def report_on(flow: type[CaseFlow]) -> Report:
    return prove(graph_of(flow), lifecycle=Case.lifecycle(), stages=frozenset({"answering"}), rules=frozenset({"RULE"}))


def said_of(flow: type[CaseFlow]) -> str:
    """Return all that soundness says against a flow."""
    return "\n".join(report_on(flow).problems)


# --- what is sound --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("service", "version"), FLOWS)
def test_every_registered_flow_is_sound(service: str, version: int) -> None:
    report = proof_of(service, version)
    assert report.problems == []
    assert report.sound
    assert report.transitions


def test_legal_advice_is_small_enough_to_be_audited() -> None:
    assert 100 < proofs()["legal_advice", 1].states < 1000


def test_the_system_check_repeats_what_soundness_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert flows_are_sound() == []
    monkeypatch.setattr(checks, "proofs", lambda: {("tiny", 1): Report(problems=["read: has no holder"])})
    [error] = flows_are_sound()
    assert (error.id, error.msg) == ("workflows.E001", "tiny v1: read: has no holder")


def test_a_flow_with_one_step_is_sound() -> None:
    class Plain(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.settled)

    report = report_on(Plain)
    assert report.problems == []
    # Open, asked, withdrawn, expired, closed.
    assert (report.states, len(report.transitions)) == (5, 2)


def test_a_split_inside_a_split_is_sound() -> None:
    nested = prove(
        graph_of(Nested), lifecycle=Case.lifecycle(), stages=frozenset({"answering"}), rules=frozenset({"VERIFY"})
    )
    assert nested.problems == []


def test_where_a_case_may_end_and_be_withdrawn_is_what_the_record_says() -> None:
    assert {state for state, move in Case.lifecycle() if move in ("withdraw", "expire")} == UNDECIDED
    leaves = {state for state, _move in Case.lifecycle()}
    assert set(Case.lifecycle().values()) - leaves == FINAL


# --- tokens ---------------------------------------------------------------------------------------------------


def test_a_return_into_the_split_is_refused() -> None:
    class ReturnsInside(Settling, Tiny):
        received = StartHandle().Next(this.split)
        split = Split().Next(this.draft).Next(this.consult)
        draft = step().Next(this.join)
        consult = step().Next(this.join)
        join = Join().Next(this.approve)
        approve = step().Next(this.approved)
        approved = If(Verdict("approve").is_("yes")).Then(this.settled).Else(this.draft)

    assert "a token reaches join without having come through its split" in said_of(ReturnsInside)


def test_a_branch_that_ends_before_its_join_is_refused() -> None:
    class EndsEarly(Settling, Tiny):
        received = StartHandle().Next(this.split)
        split = Split().Next(this.draft).Next(this.consult)
        draft = step().Next(this.join)
        consult = step().Next(this.end)
        join = Join().Next(this.settled)

    assert "a branch ends at end before its join" in said_of(EndsEarly)


def test_a_split_without_an_unconditional_branch_is_refused() -> None:
    class MayTakeNone(Settling, Tiny):
        received = StartHandle().Next(this.split)
        split = Split().Next(this.draft, case=Fact("urgent")).Next(this.consult, case=Fact("urgent"))
        draft = step().Next(this.join)
        consult = step().Next(this.join)
        join = Join().Next(this.settled)

    assert "split: a split needs a branch without a condition" in said_of(MayTakeNone)


def test_two_joins_for_one_split_are_a_deadlock() -> None:
    class WaitsForever(Settling, Tiny):
        received = StartHandle().Next(this.split)
        split = Split().Next(this.draft).Next(this.consult)
        draft = step().Next(this.join)
        consult = step().Next(this.another_join)
        join = Join().Next(this.settled)
        another_join = Join().Next(this.settled)

    assert "deadlock: tokens" in said_of(WaitsForever)


def test_a_loop_that_makes_ever_more_tokens_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Grows(Settling, Tiny):
        received = StartHandle().Next(this.split)
        split = Split().Next(this.draft).Next(this.consult)
        draft = step("again").Next(this.split)
        consult = step().Next(this.join)
        join = Join().Next(this.settled)

    monkeypatch.setattr(soundness, "MOST_STATES", 300)
    assert "unbounded" in said_of(Grows)


def test_a_loop_without_a_human_step_is_refused() -> None:
    class Spins(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.gate)
        gate = If(Fact("urgent")).Then(this.other_gate).Else(this.settled)
        other_gate = If(Fact("urgent")).Then(this.gate).Else(this.settled)

    assert "runs in a circle without a human step" in said_of(Spins)


# --- gateways and nodes ---------------------------------------------------------------------------------------

ONE_DEFAULT = "route: a switch needs exactly one default, last"


def test_a_switch_without_a_default_is_refused() -> None:
    class NoDefault(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.route)
        route = Switch().Case(this.settled, Verdict("read").is_("yes")).Case(this.read, Verdict("read").is_("no"))

    assert ONE_DEFAULT in said_of(NoDefault)


def test_a_switch_with_two_defaults_is_refused() -> None:
    class TwoDefaults(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.route)
        route = Switch().Case(this.settled, Verdict("read").is_("yes")).Default(this.read).Default(this.settled)

    assert ONE_DEFAULT in said_of(TwoDefaults)


def test_a_switch_with_its_default_before_a_case_is_refused() -> None:
    class DefaultFirst(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.route)
        route = Switch().Default(this.read).Case(this.settled, Verdict("read").is_("yes"))

    assert ONE_DEFAULT in said_of(DefaultFirst)


@pytest.mark.parametrize("name", ["nodes", "lock", "cancel", "urls", "node"])
def test_a_node_named_like_an_attribute_of_flow_is_refused(name: str) -> None:
    plan = {"received": StartHandle().Next(getattr(this, name)), name: step().Next(this.settled)}
    hidden: type[CaseFlow] = type("Hidden", (Settling, Tiny), plan)
    assert f"{name}: is named like an attribute of Flow" in said_of(hidden)


def test_a_node_of_another_kind_is_refused() -> None:
    class RacesBranches(Settling, Tiny):
        received = StartHandle().Next(this.race)
        race = SplitFirst().Next(this.read).Next(this.join)
        read = step().Next(this.join)
        join = Join().Next(this.wait)
        wait = Handle().Next(this.settled)

    assert "race: is of a kind no flow may have" in said_of(RacesBranches)
    assert "wait: is of a kind no flow may have" in said_of(RacesBranches)


def test_a_lambda_is_no_condition() -> None:
    class Hides(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.gate)
        gate = If(lambda activation: True).Then(this.settled).Else(this.read)

    assert "gate: a condition is not one of ours" in said_of(Hides)


def test_a_way_out_that_was_forgotten_is_refused() -> None:
    class Forgets(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step()

    assert "read: a way out leads nowhere" in said_of(Forgets)


def test_a_flow_has_exactly_one_start() -> None:
    class StartsTwice(Settling, Tiny):
        received = StartHandle().Next(this.read)
        received_on_paper = StartHandle().Next(this.read)
        read = step().Next(this.settled)

    assert "a flow needs exactly one start" in said_of(StartsTwice)


def test_a_step_that_is_never_reached_is_refused() -> None:
    class Unreached(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.settled)
        lonely = step().Next(this.settled)

    assert "dead step: lonely is never reached" in said_of(Unreached)


def test_a_condition_on_a_verdict_that_is_not_offered_makes_a_dead_step() -> None:
    class Misspelt(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.gate)
        gate = If(Verdict("read").is_("yess")).Then(this.praise).Else(this.settled)
        praise = step().Next(this.settled)

    assert "dead step: praise is never reached" in said_of(Misspelt)


# --- the lifecycle --------------------------------------------------------------------------------------------


def test_deciding_before_accepting_is_refused() -> None:
    class Hurries(Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.decided)
        decided = Moves("decide").Next(this.closed)
        closed = Moves("close").Next(this.end)
        end = End()

    assert "the lifecycle cannot decide from submitted" in said_of(Hurries)


def test_deciding_twice_is_refused() -> None:
    class DecidesTwice(Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.accepted)
        accepted = Moves("accept").Next(this.decided)
        decided = Moves("decide").Next(this.deliver)
        deliver = step().Next(this.decided_again)
        decided_again = Moves("decide").Next(this.end)
        end = End()

    assert "the lifecycle cannot decide from decided" in said_of(DecidesTwice)


def test_ending_while_the_case_is_under_way_is_refused() -> None:
    class Forgotten(Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.accepted)
        accepted = Moves("accept").Next(this.end)
        end = End()

    assert "ends while the case is still in_review" in said_of(Forgotten)


def test_going_on_after_the_case_is_closed_is_refused() -> None:
    class GoesOn(Tiny):
        received = StartHandle().Next(this.accepted)
        accepted = Moves("accept").Next(this.decided)
        decided = Moves("decide").Next(this.closed)
        closed = Moves("close").Next(this.read)
        read = step().Next(this.end)
        end = End()

    assert "goes on after the case is closed" in said_of(GoesOn)


def test_two_reviews_that_send_a_case_to_each_other_forever_are_refused() -> None:
    class PingPong(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.gate)
        gate = If(Verdict("read").is_("yes")).Then(this.settled).Else(this.ping)
        ping = step().Next(this.pong)
        pong = step().Next(this.ping)

    assert "no option to complete from [('ping', 'start')]" in said_of(PingPong)


def test_a_question_that_is_open_when_the_case_is_decided_is_refused() -> None:
    class DecidesInABranch(Tiny):
        received = StartHandle().Next(this.accepted)
        accepted = Moves("accept").Next(this.split)
        split = Split().Next(this.draft).Next(this.consult)
        draft = step(may_ask=False).Next(this.decided)
        decided = Moves("decide").Next(this.join)
        consult = step().Next(this.join)
        join = Join().Next(this.closed)
        closed = Moves("close").Next(this.end)
        end = End()

    assert "a question to her is open when the case is decided" in said_of(DecidesInABranch)


# --- what a human step needs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"agency": None}, "read: has no holder"),
        ({"agency": None, "named": "adviser"}, "read: is held by adviser, whom no step chooses"),
        ({"stage": "resting"}, "read: has no public stage"),
        ({"options": ()}, "read: has no verdict"),
        ({"within": "SOME_DAY"}, "read: has no deadline rule SOME_DAY"),
        ({"promises": "SOME_DAY"}, "read: has no deadline rule SOME_DAY"),
        ({"within": ByVerdict("read", {"yes": "RULE", "no": "NO_DAY"})}, "read: has no deadline rule NO_DAY"),
        ({"within": ByFact(Fact("urgent"), "RULE", "NO_DAY")}, "read: has no deadline rule NO_DAY"),
        ({"within": ByFact(Fact("rich"), "RULE", "RULE")}, "read: has a deadline by what is declared nowhere"),
        ({"promises": ByVerdict("nobody", {"yes": "RULE"})}, "read: has a deadline by what is declared nowhere"),
        ({"not_by": ("nobody",)}, "read: must not be decided by who decided nobody, which is no step"),
    ],
)
def test_a_human_step_that_lacks_something_is_refused(said: dict[str, Any], problem: str) -> None:
    class Lacks(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step(**said).Next(this.settled)

    assert problem in said_of(Lacks)


def test_a_fact_that_is_declared_nowhere_is_refused() -> None:
    class Guesses(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = step().Next(this.gate)
        gate = If(Fact("rich")).Then(this.settled).Else(this.read)

    assert "the fact rich is declared nowhere" in said_of(Guesses)


@pytest.mark.parametrize("condition", [Fact("rich"), Verdict("nobody").is_("yes")])
def test_an_outcome_by_what_is_declared_nowhere_is_refused(condition: Any) -> None:
    class Judges(Settling, Tiny):
        about = About(service="tiny", version=1, outcomes=(Ending(condition, "answered"),))
        received = StartHandle().Next(this.read)
        read = step().Next(this.settled)

    assert "the outcome answered looks at what is declared nowhere" in said_of(Judges)
