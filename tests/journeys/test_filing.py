"""She files from a phone, without JavaScript, in one sitting."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, Request, expect

from cases.models import Case, CaseState, Commune
from project.demo.cast import Cast
from tests.browsing import a_picture
from tests.builders import a_draft
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


def begin(page: Page, site: str) -> None:
    """From the first page to the first question, as somebody who is signed in."""
    page.goto(site)
    page.get_by_role("link", name="Hỏi luật").first.click()
    page.get_by_role("button", name="Bắt đầu").click()


def ask_about_tax(page: Page) -> None:
    """The pages of the matter itself, up to the papers."""
    page.locator("[name=need]").fill(NEED)
    page.locator("[name=law_field][value=tax]").check()
    page.locator("[name=question_kind][value=general]").check()
    go_on(page)
    page.locator("[name=at_court][value=no]").check()
    page.locator("[name=priority][value=no]").check()
    go_on(page)


def file_a_question(page: Page) -> None:
    """From the first question to the confirmation, as a household business in Kiến Thuỵ."""
    page.locator("[name=full_name]").fill("Trần Thị Mai")
    page.locator("[name=entity_type][value=household]").check()
    go_on(page)
    page.locator("[name=entity_name]").fill("Hộ kinh doanh bún Mai")
    page.locator("[name=sector][value=trade]").check()
    go_on(page)
    page.locator("[name=employees_insured]").fill("2")
    page.locator("[name=revenue_last_year]").fill("400.000.000")
    go_on(page)
    page.locator("[name=commune]").select_option(label="Xã Kiến Thụy")
    go_on(page)
    ask_about_tax(page)
    go_on(page)  # no paper is needed
    for box in page.locator("input[type=checkbox]").all():
        expect(box).not_to_be_checked()
        box.check()
    page.get_by_role("button", name="Gửi hồ sơ").click()


def test_a_new_woman_files_from_a_small_phone_without_javascript(visit: OpenPage, site: str, cast: Cast) -> None:
    page = visit()
    page.goto(site)
    page.get_by_role("link", name="Hỏi luật").first.click()
    page.get_by_label("Số điện thoại").fill("0912 345 678")
    page.get_by_role("button", name="Gửi mã và bắt đầu").click()
    page.locator("input[name=code]").fill(page.locator(".card b").first.inner_text())
    page.get_by_role("button", name="Tiếp tục").click()
    file_a_question(page)
    case = Case.objects.get(applicant__phone="+84912345678")
    assert case.state == CaseState.SUBMITTED
    expect(page.locator("h1")).to_contain_text("Trần Thị Mai")
    expect(page.locator("main")).to_contain_text(str(case.code))
    assert case.promised_on is not None
    expect(page.locator("main")).to_contain_text(f"{case.promised_on:%d/%m/%Y}")
    expect(page.locator("svg.qr")).to_be_visible()
    page.reload()
    expect(page.locator("main")).to_contain_text(str(case.code))
    no_sideways_scroll(page)


def test_she_stops_and_goes_on_from_another_phone(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.applicant)
    begin(page, site)
    page.locator("[name=full_name]").fill("Trần Thị Mai")
    page.locator("[name=entity_type][value=individual]").check()
    go_on(page)
    other = enter(cast.applicant)
    draft = Case.objects.get(applicant=cast.applicant)
    other.goto(f"{site}/ho-so/{draft.key}/phan/")
    expect(other.locator("main")).to_contain_text("1/6 phần đã xong")
    other.get_by_role("link", name="Làm tiếp").click()
    expect(other.locator("[name=commune]")).to_be_visible()
    other.get_by_role("link", name="Quay lại").click()
    expect(other.locator("[name=full_name]")).to_have_value("Trần Thị Mai")


def test_what_she_typed_is_kept_when_something_is_wrong(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.applicant)
    begin(page, site)
    page.locator("[name=full_name]").fill("Mai <3")
    go_on(page)
    expect(page).to_have_title(re.compile("^Lỗi:"))
    expect(page.locator("[name=full_name]")).to_have_value("Mai <3")
    expect(page.locator(".govuk-error-summary")).to_be_visible()


# --- what JavaScript adds ------------------------------------------------------------------------------------------


def test_the_commune_is_found_by_an_old_name_without_marks(enter: OpenPage, site: str, cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    page = enter(cast.applicant, javascript=True)
    page.goto(f"{site}/ho-so/{draft.key}/dien/xa-phuong/")
    box = page.get_by_role("combobox")
    expect(box).to_have_value("Phường Lê Chân")
    box.fill("nui doi")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("Xã Kiến Thụy")
    expect(option).to_contain_text("trước là thị trấn Núi Đối")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("_0$"))
    box.press("Enter")
    expect(box).to_have_value("Xã Kiến Thụy")
    go_on(page)
    page.wait_for_url("**/cau-hoi/")
    draft.answers.refresh_from_db()
    assert Commune.objects.get(code=draft.answers.data["commune"]).name == "Xã Kiến Thụy"


def test_a_name_that_is_nowhere_is_said_and_asked_again(enter: OpenPage, site: str, cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    page = enter(cast.applicant, javascript=True)
    page.goto(f"{site}/ho-so/{draft.key}/dien/xa-phuong/")
    page.get_by_role("combobox").fill("zzz")
    expect(page.locator("main")).to_contain_text("Không tìm thấy tên này")
    go_on(page)
    expect(page.locator(".govuk-error-summary")).to_contain_text("Chị chọn xã hoặc phường")


def test_an_amount_gets_its_dots_as_she_types(enter: OpenPage, site: str, cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    page = enter(cast.applicant, javascript=True)
    page.goto(f"{site}/ho-so/{draft.key}/dien/quy-mo/")
    box = page.locator("[name=total_capital]")
    box.fill("")
    box.press_sequentially("25000000")
    expect(box).to_have_value("25.000.000")
    # A dot of her own stays: without it this would be ten times as much.
    box.fill("")
    box.press_sequentially("1.5 tỷ")
    expect(box).to_have_value("1.5 tỷ")


def test_a_photo_is_made_smaller_sent_again_after_a_cut_and_shown(
    enter: OpenPage, site: str, cast: Cast, tmp_path: Path
) -> None:
    photo = tmp_path / "giay.jpg"
    # Noise in every colour: nothing shrinks less.
    Image.merge("RGB", [Image.effect_noise((2400, 1800), 120) for _band in "RGB"]).save(photo, quality=95)
    assert photo.stat().st_size > 1_000_000
    draft = a_draft(cast.applicant)
    page = enter(cast.applicant, javascript=True)
    page.goto(f"{site}/ho-so/{draft.key}/giay-to/")
    page.context.set_offline(True)
    sent: list[Request] = []
    page.on("requestfinished", lambda request: sent.append(request) if request.method == "POST" else None)
    page.locator("[name=paper_contract]").set_input_files(photo)
    expect(page.locator(".weak")).to_contain_text("Mạng đang yếu. Ảnh sẽ gửi tiếp khi có mạng")
    page.context.set_offline(False)
    expect(page.locator(".stored img")).to_be_visible(timeout=40_000)
    assert 10_000 < max(int(request.all_headers()["content-length"]) for request in sent) < 510 * 1024
    assert draft.documents.get().kind == "contract"
    page.get_by_role("button", name="Bỏ").click()
    expect(page.locator("main")).to_contain_text("Đã bỏ giấy tờ")
    assert not draft.documents.exists()


def test_the_button_waits_for_a_photo_that_is_still_on_its_way(enter: OpenPage, site: str, cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    page = enter(cast.applicant, javascript=True)
    page.goto(f"{site}/ho-so/{draft.key}/giay-to/")
    page.context.set_offline(True)
    photo = FilePayload(name="giay.jpg", mimeType="image/jpeg", buffer=a_picture())
    page.locator("[name=paper_other]").set_input_files(photo)
    expect(page.locator(".weak")).to_be_visible()
    go_on(page)
    page.context.set_offline(False)
    page.wait_for_url("**/kiem-tra/")
    assert draft.documents.get().kind == "other"
