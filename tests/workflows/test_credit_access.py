"""A loan from her wish to the money in her hand, through HTTP: TC-03, and what must never happen on the way."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from cases.models import AccessRecord, Case, CaseState, Consent, Decision, User
from cases.policy import NotFoundForYou, WrongState, supervised_cases, visible_cases
from cases.queries.targets import targets
from cases.services import SERVICES
from project.demo import player
from project.demo.cast import COMMUNES, Cast
from tests import browsing
from tests.builders import a_case, answers_for, item_at
from workflows import actions
from workflows.models import WorkItem

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
WHY_PRIORITY = "Tôi bị khuyết tật vận động, đi lại khó."
HELPED = "Chị ghi rõ giá hai máy may và số hàng nhận mỗi tháng. Phương án của chị đã đủ, chị giữ một bản."
AGREED = "Ngân hàng đồng ý cho chị vay 80 triệu. Chị mang căn cước đến phòng giao dịch để ký."
INSIDE = "Chờ tổ thẩm định họp."
NOT_NOW = "Lần này chúng tôi chưa cho vay, vì số tiền lớn hơn mức trả chị tính. Chị có thể vay ít hơn."
LOAN = {"amount": "80 triệu", "rate": "6,6", "term": "36"}
REFUSED = {"reason_code": "LENDER_REFUSED", "answer": NOT_NOW}


def moved(response: Any) -> None:
    assert response.status_code == 302, response.content.decode()


def page_of(user: User, case: Case, node: str) -> str:
    """Return what somebody reads on the page of an open step."""
    response = browsing.signed_in(user).get(reverse("workflows:item", args=[item_at(case, node).pk]))
    return str(response.content.decode())


def she_says(case: Case, node: str, verdict: str, *, at: datetime, **given: Any) -> Any:
    """Open the page of her own step, press one of its buttons, and return the response."""
    page = reverse("workflows:her_step", args=[case.key, item_at(case, node).pk])
    with time_machine.travel(at, tick=False):
        client = browsing.signed_in(case.applicant)
        response = client.post(page, {**browsing.hidden(client.get(page)), "verdict": verdict, **given})
    case.refresh_from_db()
    return response


def what_she_reads(case: Case) -> str:
    """Return the page of her case."""
    page = browsing.signed_in(case.applicant).get(reverse("cases:status", args=[case.key]))
    return str(page.content.decode())


def her_thread(case: Case) -> str:
    """Return the messages of her case."""
    page = browsing.signed_in(case.applicant).get(reverse("cases:thread", args=[case.key]))
    return str(page.content.decode())


def loan_at(cast: Cast, node: str, *, at: datetime, **chosen: Any) -> Case:
    """Return a loan that waits at this step."""
    return a_case(cast.applicant, service="credit_access", at_node=node, at=at, **chosen)


def counted(cast: Cast, *, at: datetime) -> int:
    """Return how many units count for the city's target of access to credit."""
    standings = targets(supervised_cases(cast.supervisor), ["31"], at=at)
    return next(standing.reached or 0 for standing in standings if standing.target.code == "credit_access")


# --- TC-03 ------------------------------------------------------------------------------------------------------


