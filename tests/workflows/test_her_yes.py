"""Her yes to a body outside: to the one she was shown, over with a refusal, and hers to take back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cases import policy
from cases.models import Agency, Case, Consent, Membership, Role, User
from cases.policy import Extent, NotFoundForYou, WrongState
from cases.queries.lookup import nearer
from cases.queries.whereabouts import where_is
from cases.services import service_of
from notifications.models import Notification
from project.demo import player
from project.demo.cast import SINCE, Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.models import RoutingRule

LATER = THURSDAY + timedelta(hours=2)
THEN = LATER + timedelta(hours=1)


def a_loan(applicant: User, node: str) -> Case:
    return a_case(applicant, service="credit_access", at_node=node, lender="NHCSXH")


def yeses(case: Case) -> list[Consent]:
    return list(case.consents.filter(purpose=Consent.Purpose.HAND_OVER).order_by("pk"))


def taken_back(case: Case, **given: Any) -> Case:
    given = {"applicant": case.applicant, "recipient": "NHCSXH", "key": uuid4(), "at": LATER, **given}
    return actions.take_back(case, **given)


def sent_page(case: Case) -> str:
    with time_machine.travel(LATER, tick=False):
        return signed_in(case.applicant).get(reverse("cases:sent", args=[case.key])).content.decode()


# --- who reads what she writes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "node"),
    [
        ("credit_access", "intake"),
        ("credit_access", "completeness"),
        ("credit_access", "plan_help"),
        ("credit_access", "agree"),
        ("credit_access", "handover"),
        ("credit_access", "lender_result"),
        ("credit_access", "next_lender"),
        ("legal_advice", "draft"),
        ("legal_advice", "consult_tax"),
        ("conversion", "readiness"),
    ],
)
def test_her_page_names_the_very_offices_that_are_told(cast: Cast, service: str, node: str) -> None:
    chosen: dict[str, Any] = {"lender": "NHCSXH"} if service == "credit_access" else {}
    case = a_case(cast.applicant, service=service, at_node=node, **chosen)
    named = where_is(case).readers
    actions.write_to_office(case, applicant=cast.applicant, words="Em hỏi ạ.", key=uuid4(), at=LATER)
    told = case.events.get(verb="message_sent").facts["read_by"]
    names = Agency.objects.in_bulk([one["agency"] for one in told])
    assert named
    assert set(named) == {names[one["agency"]].name for one in told}


def test_her_thread_says_that_the_lender_outside_reads_it(cast: Cast) -> None:
    bank = Agency.objects.get(code="HPG-NHCSXH")
    for node, outside in (("completeness", False), ("lender_result", True)):
        case = a_loan(cast.applicant, node)
        page = signed_in(cast.applicant).get(reverse("cases:thread", args=[case.key])).content.decode()
        assert (f"{bank} là nơi bên ngoài, đọc được tin chị viết ở đây." in page) is outside
        assert (nearer(case).offices == (bank.name,)) is outside


# --- given, over, given anew -------------------------------------------------------------------------------------


def test_a_yes_is_taken_for_the_body_she_was_shown_and_no_other(cast: Cast) -> None:
    case = a_loan(cast.applicant, "agree")
    item = item_at(case, "agree")
    given: dict[str, Any] = {"verdict": "yes", "reason_code": "HER_WORD", "at": LATER}
    for shown in ({}, {"lender": "AGRI"}):
        with pytest.raises(WrongState):
            actions.decide(item, reviewer=cast.applicant, details=shown, key=uuid4(), **given)
    with time_machine.travel(LATER, tick=False):
        client, address = signed_in(cast.applicant), reverse("workflows:her_step", args=[case.key, item.pk])
        form = {**hidden(client.get(address)), "verdict": "yes", "allowed": "on"}
        assert client.post(address, {**form, "shown": "AGRI"}).status_code == 409
        assert not yeses(case)
        assert client.post(address, form).status_code == 302
    assert [one.recipient for one in yeses(case)] == ["NHCSXH"]


def test_what_the_consent_named_stands_in_its_version(cast: Cast) -> None:
    [given] = yeses(a_loan(cast.applicant, "handover"))
    version = service_of(given.case).consent_version
    assert given.text_version.startswith(f"{version}+")
    assert len(version) + 1 < len(given.text_version) <= 20


def test_a_refusal_ends_her_yes_and_a_later_one_has_a_day_of_its_own(cast: Cast) -> None:
    case = a_loan(cast.applicant, "lender_result")
    player.conclude(case, "lender_result", "refused", at=LATER, reason_code="LENDER_REFUSED")
    assert "NHCSXH" not in case.facts["may_read"]
    player.conclude(case, "next_lender", "another", at=THEN, lender="NHCSXH", reason="Nơi này có khoản vay khác.")
    [first] = yeses(case)
    assert first.withdrawn_at == THEN
    again = THEN + timedelta(hours=1)
    player.conclude(case, "agree", "yes", at=again)
    assert "NHCSXH" in case.facts["may_read"]
    assert [(one.given_at, one.withdrawn_at) for one in yeses(case)][1:] == [(again, None)]


def test_with_no_other_lender_no_yes_is_left(cast: Cast) -> None:
    case = a_loan(cast.applicant, "lender_result")
    before = set(case.facts["may_read"])
    player.conclude(case, "lender_result", "refused", at=LATER, reason_code="LENDER_REFUSED")
    player.conclude(case, "next_lender", "finish", at=THEN)
    assert [one.withdrawn_at for one in yeses(case)] == [THEN]
    # What she allowed when she sent the case stays allowed.
    assert set(case.facts["may_read"]) == before - {"NHCSXH"}


# --- it reads no longer ------------------------------------------------------------------------------------------


def test_a_lender_reads_only_its_own_result_once_the_case_is_closed(cast: Cast) -> None:
    case = a_loan(cast.applicant, "confirm_disbursed")
    assert policy.reading(cast.bank_officer, case).extent is Extent.HANDED
    player.conclude(case, "confirm_disbursed", "received", at=LATER)
    assert policy.reading(cast.bank_officer, case).extent is Extent.OVER


def test_who_works_at_two_lenders_reads_for_the_one_that_has_the_case(cast: Cast) -> None:
    case = a_loan(cast.applicant, "lender_result")
    first, second = (Agency.objects.get(code=code) for code in ("HPG-NHCSXH", "HPG-AGRI"))
    Membership.objects.create(user=cast.bank_officer, agency=second, role=Role.OFFICER, since=SINCE)
    player.conclude(case, "lender_result", "refused", at=LATER, reason_code="LENDER_REFUSED")
    assert policy.reading(cast.bank_officer, case).offices == {first.pk}
    player.conclude(case, "next_lender", "another", at=THEN, lender="AGRI", reason="Nơi này gần nhà.")
    for number, (node, verdict) in enumerate((("agree", "yes"), ("handover", "handed_over")), start=1):
        player.conclude(case, node, verdict, at=THEN + timedelta(minutes=number))
    reads = policy.reading(cast.bank_officer, case)
    assert (reads.extent, reads.offices) == (Extent.HANDED, frozenset({second.pk}))


def test_a_lender_lets_her_correct_nothing_that_it_does_not_read(cast: Cast) -> None:
    item = item_at(a_loan(cast.applicant, "lender_result"), "lender_result")
    given: dict[str, Any] = {"reviewer": cast.bank_officer, "question": "Chị sửa giúp.", "key": uuid4(), "at": LATER}
    with pytest.raises(WrongState):
        actions.request_information(item, asked_fields=["amount", "revenue_last_year"], **given)
    assert actions.request_information(item, asked_fields=["amount", "plan"], **given).asked_fields == [
        "amount",
        "plan",
    ]


# --- taken back --------------------------------------------------------------------------------------------------


def test_she_takes_it_back_with_a_button_and_the_lender_is_told(cast: Cast) -> None:
    case = a_loan(cast.applicant, "confirm_disbursed")
    address, button = reverse("workflows:take_back", args=[case.key]), "Rút lại sự đồng ý"
    assert button in sent_page(case)
    with time_machine.travel(LATER, tick=False):
        client, form = signed_in(cast.applicant), {"recipient": "NHCSXH", "key": uuid4()}
        assert [client.post(address, form).status_code for _click in range(2)] == [302, 302]
        assert client.post(address, {"recipient": "NHCSXH", "key": uuid4()}).status_code == 409
        assert client.post(address, {"recipient": "?", "key": "?"}).status_code == 409
    assert [one.withdrawn_at for one in yeses(case)] == [LATER]
    case.refresh_from_db()
    assert "NHCSXH" not in case.facts["may_read"]
    assert policy.reading(cast.bank_officer, case).extent is Extent.OVER
    event = case.events.get(verb="consent_withdrawn")
    assert event.facts["recipient"] == "NHCSXH"
    assert set(Notification.objects.filter(event=event).values_list("person", flat=True)) == {cast.bank_officer.pk}
    page = sent_page(case)
    assert button not in page
    assert "chỉ còn đọc câu trả lời của chính mình" in page
    # The case goes on without it.
    player.conclude(case, "confirm_disbursed", "received", at=THEN)


@pytest.mark.parametrize("node", ["handover", "lender_result"])
def test_while_the_case_is_on_its_way_with_a_lender_it_is_not_taken_back(cast: Cast, node: str) -> None:
    case = a_loan(cast.applicant, node)
    with pytest.raises(WrongState, match="rút hồ sơ hoặc nhắn cho Hội"):
        taken_back(case)
    page = sent_page(case)
    assert "Rút lại sự đồng ý" not in page
    assert "Muốn dừng, chị rút hồ sơ hoặc nhắn cho Hội." in page
    assert [one.withdrawn_at for one in yeses(case)] == [None]


def test_nobody_takes_it_back_for_her(cast: Cast) -> None:
    case = a_loan(cast.applicant, "confirm_disbursed")
    for somebody in (cast.another_applicant, cast.city_officer, cast.bank_officer):
        with pytest.raises(NotFoundForYou):
            taken_back(case, applicant=somebody)
        assert signed_in(somebody).post(reverse("workflows:take_back", args=[case.key])).status_code == 404


# --- what she is told before -------------------------------------------------------------------------------------


def test_her_page_says_why_this_body_and_everything_that_it_sees(cast: Cast) -> None:
    answers = {"priority": "yes", "priority_reason": "Nhà em có việc gấp.", "personal_id": "031188001234"}
    seen = ("Việc chị xin ưu tiên, không có lý do", "Số căn cước của chị, nếu nơi đó mở xem.")
    pages = {}
    for asks in (True, False):
        case = a_case(
            cast.applicant, service="credit_access", at_node="agree", answers=answers if asks else {"personal_id": ""}
        )
        address = reverse("workflows:her_step", args=[case.key, item_at(case, "agree").pk])
        pages[asks] = signed_in(cast.applicant).get(address).content.decode()
        reasons = RoutingRule.objects.filter(kind=case.facts["lender"]).values_list("why", flat=True)
        assert any(f"vì {why[:1].lower()}{why[1:]}" in pages[asks] for why in reasons)
    assert [[words in pages[asks] for words in seen] for asks in (True, False)] == [[True, True], [False, False]]
