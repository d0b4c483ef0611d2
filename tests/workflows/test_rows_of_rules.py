"""What the database itself refuses to keep of follow-ups and of the routing table."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cases.models import FollowUp, Passage
from project.demo.cast import Cast
from tests.conftest import THURSDAY
from tests.workflows.test_follow_ups import closed, first
from workflows.models import RoutingRule


def refused(constraint: str, **changes: Any) -> bool:
    """Return whether the first follow-up may not be changed so, by the rule of this name."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        FollowUp.objects.filter(number=1).update(**changes)
    return True


def test_her_words_stand_with_an_answer_alone(cast: Cast) -> None:
    case = closed(cast.applicant)
    words = Passage.objects.filter(case=case).first()
    assert words is not None
    assert refused("words_to_a_follow_up_go_with_an_answer", words=words)
    FollowUp.objects.filter(pk=first(case).pk).update(
        words=words, answer="going", answered_by=cast.applicant, answered_at=THURSDAY
    )
    assert first(case).words == words


def test_nobody_is_asked_again_who_was_not_asked(cast: Cast) -> None:
    case = closed(cast.applicant)
    assert refused("follow_up_asked_again_was_asked_before", asked_again_at=THURSDAY)
    FollowUp.objects.filter(pk=first(case).pk).update(asked_at=THURSDAY, asked_again_at=THURSDAY + timedelta(days=10))
    assert first(case).asked_again_at is not None


def test_follow_ups_begin_with_the_first(cast: Cast) -> None:
    closed(cast.applicant)
    assert refused("follow_ups_are_numbered_from_one", number=0)


def a_route(**columns: Any) -> RoutingRule:
    """Write down a rule for a lender that came with the product, changed where the test says so."""
    row = {"kind": "AGRI", "why": "Gần nhà chị.", "source_status": "A", "valid_from": THURSDAY.date(), **columns}
    with transaction.atomic():
        return RoutingRule.objects.create(service="credit_access", name="lender", position=99, **row)


@pytest.mark.django_db
def test_a_route_that_was_read_at_its_source_names_it() -> None:
    with pytest.raises(IntegrityError, match="verified_route_names_its_source"):
        a_route(source_status="V")
    assert a_route(source_status="V", source="Nghị định 55/2015/NĐ-CP, Điều 9").pk


def test_a_route_has_one_successor_however_many_were_proposed(cast: Cast) -> None:
    before = a_route()
    agreed = {"replaces": before, "proposed_by": cast.administrator, "approved_at": THURSDAY}
    a_route(**agreed, approved_by=cast.another_administrator)
    for _proposal in range(2):
        a_route(replaces=before, proposed_by=cast.administrator)
    with pytest.raises(IntegrityError):
        a_route(**agreed, approved_by=cast.another_administrator)
    assert RoutingRule.objects.filter(replaces=before, approved_by__isnull=False).count() == 1
