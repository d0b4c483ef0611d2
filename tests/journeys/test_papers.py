"""Papers from a phone: each file with its bar, tried again after a cut, small, and with nothing of the form lost."""

import io

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import FilePayload, Page, Request, Route, expect

from cases.models import Case, Passage
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import A_PDF, a_picture
from tests.builders import a_case, a_draft
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WEAK = "Mạng đang yếu. Ảnh sẽ gửi tiếp khi có mạng"
AGAIN = "Thử lại ngay"
SEND = "Gửi trả lời"
WORDS = "Tôi gửi ảnh hợp đồng, chị xem giúp."
ENOUGH = 500 * 1024


def a_file(name: str) -> FilePayload:
    return FilePayload(name=name, mimeType="application/pdf", buffer=A_PDF + f"% {name}\n".encode())


def a_program(name: str) -> FilePayload:
    return FilePayload(name=name, mimeType="application/pdf", buffer=b"MZ\x90\x00 a program")


def a_large_photo() -> bytes:
    """Return what a phone takes: 12 megapixels, in every colour, so that nothing shrinks less."""
    photo = io.BytesIO()
    noise = Image.effect_noise((4000, 3000), 90)
    Image.merge("RGB", (noise, noise.rotate(180), noise)).save(photo, "JPEG", quality=90)
    return photo.getvalue()


def asked(cast: Cast) -> Case:
    case = a_case(cast.applicant, at=timezone.now())
    wanted = ("employees_insured", "contract")
    player.ask(case, "intake", question="Chị xem lại và gửi ảnh hợp đồng.", fields=wanted, at=timezone.now())
    return case


def papers_of(page: Page, site: str, case: Case) -> None:
    page.goto(f"{site}/ho-so/{case.key}/giay-to/")


def cut(route: Route) -> None:
    """Let a form that is sent get lost on its way."""
    if route.request.method == "POST":
        route.abort("connectionreset")
    else:
        route.continue_()


def test_a_photo_of_twelve_megapixels_arrives_small_with_a_preview_and_can_be_removed(
    enter: OpenPage, site: str, cast: Cast
) -> None:
    draft, photo = a_draft(cast.applicant), a_large_photo()
    assert len(photo) > 4 * ENOUGH
    page = enter(cast.applicant, javascript=True)
    papers_of(page, site, draft)
    sent: list[Request] = []
    page.on("requestfinished", lambda request: sent.append(request) if request.method == "POST" else None)
    page.locator("[name=paper_contract]").set_input_files(
        FilePayload(name="hop-dong.jpg", mimeType="image/jpeg", buffer=photo)
    )
    preview = page.locator(".stored img")
    expect(preview).to_be_visible(timeout=40_000)
    assert max(int(request.all_headers()["content-length"]) for request in sent) < ENOUGH + 2048
    paper = draft.documents.get()
    with paper.file.open() as stored, Image.open(stored) as kept:
        assert kept.width > 1200, "every stamp can still be read"
    preview.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.stored img').naturalWidth > 0")
    page.get_by_role("button", name="Bỏ").click()
    expect(page.locator("main")).to_contain_text("Đã bỏ giấy tờ")
    assert not draft.documents.exists()


