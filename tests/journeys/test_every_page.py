"""Every route, for every role that may open it, in every state, looked at in a real Chromium."""

import urllib.request
from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Browser, BrowserContext, Page

from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.pages.chromium import HER_PHONE, OFFICE
from tests.pages.looking import Watch, empty_and_send, looked_at
from tests.pages.rows import BUTTONS, FILES, ON_THE_WAY, ROWS, SIGNPOSTS, Row
from tests.pages.serving import Site

pytestmark = pytest.mark.browser


def routes(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """Yield the name of every address."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}"


ROUTES = list(routes(get_resolver().url_patterns))


def test_every_route_has_a_name_of_its_own() -> None:
    """Two addresses of one name would hide behind one row."""
    assert sorted({name for name in ROUTES if ROUTES.count(name) > 1}) == []


def test_every_route_has_a_row() -> None:
    known = {row.route for row in ROWS if row.route} | set(BUTTONS) | SIGNPOSTS | set(FILES) | ON_THE_WAY
    assert sorted(set(ROUTES) - known) == [], "a new address: give it a row in tests/pages/rows.py"
    assert sorted(known - set(ROUTES)) == [], "a row without its address"


def test_every_row_has_its_own_name() -> None:
    names = [row.name for row in ROWS]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("name", BUTTONS)
@pytest.mark.django_db
def test_an_address_of_a_button_says_so(name: str, cast: Cast) -> None:
    client = signed_in(cast.city_officer)
    assert client.get(reverse(name, args=BUTTONS[name])).status_code == 405


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_it_says(name: str, world: Site) -> None:
    who, _args, kind = FILES[name]
    request = urllib.request.Request(world.url + world.notes["files"][name])
    request.add_header("Cookie", f"sessionid={world.notes['sessions'][who]}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.read()


class Reader:
    """One person at one screen; the tab stays open from page to page."""

    def __init__(self, browser: Browser, site: Site, session: str, *, hers: bool, language: str) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport=HER_PHONE if hers else OFFICE,  # type: ignore[arg-type]
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        self.context.set_default_timeout(20_000)
        for name, value in (("sessionid", session), ("django_language", language)):
            if value:
                self.context.add_cookies([{"name": name, "value": value, "url": site.url}])
        self.page: Page = self.context.new_page()
        self.watch = Watch(site.url)
        self.watch.listen(self.page)


class Readers(dict[tuple[str, bool, str], Reader]):
    """Whoever opens a row, with her screen and language, made when first asked for."""

    def __init__(self, browser: Browser, site: Site) -> None:
        super().__init__()
        self.browser, self.site = browser, site

    def __missing__(self, asked: tuple[str, bool, str]) -> Reader:
        session, hers, language = asked
        self[asked] = Reader(self.browser, self.site, session, hers=hers, language=language)
        return self[asked]


@pytest.fixture(scope="module")
def readers(browser: Browser, world: Site) -> Iterator[Readers]:
    everybody = Readers(browser, world)
    yield everybody
    for reader in everybody.values():
        reader.context.close()


def open_row(page: Page, row: Row, site: Site) -> int:
    """Go to the page of a row and bring it into its state; return the status of the answer."""
    address = site.url + site.notes["places"][row.name]
    response = page.goto(address)
    for box, text in row.fill:
        page.locator(box).first.fill(text)
    if row.press:
        with page.expect_navigation() as gone:
            page.locator(row.press).first.click()
        response = gone.value
    if row.wrong:
        return empty_and_send(page, row.wrong)
    assert response is not None
    return response.status


TITLES: dict[str, set[str]] = defaultdict(set)
ERROR = {"vi": "Lỗi:", "en": "Error:"}


def look(row: Row, site: Site, readers: Readers, language: str) -> Page:
    """Open a row and fail with everything that is wrong on its page."""
    reader = readers[site.notes["sessions"][row.who], row.hers, "" if language == "vi" else language]
    reader.watch.forget()
    page = reader.page
    assert open_row(page, row, site) == row.status
    found = looked_at(page, hers=row.hers, language=language)
    if row.wrong:
        if not page.title().startswith(ERROR[language]):
            found.append(f"the title of a page with errors is {page.title()!r}")
        summary = page.locator(".govuk-error-summary")
        if summary.count() != 1:
            found.append("no summary of what is wrong")
        elif not summary.evaluate("element => element.contains(document.activeElement)"):
            found.append("the summary of what is wrong has no focus")
    found += [f"a request left the origin: {url}" for url in reader.watch.left()]
    found += reader.watch.complaints
    if found:
        pytest.fail("\n".join([f"{len(found)} at {page.url}", *found]), pytrace=False)
    return page


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_page(row: Row, world: Site, readers: Readers) -> None:
    page = look(row, world, readers, "vi")
    if not row.wrong:
        TITLES[page.title()].add(row.route if not row.state.isdigit() else row.state)


def test_no_two_routes_share_a_title() -> None:
    """Looked at after the pages; a part of them alone may not say anything."""
    assert {title: sorted(routes) for title, routes in TITLES.items() if len(routes) > 1} == {}


@pytest.mark.prove
@pytest.mark.parametrize("row", [row for row in ROWS if row.route != "neutral"], ids=lambda row: row.name)
def test_a_page_in_english(row: Row, world: Site, readers: Readers) -> None:
    look(row, world, readers, "en")
