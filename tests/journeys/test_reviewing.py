"""Reviewers at their office PCs: return and redraft, refusal, question and answer, withdrawal, two at one moment."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import Case, CaseState, User
from project.demo.cast import Cast
from tests.builders import a_case
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ANSWER = "Chị lập hoá đơn điện tử cho từng lần bán. Chị lập khi giao hàng cho người mua."
BETTER = "Chị lập hoá đơn mỗi lần bán, kể cả bán qua sàn. Cuối ngày chị được gộp đơn lẻ."
REFUSAL = "Lần này chúng tôi chưa hỗ trợ được, vì toà đang xử lý việc này. Chị có thể gọi trợ giúp pháp lý."


def a_case_at(node: str, applicant: User) -> Case:
    """A case that came to this step this morning."""
    return a_case(applicant, at_node=node, at=timezone.now() - timedelta(hours=2))


def open_from_worklist(page: Page, case: Case) -> None:
    page.get_by_role("link", name="Cả phòng").click()
    page.get_by_role("row").filter(has_text=case.short_code).get_by_role("link").first.click()


def conclude(page: Page, verdict: str, *, answer: str = "", reason_code: str = "FACTS_CLEAR", reason: str = "") -> None:
    """Choose, write, look at what she will read, send."""
    page.locator(f"[name=verdict][value={verdict}]").check()
    page.locator("[name=reason_code]").select_option(reason_code)
    if reason:
        page.locator("[name=reason]").fill(reason)
    if answer:
        page.locator("[name=answer]").fill(answer)
    page.get_by_role("button", name="Gửi kết luận").click()


def test_justice_drafts_is_returned_redrafts_and_is_approved(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("draft", cast.applicant)
    drafter = enter(cast.justice_officer, office=True)
    open_from_worklist(drafter, case)
    drafter.locator("[name=reason_code]").select_option("FACTS_CLEAR")
    drafter.locator("[name=answer]").fill(ANSWER)
    drafter.get_by_role("button", name="Xem trước").click()
    expect(drafter.locator("[name=answer]")).to_have_value(ANSWER)
    drafter.get_by_role("button", name="Gửi kết luận").click()
    expect(drafter.get_by_role("status").or_(drafter.locator(".govuk-notification-banner"))).to_be_visible()

    approver = enter(cast.justice_approver, office=True)
    open_from_worklist(approver, case)
    conclude(approver, "return", reason_code="UNCLEAR", reason="Câu hai dài quá.")

    drafter.goto(f"{site}/viec/?scope=office")
    open_from_worklist(drafter, case)
    expect(drafter.locator("main")).to_contain_text("Câu hai dài quá.")
    conclude(drafter, "redrafted", answer=BETTER)

    approver.goto(f"{site}/viec/")
    open_from_worklist(approver, case)
    conclude(approver, "approve")
    case.refresh_from_db()
    assert case.state == CaseState.DECIDED

    she = enter(cast.applicant)
    she.goto(f"{site}/ho-so/{case.key}/")
    expect(she.locator("main")).to_contain_text(BETTER)
    expect(she.locator("main")).not_to_contain_text(ANSWER)

    city = enter(cast.city_officer, office=True)
    open_from_worklist(city, case)
    conclude(city, "delivered")
    she.reload()
    she.get_by_role("button", name="Có", exact=False).first.click()
    case.refresh_from_db()
    assert (case.state, case.satisfaction) == (CaseState.CLOSED, 3)


def test_a_refusal_needs_words_and_another_person(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("triage", cast.applicant)
    city = enter(cast.city_officer, office=True)
    open_from_worklist(city, case)
    conclude(city, "refuse", reason_code="AT_COURT", answer="Không được.")
    expect(city.locator(".govuk-error-summary")).to_be_visible()
    expect(city.locator("[name=answer]")).to_have_value("Không được.")
    city.locator("[name=answer]").fill(REFUSAL)
    city.get_by_role("button", name="Gửi kết luận").click()

    she = enter(cast.applicant)
    she.goto(f"{site}/ho-so/{case.key}/")
    expect(she.locator("main")).not_to_contain_text(REFUSAL)

    lead = enter(cast.city_approver, office=True)
    open_from_worklist(lead, case)
    conclude(lead, "approve")
    she.reload()
    expect(she.locator("main")).to_contain_text(REFUSAL)


def test_she_answers_a_question_and_the_step_goes_on(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("intake", cast.applicant)
    officer = enter(cast.commune_officer, office=True)
    open_from_worklist(officer, case)
    officer.get_by_role("link", name="Cần bổ sung").or_(officer.get_by_role("link", name="Hỏi")).first.click()
    officer.locator("[name=question]").fill("Chị gửi thêm ảnh chụp hợp đồng.")
    officer.get_by_role("button", name="Gửi câu hỏi").click()

    she = enter(cast.applicant)
    she.goto(f"{site}/ho-so/{case.key}/")
    she.get_by_role("link", name="Trả lời").first.click()
    she.locator("[name=reply]").fill("Tôi không có hợp đồng, chỉ có tin nhắn.")
    she.locator("main form button.govuk-button").last.click()
    expect(she.locator("main")).not_to_contain_text("Chúng tôi cần chị bổ sung")

    officer.goto(f"{site}/viec/")
    open_from_worklist(officer, case)
    expect(officer.locator("main")).to_contain_text("chỉ có tin nhắn")


def test_she_withdraws_while_nothing_is_decided(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("draft", cast.applicant)
    she = enter(cast.applicant)
    she.goto(f"{site}/ho-so/{case.key}/")
    she.get_by_role("link", name="Rút hồ sơ").click()
    she.locator("main form button").last.click()
    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN
    expect(she.get_by_role("link", name="Rút hồ sơ")).to_have_count(0)
    officer = enter(cast.justice_officer, office=True)
    officer.goto(f"{site}/viec/?scope=office")
    expect(officer.get_by_role("row").filter(has_text=case.short_code)).to_have_count(0)


def test_of_two_reviewers_at_one_moment_one_wins_and_the_other_keeps_her_words(
    enter: OpenPage, site: str, cast: Cast
) -> None:
    case = a_case_at("draft", cast.applicant)
    first = enter(cast.justice_officer, office=True)
    second = enter(cast.another_justice_officer, office=True)
    open_from_worklist(first, case)
    open_from_worklist(second, case)
    conclude(first, "drafted", answer=ANSWER)
    with second.expect_response(lambda response: "/ket-luan/" in response.url) as answered:
        conclude(second, "drafted", answer=BETTER)
    assert answered.value.status == 409
    expect(second.locator("main")).to_contain_text(cast.justice_officer.full_name)
    expect(second.locator("textarea").filter(has_text=BETTER)).to_be_visible()


def test_a_supervisor_reads_the_whole_story_and_that_it_is_intact(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("approve", cast.applicant)
    supervisor = enter(cast.supervisor, office=True)
    supervisor.goto(f"{site}/giam-sat/")
    supervisor.get_by_role("row").filter(has_text=case.short_code).get_by_role("link").first.click()
    expect(supervisor.locator("main")).to_contain_text("Diễn biến nguyên vẹn")
    expect(supervisor.locator("main")).to_contain_text(cast.justice_officer.full_name)
    expect(supervisor.locator("svg").first).to_be_visible()
