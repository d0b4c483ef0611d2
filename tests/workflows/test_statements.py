"""A step takes at most 14 statements, whatever the gateways, however many people are told."""

from pathlib import Path

import pytest

from cases.models import Membership, Role
from project.demo.cast import SINCE, Cast, person
from tests.builders import a_case
from tests.workflows.statements import ALL_OFFICES, MOST, Asked, as_markdown, decided, everything

DOCUMENTED = Path(__file__).parents[2] / "docs" / "statements.md"

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_action_takes_at_most_fourteen_statements_and_the_page_says_how_many(cast: Cast) -> None:
    asked = everything(cast)
    assert [str(one) for one in asked if len(one.statements) > MOST] == []
    for one in asked:
        assert [one.kinds.count((verb, "")) for verb in ("BEGIN", "COMMIT", "ROLLBACK")] == [1, 1, 0], one
    assert DOCUMENTED.read_text(encoding="utf-8") == as_markdown(asked), "run: python -m benchmarks.statements"


def widest(cast: Cast) -> Asked:
    """Return what the widest decision asks."""
    return decided(a_case(cast.applicant, at_node="triage"), "triage", "general", **ALL_OFFICES)


def test_telling_sixty_officers_takes_no_more_statements_than_telling_three(cast: Cast) -> None:
    widest(cast)
    told = widest(cast)
    offices = {user.memberships.get().agency for user in (cast.justice_officer, cast.finance_officer)}
    for number in range(60):
        newcomer = person(f"Cán bộ {number}", f"0900 600 {number:03d}")
        for agency in offices:
            Membership.objects.create(user=newcomer, agency=agency, role=Role.OFFICER, since=SINCE)
    assert widest(cast).kinds == told.kinds


def test_other_cases_add_no_statement(cast: Cast) -> None:
    widest(cast)
    alone = widest(cast)
    for _other in range(20):
        a_case(cast.another_applicant, at_node="draft")
    assert widest(cast).kinds == alone.kinds


def test_what_she_was_granted_before_adds_no_statement(cast: Cast) -> None:
    widest(cast)
    first = decided(a_case(cast.applicant, at_node="cost_propose"), "cost_propose", "propose", amount=100_000)
    again = decided(a_case(cast.applicant, at_node="cost_propose"), "cost_propose", "propose", amount=100_000)
    assert again.kinds == first.kinds
