"""The other tasks of hers with JavaScript off; filing, answering and withdrawing stand in the files beside this one."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases.models import Case, CaseState
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import a_picture
from tests.builders import a_case, a_draft
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Tôi bận chợ sáng, chị gọi giúp sau 10 giờ."
SEND = "main form[method=post] button.govuk-button"


def this_morning() -> datetime:
    """A while ago, so that what she does comes after it."""
    return timezone.now() - timedelta(hours=2)


def test_she_looks_up_a_code_with_the_end_of_her_phone(visit: OpenPage, site: str, cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft", at=this_morning())
    page = visit()
    page.goto(site)
    page.locator("main form [name=ma]").fill(str(case.code).lower().replace("-", " "))
    page.locator("main form:has([name=ma]) button").click()
    page.locator("[name=digits]").fill(cast.applicant.phone[-4:])
    expect(page.locator("main")).not_to_contain_text("Sở Tư pháp")
    page.locator(SEND).click()
    expect(page.locator("main")).to_contain_text("Sở Tư pháp")


def test_she_writes_to_the_office_and_sends_one_more_photo(
    enter: OpenPage, site: str, cast: Cast, tmp_path: Path
) -> None:
    case = a_case(cast.applicant, at_node="triage", at=this_morning())
    photo = tmp_path / "bien-lai.jpg"
    photo.write_bytes(a_picture())
    page = enter(cast.applicant)
    page.goto(f"{site}/ho-so/{case.key}/")
    page.locator("a[href$='/nhan-tin/']").first.click()
    page.locator("main textarea").fill(WORDS)
    page.locator(SEND).click()
    expect(page.locator("main")).to_contain_text(WORDS)
    page.goto(f"{site}/ho-so/{case.key}/")
    page.locator("a[href$='/them-giay/']").first.click()
    page.locator("main input[type=file]").first.set_input_files(photo)
    page.locator(SEND).click()
    assert case.documents.count() == 1


def test_she_sees_what_she_sent_and_who_opened_it(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case(cast.applicant, at=this_morning())
    page = enter(cast.applicant)
    page.goto(f"{site}/ho-so/{case.key}/")
    page.locator("a[href$='/da-gui/']").click()
    expect(page.locator("main")).to_contain_text("hoá đơn điện tử")
    page.goto(f"{site}/ho-so/{case.key}/ai-da-mo/")
    expect(page.locator("h1")).to_be_visible()


def test_she_takes_a_case_back_and_sends_it_again_with_one_button(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage", at=this_morning())
    page = enter(cast.applicant)
    page.goto(f"{site}/ho-so/{case.key}/rut/")
    page.locator(SEND).click()
    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN
    page.goto(f"{site}/ho-so/{case.key}/")
    page.locator("form[action$='/gui-lai/'] button").click()
    assert Case.objects.filter(resubmission_of=case).exists()


def test_she_says_in_one_tap_whether_it_helped(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="deliver", at=this_morning())
    player.conclude(case, "deliver", "delivered", at=timezone.now())
    page = enter(cast.applicant)
    page.goto(f"{site}/ho-so/{case.key}/")
    page.locator("form[action$='/danh-gia/'] button").nth(1).click()
    case.refresh_from_db()
    assert case.satisfaction == 2


def test_she_deletes_a_draft(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_draft(cast.applicant, at=this_morning())
    page = enter(cast.applicant)
    page.goto(f"{site}/ho-so/{case.key}/phan/")
    page.locator("a[href$='/xoa/']").click()
    page.locator(SEND).click()
    assert not Case.objects.filter(pk=case.pk).exists()


def test_she_changes_the_language_and_leaves_in_a_hurry(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.applicant)
    page.goto(f"{site}/ho-so/")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(f"{site}/ho-so/")
    expect(page.locator("h1")).to_have_text("My cases")
    page.locator(".leave").click()
    expect(page).to_have_title("Thời tiết")
    page.goto(f"{site}/ho-so/")
    expect(page).not_to_have_url(f"{site}/ho-so/")
