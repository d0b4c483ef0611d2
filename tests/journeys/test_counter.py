"""A woman comes to the commune's Women's Union; the officer fills it in with her, prints, and hands over the code."""

import pytest
from playwright.sync_api import expect

from cases.models import Case, CaseState
from project.demo.cast import Cast
from tests.browsing import a_picture
from tests.journeys.conftest import OpenPage
from tests.journeys.test_filing import ask_about_tax, go_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_officer_fills_in_prints_the_sheet_and_sends_it_for_her(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.commune_officer, office=True)
    page.get_by_role("link", name="Tại quầy").click()
    page.locator("[name=service][value=legal_advice]").check()
    page.locator("[name=full_name]").fill("Đặng Thị Bưởi")
    page.locator("[name=phone]").fill("0900 777 001")
    page.locator("[name=present]").check()
    page.get_by_role("button", name="Bắt đầu điền").click()
    expect(page.locator("[name=full_name]")).to_have_value("Đặng Thị Bưởi")
    expect(page.locator(".hers--counter")).to_contain_text("Đặng Thị Bưởi")
    page.locator("[name=entity_type][value=individual]").check()
    go_on(page)
    page.locator("[name=commune]").select_option(label="Phường Lê Chân")
    go_on(page)
    ask_about_tax(page)
    go_on(page)
    expect(page.get_by_role("button", name="Gửi hồ sơ")).to_have_count(0)
    page.get_by_role("link", name="Mở giấy đồng ý để in").click()
    expect(page.locator(".sheet")).to_contain_text("Tôi là Đặng Thị Bưởi")
    page.get_by_role("link", name="Quay lại").click()
    page.get_by_role("link", name="Thêm giấy đã ký").click()
    photo = {"name": "dong-y.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
    page.locator("input[name=paper_counter_consent]").set_input_files(photo)  # type: ignore[arg-type]
    go_on(page)
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="Gửi hồ sơ").click()
    case = Case.objects.get(applicant__phone="+84900777001")
    assert case.state == CaseState.SUBMITTED
    assert case.code
    expect(page.locator("main")).to_contain_text(case.code)
    assert case.events.get(verb="case_submitted").on_behalf_of == case.applicant
