"""The access matrix: every member of the cast, every standing of a case, against a table written by hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from cases import policy
from cases.models import Agency, Case, Membership, Province, Role, User
from project.demo import player
from project.demo.cast import Cast, person
from tests.builders import a_case, a_draft, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.flows.registry import graph_for

pytestmark = pytest.mark.django_db

LATER = THURSDAY + timedelta(hours=3)

# Who comes to see an ordinary case, step by step. What an office once handled it may still read.
HERS = frozenset({"applicant"})
READERS = frozenset({"supervisor", "auditor"})
COMMUNE = HERS | READERS | {"commune_officer"}
CITY = COMMUNE | {"city_officer", "another_city_officer", "city_approver"}
JUSTICE = CITY | {"justice_officer", "another_justice_officer", "justice_approver"}
CHOSEN = JUSTICE | {"expert"}
SEALED = HERS | {"city_officer", "city_approver"}

SEES: Mapping[str, frozenset[str]] = {
    "draft": HERS,
    "intake": COMMUNE,
    "triage": CITY,
    "kb_answer": CITY,
    "approve_refusal": CITY,
    # Sealed: she, the one who holds it by name, and the approver of the office that answers for it.
    "direct_help": SEALED,
    "direct_help, delivered": SEALED,
    "draft of an answer": JUSTICE,
    "consult_finance": JUSTICE | {"finance_officer"},
    "consult_tech": JUSTICE | {"science_officer"},
    "consult_agri": JUSTICE | {"agriculture_officer"},
    "consult_tax": JUSTICE | {"tax_officer"},
    "approve": JUSTICE,
    "redraft": JUSTICE,
    "refer_adviser": JUSTICE,
    "adviser_accept": CHOSEN,
    # Who declined no longer reads it.
    "adviser_accept, declined": JUSTICE,
    "ext_advice": CHOSEN,
    "cost_propose": CHOSEN,
    "cost_approve": CHOSEN,
    "ext_payment": CHOSEN,
    "deliver": CITY,
    "closed": CITY,
    "withdrawn": COMMUNE,
    "not accepted": COMMUNE,
}


def case_at(cast: Cast, where: str) -> Case:
    """Return the applicant's case at one row of the table."""
    if where == "draft":
        return a_draft(cast.applicant)
    if where in ("withdrawn", "not accepted"):
        case = a_case(cast.applicant)
        if where == "withdrawn":
            actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=LATER)
        else:
            player.conclude(case, "intake", "not_accept", at=LATER)
        return case
    node, _comma, then = {"draft of an answer": "draft", "closed": "deliver"}.get(where, where).partition(", ")
    if node == "direct_help":
        case = a_case(cast.applicant, at_node="triage")
        player.conclude(case, "triage", "direct_help", at=LATER, by=cast.city_officer)
    else:
        case = a_case(cast.applicant, at_node=node, adviser=cast.expert.pk)
    if then == "delivered":
        player.conclude(case, "direct_help", "helped", at=LATER)
        player.conclude(case, "deliver", "delivered", at=LATER)
    if then == "declined":
        player.conclude(case, "adviser_accept", "decline", at=LATER)
    if where == "closed":
        player.conclude(case, "deliver", "delivered", at=LATER)
    return case


def those_who_see(cast: Cast, case: Case) -> set[str]:
    """Return who sees a case; the list and the look at one case must agree for everybody."""
    seeing = set()
    for part, user in cast.people():
        listed = policy.visible_cases(user).contains(case)
        assert policy.can(user, "view", case) is listed, part
        if listed:
            seeing.add(part)
            assert policy.find_case(user, key=case.key) == case
        else:
            with pytest.raises(policy.NotFoundForYou):
                policy.find_case(user, key=case.key)
    return seeing


@pytest.mark.parametrize("where", SEES)
def test_exactly_these_see_it(cast: Cast, where: str) -> None:
    case = case_at(cast, where)
    assert those_who_see(cast, case) == SEES[where]
    # Another woman's case at the same step, seen by the same offices, never by this applicant.
    assert not policy.visible_cases(cast.another_applicant).contains(case)
    assert not policy.visible_cases(AnonymousUser()).exists()
    assert not policy.can(AnonymousUser(), "view", case)


def test_the_table_has_a_row_for_every_step() -> None:
    steps = {"draft of an answer" if node == "draft" else node for node in graph_for("legal_advice", 1).human_steps}
    assert steps <= set(SEES)


def test_a_reviewer_who_files_sees_her_own_case_and_may_not_decide_it(cast: Cast) -> None:
    case = a_case(cast.commune_officer)
    item = item_at(case, "intake")
    assert policy.visible_cases(cast.commune_officer).contains(case)
    for action in ("decide", "claim", "request_information", "read_sealed"):
        assert not policy.can(cast.commune_officer, action, case, agency_id=item.agency_id)
    assert not policy.can(cast.another_applicant, "withdraw", case)
    assert policy.can(cast.commune_officer, "withdraw", case)


def elsewhere(role: Role) -> User:
    """Return somebody with this role in the Women's Union of another province."""
    province = Province.objects.exclude(prefix="HPG").order_by("code")[0]
    union = Agency.objects.create(
        code="NOI-HPN",
        kind="HPN",
        name="Hội Liên hiệp Phụ nữ nơi khác",
        level="province",
        province=province,
        valid_from=date(2025, 7, 1),
    )
    somebody = person("Người nơi khác", "0900 700 001")
    Membership.objects.create(user=somebody, agency=union, role=role, since=date(2025, 7, 1))
    return somebody


@pytest.mark.parametrize("role", Role)
def test_another_province_sees_nothing(cast: Cast, role: Role) -> None:
    stranger = elsewhere(role)
    for node in ("intake", "approve", "direct_help"):
        case = a_case(cast.applicant, at_node=node)
        assert not policy.visible_cases(stranger).contains(case)
        assert not policy.can(stranger, "supervise", case)
        assert not policy.can(stranger, "decide", case, agency_id=item_at(case, node).agency_id)


def test_who_left_the_office_sees_nothing_any_more(cast: Cast) -> None:
    case = a_case(cast.applicant)
    Membership.objects.filter(user=cast.commune_officer).update(until=THURSDAY.date())
    assert those_who_see(cast, case) == COMMUNE - {"commune_officer"}


def test_who_is_no_longer_active_may_do_nothing(cast: Cast) -> None:
    case = a_case(cast.applicant)
    for user in (cast.applicant, cast.commune_officer):
        user.is_active = False
        assert not policy.can(user, "withdraw", case)
        assert not policy.can(user, "decide", case, agency_id=item_at(case, "intake").agency_id)


def test_an_unknown_action_is_an_error_not_a_yes(cast: Cast) -> None:
    with pytest.raises(ValueError, match="approve_all"):
        policy.can(cast.city_approver, "approve_all", a_draft(cast.applicant))
