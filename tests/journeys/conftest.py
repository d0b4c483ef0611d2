"""A real Chromium: one browser for all journeys, one fresh context (her phone, his office PC) per person."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from cases.models import User
from project.demo.cast import Cast
from tests.pages.chromium import FLAGS, HER_PHONE, OFFICE, chromium

# Playwright's loop runs in this thread; Django would refuse its ORM here though nothing is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if not path:
        pytest.skip("NO CHROMIUM ON THIS MACHINE: the browser journeys are skipped.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def site(live_server: LiveServer, cast: Cast) -> str:
    """The address of the running product, with the reference data and the cast."""
    return str(live_server.url)


OpenPage = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[OpenPage]:
    """Open a page as a new person; every request must stay on the origin."""
    contexts: list[BrowserContext] = []

    def opened(*, office: bool = False, javascript: bool = False) -> Page:
        context = browser.new_context(
            viewport=OFFICE if office else HER_PHONE,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _stays(request.url, site))
        return page

    yield opened
    for context in contexts:
        context.close()


def _stays(url: str, site: str) -> None:
    assert url.startswith((site, "data:")), f"a request left the origin: {url}"


@pytest.fixture
def enter(visit: OpenPage, site: str) -> OpenPage:
    """Open a page and sign in by phone and code, as everybody does."""

    def entered(user: User | str, *, office: bool = False, javascript: bool = False) -> Page:
        page = visit(office=office, javascript=javascript)
        page.goto(f"{site}/tai-khoan/vao/")
        page.get_by_label("Số điện thoại").fill(user if isinstance(user, str) else user.phone_as_read)
        page.get_by_role("button", name="Gửi mã").click()
        code = page.locator(".card b").first.inner_text()
        page.locator("input[name=code]").fill(code)
        page.get_by_role("button", name="Tiếp tục").click()
        page.wait_for_url(lambda url: "/tai-khoan/" not in url)
        return page

    return entered
