"""Two people at once, the same form twenty times: exactly one effect, and who was late is told so."""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse

from cases.models import Case, CaseState, Decision, Enterprise, InformationRequest, TimelineEvent
from cases.policy import WrongState
from cases.queries.timeline import verify
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import A_QUESTION, A_REASON, a_case, a_draft, item_at
from tests.conftest import THURSDAY
from tests.workflows.racing import Crowd, crowd, winner
from workflows import actions
from workflows.conflicts import AlreadyDone
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.queries.health import examine

pytestmark = pytest.mark.django_db(transaction=True)

LATER = THURSDAY + timedelta(hours=3)
TOO_LATE = THURSDAY + timedelta(days=60)
PRESSES = 20


@pytest.fixture
def people(cast: Cast) -> Iterator[Crowd]:
    """As many as press at once."""
    with crowd(PRESSES) as together:
        yield together


def events_since(case: Case, count: int) -> list[str]:
    """Return the verbs of what happened after the first so many events."""
    return list(TimelineEvent.objects.filter(case=case, position__gt=count).values_list("verb", flat=True))


def the_same_form_twenty_times(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="triage")
    press = partial(
        actions.decide,
        item_at(case, "triage"),
        reviewer=cast.city_officer,
        verdict="general",
        reason_code="FACTS_CLEAR",
        reason=A_REASON,
        details={"consult_finance": True},
        key=uuid4(),
        at=LATER,
    )
    decisions = people.race([press] * PRESSES)
    assert {decision.pk for decision in decisions} == {Decision.objects.get(case=case, node="triage").pk}
    assert events_since(case, 2) == ["decision_made"]
    assert WorkItem.objects.filter(case=case, finished_at__isnull=True).count() == 2


def two_reviewers_of_one_item(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="triage")
    item = item_at(case, "triage")
    both = (cast.city_officer, cast.another_city_officer)
    results = people.race(
        [
            partial(
                actions.decide,
                item,
                reviewer=reviewer,
                verdict=verdict,
                reason_code="FACTS_CLEAR",
                seen_version=item.version,
                key=uuid4(),
                at=LATER,
            )
            for reviewer, verdict in zip(both, ("general", "kb"), strict=True)
        ]
    )
    won = winner(results)
    [late] = [result for result in results if isinstance(result, AlreadyDone)]
    assert str(won.reviewer) in str(late)
    assert Decision.objects.get(case=case, node="triage") == won
    assert events_since(case, 2) == ["decision_made"]


def approve_against_withdraw(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="approve")
    before = case.event_count
    approve = partial(
        actions.decide,
        item_at(case, "approve"),
        reviewer=cast.justice_approver,
        verdict="approve",
        reason_code="FACTS_CLEAR",
        key=uuid4(),
        at=LATER,
    )
    withdraw = partial(actions.withdraw, case, applicant=cast.applicant, reason=A_REASON, key=uuid4(), at=LATER)
    won = winner(people.race([approve, withdraw]))
    case.refresh_from_db()
    expected = (CaseState.DECIDED, ["decision_made"])
    if isinstance(won, Case):
        expected = (CaseState.WITHDRAWN, ["case_withdrawn"])
    assert (case.state, events_since(case, before)) == expected


def answer_against_expire(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="triage")
    request = player.ask(case, "triage", question=A_QUESTION, at=LATER)
    answer = partial(actions.answer, request, applicant=cast.applicant, reply=A_REASON, key=uuid4(), at=LATER)
    # The worker's clock may be far ahead of the page that she opened in time.
    expire = partial(actions.expire, request, at=TOO_LATE)
    won = winner(people.race([answer, expire]))
    answered = isinstance(won, InformationRequest)
    case.refresh_from_db()
    request.refresh_from_db()
    assert case.state == (CaseState.IN_REVIEW if answered else CaseState.EXPIRED)
    assert request.ending == ("answered" if answered else "expired")
    assert events_since(case, 3) == ["information_answered" if answered else "case_expired"]


