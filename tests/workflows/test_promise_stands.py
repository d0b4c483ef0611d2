"""When the flow makes another promise, and when the one she has stands: no next step undoes an apology."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, PromiseAlarm
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, item_at
from workflows import actions
from workflows.actions import sweep
from workflows.flows.registry import graph_for
from workflows.queries.preview import message_to_her

LAW = "Nghị định 55/2019/NĐ-CP, Điều 8"
WORDS = "Chúng tôi còn đối chiếu hai quy định. Chúng tôi gửi chị ngay khi xong phần đó."
PROMISED, PUT_OFF = date(2026, 11, 27), date(2026, 12, 4)


def moment(day: int, hour: int = 9, *, month: int = 11) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour))  # noqa: DTZ001 - made aware here


def promise_of(case: Case) -> tuple[date | None, str, int]:
    case.refresh_from_db()
    return case.promised_on, case.promised_under, case.apologies


def verbs(case: Case) -> list[str]:
    said = case.events.filter(verb__startswith="promise_").order_by("position")
    return list(said.values_list("verb", flat=True))


def put_off_by_the_worker(cast: Cast, node: str, at: datetime) -> Case:
    """Return a case at a step, promised for 27/11 by law and put off by the worker on the day before."""
    case = a_case(cast.applicant, at_node=node, at=at)
    assert promise_of(case) == (PROMISED, LAW, 0)
    sweep(at=moment(26))
    assert promise_of(case) == (PUT_OFF, "", 1)
    return case


@pytest.mark.parametrize(
    ("node", "verdict", "then"),
    [
        ("triage", "general", "draft"),
        ("triage", "refuse", "approve_refusal"),
        ("approve_refusal", "return", "triage"),
        ("refer_adviser", "none_free", "triage"),
        ("adviser_accept", "decline", "refer_adviser"),
        ("approve", "return", "redraft"),
    ],
)
def test_no_step_onwards_or_back_undoes_an_apology(
    cast: Cast, at: datetime, node: str, verdict: str, then: str
) -> None:
    case = put_off_by_the_worker(cast, node, at)
    since, due = case.promised_at, PUT_OFF.isoformat()
    player.conclude(case, node, verdict, at=moment(30))
    assert item_at(case, then).is_open
    assert promise_of(case) == (PUT_OFF, "", 1)
    assert (case.promised_at, case.promise_alarm) == (since, PromiseAlarm.NONE)
    assert case.events.get(position=case.event_count).facts["promised_on"] == due
    sweep(at=moment(30, 10))
    assert verbs(case) == ["promise_moved"], "the day she counts on has not passed"


@pytest.mark.parametrize("verdict", ["general", "complex"])
def test_what_she_will_read_names_the_day_that_she_is_then_promised(cast: Cast, at: datetime, verdict: str) -> None:
    case = put_off_by_the_worker(cast, "triage", at)
    item = item_at(case, "triage")
    option = graph_for(case.service, case.version).human("triage").option(verdict)
    assert option is not None
    given: dict[str, Any] = {"reason_code": "FACTS_CLEAR", "answer": "", "details": {}}
    seen = message_to_her(item, option, at=moment(30), **given)
    player.conclude(case, "triage", verdict, at=moment(30))
    case.refresh_from_db()
    assert seen.telling is not None
    assert seen.telling.promised_on == case.promised_on


def test_a_later_day_by_law_is_another_promise_with_an_apology_of_its_own(cast: Cast, at: datetime) -> None:
    case = put_off_by_the_worker(cast, "triage", at)
    player.conclude(case, "triage", "complex", at=moment(30))
    day, under, apologies = promise_of(case)
    assert day is not None
    assert day > PUT_OFF
    assert (under, apologies, case.promised_at) == (LAW, 0, moment(30))
    sweep(at=timezone.make_aware(datetime.combine(day, datetime.min.time())))  # the night before it passes
    assert verbs(case) == ["promise_moved", "promise_moved"]
    assert promise_of(case)[2] == 1


def test_a_return_promises_nothing_anew(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="cost_approve", at=at)
    promised = promise_of(case)
    assert promised[0] is not None
    for day in (9, 11):
        player.conclude(case, "cost_approve", "return", at=moment(day))
        assert promise_of(case) == promised
        player.conclude(case, "cost_propose", "propose", at=moment(day + 1), amount=100_000)
    assert promise_of(case) == promised


def test_an_apology_for_a_late_first_reading_does_not_use_up_that_of_the_answer(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="intake", at=at)
    reading = case.promised_on
    sweep(at=moment(6, 20))
    put_off, _under, apologies = promise_of(case)
    assert (reading, put_off, apologies) == (date(2026, 11, 6), date(2026, 11, 13), 1)
    status, lookup = reverse("cases:status", args=[case.key]), reverse("cases:lookup") + f"?ma={case.code}"
    told = "Đã hẹn 06/11/2026, hẹn lại 13/11/2026"
    with time_machine.travel(moment(9), tick=False):
        assert told in signed_in(cast.applicant).get(status).content.decode()
        assert told in Client().get(lookup).content.decode()
    player.conclude(case, "intake", "accept", at=moment(9, 10))
    assert promise_of(case) == (date(2026, 12, 1), LAW, 0)
    assert (case.promised_at, case.promise_alarm) == (moment(9, 10), PromiseAlarm.NONE)
    with time_machine.travel(moment(9, 11), tick=False):
        for page in (signed_in(cast.applicant).get(status), Client().get(lookup)):
            assert "Đã hẹn" not in page.content.decode(), "that was another promise"
            assert "Nếu lại trễ" not in page.content.decode()
    sweep(at=moment(30))
    assert promise_of(case) == (date(2026, 12, 8), "", 1)
    assert [event.facts["apology"] for event in case.events.filter(verb="promise_moved")] == [1, 1]
    with time_machine.travel(moment(30, 11), tick=False):
        shown = signed_in(cast.applicant).get(status).content.decode()
    assert "Đã hẹn 01/12/2026, hẹn lại 08/12/2026" in shown
    assert told not in shown


def test_however_far_the_reading_was_put_off_the_answer_is_promised_by_law(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="intake", at=at)
    given: dict[str, Any] = {"reason_code": "NEEDS_TIME", "words": WORDS}
    officer = cast.commune_officer
    for person, day in ((officer, date(2026, 11, 13)), (cast.supervisor, date(2026, 12, 4))):
        later = at + timedelta(hours=1)
        actions.put_off_promise(case, actor=person, new_day=day, key=uuid4(), at=later, **given)
    player.conclude(case, "intake", "accept", at=moment(9))
    assert promise_of(case) == (date(2026, 12, 1), LAW, 0)
