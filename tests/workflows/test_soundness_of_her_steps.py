"""What soundness refuses of a step of hers, and of a body that was chosen."""

from typing import Any

import pytest
from viewflow import this
from viewflow.workflow.flow import StartHandle

from tests.workflows.test_soundness import Settling, Tiny, said_of, step
from workflows.asks import ChosenPlace, Option, PickPlace
from workflows.nodes import ApplicantStep, CaseFlow

AGREES = Option("yes", "Yes", hers=True, allows="lender")
UNREACHED = Option("unreached", "Nobody there", desks=True)
PICK = PickPlace("lender", "Who?", (("NHCSXH", "A bank"),), ("yes",))


def flow_with(first: Any, own: Any) -> type[CaseFlow]:
    """Return a flow of these two steps."""

    class WithHers(Settling, Tiny):
        received = StartHandle().Next(this.read)
        read = first.Next(this.agree)
        agree = own.Next(this.settled)

    return WithHers


def hers(*options: Option) -> ApplicantStep:
    return ApplicantStep(within="RULE", stage="answering", label="She says", options=options)


def test_a_step_of_hers_with_something_for_the_desk_is_sound() -> None:
    assert said_of(flow_with(step("yes", asks=(PICK,)), hers(AGREES, UNREACHED))) == ""


@pytest.mark.parametrize(
    ("read", "own", "said"),
    [
        (step("yes", asks=(PICK,)), hers(AGREES), "agree: leaves the desk that takes it over nothing to conclude"),
        (step("yes"), hers(AGREES, UNREACHED), "agree: allows to hand it to what no step chooses"),
        (
            step("yes", asks=(PICK,)),
            hers(Option("yes", "Yes", allows="lender"), UNREACHED),
            "agree: lets somebody else allow what only she can",
        ),
        (
            step("yes", agency=ChosenPlace("fund", ("NHCSXH",))),
            hers(Option("yes", "Yes", hers=True), UNREACHED),
            "read: is done by fund, which no step chooses",
        ),
        (
            step("yes", options=(Option("yes", "Yes", hers=True),)),
            hers(Option("yes", "Yes", hers=True), UNREACHED),
            "read: is no step of hers, and says what only she or the desk can conclude",
        ),
    ],
)
def test_what_only_she_can_say_is_left_to_nobody_else(read: Any, own: Any, said: str) -> None:
    assert said in said_of(flow_with(read, own))
