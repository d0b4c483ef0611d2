"""Her way from the start page to the button that sends: how long it is, and that nothing gets lost on it."""

import gzip
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Answers, Case, Document
from cases.services import SERVICES
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case, a_draft, answers_for

W1 = SERVICES["legal_advice"]
START = "/ho-so/moi/legal_advice/"
ENTER = "/tai-khoan/vao/"
MOST_PAGES = 12
MOST_BYTES = 12_000
PHONE = "0912 345 678"

ENTERPRISE = {"entity_type": "llc2", "question_kind": "specific", "wants_cost_support": "yes", "adviser_fee": 3_000_000}
HOUSEHOLD = {"entity_type": "household"}


def sign_in_from(client: Client, page: Any, phone: str = PHONE) -> Any:
    """Send the phone from a page's own form, type the code, return the page after it."""
    code_page = client.post(ENTER, {**browsing.hidden(page), "phone": phone}, follow=True)
    code = re.search(r"<b>(\d{6})</b>", code_page.content.decode())
    assert code is not None
    return client.post(code_page.request["PATH_INFO"], {**browsing.hidden(code_page), "code": code[1]}, follow=True)


def case_of(phone: str = PHONE) -> Case:
    return Case.objects.get(applicant__phone="+84" + phone.replace(" ", "").removeprefix("0"))


def walk(client: Client, answers: Mapping[str, Any]) -> list[str]:
    """Walk from the start page of a new woman to the page with the send button; return the pages she saw."""
    page = client.get(START)
    seen = [START, "code"]
    page = sign_in_from(client, page)
    while True:
        assert page.status_code == 200
        path = page.request["PATH_INFO"]
        seen.append(path)
        # With the stylesheet kept from the first page, each further page is all that is fetched.
        assert len(gzip.compress(page.content)) < MOST_BYTES, path
        if 'name="handle"' in page.content.decode():
            return seen
        slug = path.rstrip("/").rpartition("/")[2]
        asked = next((asked for asked in W1.pages if asked.slug == slug), None)
        values = {name: answers.get(name, "") for name in asked.form.base_fields} if asked else {}
        page = client.post(path, browsing.as_boxes(values), follow=True)
        assert page.request["PATH_INFO"] != path, page.content.decode()


@pytest.mark.parametrize(("whose", "answers", "pages"), [("enterprise", ENTERPRISE, 12), ("household", HOUSEHOLD, 10)])
def test_a_new_woman_reaches_the_send_button_in_few_pages(
    cast: Cast, client: Client, whose: str, answers: dict[str, Any], pages: int
) -> None:
    seen = walk(client, answers_for(**answers))
    assert len(seen) == len(set(seen)) == pages <= MOST_PAGES, f"the {whose} sees {seen}"
    browsing.send(client, case_of())
    assert case_of().code


def test_after_the_code_she_stands_in_her_new_draft_and_never_has_a_second_empty_one(
    cast: Cast, client: Client
) -> None:
    first = sign_in_from(client, client.get(START))
    assert first.request["PATH_INFO"] == reverse("cases:page", args=[case_of().key, "ve-chi"])
    again = sign_in_from(Client(), Client().get(START))
    assert again.request["PATH_INFO"] == first.request["PATH_INFO"]
    assert Case.objects.count() == 1


