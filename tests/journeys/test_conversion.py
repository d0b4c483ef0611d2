"""From a household business to an enterprise: she on her phone without JavaScript, everybody else at the office."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import Case, CaseState
from project.demo.cast import Cast
from tests.browsing import a_picture
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHY = "Tôi bán bún cho ba siêu thị, họ cần hợp đồng và hoá đơn của công ty."
GUIDED = "Chị chọn công ty hai thành viên là hợp. Chị nộp giấy đề nghị, điều lệ và danh sách thành viên."
TAX = "Kê khai theo quý từ ngày có mã số. Nên dùng phần mềm kế toán miễn phí của Hội."
MET = "Tôi đã gặp chị tại cửa hàng và xem sổ bán hàng cùng chị."
COMPLETE = "Giấy tờ của chị đã đủ. Chị nộp qua mạng hoặc tại Sở Tài chính."
TO_CORRECT = "Chị ghi rõ số nhà của trụ sở rồi nộp lại."
CODE = "0200123457"
LINES = ("papers", "debts", "name", "capital", "changes", "correct")


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Lưu và tiếp tục").click()


def choose(page: Page, **chosen: str) -> None:
    """Mark one line of each question."""
    for name, value in chosen.items():
        page.locator(f"[name='{name}'][value={value}]").check()


def fits_her_phone(page: Page) -> None:
    box = page.locator("body").bounding_box()
    assert box is not None
    assert box["width"] <= 360, page.url


def fill_in_member(page: Page, number: int, name: str, share: str, woman: str) -> None:
    page.locator(f"[name=members-{number}-name]").fill(name)
    page.locator(f"[name=members-{number}-share]").fill(share)
    choose(page, **{f"members-{number}-woman": woman})


def ask_for_it(page: Page, site: str, certificate: Path) -> None:
    """From the first page to the confirmation, as a household business in Kiến Thuỵ."""
    page.goto(site)
    page.get_by_role("link", name="Lên doanh nghiệp").first.click()
    page.get_by_role("button", name="Bắt đầu").click()
    page.locator("[name=full_name]").fill("Trần Thị Mai")
    choose(page, entity_type="household")
    go_on(page)
    page.locator("[name=entity_name]").fill("Hộ kinh doanh bún Mai")
    choose(page, sector="trade")
    go_on(page)
    page.locator("[name=employees_insured]").fill("2")
    page.locator("[name=revenue_last_year]").fill("1,2 tỷ")
    go_on(page)
    page.locator("[name=commune]").select_option(label="Xã Kiến Thụy")
    go_on(page)
    page.locator("[name=need]").fill(WHY)
    go_on(page)
    for part, text in {"day": "15", "month": "3", "year": "2022"}.items():
        page.locator(f"[name=started_on_{part}]").fill(text)
    choose(page, form_wanted="llc2")
    page.locator("[name=name_1]").fill("Công ty TNHH Bún Mai")
    page.locator("[name=capital]").fill("500 triệu")
    fits_her_phone(page)
    go_on(page)
    name_the_members(page)
    choose(page, conditional_sector="no", foreign_capital="no", tax_debt="no")
    page.locator("[name=staff]").fill("5")
    go_on(page)
    choose(page, priority="no")
    go_on(page)
    page.locator("[name=paper_household_certificate]").set_input_files(certificate)
    go_on(page)
    expect(page.locator("main")).to_contain_text("Trần Thị Mai · 60 % · nữ; Trần Văn Long · 30 % · nam")
    for box in page.locator("input[type=checkbox]").all():
        expect(box).not_to_be_checked()
        box.check()
    page.get_by_role("button", name="Gửi hồ sơ").click()


def name_the_members(page: Page) -> None:
    """Three of them: the third line is opened by hand, and the shares do not fit at first."""
    fill_in_member(page, 0, "Trần Thị Mai", "60", "yes")
    fill_in_member(page, 1, "Trần Văn Long", "30", "no")
    expect(page.locator("[name=members-2-name]")).to_be_hidden()
    page.get_by_text("Thành viên 3").click()
    fill_in_member(page, 2, "Trần Thị Hà", "9,99", "yes")
    fits_her_phone(page)
    go_on(page)
    expect(page.locator(".govuk-error-summary")).to_contain_text("Cộng lại được 99,99 %.")
    expect(page.locator("[name=members-0-name]")).to_have_value("Trần Thị Mai")
    page.locator("[name=members-2-share]").fill("10")
    go_on(page)


def open_from_worklist(page: Page, site: str, case: Case) -> None:
    page.goto(f"{site}/viec/?scope=office")
    page.get_by_role("row").filter(has_text=case.short_code).get_by_role("link").first.click()


def conclude(page: Page, verdict: str, **typed: str) -> None:
    """Choose, fill in what is asked, send."""
    box = page.locator(f"[name=verdict][value={verdict}]")
    # A step with one way to conclude offers no choice.
    if box.get_attribute("type") == "radio":
        box.check()
    page.locator("[name=reason_code]").select_option("FACTS_CLEAR")
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)
    page.get_by_role("button", name="Gửi kết luận").click()


def to_her_part(page: Page, site: str, case: Case) -> None:
    page.goto(f"{site}/ho-so/{case.key}/")
    page.locator("a[href*='/buoc/']").first.click()
    fits_her_phone(page)


def reads(page: Page, site: str, case: Case, *written: str) -> None:
    """What is written to her she reads at once."""
    page.goto(f"{site}/ho-so/{case.key}/nhan-tin/")
    for words in written:
        expect(page.locator("main")).to_contain_text(words)


def test_a_household_business_becomes_an_enterprise(enter: OpenPage, site: str, cast: Cast, tmp_path: Path) -> None:
    certificate = tmp_path / "giay-ho-kinh-doanh.jpg"
    certificate.write_bytes(a_picture())
    she = enter(cast.applicant)
    ask_for_it(she, site, certificate)
    case = Case.objects.get(applicant=cast.applicant)
    assert (case.service, case.state) == ("conversion", CaseState.SUBMITTED)

    commune = enter(cast.another_commune_officer, office=True)
    open_from_worklist(commune, site, case)
    conclude(commune, "accept")
    city = enter(cast.city_officer, office=True)
    open_from_worklist(city, site, case)
    expect(city.locator("main")).to_contain_text("Trần Thị Hà · 10 % · nữ")
    conclude(city, "go_on")

    # Three offices side by side.
    finance = enter(cast.finance_officer, office=True)
    open_from_worklist(finance, site, case)
    conclude(finance, "guided", answer=GUIDED)
    tax = enter(cast.tax_officer, office=True)
    open_from_worklist(tax, site, case)
    conclude(tax, "opinion", answer=TAX)
    companion = enter(cast.association_officer, office=True)
    open_from_worklist(companion, site, case)
    conclude(companion, "met", answer=MET)
    reads(she, site, case, GUIDED, MET)

    # With one line open she is not ready, and what she ticked stays.
    to_her_part(she, site, case)
    for line in LINES[:-1]:
        she.locator(f"[name=checked][value={line}]").check()
    she.get_by_role("button", name="Tôi đã sẵn sàng").click()
    expect(she.locator(".govuk-error-summary")).to_contain_text("đúng")
    expect(she.locator("[name=checked][value=papers]")).to_be_checked()
    she.locator(f"[name=checked][value={LINES[-1]}]").check()
    she.get_by_role("button", name="Tôi đã sẵn sàng").click()
    open_from_worklist(city, site, case)
    conclude(city, "confirmed", answer=COMPLETE)

    # The register asks for a correction, she makes it, and it is granted.
    open_from_worklist(finance, site, case)
    conclude(finance, "corrections", answer=TO_CORRECT)
    reads(she, site, case, COMPLETE, TO_CORRECT)
    to_her_part(she, site, case)
    she.get_by_role("button", name="Tôi đã nộp lại giấy tờ").click()
    open_from_worklist(finance, site, case)
    today = timezone.localdate()
    day = {"granted_on_day": str(today.day), "granted_on_month": str(today.month), "granted_on_year": str(today.year)}
    conclude(finance, "granted", enterprise_code="0200123456", **day)
    expect(finance.locator(".govuk-error-summary")).to_contain_text("10 chữ số")
    conclude(finance, "granted", enterprise_code=CODE, **day)

    committee = enter(cast.another_commune_committee_officer, office=True)
    open_from_worklist(committee, site, case)
    conclude(committee, "closed")
    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, "registered")
    first = case.follow_ups.earliest("due_on")
    assert first.due_on == today + timedelta(days=90)
    she.goto(f"{site}/ho-so/{case.key}/")
    expect(she.locator("main")).to_contain_text(GUIDED)
    expect(she.locator("main")).to_contain_text(re.compile("Vay vốn|vay vốn"))
    fits_her_phone(she)
