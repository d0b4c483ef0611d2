"""Keeping away or handing on against a conclusion: exactly one comes first, and the other is told so."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from cases.models import Absence, Agency, Decision, Membership, Recusal, Role, User
from cases.policy import NotFoundForYou, WrongState
from cases.queries.timeline import verify
from project.demo.cast import Cast
from tests.builders import A_REASON, a_case, item_at
from tests.conftest import THURSDAY
from tests.workflows.racing import Crowd, crowd
from workflows import actions
from workflows.models import WorkItem
from workflows.queries.health import examine

pytestmark = pytest.mark.django_db(transaction=True)

LATER = THURSDAY + timedelta(hours=3)
ROUNDS = 4


@pytest.fixture
def people(cast: Cast) -> Iterator[Crowd]:
    with crowd(2) as together:
        yield together


def or_nothing(act: Callable[[], object]) -> object:
    """Do it; to whom the door is shut meanwhile there is nothing."""
    try:
        return act()
    except NotFoundForYou:
        return WrongState("nothing there")


def deciding(item: WorkItem, who: User) -> Callable[[], object]:
    return partial(
        actions.decide,
        item,
        reviewer=who,
        verdict="drafted",
        reason_code="FACTS_CLEAR",
        answer=A_REASON,
        key=uuid4(),
        at=LATER,
    )


def test_keeping_away_against_deciding(cast: Cast, people: Crowd) -> None:
    for _round in range(ROUNDS):
        case = a_case(cast.applicant, at_node="draft")
        item, who = item_at(case, "draft"), cast.justice_officer
        leave = partial(actions.recuse, item, person=who, ground="family", key=uuid4(), at=LATER)
        people.race([partial(or_nothing, deciding(item, who)), partial(or_nothing, leave)])
        decided = Decision.objects.filter(case=case, node="draft").exists()
        assert decided is not Recusal.objects.filter(case=case).exists()
        assert item_at(case, "approve" if decided else "draft").assignee is None
    assert examine(at=LATER).findings == []
    assert verify(LATER).findings == ()


def test_handing_on_against_deciding(cast: Cast, people: Crowd) -> None:
    for _round in range(ROUNDS):
        case = a_case(cast.applicant, at_node="draft")
        item, to = item_at(case, "draft"), Agency.objects.get(code="HPG-STC")
        hand_on = partial(
            actions.transfer,
            item_at(case, "draft"),
            reviewer=cast.another_justice_officer,
            to=to,
            words=A_REASON,
            key=uuid4(),
            at=LATER,
        )
        people.race([partial(or_nothing, deciding(item, cast.justice_officer)), partial(or_nothing, hand_on)])
        decided = Decision.objects.filter(case=case, node="draft").exists()
        assert decided is not case.events.filter(verb="item_transferred").exists()
    assert examine(at=LATER).findings == []
    assert verify(LATER).findings == ()


def test_two_who_go_away_at_once_never_both_act_for_each_other(cast: Cast, people: Crowd) -> None:
    one, other = cast.justice_officer, cast.another_justice_officer
    place = (Agency.objects.get(code="HPG-STP").pk, Role.OFFICER.value)

    def goes(person: User, acting: User) -> Callable[[], object]:
        days = {"since": THURSDAY.date(), "until": THURSDAY.date() + timedelta(days=3)}
        return partial(actions.record_absence, person=person, by=person, acting={place: acting}, at=THURSDAY, **days)

    people.race([goes(one, other), goes(other, one)])
    away = set(Absence.objects.values_list("person", flat=True))
    acting = set(Membership.objects.filter(acting_for__isnull=False).values_list("user", flat=True))
    assert away
    assert not away & acting
