"""Builders: say only what matters."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cases.models import Case, Commune, User
from cases.services import SERVICES
from project.demo import player
from project.demo.cast import COMMUNES
from tests.answers import answers_of
from tests.answers.legal_advice import A_QUESTION
from tests.conftest import THURSDAY
from tests.workflows.told import wished

__all__ = ["A_QUESTION", "A_REASON", "A_SMALL_AMOUNT", "a_case", "a_draft", "answers_for", "item_at"]

A_REASON = "Đủ thông tin để kết luận, đã đối chiếu giấy tờ."
# So small that one applicant's yearly ceiling holds for many cases.
A_SMALL_AMOUNT = 100_000


def answers_for(service: str = "legal_advice", **changes: Any) -> dict[str, Any]:
    """Return the answers of a micro company of women in Lê Chân, changed where the test says so."""
    commune = Commune.objects.get(name=changes.pop("commune", COMMUNES[0]), province__prefix="HPG")
    return {
        "full_name": "Nguyễn Thị Hạnh",
        "entity_type": "llc1",
        "entity_name": "Công ty TNHH may Hạnh Phúc",
        "tax_code": "",
        "registered_on": "2022-03-15",
        "sector": "industry",
        "employees_insured": 8,
        "female_employees": 7,
        "disabled_employees": 0,
        "revenue_last_year": 2_400_000_000,
        "total_capital": 1_000_000_000,
        "women_capital_pct": "100",
        "woman_manager": "yes",
        "province": commune.province_id,
        "commune": commune.code,
        **answers_of(service),
        "priority": "no",
        "priority_reason": "",
        **changes,
    }


def a_draft(applicant: User, *, at: datetime = THURSDAY, service: str = "legal_advice", **changes: Any) -> Case:
    """Return a draft with every answer saved."""
    return player.draft(answers_for(service, **changes), applicant=applicant, at=at, service=service)


def a_case(
    applicant: User,
    *,
    at_node: str = "intake",
    at: datetime = THURSDAY,
    answers: Mapping[str, Any] | None = None,
    service: str = "legal_advice",
    **chosen: Any,
) -> Case:
    """Return a filed case that waits at this step, brought there by the real actions, a minute apart."""
    way = player.way_to(service, SERVICES[service].version, at_node)
    wishes = {name for _node, _verdict, facts in way for name, value in facts.items() if value is True}
    answers = {**wished(service, wishes), **(answers or {})}
    case = player.submit(a_draft(applicant, at=at, service=service, **answers), at=at)
    for number, (node, verdict, facts) in enumerate(way, start=1):
        given = {"amount": A_SMALL_AMOUNT, **facts, **chosen}
        player.conclude(case, node, verdict, at=at + timedelta(minutes=number), **given)
    return case


def item_at(case: Case, node: str) -> Any:
    """Return the open work item of a node."""
    return player.open_item(case, node)
