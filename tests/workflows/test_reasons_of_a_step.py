"""A step offers the reasons that can be its own, and whoever chooses another body is asked why in sight."""

import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from cases.models import User
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case, item_at
from workflows.models import RoutingRule

REFUSED = "Chúng tôi chưa hỗ trợ được việc này, chị gọi cho chúng tôi để được hướng dẫn."


def page_of(cast: Cast, user: User, service: str, node: str, at: datetime) -> str:
    case = a_case(cast.applicant, service=service, at_node=node, at=at)
    page = browsing.signed_in(user).get(reverse("workflows:item", args=[item_at(case, node).pk]))
    return str(page.content.decode())


def reasons(page: str) -> set[str]:
    return set(re.findall(r'<option value="([A-Z_]+)"', page))


@pytest.mark.parametrize(
    ("service", "node", "who", "only_there"),
    [
        ("credit_access", "lender_result", "bank_officer", {"LENDER_REFUSED", "DEBT_OVERDUE"}),
        ("conversion", "ext_register", "finance_officer", {"REGISTER_REFUSED"}),
    ],
)
def test_a_body_outside_has_reasons_that_no_office_before_it_is_offered(
    cast: Cast, at: datetime, service: str, node: str, who: str, only_there: set[str]
) -> None:
    assert only_there <= reasons(page_of(cast, getattr(cast, who), service, node, at))
    before = reasons(page_of(cast, cast.commune_officer, service, "intake", at))
    assert "REPEATED" in before
    assert not only_there & before


def test_an_office_cannot_send_a_reason_of_the_lender(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, service="credit_access", at_node="completeness", at=at)
    given = {"reason_code": "DEBT_OVERDUE", "answer": REFUSED}
    assert browsing.conclude(cast.city_officer, case, "completeness", "refuse", at=at, **given).status_code == 200
    assert item_at(case, "completeness").is_open


def test_where_a_body_is_chosen_the_reason_in_words_stands_open(cast: Cast, at: datetime) -> None:
    assert '<details class="in-words" open>' in page_of(cast, cast.city_officer, "credit_access", "completeness", at)
    assert '<details class="in-words">' in page_of(cast, cast.association_officer, "credit_access", "plan_help", at)


def test_no_rule_holds_before_the_law_it_cites(cast: Cast) -> None:
    newer = RoutingRule.objects.filter(proposed_by=None, source__contains="/202")
    assert {rule.position for rule in newer} == {30, 40}
    for rule in newer:
        year = max(int(year) for year in re.findall(r"/(20\d\d)/", rule.source))
        assert rule.valid_from >= date(year if year > 2025 else 2026, 1, 1)


def test_what_a_proposal_changes_stands_beside_what_stood_there(cast: Cast) -> None:
    before = RoutingRule.objects.get(service="credit_access", position=30, proposed_by=None)
    RoutingRule.objects.create(
        service="credit_access",
        name="lender",
        position=30,
        conditions=before.conditions,
        kind=before.kind,
        product="Vay theo nhóm",
        why=before.why,
        source=before.source,
        source_status=before.source_status,
        valid_from=date(2027, 1, 1),
        replaces=before,
        proposed_by=cast.administrator,
    )
    rule = RoutingRule.objects.get(replaces=before)
    page = browsing.signed_in(cast.another_administrator).get(reverse("workflows:approve_route", args=[rule.pk]))
    text = page.content.decode()
    (struck,) = re.findall(r"<s>(.*?)</s>", text, re.DOTALL)
    assert before.product in struck
    assert re.search(r"<b>30\. [^<]* · Vay theo nhóm</b>", text)
    assert text.count(">đổi<") == 1
