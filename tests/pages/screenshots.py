"""`make screenshots`: takes the pictures of README and docs from a demo of its own, and writes them small."""

import io
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.pages.chromium import FLAGS, HER_PHONE, OFFICE, chromium
from tests.pages.serving import ROOT, serving

PICTURES = ROOT / "docs" / "pictures"
DESKTOP = {"width": 1280, "height": 860}
MAI, HANH, LATE, REFUSED = "0900100001", "0900100002", "Bạch Thị Lệ", "Giáp Thị Tươi"
CITY, JUSTICE, SUPERVISOR = "0900200003", "0900300001", "0900500001"
COLOURS = 160


@dataclass(frozen=True)
class Picture:
    """One picture: its name, who looks, how large the screen is, and the way to it."""

    name: str
    who: str
    screen: dict[str, int]
    way: Callable[[Page], None]


def home(page: Page) -> None:
    """The first page."""
    page.goto("/")


def english(page: Page) -> None:
    """The first page in English."""
    page.goto("/")
    page.get_by_role("button", name="English").click()


def looked_up(page: Page) -> None:
    """A code looked up that is not known."""
    page.goto("/tra-cuu/?ma=HPG-26-7QK4M2-D")


def draft(page: Page) -> None:
    """The parts of her draft."""
    page.goto("/ho-so/")
    page.locator("main a[href*='/phan/']").first.click()


def wrong_answer(page: Page) -> None:
    """A question with a date that does not exist."""
    draft(page)
    key = page.url.rstrip("/").split("/")[-2]
    page.goto(f"/ho-so/{key}/dien/ve-chi/")
    page.locator("[name=entity_type][value=household]").check()
    page.locator("main form button.govuk-button").first.click()
    page.goto(f"/ho-so/{key}/dien/viec-kinh-doanh/")
    page.locator("[name=entity_name]").fill("Hộ kinh doanh bún Mai")
    for part, text in (("day", "31"), ("month", "02"), ("year", "2022")):
        box = page.locator(f"[name=registered_on_{part}]")
        if box.count():
            box.fill(text)
    page.locator("main form button.govuk-button").first.click()


def case_with(words: str) -> Callable[[Page], None]:
    """Her case whose state says this."""

    def way(page: Page) -> None:
        page.goto("/ho-so/")
        page.locator("main .rows li").filter(has_text=words).get_by_role("link").first.click()

    return way


def confirmation(page: Page) -> None:
    """The confirmation of her case."""
    case_with("Đang xử lý")(page)
    page.goto(f"{page.url.rstrip('/')}/da-nhan/")


def worklist(page: Page) -> None:
    """What waits for the whole office."""
    page.goto("/viec/?scope=office")
    page.locator("body").press("j")
    page.locator("body").press("j")


def item(page: Page) -> None:
    """A work item, its conclusion half written."""
    page.goto("/viec/?scope=office")
    page.get_by_role("row").filter(has_text="Soạn câu trả lời").get_by_role("link").first.click()
    page.locator("[name=verdict]").first.check()
    page.locator("[name=reason_code]").first.select_option(index=1)
    page.locator("[name=answer]").first.fill("Chị lập hoá đơn điện tử khi giao hàng. Cuối ngày chị được gộp đơn lẻ.")
    page.wait_for_timeout(900)
    page.evaluate("scrollTo(0, 0)")


def story_of(name: str) -> Callable[[Page], None]:
    """The whole story of a case."""

    def way(page: Page) -> None:
        page.goto("/giam-sat/")
        page.get_by_role("row").filter(has_text=name).get_by_role("link").first.click()

    return way


def overview(page: Page) -> None:
    """The overview."""
    page.goto("/toan-canh/")


TAKEN = (
    Picture("01-home", "", HER_PHONE, home),
    Picture("01-home-english", "", HER_PHONE, english),
    Picture("02-task-list", MAI, HER_PHONE, draft),
    Picture("03-question-error", MAI, HER_PHONE, wrong_answer),
    Picture("04-confirmation", MAI, HER_PHONE, confirmation),
    Picture("05-status", MAI, HER_PHONE, case_with("Đang xử lý")),
    Picture("05-status-her-turn", MAI, HER_PHONE, case_with("Chờ chị trả lời")),
    Picture("05-status-done", MAI, HER_PHONE, case_with("Đã xong")),
    Picture("05-status-1280", HANH, DESKTOP, case_with("Đang xử lý")),
    Picture("05-lookup-unknown", "", HER_PHONE, looked_up),
    Picture("06-worklist", CITY, OFFICE, worklist),
    Picture("07-work-item", JUSTICE, OFFICE, item),
    Picture("08-case-timeline", SUPERVISOR, OFFICE, story_of(LATE.rpartition(" ")[2])),
    Picture("09-overview", SUPERVISOR, OFFICE, overview),
)


class Studio:
    """One browser; whoever is to be seen signs in once."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._sessions: dict[str, object] = {}

    def page(self, picture: Picture) -> tuple[BrowserContext, Page]:
        """Return a fresh tab of this person at this screen."""
        phone = picture.screen is HER_PHONE
        context = self._browser.new_context(
            base_url=self._address,
            viewport=picture.screen,  # type: ignore[arg-type]
            device_scale_factor=2 if phone else 1,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            storage_state=self._sessions.get(picture.who),  # type: ignore[arg-type]
        )
        page = context.new_page()
        if picture.who and picture.who not in self._sessions:
            self._sign_in(page, picture.who)
            self._sessions[picture.who] = context.storage_state()
        return context, page

    def _sign_in(self, page: Page, phone: str) -> None:
        page.goto("/tai-khoan/vao/")
        page.locator("main form input[type=tel]").first.fill(phone)
        page.locator("main form .govuk-button").first.click()
        code = page.locator(".card b").first.inner_text()
        page.locator("[name=code]").fill("".join(re.findall(r"\d", code)))
        page.locator("main form .govuk-button").first.click()
        page.wait_for_url(lambda url: "/tai-khoan/" not in url)


def small(png: bytes) -> bytes:
    """Return the picture with few colours: flat pages lose nothing by it."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    out = io.BytesIO()
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def take(pictures: tuple[Picture, ...] = TAKEN, *, into: Path = PICTURES) -> list[str]:
    """Take the pictures; return which could not be taken, with the reason."""
    into.mkdir(parents=True, exist_ok=True)
    missed = []
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(["manage.py", "demo", "--port"], folder=Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium() or None, args=FLAGS)
        studio = Studio(browser, site.url)
        for picture in pictures:
            context, page = studio.page(picture)
            page.set_default_timeout(10_000)
            try:
                picture.way(page)
                page.wait_for_load_state("networkidle")
                taken = small(page.screenshot())
            except Exception as trouble:
                # One page that moved must not cost the other pictures.
                missed.append(f"{picture.name}: {str(trouble).splitlines()[0]}")
            else:
                (into / f"{picture.name}.png").write_bytes(taken)
                print(f"{picture.name}.png  {len(taken) // 1024} kB")  # noqa: T201 - a command
            finally:
                context.close()
        browser.close()
    return missed


if __name__ == "__main__":
    if untaken := take():
        raise SystemExit("not taken:\n" + "\n".join(untaken))