def test_tc03_the_bank_sees_priority_but_not_why_and_cannot_refuse_without_a_reason(cast: Cast, at: datetime) -> None:
    answers = answers_for(
        "credit_access",
        commune=COMMUNES[1],
        entity_type="individual",
        full_name="Lê Thị Hoa",
        purpose="Tôi mua hai máy may công nghiệp để nhận may gia công tại nhà.",
        priority="yes",
        priority_reason=WHY_PRIORITY,
    )
    case = browsing.file(cast.applicant, answers, papers=("plan", "other"), at=at, service="credit_access")
    reader = cast.another_commune_officer
    item, client = item_at(case, "intake"), browsing.signed_in(reader)
    with time_machine.travel(at, tick=False):
        client.post(reverse("workflows:claim", args=[item.pk]), {"key": ""})
        for _reading in range(2):
            opened = client.post(reverse("workflows:unseal", args=[item.pk]), {"name": "priority_reason"})
            assert WHY_PRIORITY in opened.content.decode()
    assert AccessRecord.objects.filter(case=case, person=reader, part=AccessRecord.Part.SEALED).count() == 2
    moved(browsing.conclude(reader, case, "intake", "accept", at=at + AN_HOUR))

    day = at + A_DAY
    suggested = page_of(cast.city_officer, case, "completeness")
    assert "Có thể phù hợp: Ngân hàng Chính sách xã hội" in suggested
    assert "đủ điều kiện" not in suggested
    moved(
        browsing.conclude(
            cast.city_officer, case, "completeness", "complete", at=day, lender="NHCSXH", flags=["commune_confirm"]
        )
    )
    moved(browsing.conclude(cast.association_officer, case, "plan_help", "helped", at=day + A_DAY, answer=HELPED))
    moved(
        browsing.conclude(
            cast.another_commune_committee_officer,
            case,
            "commune_confirm",
            "confirmed",
            at=day + A_DAY,
            answer="Chị ở và làm nghề tại xã.",
        )
    )

    # Until she has agreed, the bank knows nothing of it.
    assert not Case.objects.filter(pk__in=bank_reads(cast.bank_officer)).exists()
    moved(she_says(case, "agree", "yes", at=day + 2 * A_DAY, allowed="on"))
    moved(browsing.conclude(cast.city_officer, case, "handover", "handed_over", at=day + 2 * A_DAY))

    read = page_of(cast.bank_officer, case, "lender_result")
    assert "Ưu tiên" in read
    assert "80.000.000" in read
    for kept in (WHY_PRIORITY, "khuyết tật", HELPED, "Chị ở và làm nghề tại xã."):
        assert kept not in read

    later = day + 5 * A_DAY
    for given in ({}, {"reason_code": "LENDER_REFUSED"}, {"reason_code": "LENDER_REFUSED", "answer": "Không được."}):
        refused = browsing.conclude(
            cast.bank_officer, case, "lender_result", "refused", at=later, **{"reason_code": "", **given}
        )
        assert refused.status_code == 200
        assert item_at(case, "lender_result").is_open
    moved(browsing.conclude(cast.bank_officer, case, "lender_result", "approved", at=later, answer=AGREED, **LOAN))
    said = Decision.objects.get(case=case, node="lender_result").details
    assert (said["amount"], said["rate"], said["term"]) == (80_000_000, "6.60", 36)
    assert (case.state, case.outcome) == (CaseState.DECIDED, "granted")
    assert AGREED in what_she_reads(case)

    moved(she_says(case, "confirm_disbursed", "received", at=later + A_DAY))
    assert (case.state, case.outcome) == (CaseState.CLOSED, "disbursed")
    assert counted(cast, at=later + A_DAY) == 1
    asked = list(case.follow_ups.order_by("number").values_list("rule", flat=True))
    assert asked == ["FOLLOWUP_3", "FOLLOWUP_12"]


def bank_reads(officer: User) -> list[int]:
    """Return the cases that this officer can see."""
    return list(visible_cases(officer).values_list("pk", flat=True))


# --- nothing reaches a lender without her -----------------------------------------------------------------------


def test_her_yes_to_one_lender_is_no_yes_to_the_next(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "lender_result", at=at, lender="NHCSXH")
    later = at + A_DAY
    moved(browsing.conclude(cast.bank_officer, case, "lender_result", "refused", at=later, **REFUSED))
    # She reads why at once, before anybody asks her about another lender.
    assert NOT_NOW in her_thread(case)
    moved(browsing.conclude(cast.city_officer, case, "next_lender", "another", at=later, lender="AGRI", reason="Gần."))
    assert not bank_reads(cast.another_bank_officer)
    # The box is hers to tick: the button alone hands over nothing.
    assert she_says(case, "agree", "yes", at=later + AN_HOUR).status_code == 200
    assert item_at(case, "agree").is_open
    assert list(Consent.objects.filter(case=case, purpose="hand_over").values_list("recipient", flat=True)) == [
        "NHCSXH"
    ]
    moved(she_says(case, "agree", "yes", at=later + AN_HOUR, allowed="on"))
    moved(browsing.conclude(cast.city_officer, case, "handover", "handed_over", at=later + 2 * AN_HOUR))
    assert bank_reads(cast.another_bank_officer) == [case.pk]
    moved(
        browsing.conclude(
            cast.another_bank_officer, case, "lender_result", "approved", at=later + A_DAY, answer=AGREED, **LOAN
        )
    )
    assert case.outcome == "granted"


def test_what_she_allowed_one_lender_opens_no_step_at_another(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "handover", at=at, lender="NHCSXH")
    Case.objects.filter(pk=case.pk).update(facts={**case.facts, "lender": "AGRI"})
    case.refresh_from_db()
    with pytest.raises(WrongState):
        player.conclude(case, "handover", "handed_over", at=at + A_DAY)
    assert item_at(case, "handover").is_open