def one_draft_sent_from_two_pages(cast: Cast, people: Crowd) -> None:
    draft = a_draft(cast.applicant)
    consents = ["handle", "consult"]
    send = partial(actions.submit, draft, applicant=cast.applicant, consents=consents, at=LATER)
    once, again = uuid4(), uuid4()
    results = people.race([partial(send, key=key) for key in (once, once, again, again)])
    sent = [result for result in results if isinstance(result, Case)]
    # Both presses on one page are told the same; the other page is told that it was sent.
    assert len(sent) == 2
    assert len({case.code for case in sent}) == 1
    assert events_since(draft, 0) == ["case_submitted"]
    assert WorkItem.objects.filter(case=draft).count() == 1


def two_claims(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="triage")
    item = item_at(case, "triage")
    both = (cast.city_officer, cast.another_city_officer)
    results = people.race([partial(actions.claim, item, reviewer=who, key=uuid4(), at=LATER) for who in both])
    won = winner(results)
    [late] = [result for result in results if isinstance(result, WrongState)]
    assert str(won.assignee) in str(late)
    assert events_since(case, 2) == ["item_claimed"]


RACES: tuple[Callable[[Cast, Crowd], None], ...] = (
    the_same_form_twenty_times,
    two_reviewers_of_one_item,
    approve_against_withdraw,
    answer_against_expire,
    one_draft_sent_from_two_pages,
    two_claims,
)


def nothing_is_wrong() -> None:
    """Hold every case against its marking and its chain."""
    assert examine(at=LATER).findings == []
    assert verify(LATER).findings == ()


@pytest.mark.parametrize("one_race", RACES, ids=lambda one_race: one_race.__name__)
def test_exactly_one_effect(one_race: Callable[[Cast, Crowd], None], cast: Cast, people: Crowd) -> None:
    for _round in range(10):
        one_race(cast, people)
    nothing_is_wrong()


def test_a_step_that_had_to_wait_reads_what_the_other_wrote(cast: Cast, people: Crowd) -> None:
    """The business is read after the lock: read with it, it would be as it was before the wait."""
    case = a_case(cast.applicant, at_node="triage")
    item = item_at(case, "triage")
    started = Event()

    def step_behind() -> str:
        started.set()
        with moving(item, "decision_made", actor=cast.city_officer, key=uuid4(), at=LATER) as step:
            assert step.case.enterprise is not None
            return step.case.enterprise.name

    with ThreadPoolExecutor(1) as behind:
        with transaction.atomic():
            Case.objects.locked().get(pk=case.pk)
            waiting = behind.submit(people.race, [step_behind])
            started.wait()
            time.sleep(0.3)
            Enterprise.objects.filter(case=case).update(name="Công ty TNHH Sau Khi Chờ")
        assert waiting.result() == ["Công ty TNHH Sau Khi Chờ"]


def test_two_reviewers_press_the_button_in_two_browsers(cast: Cast, people: Crowd) -> None:
    case = a_case(cast.applicant, at_node="triage")
    item = item_at(case, "triage")
    both = (cast.city_officer, cast.another_city_officer)
    typed = [f"Lý do bằng lời của {who}, không được mất." for who in both]
    with time_machine.travel(LATER, tick=False):
        clients = [signed_in(who) for who in both]
        forms = [hidden(client.get(reverse("workflows:item", args=[item.pk]))) for client in clients]
        given = {"verdict": "kb", "reason_code": "OTHER", "send": "1"}
        responses = people.race(
            [
                partial(client.post, reverse("workflows:decide", args=[item.pk]), {**form, **given, "reason": reason})
                for client, form, reason in zip(clients, forms, typed, strict=True)
            ]
        )
    assert sorted(response.status_code for response in responses) == [302, 409]
    late = [response.status_code for response in responses].index(409)
    page = responses[late].content.decode()
    for words in (str(both[1 - late]), "12:00", "05/11/2026", typed[late]):
        assert words in page
    assert Decision.objects.get(case=case, node="triage").reviewer == both[1 - late]
    assert events_since(case, 2) == ["decision_made"]
    nothing_is_wrong()


@pytest.mark.prove
def test_hundreds_of_races_each_with_exactly_one_effect(
    cast: Cast, people: Crowd, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = 1000 // len(RACES) + 1
    for _round in range(rounds):
        for one_race in RACES:
            one_race(cast, people)
    nothing_is_wrong()
    with capsys.disabled():
        sys.stdout.write(f"\nraces: {rounds * len(RACES)} on {connection.vendor}, each with exactly one effect\n")
