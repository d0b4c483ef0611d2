"""What travels: the first page of a new phone, every later page of hers, and how soon she sees something."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.pages.chromium import HER_PHONE
from tests.pages.rows import ROWS
from tests.pages.serving import Site

pytestmark = pytest.mark.browser

FIRST_PAGE, FIRST_REQUESTS = 30_000, 4
LATER_PAGE = 12_000
# Chromium's own "Slow 3G".
SLOW_3G = {"offline": False, "latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER_CPU = 4


class Scales:
    """Weighs what goes over the wire, headers included, as the browser's own network log tells it."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.bytes = 0
        self.asked: list[str] = []
        self.session.on("Network.loadingFinished", self._finished)
        self.session.on("Network.requestWillBeSent", self._sent)
        self.session.on("Network.requestServedFromCache", self._cached)
        self._from_cache: set[str] = set()

    def _finished(self, event: dict[str, float]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _sent(self, event: dict[str, dict[str, str]]) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.asked.append(event["request"]["url"])

    def _cached(self, event: dict[str, str]) -> None:
        self._from_cache.add(event["requestId"])

    def empty(self) -> None:
        """Begin anew."""
        self.bytes = 0
        self.asked.clear()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone that was never here before."""
    context = browser.new_context(viewport=HER_PHONE, locale="vi-VN")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def test_the_first_page_is_light(phone: Page, world: Site) -> None:
    scales = Scales(phone)
    phone.goto(world.url, wait_until="networkidle")
    print(f"first page: {scales.bytes} bytes, {len(scales.asked)} requests")  # noqa: T201 - the figure, with -s
    assert scales.bytes <= FIRST_PAGE
    assert len(scales.asked) <= FIRST_REQUESTS, scales.asked


# The page of components is for those who build, not for her.
HERS = [
    row for row in ROWS if row.hers and not (row.press or row.wrong) and row.status == 200 and row.route != "design"
]


def test_every_later_page_of_hers_is_light(phone: Page, world: Site) -> None:
    phone.goto(world.url)
    scales, weights = Scales(phone), {}
    for row in HERS:
        phone.context.clear_cookies()
        if session := world.notes["sessions"][row.who]:
            phone.context.add_cookies([{"name": "sessionid", "value": session, "url": world.url}])
        scales.empty()
        answer = phone.goto(world.url + world.notes["places"][row.name])
        assert answer is not None
        assert answer.status == 200, row.name
        weights[row.name] = scales.bytes
    heaviest = max(weights, key=lambda name: weights[name])
    print(f"{len(weights)} later pages, the heaviest {weights[heaviest]} bytes: {heaviest}")  # noqa: T201
    assert {name: weight for name, weight in weights.items() if weight > LATER_PAGE} == {}


def test_something_is_seen_soon_on_a_slow_network_and_a_slow_phone(phone: Page, world: Site) -> None:
    session = phone.context.new_cdp_session(phone)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    phone.goto(world.url, timeout=60_000)
    painted = phone.evaluate(
        """() => new Promise(seen => new PerformanceObserver(list => seen(list.getEntries()[0].startTime))
            .observe({type: "paint", buffered: true}))"""
    )
    print(f"first page on slow 3G: first contentful paint after {painted / 1000:.1f} s")  # noqa: T201
    # Two round trips of two seconds each, and less than half a second for 20 kB.
    assert painted < 8_000