def test_a_lender_she_declined_reads_nothing_and_she_still_gets_a_result(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "agree", at=at, lender="NHCSXH")
    moved(she_says(case, "agree", "no", at=at + A_DAY))
    assert not bank_reads(cast.bank_officer)
    finish = {"answer": "Hiện chưa có nơi vay nào khác phù hợp. Chị giữ phương án cho lần sau."}
    moved(browsing.conclude(cast.city_officer, case, "next_lender", "finish", at=at + 2 * A_DAY, **finish))
    moved(browsing.conclude(cast.city_officer, case, "deliver", "delivered", at=at + 3 * A_DAY))
    assert (case.state, case.outcome) == (CaseState.CLOSED, "guided")


def test_when_she_cannot_be_reached_the_desk_looks_on_and_never_agrees_for_her(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "agree", at=at, lender="NHCSXH")
    taken = item_at(case, "agree").due_at + AN_HOUR
    actions.sweep(at=taken)
    item = item_at(case, "agree")
    assert item.holder == WorkItem.Holder.AGENCY
    with pytest.raises(actions.NotAChoice):
        player.conclude(case, "agree", "yes", at=taken + AN_HOUR)
    moved(browsing.conclude(player.holder_of(item), case, "agree", "unreached", at=taken + AN_HOUR))
    assert item_at(case, "next_lender").is_open
    assert not bank_reads(cast.bank_officer)


# --- the lender -------------------------------------------------------------------------------------------------


def test_more_papers_that_the_bank_asks_for_reach_it_and_its_clock_stands_still(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "lender_result", at=at, lender="NHCSXH")
    due, asked = item_at(case, "lender_result").due_at, at + A_DAY
    moved(browsing.ask(cast.bank_officer, case, "lender_result", question="Chị gửi thêm báo giá máy may.", at=asked))
    assert item_at(case, "lender_result").status == WorkItem.Status.WAITING
    assert "báo giá máy may" in what_she_reads(case)
    text = "Tôi gửi báo giá của cửa hàng."
    moved(browsing.reply(cast.applicant, case, text=text, at=asked + 4 * A_DAY, paper_other=browsing.a_pdf("gia.pdf")))
    item = item_at(case, "lender_result")
    assert item.due_at > due
    page = page_of(cast.bank_officer, case, "lender_result")
    assert text in page
    assert "gia.pdf" in page


def test_while_it_is_appraised_she_hears_of_it_and_the_bank_keeps_the_step(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "lender_result", at=at, lender="NHCSXH")
    words = "Tuần tới cán bộ đến xem nơi chị may."
    moved(
        browsing.conclude(
            cast.bank_officer, case, "lender_result", "appraising", at=at + A_DAY, answer=words, reason=INSIDE
        )
    )
    assert case.state == CaseState.IN_REVIEW
    assert item_at(case, "lender_result").agency == cast.bank_officer.memberships.get().agency
    assert words in her_thread(case)
    assert INSIDE not in her_thread(case)
    # It is a word in time: ten working days begin anew.
    assert case.promised_on == date(2026, 11, 20)
    moved(
        browsing.conclude(
            cast.bank_officer, case, "lender_result", "approved", at=at + 3 * A_DAY, answer=AGREED, **LOAN
        )
    )
    assert case.outcome == "granted"


def test_without_the_figures_a_loan_is_not_approved(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "lender_result", at=at, lender="NHCSXH")
    for missing in LOAN:
        typed = {**LOAN, "answer": AGREED, missing: ""}
        response = browsing.conclude(cast.bank_officer, case, "lender_result", "approved", at=at + A_DAY, **typed)
        assert response.status_code == 200
        assert AGREED in response.content.decode(), "what was typed is kept"
    assert item_at(case, "lender_result").is_open


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("NHCSXH", "bank_officer"),
        ("AGRI", "another_bank_officer"),
        ("LMHTX", "coop_alliance_officer"),
        ("STC", "finance_officer"),
        ("SKHCN", "science_officer"),
        ("SNGV", "foreign_affairs_officer"),
        ("NHNN", "state_bank_officer"),
    ],
)
def test_each_lender_is_handed_what_she_agreed_to_and_nobody_else_is(
    cast: Cast, at: datetime, kind: str, part: str
) -> None:
    case = loan_at(cast, "lender_result", at=at, lender=kind)
    assert "80.000.000" in page_of(getattr(cast, part), case, "lender_result")
    lenders = {"bank_officer", "another_bank_officer", "coop_alliance_officer", "foreign_affairs_officer"}
    for other in sorted(lenders - {part}):
        assert not bank_reads(getattr(cast, other))


