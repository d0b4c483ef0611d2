"""A flow with a split inside a split, which no service has yet."""

from viewflow import this
from viewflow.workflow.flow import End, If, Join, Split, StartHandle

from workflows.asks import Option
from workflows.conditions import Fact, Verdict
from workflows.nodes import CITY_UNION, About, CaseFlow, Moves, Review


def review(*verdicts: str, may_ask: bool = True) -> Review:
    """Return a step of the city Union that offers these verdicts."""
    return Review(
        agency=CITY_UNION,
        within="VERIFY",
        stage="answering",
        label="A step",
        options=tuple(Option(verdict, verdict) for verdict in verdicts or ("done",)),
        may_ask=may_ask,
    )


class Nested(CaseFlow):
    """A split inside a split."""

    about = About(service="nested", version=1, outcomes=(), facts=frozenset({"wide", "deep"}))

    received = StartHandle().Next(this.taken_in)
    taken_in = Moves("accept").Next(this.outer)
    outer = Split().Next(this.first).Next(this.inner).Next(this.second, case=Fact("wide"))
    first = review().Next(this.outer_join)
    second = review().Next(this.outer_join)
    inner = Split().Next(this.third).Next(this.fourth, case=Fact("deep"))
    third = review("done", "again").Next(this.third_done)
    third_done = If(Verdict("third").is_("done")).Then(this.inner_join).Else(this.third)
    fourth = review().Next(this.inner_join)
    inner_join = Join().Next(this.fifth)
    fifth = review().Next(this.outer_join)
    outer_join = Join().Next(this.last)
    last = review("done", "again").Next(this.last_done)
    last_done = If(Verdict("last").is_("done")).Then(this.decided).Else(this.outer)
    decided = Moves("decide").Next(this.closed)
    closed = Moves("close").Next(this.end)
    end = End()