def test_with_an_open_draft_the_code_leads_to_its_list(cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    page = sign_in_from(Client(), Client().get(START), cast.applicant.phone)
    assert page.request["PATH_INFO"] == reverse("cases:tasks", args=[draft.key])
    assert Case.objects.count() == 1


def test_opening_the_page_begins_nothing_only_the_button_does(cast: Cast) -> None:
    client = browsing.signed_in(cast.applicant)
    for _time in range(2):
        assert client.get(START).status_code == 200
    assert not Case.objects.exists()
    sign_in_from(visitor := Client(), visitor.get(ENTER), cast.another_applicant.phone)
    visitor.get(START)
    assert not Case.objects.exists()


def test_a_number_mistyped_at_the_start_is_mended_on_the_next_page_and_still_begins(cast: Cast, client: Client) -> None:
    wrong = client.post(ENTER, {**browsing.hidden(client.get(START)), "phone": "0912"})
    assert "<title>Lỗi:" in wrong.content.decode()
    assert sign_in_from(client, wrong).request["PATH_INFO"].endswith("/dien/ve-chi/")


def test_the_start_page_says_what_the_service_declares_and_offers_the_open_draft_first(
    cast: Cast, client: Client
) -> None:
    page = client.get(START).content.decode()
    assert all(str(thing) in page for thing in W1.at_hand)
    assert "Mất khoảng 10 phút" in page
    assert 'autocomplete="tel"' in page
    draft = a_draft(cast.applicant)
    page = browsing.signed_in(cast.applicant).get(START).content.decode()
    assert reverse("cases:tasks", args=[draft.key]) in page
    assert page.count('class="govuk-button"') == 1


# --- the list of parts ------------------------------------------------------------------------------------------


def words_of(client: Client, case: Case) -> str:
    page = client.get(reverse("cases:tasks", args=[case.key])).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def test_the_list_says_what_is_done_begun_and_to_mend_and_what_comes_next(cast: Cast) -> None:
    client, case = browsing.start(cast.applicant)
    assert "0/6 phần đã xong" in words_of(client, case)
    first = reverse("cases:page", args=[case.key, "ve-chi"])
    later = client.post(first, {"full_name": "Trần Thị Mai", "entity_type": "", "later": ""})
    assert later["Location"] == reverse("cases:tasks", args=[case.key])
    words = words_of(client, case)
    assert "Còn thiếu: Chị làm ăn theo hình thức nào Đang làm" in words
    assert "Làm tiếp: Họ tên và hình thức làm ăn" in words
    client.post(first, {"full_name": "Trần Thị Mai", "entity_type": "idea"})
    words = words_of(client, case)
    assert "1/6 phần đã xong" in words
    assert "Họ tên và hình thức làm ăn Hoàn thành" in words
    assert "Mở ra khi 4 phần trên đã xong" in words
    data = {**Answers.objects.get(case=case).data, "urgent_until": "2020-01-01", "at_court": "no", "priority": "no"}
    Answers.objects.filter(case=case).update(data=data)
    assert "Ngày này đã qua. Cần viết hôm nay hoặc ngày sau. Cần sửa" in words_of(client, case)


def test_later_keeps_what_is_right_and_leaves_what_was_saved(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    page = reverse("cases:page", args=[case.key, "quy-mo"])
    client.post(page, {"employees_insured": "12", "female_employees": "x", "revenue_last_year": "", "later": ""})
    data = Answers.objects.get(case=case).data
    assert (data["employees_insured"], data["female_employees"], data["revenue_last_year"]) == (12, 7, None)


def test_a_whole_draft_leads_to_the_sending(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    assert "Làm tiếp: Giấy tờ" in words_of(client, case)
    client.post(reverse("cases:papers", args=[case.key]), {})
    words = words_of(client, case)
    assert "Làm tiếp: Xem lại và gửi" in words
    assert "8/9 phần đã xong" in words
    browsing.send(client, case)
    assert client.get(reverse("cases:tasks", args=[case.key]))["Location"] == reverse("cases:filed", args=[case.key])


def test_the_list_asks_the_database_the_same_however_much_is_filled_in(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    with django_assert_max_num_queries(14):
        client.get(reverse("cases:tasks", args=[case.key]))


def test_she_deletes_a_draft_after_being_asked_once_more(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    browsing.add_paper(client, case, "other")
    url = reverse("cases:discard", args=[case.key])
    file = Document.objects.get(case=case).file
    assert file.storage.exists(str(file.name))
    assert client.get(url).status_code == 200
    assert browsing.signed_in(cast.another_applicant).post(url).status_code == 404
    assert Case.objects.filter(pk=case.pk).exists()
    assert client.post(url)["Location"] == reverse("cases:mine")
    assert not Case.objects.filter(pk=case.pk).exists()
    assert not Document.objects.exists()
    sent = a_draft(cast.applicant)
    browsing.send(client, sent)
    client.post(reverse("cases:discard", args=[sent.key]))
    assert Case.objects.filter(pk=sent.pk).exists()


# --- the session ended while she typed ----------------------------------------------------------------------------


def typed_without_a_session(case: Case, **values: str) -> tuple[Client, Any]:
    """Return a browser whose session has ended, after it sent the page of the question."""
    client = Client()
    return client, client.post(reverse("cases:page", args=[case.key, "cau-hoi"]), values)


NEED = {"need": "Tôi hỏi về hợp đồng thuê mặt bằng ở chợ An Dương.", "law_field": "land", "question_kind": "general"}


def test_what_she_typed_when_her_session_had_ended_is_saved_once_she_is_back(cast: Cast) -> None:
    case = a_draft(cast.applicant)
    client, answer = typed_without_a_session(case, **NEED)
    assert answer["Location"].startswith(ENTER)
    entrance = client.get(answer["Location"])
    assert "Chữ chị vừa gõ vẫn còn" in entrance.content.decode()
    assert NEED["need"] not in str(dict(client.session.items())), "it is sealed where it waits"
    after = sign_in_from(client, entrance, cast.applicant.phone)
    assert after.request["PATH_INFO"] == reverse("cases:page", args=[case.key, "uu-tien"])
    assert Answers.objects.get(case=case).data["need"] == NEED["need"]


def test_what_was_wrong_in_it_is_shown_to_be_mended(cast: Cast) -> None:
    case = a_draft(cast.applicant)
    client, answer = typed_without_a_session(case, **{**NEED, "need": "Ngắn quá"})
    page = sign_in_from(client, client.get(answer["Location"]), cast.applicant.phone).content.decode()
    assert "ít nhất 20" in page
    assert "Ngắn quá" in page


def test_somebody_else_who_signs_in_there_neither_reads_nor_saves_it(cast: Cast) -> None:
    case = a_draft(cast.applicant)
    before = Answers.objects.get(case=case).data
    client, answer = typed_without_a_session(case, **NEED)
    page = sign_in_from(client, client.get(answer["Location"]), cast.another_applicant.phone)
    assert page.status_code == 404
    assert NEED["need"] not in page.content.decode()
    assert Answers.objects.get(case=case).data == before


def test_nothing_is_kept_for_a_draft_that_there_is_not(cast: Cast) -> None:
    nowhere, sent, too_long = a_draft(cast.applicant), a_case(cast.applicant), a_draft(cast.applicant)
    nowhere.key = uuid4()
    for case, values in ((nowhere, NEED), (sent, NEED), (too_long, {"need": "a" * 25_000})):
        client, answer = typed_without_a_session(case, **values)
        assert answer["Location"].startswith(ENTER)
        assert "sessionid" not in client.cookies
    assert not Session.objects.exists()


def test_the_longest_page_is_kept_in_vietnamese(cast: Cast) -> None:
    case = a_draft(cast.applicant)
    need = (NEED["need"] * 200)[:5000].strip()
    client, answer = typed_without_a_session(case, **{**NEED, "need": need})
    sign_in_from(client, client.get(answer["Location"]), cast.applicant.phone)
    assert Answers.objects.get(case=case).data["need"] == need


def test_what_she_sent_since_is_not_written_over_by_what_was_kept(cast: Cast) -> None:
    case = a_draft(cast.applicant)
    client, _answer = typed_without_a_session(case, **NEED)
    client.force_login(cast.applicant)
    page = reverse("cases:page", args=[case.key, "cau-hoi"])
    newer = {**NEED, "need": "Tôi hỏi về việc đăng ký nhãn hiệu của quán."}
    assert client.post(page, newer).status_code == 302
    client.get(page)
    assert Answers.objects.get(case=case).data["need"] == newer["need"]


def test_other_pages_of_hers_leave_it_where_it_waits(cast: Cast) -> None:
    case, other = a_draft(cast.applicant), a_draft(cast.applicant)
    client, _answer = typed_without_a_session(case, **NEED)
    client.force_login(cast.applicant)
    page = reverse("cases:page", args=[other.key, "cau-hoi"])
    client.get(page)
    assert client.post(page, {**NEED, "need": "Tôi hỏi về việc đăng ký nhãn hiệu của quán."}).status_code == 302
    client.get(reverse("cases:page", args=[case.key, "cau-hoi"]))
    assert Answers.objects.get(case=case).data["need"] == NEED["need"]


def test_it_waits_an_hour_for_its_own_page_only_and_is_shown_once(cast: Cast) -> None:
    case = a_draft(cast.applicant)
    client, answer = typed_without_a_session(case, **NEED)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        sign_in_from(client, client.get(answer["Location"]), cast.applicant.phone)
    assert Answers.objects.get(case=case).data["need"] != NEED["need"]
    assert "typed" not in client.session


# --- the first pages ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_first_page_leads_to_what_is_open_and_only_names_what_is_not(client: Client) -> None:
    page = client.get(reverse("home")).content.decode()
    assert START in page
    assert "Vay vốn làm ăn" in page
    everything = client.get(reverse("cases:kinds")).content.decode()
    assert everything.count('class="to-come-kind"') + len(SERVICES) == 12
    assert everything.count("/ho-so/moi/") == len(SERVICES)
    assert "tel:02250001234" in everything
    assert "<script" not in page


def test_a_case_sent_in_the_night_after_a_holiday_does_not_count_that_holiday(cast: Cast) -> None:
    with time_machine.travel("2026-11-25 01:00+07:00", tick=False):
        client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
        browsing.send(client, case)
        page = client.get(reverse("cases:filed", args=[case.key])).content.decode()
    assert "25/11/2026" in page
    assert "Không tính ngày nghỉ lễ" not in page


def test_the_confirmation_is_a_ticket_with_code_picture_and_the_holiday_explained(cast: Cast) -> None:
    with time_machine.travel("2026-11-23 10:00+07:00", tick=False):
        client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
        browsing.send(client, case)
        page = client.get(reverse("cases:filed", args=[case.key])).content.decode()
    case.refresh_from_db()
    assert str(case.code) in page
    assert 'class="qr"' in page
    assert "Thứ tư, 25/11/2026" in page.replace("Thứ Tư", "Thứ tư")
    assert "Không tính ngày nghỉ lễ 24/11." in page