# --- what comes of it -------------------------------------------------------------------------------------------


def test_nobody_but_she_can_say_that_the_money_has_come(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "confirm_disbursed", at=at)
    for somebody in (cast.bank_officer, cast.city_officer, cast.another_applicant):
        with pytest.raises(NotFoundForYou):
            player.conclude(case, "confirm_disbursed", "received", at=at + A_DAY, by=somebody)
    moved(she_says(case, "confirm_disbursed", "received", at=at + A_DAY))
    assert (case.state, case.outcome) == (CaseState.CLOSED, "disbursed")


def test_what_a_lender_refused_counts_as_help_and_what_we_refused_does_not(cast: Cast, at: datetime) -> None:
    refused = loan_at(cast, "approve_refusal", at=at)
    player.conclude(refused, "approve_refusal", "approve", at=at + A_DAY)
    player.conclude(refused, "deliver", "delivered", at=at + A_DAY)
    assert refused.outcome == "refused"
    assert counted(cast, at=at + 2 * A_DAY) == 0

    case = a_case(cast.another_applicant, service="credit_access", at_node="lender_result", at=at)
    moved(
        browsing.conclude(
            player.holder_of(item_at(case, "lender_result")), case, "lender_result", "refused", at=at + A_DAY, **REFUSED
        )
    )
    player.conclude(case, "next_lender", "finish", at=at + A_DAY)
    assert case.outcome == "not_granted"
    read = what_she_reads(case)
    assert NOT_NOW in read
    assert "Nơi vay lần này chưa đồng ý" in read
    assert "tư vấn viên" not in read
    assert counted(cast, at=at + 2 * A_DAY) == 1


def test_a_refusal_needs_somebody_else_to_approve_it(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "completeness", at=at)
    given = {"reason_code": "NOT_TARGET", "answer": NOT_NOW}
    moved(browsing.conclude(cast.city_officer, case, "completeness", "refuse", at=at + AN_HOUR, **given))
    assert case.state == CaseState.IN_REVIEW
    assert NOT_NOW not in what_she_reads(case)
    moved(browsing.conclude(cast.city_approver, case, "approve_refusal", "approve", at=at + A_DAY))
    assert NOT_NOW in what_she_reads(case)
    assert not case.decisions.filter(node="agree").exists()


def test_she_is_told_a_day_for_the_way_to_a_lender_and_one_for_the_lender(cast: Cast, at: datetime) -> None:
    case = loan_at(cast, "plan_help", at=at)
    # Twenty working days from Thursday 05/11/2026, over the holiday of 24/11.
    assert case.promised_on == date(2026, 12, 4)
    for node, verdict in (("plan_help", "helped"), ("agree", "yes"), ("handover", "handed_over")):
        player.conclude(case, node, verdict, at=at + A_DAY)
    # And ten from the day on which the lender has it.
    assert case.promised_on == date(2026, 11, 20)


# --- the questions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "is_kept"),
    [("999.999", False), ("1 triệu", True), ("100 tỷ", True), ("100.000.000.001", False), ("tám mươi", False)],
)
def test_a_loan_is_between_one_million_and_a_hundred_billion(
    cast: Cast, at: datetime, typed: str, is_kept: bool
) -> None:
    with time_machine.travel(at, tick=False):
        client, case = browsing.start(cast.applicant, "credit_access")
        loan = {name: answers_for("credit_access")[name] for name in ("purpose_kind", "purpose", "term_months")}
        response = client.post(reverse("cases:page", args=[case.key, "khoan-vay"]), {**loan, "amount": typed})
    assert (response.status_code == 302) is is_kept
    case.answers.refresh_from_db()
    assert ("amount" in case.answers.data) is is_kept


def test_no_page_asks_for_a_fee_and_no_word_promises_a_loan() -> None:
    service = SERVICES["credit_access"]
    names = {name for page in service.pages for name in page.form.base_fields}
    assert not {name for name in names if "fee" in name or "phi" in name}
    with translation.override("vi"):
        said = " ".join(str(words) for words in (*service.told.values(), *(stage.doing for stage in service.stages)))
    assert "đủ điều kiện" not in said
    assert "có thể phù hợp" in said
