"""She files from a phone, without JavaScript, in one sitting."""

import re

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case, CaseState
from project.demo.cast import Cast
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEED = "Tôi bán bún tại nhà và qua điện thoại. Tôi có phải xuất hoá đơn cho từng khách không?"


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Lưu và tiếp tục").click()


def no_sideways_scroll(page: Page) -> None:
    """Without JavaScript the browser is still asked, through the layout."""
    box = page.locator("body").bounding_box()
    assert box is not None
    assert box["width"] <= 360, page.url


def file_a_question(page: Page, site: str) -> None:
    """From the first page to the confirmation, as a household business in Kiến Thuỵ."""
    page.goto(site)
    page.get_by_role("link", name="Hỏi luật").first.click()
    page.get_by_role("button", name="Bắt đầu").click()
    page.locator("[name=full_name]").fill("Trần Thị Mai")
    page.locator("[name=entity_type][value=household]").check()
    go_on(page)
    page.locator("[name=entity_name]").fill("Hộ kinh doanh bún Mai")
    page.locator("[name=sector][value=trade]").check()
    go_on(page)
    page.locator("[name=employees_insured]").fill("2")
    page.locator("[name=revenue_last_year]").fill("400.000.000")
    go_on(page)
    page.locator("[name=province]").select_option(label="Hải Phòng")
    go_on(page)
    page.locator("[name=commune]").select_option(label="Xã Kiến Thụy")
    go_on(page)
    page.locator("[name=law_field][value=tax]").check()
    page.locator("[name=question_kind][value=general]").check()
    go_on(page)
    page.locator("[name=need]").fill(NEED)
    page.locator("[name=at_court][value=no]").check()
    go_on(page)
    page.locator("[name=priority][value=no]").check()
    go_on(page)
    page.get_by_role("link", name="Tiếp tục: xem lại").click()  # no paper is needed
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="Gửi hồ sơ").click()


def test_she_files_from_a_small_phone_without_javascript(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.applicant)
    file_a_question(page, site)
    case = Case.objects.get(applicant=cast.applicant)
    assert case.state == CaseState.SUBMITTED
    expect(page.locator("h1")).to_contain_text("Trần Thị Mai")
    expect(page.locator("main")).to_contain_text(case.code or "no code")
    assert case.promised_on is not None
    expect(page.locator("main")).to_contain_text(f"{case.promised_on:%d/%m/%Y}")
    page.reload()
    expect(page.locator("main")).to_contain_text(case.code or "no code")
    no_sideways_scroll(page)


def test_she_stops_and_goes_on_from_another_phone(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.applicant)
    page.goto(site)
    page.get_by_role("link", name="Hỏi luật").first.click()
    page.get_by_role("button", name="Bắt đầu").click()
    page.locator("[name=full_name]").fill("Trần Thị Mai")
    page.locator("[name=entity_type][value=individual]").check()
    go_on(page)
    other = enter(cast.applicant)
    other.goto(f"{site}/ho-so/")
    other.get_by_role("link", name="Hỏi luật").first.click()
    expect(other.locator("main")).to_contain_text("Trần Thị Mai")
    other.get_by_role("link", name="Làm tiếp").click()
    expect(other.locator("[name=province]")).to_be_visible()


def test_what_she_typed_is_kept_when_something_is_wrong(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.applicant)
    page.goto(site)
    page.get_by_role("link", name="Hỏi luật").first.click()
    page.get_by_role("button", name="Bắt đầu").click()
    page.locator("[name=full_name]").fill("Mai <3")
    go_on(page)
    expect(page).to_have_title(re.compile("^Lỗi:"))
    expect(page.locator("[name=full_name]")).to_have_value("Mai <3")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