def test_after_a_cut_each_file_says_so_and_her_button_sends_it_at_once(enter: OpenPage, site: str, cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    page = enter(cast.applicant, javascript=True)
    papers_of(page, site, draft)
    page.route("**/giay-to/", cut)
    page.locator("[name=paper_contract]").set_input_files([a_file("mot.pdf"), a_file("hai.pdf")])
    bars = page.get_by_role("progressbar")
    expect(bars).to_have_count(2)
    expect(page.get_by_role("progressbar", name="Đang gửi: mot.pdf")).to_be_visible()
    told = page.locator("[aria-live=polite]", has_text=WEAK)
    expect(told).to_contain_text("mot.pdf")
    # A few cuts later the phone would wait for half a minute.
    for _time in range(3):
        page.get_by_role("button", name=AGAIN).click()
        expect(page.get_by_role("button", name=AGAIN)).to_be_visible()
    page.unroute("**/giay-to/")
    page.get_by_role("button", name=AGAIN).click()
    expect(page.locator(".stored .name")).to_have_text(["mot.pdf", "hai.pdf"])
    expect(bars).to_have_count(0)
    expect(page.locator("[data-told]")).to_have_text("Đã lưu")
    assert draft.documents.count() == 2


def test_it_is_tried_again_by_itself_and_what_was_taken_before_the_cut_is_there_once(
    enter: OpenPage, site: str, cast: Cast
) -> None:
    draft = a_draft(cast.applicant)
    page = enter(cast.applicant, javascript=True)
    papers_of(page, site, draft)
    lost: list[str] = []

    def answer_lost(route: Route) -> None:
        """Let the first form reach the server and its answer get lost."""
        if route.request.method == "POST" and not lost:
            lost.append(route.request.url)
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/giay-to/", answer_lost)
    page.locator("[name=paper_other]").set_input_files(a_file("mot.pdf"))
    expect(page.locator(".stored .name")).to_have_text("mot.pdf", timeout=20_000)
    expect(page.locator("main")).to_contain_text("Đã có sẵn, chúng tôi giữ một bản: mot.pdf")
    assert (len(lost), draft.documents.count()) == (1, 1)


def test_of_several_files_the_refused_one_is_said_and_nothing_is_sent_on_before_she_read_it(
    enter: OpenPage, site: str, cast: Cast
) -> None:
    draft = a_draft(cast.applicant)
    page = enter(cast.applicant, javascript=True)
    papers_of(page, site, draft)
    page.route("**/giay-to/", cut)
    page.locator("[name=paper_contract]").set_input_files([a_program("xau.pdf"), a_file("tot.pdf")])
    expect(page.locator(".weak")).to_be_visible()
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    page.unroute("**/giay-to/")
    page.get_by_role("button", name=AGAIN).click()
    refusal = page.locator(".paper-box--error [role=alert]")
    expect(refusal).to_contain_text("xau.pdf: Tệp này tên là PDF nhưng bên trong không phải")
    expect(page.locator(".stored .name")).to_have_text("tot.pdf")
    expect(page).to_have_url(f"{site}/ho-so/{draft.key}/giay-to/")
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    page.wait_for_url("**/kiem-tra/")


def test_her_words_stay_while_a_photo_goes_ahead_of_her_answer_through_a_cut(
    enter: OpenPage, site: str, cast: Cast
) -> None:
    case = asked(cast)
    page = enter(cast.applicant, javascript=True)
    page.goto(f"{site}/ho-so/{case.key}/tra-loi/")
    page.locator("[name=reply]").fill(WORDS)
    page.route("**/tra-loi/", cut)
    photo = FilePayload(name="hop-dong.jpg", mimeType="image/jpeg", buffer=a_picture())
    page.locator("[name=paper_contract]").set_input_files(photo)
    expect(page.locator(".weak")).to_contain_text(WEAK)
    page.unroute("**/tra-loi/")
    page.get_by_role("button", name=AGAIN).click()
    expect(page.locator(".stored .name")).to_have_text("hop-dong.jpg")
    expect(page.locator("[data-told]")).to_have_text("Đã giữ. Tệp sẽ đi cùng câu trả lời của chị.")
    expect(page.locator("[name=reply]")).to_have_value(WORDS)
    assert not case.documents.exists()
    # The key Enter sends; it takes no file out.
    page.locator("[name=employees_insured]").press("Enter")
    page.wait_for_url(f"**/ho-so/{case.key}/")
    assert case.documents.get().original_name == "hop-dong.jpg"
    assert Passage.objects.get(case=case, kind=Passage.Kind.REPLY).body == WORDS


def test_when_she_is_signed_out_meanwhile_her_words_stand_and_the_file_goes_along_later(
    enter: OpenPage, site: str, cast: Cast
) -> None:
    case = asked(cast)
    page = enter(cast.applicant, javascript=True)
    page.goto(f"{site}/ho-so/{case.key}/tra-loi/")
    page.locator("[name=reply]").fill(WORDS)
    session = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    page.context.clear_cookies(name="sessionid")
    page.locator("[name=paper_contract]").set_input_files(a_file("a.pdf"))
    expect(page.locator("main")).to_contain_text("a.pdf: Tệp này sẽ đi cùng khi chị bấm gửi.")
    expect(page.locator("[name=reply]")).to_have_value(WORDS)
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url(f"**/ho-so/{case.key}/")
    assert case.documents.get().original_name == "a.pdf"


def test_without_javascript_the_chosen_file_outlives_a_mistake_and_enter_takes_nothing_out(
    enter: OpenPage, site: str, cast: Cast
) -> None:
    case = asked(cast)
    page = enter(cast.applicant)
    page.goto(f"{site}/ho-so/{case.key}/tra-loi/")
    page.locator("[name=reply]").fill(WORDS)
    page.locator("[name=employees_insured]").fill("hai")
    page.locator("[name=paper_contract]").set_input_files(a_file("a.pdf"))
    page.get_by_role("button", name=SEND).click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.locator(".stored")).to_contain_text("đang giữ, chưa gửi")
    expect(page.locator("[name=reply]")).to_have_value(WORDS)
    page.locator("[name=employees_insured]").fill("9")
    page.locator("[name=employees_insured]").press("Enter")
    page.wait_for_url(f"**/ho-so/{case.key}/")
    assert case.documents.get().original_name == "a.pdf"


def test_without_javascript_a_paper_of_an_earlier_request_is_used_again(enter: OpenPage, site: str, cast: Cast) -> None:
    page = enter(cast.applicant)
    for case in (a_draft(cast.applicant), a_draft(cast.applicant)):
        papers_of(page, site, case)
        earlier = page.locator("summary", has_text="Dùng lại giấy tờ chị đã gửi")
        if earlier.count():
            earlier.click()
            page.get_by_role("button", name="Dùng lại").click()
        else:
            page.locator("[name=paper_registration]").set_input_files(a_file("dang-ky.pdf"))
            page.get_by_role("button", name="Lưu và tiếp tục").click()
            page.wait_for_url("**/kiem-tra/")
    expect(page.locator(".stored .name")).to_have_text("dang-ky.pdf")
    assert case.documents.get().kind == "registration"
