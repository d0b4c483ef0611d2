"""Decide by keyboard only: the worklist, one work item, the help, and how many keys a conclusion takes."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import Case, Decision, User
from project.demo.cast import Cast, person
from tests.builders import a_case, item_at
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ITEM = re.compile(r"/viec/\d+/\?")
# After she has read the case: the conclusion, its reason, send.
MOST_KEYS = 3


def cases(number: int, node: str = "intake") -> list[Case]:
    """Cases of different women that came to this step this morning, one after another."""
    start = timezone.now() - timedelta(hours=3)
    return [
        a_case(person(f"Chị {chr(65 + nth)}", f"0900 730 00{nth}"), at_node=node, at=start + timedelta(minutes=nth))
        for nth in range(number)
    ]


def at_the_list(enter: OpenPage, site: str, user: User) -> Page:
    page = enter(user, office=True, javascript=True)
    page.goto(f"{site}/viec/?scope=office")
    expect(page.locator("html.js")).to_have_count(1)
    return page


def opened(page: Page) -> None:
    """Wait until a work item is there, its keys with it."""
    expect(page).to_have_url(ITEM)
    expect(page.locator("html.js #conclusion")).to_have_count(1)


def here(page: Page) -> str:
    """The id of the row in which the focus stands."""
    return str(page.evaluate("(document.activeElement.closest('tr') || {}).id || ''"))


def press(page: Page, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def test_an_intake_is_accepted_with_three_keys_and_she_reads_beforehand_what_will_be_sent(
    enter: OpenPage, site: str, cast: Cast
) -> None:
    first, second = cases(2)
    page = at_the_list(enter, site, cast.commune_officer)
    press(page, "j", "Enter")
    opened(page)
    # She reads; from here the keys are counted.
    pressed = press(page, "1", "1")
    expect(page.locator(".preview")).to_contain_text("đã tiếp nhận hồ sơ của chị")
    assert not Decision.objects.filter(node="intake").exists()
    pressed += press(page, "Enter")
    expect(page.locator(".message.success")).to_contain_text("Đã gửi kết luận cho")
    assert pressed <= MOST_KEYS
    decision = Decision.objects.get(case=first, node="intake")
    assert (decision.verdict, decision.reason_code) == ("accept", "FACTS_CLEAR")
    # The next of the same list is open already; after the last one the list says that nothing is left.
    expect(page).to_have_url(re.compile(rf"/viec/{item_at(second, 'intake').pk}/\?scope=office"))
    opened(page)
    press(page, "1", "2", "Enter")
    expect(page.locator(".empty")).to_contain_text("Việc mới sẽ tự hiện ở đây")
    assert Decision.objects.get(case=second, node="intake").reason_code == "IN_SCOPE"


def test_no_reason_no_conclusion(enter: OpenPage, site: str, cast: Cast) -> None:
    cases(1)
    page = at_the_list(enter, site, cast.commune_officer)
    press(page, "j", "Enter")
    opened(page)
    press(page, "1", "Enter")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Chọn một lý do.")
    assert not Decision.objects.filter(node="intake").exists()


def test_the_cursor_walks_ticks_and_hands_out(enter: OpenPage, site: str, cast: Cast) -> None:
    first, second, third = (item_at(case, "draft") for case in cases(3, "draft"))
    page = at_the_list(enter, site, cast.justice_officer)
    press(page, "j")
    assert here(page) == f"item-{first.pk}"
    press(page, "k")
    assert here(page) == f"item-{first.pk}"
    press(page, "x", "j", "j", "x")
    assert here(page) == f"item-{third.pk}"
    expect(page.locator("[name=item]:checked")).to_have_count(2)
    press(page, "a")
    expect(page).to_have_url(re.compile("/viec/giao/"))
    page.get_by_role("button", name="Giao việc").press("Enter")
    expect(page.locator(".message.success")).to_contain_text("đang giữ")
    for item, holder in ((first, cast.justice_officer), (second, None), (third, cast.justice_officer)):
        item.refresh_from_db()
        assert item.assignee == holder


def test_keys_in_a_text_only_write_and_ctrl_enter_sends_out_of_it(enter: OpenPage, site: str, cast: Cast) -> None:
    (case,) = cases(1, "draft")
    page = at_the_list(enter, site, cast.justice_officer)
    press(page, "/")
    page.keyboard.type("jkxa?1")
    expect(page.locator("#find")).to_have_value("jkxa?1")
    expect(page.locator("dialog[open]")).to_have_count(0)
    press(page, "Escape", "j", "Enter")
    expect(page).to_have_url(ITEM)
    press(page, "1", "1", "Escape", "w")
    page.keyboard.type("Chị lập hoá đơn khi giao hàng cho người mua. 1 nu?")
    expect(page.locator(".preview")).to_contain_text("1 nu?")
    press(page, "Control+Enter")
    expect(page.locator(".message.success")).to_contain_text("Đã gửi kết luận cho")
    decision = Decision.objects.get(case=case, node="draft")
    assert decision.answer is not None
    assert decision.answer.body.endswith("1 nu?")


def test_next_previous_and_back_to_the_list(enter: OpenPage, site: str, cast: Cast) -> None:
    first, second = (item_at(case, "intake") for case in cases(2))
    page = at_the_list(enter, site, cast.commune_officer)
    press(page, "j", "Enter")
    expect(page).to_have_url(re.compile(f"/viec/{first.pk}/"))
    opened(page)
    press(page, "n")
    expect(page).to_have_url(re.compile(f"/viec/{second.pk}/"))
    opened(page)
    press(page, "p")
    expect(page).to_have_url(re.compile(f"/viec/{first.pk}/"))
    opened(page)
    press(page, "u")
    expect(page).to_have_url(f"{site}/viec/?scope=office")


def test_the_help_lists_the_keys_and_turns_them_off_for_good(enter: OpenPage, site: str, cast: Cast) -> None:
    cases(1)
    page = at_the_list(enter, site, cast.commune_officer)
    press(page, "?")
    dialog = page.locator("dialog#keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("xuống, lên")
    page.get_by_label("Dùng phím tắt một phím").uncheck()
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    page.reload()
    expect(page.locator("html.js")).to_have_count(1)
    press(page, "j")
    assert here(page) == ""
    press(page, "?")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="mọi phím tắt").click()
    page.get_by_label("Dùng phím tắt một phím").check()
    page.get_by_role("button", name="Đóng").click()
    press(page, "j")
    assert here(page) != ""


def test_the_cursor_and_the_ticks_stay_when_rows_come_and_go(enter: OpenPage, site: str, cast: Cast) -> None:
    first, second, third = (item_at(case, "intake") for case in cases(3))
    page = at_the_list(enter, site, cast.commune_officer)
    press(page, "j", "x", "j", "j", "x")
    assert here(page) == f"item-{third.pk}"
    a_case(person("Chị Z", "0900 730 099"), at=timezone.now() - timedelta(minutes=1))
    first.__class__.objects.filter(pk=first.pk).update(assignee=cast.another_commune_officer, case=first.case)
    page.evaluate("document.querySelector('[data-live=worklist]').dispatchEvent(new CustomEvent('hint'))")
    expect(page.locator("#rows tr.new")).to_have_count(1)
    expect(page.locator("#rows tr.new")).to_contain_text("Mới")
    assert here(page) == f"item-{third.pk}"
    expect(page.locator("[name=item]:checked")).to_have_count(2)
    expect(page.locator("#list-tabs [aria-current]")).to_contain_text("4")
    assert second.pk != third.pk


def test_a_template_fills_the_box_and_never_writes_over_what_was_typed(enter: OpenPage, site: str, cast: Cast) -> None:
    cases(1)
    page = at_the_list(enter, site, cast.commune_officer)
    press(page, "j", "Enter")
    opened(page)
    press(page, "2")
    answer = page.locator("[name=answer]")
    page.locator("[name=template]").select_option("not-accept-place")
    expect(answer).to_have_value(re.compile("^Chúng tôi chưa nhận hồ sơ này"))
    page.locator("[name=template]").select_option("not-accept-facts")
    expect(answer).to_have_value(re.compile("^Chúng tôi chưa trả lời được"))
    answer.fill("Chào chị.")
    page.locator("[name=template]").select_option("not-accept-place")
    expect(answer).to_have_value(re.compile("^Chào chị.\n\nChúng tôi chưa nhận hồ sơ này"))
    expect(page.locator(".preview")).to_contain_text("Chào chị.")
