"""A step of her own: she alone does it, and what she does not do in time her case's Union desk takes over.

No service has such a step yet. The flow here runs beside the released ones, under a version that nobody else has.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from viewflow import this
from viewflow.workflow.flow import End, StartHandle

from cases.models import Case, CaseState, User
from cases.policy import NotFoundForYou
from cases.queries.shares import HERS, agency_key, seconds_by_holder
from cases.queries.timeline import verify
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.builders import a_draft, item_at
from workflows import actions
from workflows.asks import Option
from workflows.flows.registry import FLOWS, graph_for
from workflows.graph import Kind, graph_of
from workflows.models import WorkItem
from workflows.nodes import CITY_UNION, About, ApplicantStep, CaseFlow, Moves, Review
from workflows.queries.health import examine
from workflows.soundness import prove

VERSION = 99


class SheConfirms(CaseFlow):
    """She says yes, and the city Union ends it."""

    about = About(service="legal_advice", version=VERSION, outcomes=())

    received = StartHandle().Next(this.taken_in)
    taken_in = Moves("accept").Next(this.confirm)
    confirm = ApplicantStep(
        within="VERIFY", stage="answering", label="She confirms", options=(Option("yes", "Yes"),)
    ).Next(this.finish)
    finish = Review(
        agency=CITY_UNION, within="VERIFY", stage="answering", label="Finish", options=(Option("done", "Done"),)
    ).Next(this.decided)
    decided = Moves("decide").Next(this.closed)
    closed = Moves("close").Next(this.end)
    end = End()


@pytest.fixture
def case(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """Yield a case that waits for her to do her step."""
    monkeypatch.setitem(FLOWS, ("legal_advice", VERSION), SheConfirms)
    graph_for.cache_clear()
    draft = a_draft(cast.applicant, at=at)
    Case.objects.filter(pk=draft.pk).update(version=VERSION)
    draft.refresh_from_db()
    yield player.submit(draft, at=at)
    graph_for.cache_clear()


def done_by(who: User, case: Case, node: str, verdict: str, *, at: datetime) -> None:
    item = item_at(case, node)
    actions.decide(item, reviewer=who, verdict=verdict, reason_code="FACTS_CLEAR", key=uuid4(), at=at)
    case.refresh_from_db()


def nothing_is_wrong(at: datetime) -> bool:
    return examine(at=at).findings == [] and verify(at).findings == ()


def test_a_flow_with_a_step_of_hers_is_sound() -> None:
    graph = graph_of(SheConfirms)
    report = prove(graph, lifecycle=Case.lifecycle(), stages=frozenset({"answering"}), rules=frozenset({"VERIFY"}))
    assert report.problems == []
    assert graph.nodes["confirm"].kind is Kind.HUMAN
    assert not graph.human("confirm").may_ask


def test_her_own_step_waits_for_her_and_nobody_else_can_do_it(case: Case, cast: Cast, at: datetime) -> None:
    item = item_at(case, "confirm")
    assert (item.holder, item.assignee, item.agency) == (WorkItem.Holder.APPLICANT, cast.applicant, None)
    assert case.held_by == HERS
    assert not case.involvements.filter(person=cast.applicant).exists()
    assert nothing_is_wrong(at)
    later = at + timedelta(hours=1)
    for _part, somebody in cast.people():
        if somebody == cast.applicant:
            continue
        with pytest.raises(NotFoundForYou):
            done_by(somebody, case, "confirm", "yes", at=later)
    done_by(cast.applicant, case, "confirm", "yes", at=later)
    assert item_at(case, "finish").agency == case.desk
    assert seconds_by_holder(case, at=later) == {HERS: 3600}
    # What comes after it judges her case: that is not for her.
    with pytest.raises(NotFoundForYou):
        done_by(cast.applicant, case, "finish", "done", at=later)
    done_by(player.holder_of(item_at(case, "finish")), case, "finish", "done", at=later + timedelta(hours=1))
    assert case.state == CaseState.CLOSED
    assert nothing_is_wrong(later + timedelta(hours=2))


def test_what_she_does_not_do_in_time_the_desk_takes_over(case: Case, cast: Cast, at: datetime) -> None:
    due = item_at(case, "confirm").due_at
    for day in range((due - at).days + 1):
        actions.sweep(at=at + timedelta(days=day, hours=8))
    assert case.events.filter(verb="answer_reminded").exists()
    reminded = Notification.objects.filter(event__verb="answer_reminded").values_list("person", flat=True)
    assert set(reminded) == {cast.applicant.pk}
    taken = due + timedelta(hours=9)
    actions.sweep(at=taken)
    case.refresh_from_db()
    assert case.desk is not None
    item = item_at(case, "confirm")
    assert (item.holder, item.agency, item.assignee) == (WorkItem.Holder.AGENCY, case.desk, None)
    assert case.held_by == agency_key(case.desk.pk)
    assert nothing_is_wrong(taken)
    with pytest.raises(NotFoundForYou):
        done_by(cast.applicant, case, "confirm", "yes", at=taken)
    done_by(player.holder_of(item), case, "confirm", "yes", at=taken + timedelta(hours=1))
    assert item_at(case, "finish").is_open
    assert nothing_is_wrong(taken + timedelta(hours=2))
