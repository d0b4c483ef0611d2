"""Two administrators at the same proposal at the same moment: one of them acts, the other reads what happened."""

from collections.abc import Callable
from functools import partial

import pytest

from cases.policy import WrongState
from project.demo.cast import Cast, person
from tests.conftest import THURSDAY
from tests.workflows.racing import crowd, winner
from tests.workflows.test_rules import IN_DECEMBER
from workflows.actions import rules as actions
from workflows.models import DeadlineRule

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def test_a_proposal_is_approved_or_declined_and_never_both(cast: Cast) -> None:
    third = person("Hà Thị Vân", "0900 600 003", is_staff=True)
    wording = actions.Wording(10, "working", "accepted", True, "Nghị định 18/2026/NĐ-CP, Điều 3", "V", IN_DECEMBER)
    with crowd(3) as people:
        for _round in range(ROUNDS):
            proposed = actions.propose_rule("CONSULT", by=cast.administrator, wording=wording, at=THURSDAY).pk
            others = (cast.another_administrator, third)
            acts: list[Callable[[], object]] = [
                partial(actions.approve_rule, proposed, by=by, at=THURSDAY) for by in others
            ]
            acts.append(partial(actions.decline_rule, proposed, by=cast.administrator))
            results = people.race(acts)
            won = winner(results)
            assert all(isinstance(result, WrongState) for result in results if result is not won)
            versions = list(DeadlineRule.objects.filter(code="CONSULT").order_by("valid_from"))
            if won == "CONSULT":
                assert [rule.valid_to for rule in versions] == [None]
            else:
                assert [rule.valid_to for rule in versions] == [IN_DECEMBER.replace(month=11, day=30), None]
            DeadlineRule.objects.exclude(proposed_by=None).delete()
            DeadlineRule.objects.filter(code="CONSULT").update(valid_to=None)
