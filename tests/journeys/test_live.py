"""Two people at two screens: what one does, the other sees without reloading. Served by uvicorn, as in production."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import uvicorn
from channels.layers import get_channel_layer
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import Case, User
from notifications.consumers import COME_AGAIN, watch
from project.asgi import application
from project.demo import player
from project.demo.cast import Cast
from tests.builders import a_case
from tests.journeys.conftest import OpenPage
from workflows import actions

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # As project/asgi.py does outside of tests.
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous iterators"),
]

SECONDS = 1.0
# Writes down when a text first stands in a visible element, by the same clock as the server's.
LOOK_OUT = """([selector, text]) => {
  const page = document.documentElement.dataset;
  const there = () => [...document.querySelectorAll(selector)].some(
    (one) => !one.closest("[hidden]") && one.textContent.includes(text));
  delete page.seenAt;
  if (there()) page.seenAt = "before";
  new MutationObserver(() => { if (!page.seenAt && there()) page.seenAt = Date.now(); })
    .observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}"""


@pytest.fixture
def site(transactional_db: None, cast: Cast) -> Iterator[str]:
    """The address of the running product, with sockets."""
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="uvicorn")
        thread.start()
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=20)
    assert not thread.is_alive()


def wait_until(true: Callable[[], bool], *, page: Page | None = None) -> None:
    """Wait for something that happens in this process; the browser goes on meanwhile."""
    patient_until = time.monotonic() + 15
    while not true():
        assert time.monotonic() < patient_until
        page.wait_for_timeout(20) if page is not None else time.sleep(0.01)


def are_live(*pages: Page) -> None:
    """Wait until as many pages have open sockets."""
    wait_until(lambda: len(watch.sockets) == len(pages), page=pages[0])


def look_out(page: Page, selector: str, text: str) -> None:
    page.evaluate(LOOK_OUT, [selector, text])


def seconds_until_seen(page: Page, since: float) -> float:
    """Return how long after a moment the text was there."""
    page.locator("html[data-seen-at]").wait_for(state="attached")
    seen_at = page.locator("html").get_attribute("data-seen-at")
    assert seen_at is not None
    assert seen_at != "before"
    return float(seen_at) / 1000 - since


def a_case_at(node: str, applicant: User) -> Case:
    return a_case(applicant, at_node=node, at=timezone.now() - timedelta(hours=2))


def test_a_decision_on_one_screen_brings_the_row_to_another_within_a_second(
    enter: OpenPage, site: str, cast: Cast
) -> None:
    waited = []
    cases = [a_case_at("approve", cast.applicant) for _time in range(3)]
    approver = enter(cast.justice_approver, office=True, javascript=True)
    city = enter(cast.city_officer, office=True, javascript=True)
    city.goto(f"{site}/viec/?scope=office")
    for case in cases:
        item = player.open_item(case, "approve")
        approver.goto(f"{site}/viec/{item.pk}/")
        approver.locator("[name=verdict][value=approve]").check()
        approver.locator("[name=reason_code]").select_option("FACTS_CLEAR")
        wait_until(lambda: bool(watch.sockets), page=city)
        expect(city.locator("[data-live-state=on]")).to_be_visible()
        look_out(city, "tbody tr", case.short_code)
        city.evaluate("window.sameDocument = true")
        approver.get_by_role("button", name="Gửi kết luận").click()
        seen_at = seconds_until_seen(city, since=0)
        item.refresh_from_db()
        assert item.finished_at is not None
        waited.append(seen_at - item.finished_at.timestamp())
        assert city.evaluate("window.sameDocument") is True, "the page was not loaded anew"
        city.wait_for_timeout(1_200)  # so that the next hint does not wait for the page to draw breath
    assert sorted(waited)[1] <= SECONDS, waited


def test_an_open_work_item_says_that_its_case_moved_on(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("triage", cast.applicant)
    officer = enter(cast.city_officer, office=True, javascript=True)
    officer.goto(f"{site}/viec/{player.open_item(case, 'triage').pk}/")
    are_live(officer)
    look_out(officer, ".live-news", "Có diễn biến mới")
    player.conclude(case, "triage", "general", by=cast.another_city_officer, at=timezone.now())
    waited = seconds_until_seen(officer, time.time())
    assert waited <= SECONDS
    officer.locator(".live-news").get_by_role("link", name="Xem").click()
    expect(officer.locator(".live-news")).to_be_hidden()


def test_her_page_shows_the_next_step_by_itself(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("intake", cast.applicant)
    she = enter(cast.applicant, javascript=True)
    she.goto(f"{site}/ho-so/{case.key}/")
    are_live(she)
    before = she.locator("main").inner_text()
    player.conclude(case, "intake", "accept", at=timezone.now())
    wait_until(lambda: she.locator("main").inner_text() != before, page=she)


def test_a_message_appears_in_her_thread_and_what_she_is_typing_stays(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("triage", cast.applicant)
    she = enter(cast.applicant, javascript=True)
    she.goto(f"{site}/ho-so/{case.key}/nhan-tin/")
    are_live(she)
    she.locator("main textarea").fill("Tôi đang viết dở")
    item = player.open_item(case, "triage")
    words = "Chị gọi chúng tôi sáng mai nhé."
    actions.write_to_her(item, reviewer=cast.city_officer, words=words, key=uuid4(), at=timezone.now())
    expect(she.locator("#thread")).to_contain_text(words)
    expect(she.locator("main textarea")).to_have_value("Tôi đang viết dở")


def test_the_badge_counts_a_notice_that_comes_while_the_page_is_open(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("triage", cast.applicant)
    reviewer = enter(cast.justice_officer, office=True, javascript=True)
    are_live(reviewer)
    expect(reviewer.locator(".badge")).to_have_count(0)
    player.conclude(case, "triage", "general", at=timezone.now())
    expect(reviewer.locator(".badge")).to_contain_text("1")


def test_whoever_signs_out_in_one_window_is_not_live_in_the_other(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.justice_officer, office=True, javascript=True)
    are_live(page)
    other = page.context.new_page()
    other.goto(f"{site}/viec/")
    are_live(page, other)
    other.get_by_role("button", name="Đăng xuất").click()
    wait_until(lambda: not watch.sockets, page=page)
    # A page whose sign-in has ended does not try again.
    page.wait_for_timeout(2_500)
    assert not watch.sockets


def test_after_a_break_the_page_asks_once_so_that_nothing_is_lost(enter: OpenPage, site: str, cast: Cast) -> None:
    case = a_case_at("triage", cast.applicant)
    reviewer = enter(cast.justice_officer, office=True, javascript=True)
    reviewer.goto(f"{site}/viec/?scope=office")
    expect(reviewer.locator("[data-live-state=on]")).to_be_visible()
    row = reviewer.get_by_role("row").filter(has_text=case.short_code)
    (listening,) = watch.sockets
    assert watch._looking is not None
    asyncio.run_coroutine_threadsafe(listening.close(code=COME_AGAIN), watch._looking.get_loop()).result(5)
    # What happens between one socket and the next is told to nobody.
    player.conclude(case, "triage", "general", at=timezone.now())
    expect(row).to_have_count(1)
    are_live(reviewer)


def test_with_the_layer_dead_everything_works_by_reloading(
    enter: OpenPage, site: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_given: object, **_more: object) -> None:
        raise ConnectionError

    case = a_case_at("triage", cast.applicant)
    for name in ("group_add", "group_send"):
        monkeypatch.setattr(get_channel_layer(), name, refuses, raising=False)
    reviewer = enter(cast.justice_officer, office=True, javascript=True)
    reviewer.goto(f"{site}/viec/?scope=office")
    row = reviewer.get_by_role("row").filter(has_text=case.short_code)
    began = time.perf_counter()
    player.conclude(case, "triage", "general", at=timezone.now())
    assert time.perf_counter() - began < 1
    reviewer.wait_for_timeout(1_000)
    expect(row).to_have_count(0)
    reviewer.reload()
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    expect(reviewer.locator("h1")).to_be_visible()


def test_her_first_page_loads_no_script(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.applicant, javascript=True)
    page.goto(f"{site}/")
    expect(page.locator("script")).to_have_count(0)
