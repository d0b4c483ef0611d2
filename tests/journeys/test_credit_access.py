"""A loan from beginning to end: she on her phone without JavaScript, everybody else at the office."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case, CaseState
from project.demo.cast import Cast
from tests.browsing import a_picture
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PURPOSE = "Tôi mua hai máy may công nghiệp để nhận may gia công tại nhà."
HELPED = "Chị ghi rõ giá hai máy may và số hàng nhận mỗi tháng. Phương án của chị nay đã đủ."
AGREED = "Ngân hàng đồng ý cho chị vay. Chị mang căn cước đến phòng giao dịch để ký hợp đồng."
WHY_PRIORITY = "Tôi bị khuyết tật vận động."


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Lưu và tiếp tục").click()


def choose(page: Page, **chosen: str) -> None:
    """Mark one line of each question."""
    for name, value in chosen.items():
        page.locator(f"[name={name}][value={value}]").check()


def fits_her_phone(page: Page) -> None:
    box = page.locator("body").bounding_box()
    assert box is not None
    assert box["width"] <= 360, page.url


def ask_for_a_loan(page: Page, site: str, plan: Path) -> None:
    """From the first page to the confirmation, as a woman on her own in Kiến Thuỵ."""
    page.goto(site)
    page.get_by_role("link", name="Vay vốn làm ăn").first.click()
    page.get_by_role("button", name="Bắt đầu").click()
    page.locator("[name=full_name]").fill("Lê Thị Hoa")
    choose(page, entity_type="individual")
    go_on(page)
    page.locator("[name=commune]").select_option(label="Xã Kiến Thụy")
    go_on(page)
    page.locator("[name=amount]").fill("80 triệu")
    choose(page, purpose_kind="work")
    page.locator("[name=purpose]").fill(PURPOSE)
    page.locator("[name=term_months]").fill("36")
    fits_her_phone(page)
    go_on(page)
    page.locator("[name=own_capital]").fill("10 triệu")
    page.locator("[name=jobs]").fill("2")
    choose(page, collateral="none", debt_overdue="no")
    go_on(page)
    choose(page, in_savings_group="yes", rural="no", startup="no", wants_foreign_fund="no")
    page.locator("[name=savings_group]").fill("Tổ TK&VV thôn Đông")
    go_on(page)
    choose(page, wants_legal_check="no", priority="yes")
    page.locator("[name=priority_reason]").fill(WHY_PRIORITY)
    go_on(page)
    page.locator("[name=paper_plan]").set_input_files(plan)
    go_on(page)
    for box in page.locator("input[type=checkbox]").all():
        expect(box).not_to_be_checked()
        box.check()
    page.get_by_role("button", name="Gửi hồ sơ").click()


def open_from_worklist(page: Page, site: str, case: Case) -> None:
    page.goto(f"{site}/viec/?scope=office")
    page.get_by_role("row").filter(has_text=case.short_code).get_by_role("link").first.click()


def conclude(page: Page, verdict: str, **typed: str) -> None:
    """Choose, fill in what is asked, send."""
    page.locator(f"[name=verdict][value={verdict}]").check()
    page.locator("[name=reason_code]").select_option("FACTS_CLEAR")
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)
    page.get_by_role("button", name="Gửi kết luận").click()


def test_a_loan_from_her_wish_to_the_money_in_her_hand(enter: OpenPage, site: str, cast: Cast, tmp_path: Path) -> None:
    plan = tmp_path / "phuong-an.jpg"
    plan.write_bytes(a_picture())
    she = enter(cast.applicant)
    ask_for_a_loan(she, site, plan)
    case = Case.objects.get(applicant=cast.applicant)
    assert (case.service, case.state) == ("credit_access", CaseState.SUBMITTED)
    assert case.documents.filter(kind="plan").count() == 1

    commune = enter(cast.another_commune_officer, office=True)
    open_from_worklist(commune, site, case)
    conclude(commune, "accept")

    city = enter(cast.city_officer, office=True)
    open_from_worklist(city, site, case)
    expect(city.locator("main")).to_contain_text("Có thể phù hợp: Ngân hàng Chính sách xã hội")
    expect(city.locator("[name=lender][value=NHCSXH]")).to_be_checked()
    conclude(city, "complete")

    helper = enter(cast.association_officer, office=True)
    open_from_worklist(helper, site, case)
    conclude(helper, "helped", answer=HELPED)

    # What she is told at once she reads before she is asked for anything.
    she.goto(f"{site}/ho-so/{case.key}/")
    she.locator("a[href$='/nhan-tin/']").first.click()
    expect(she.locator("main")).to_contain_text(HELPED)
    she.goto(f"{site}/ho-so/{case.key}/")
    expect(she.locator("main")).to_contain_text("Chị có cho một nơi vay có thể phù hợp đọc hồ sơ không?")
    she.locator("a[href*='/buoc/']").first.click()
    expect(she.locator("main")).to_contain_text("Ngân hàng Chính sách xã hội")
    fits_her_phone(she)
    box = she.locator("[name=allowed]")
    expect(box).not_to_be_checked()
    box.check()
    she.get_by_role("button", name="Tôi đồng ý", exact=True).click()

    open_from_worklist(city, site, case)
    conclude(city, "handed_over")

    bank = enter(cast.bank_officer, office=True)
    open_from_worklist(bank, site, case)
    read = bank.locator("main")
    for seen in ("Ưu tiên", "80.000.000", PURPOSE):
        expect(read).to_contain_text(seen)
    for kept in (WHY_PRIORITY, "khuyết tật", HELPED):
        expect(read).not_to_contain_text(kept)
    # A refusal without a reason and words closes nothing.
    bank.locator("[name=verdict][value=refused]").check()
    bank.get_by_role("button", name="Gửi kết luận").click()
    expect(bank.locator(".govuk-error-summary")).to_be_visible()
    conclude(bank, "approved", amount="80 triệu", rate="6,6", term="36", answer=AGREED)

    she.goto(f"{site}/ho-so/{case.key}/")
    expect(she.locator("#result")).to_contain_text(AGREED)
    she.locator("a[href*='/buoc/']").first.click()
    she.get_by_role("button", name="Tiền vay đã về", exact=True).click()
    expect(she).to_have_url(re.compile(f"/ho-so/{case.key}/$"))
    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, "disbursed")
    assert case.follow_ups.count() == 2
