"""TC-08: paper handed in at the Union of a special zone, typed in days later. Its own day counts."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import slips
from cases.models import Agency, Case, CaseState, Membership, Role, User
from project.demo import player
from project.demo.cast import SINCE, Cast, person
from tests.browsing import add_paper, fill_in, send, signed_in
from tests.builders import answers_for
from tests.cases.slips import signed_content, slip_of

pytestmark = pytest.mark.django_db

ZONE = "Đặc khu Bạch Long Vĩ"
HANDED_IN, TYPED_IN = date(2026, 11, 20), timezone.make_aware(datetime(2026, 11, 25, 9, 30))  # noqa: DTZ001
DAO = {"service": "legal_advice", "full_name": "Hoàng Thị Đào", "phone": "0900 777 008", "present": "on"}


@pytest.fixture(autouse=True)
def on_that_wednesday() -> Iterator[None]:
    with time_machine.travel(TYPED_IN, tick=False):
        yield


@pytest.fixture
def officer(cast: Cast) -> User:
    """An officer of the Women's Union of the special zone."""
    hoi = person("Lưu Thị Biển", "0900 210 808")
    union = Agency.objects.get(kind="HPN", commune__name=ZONE)
    Membership.objects.create(user=hoi, agency=union, role=Role.OFFICER, since=SINCE)
    return hoi


def began(officer: User, day: date) -> tuple[Client, Any]:
    client = signed_in(officer)
    boxes = {"received_on_day": day.day, "received_on_month": day.month, "received_on_year": day.year}
    return client, client.post(reverse("cases:counter"), {**DAO, **boxes})


def typed_in(officer: User, day: date = HANDED_IN) -> tuple[Client, Case]:
    """Return the officer's browser and the case that he typed in from her paper, and sent with her signature."""
    client, response = began(officer, day)
    assert response.status_code == 302, response.content.decode()
    case = Case.objects.get(filled_in_by=officer)
    fill_in(client, case, answers_for(full_name="Hoàng Thị Đào", commune=ZONE))
    assert add_paper(client, case, "counter_consent").status_code == 302
    assert send(client, case).status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED
    return client, case


def test_the_time_counts_from_the_day_of_the_paper_and_no_promise_is_over_when_it_is_made(officer: User) -> None:
    _client, case = typed_in(officer)
    item = case.work_items.get()
    assert (case.received_on, item.starts_on) == (HANDED_IN, HANDED_IN)
    # One working day after the 20th is the 23rd, which is over: due and promised on the day of typing.
    assert timezone.localdate(item.due_at) == TYPED_IN.date()
    assert case.promised_on == TYPED_IN.date()
    player.conclude(case, "intake", "accept", at=TYPED_IN)
    # Fifteen working days after 20/11, without the holiday on 24/11.
    assert case.promised_on == date(2026, 12, 14)


def test_paper_that_lay_for_weeks_is_promised_no_day_that_is_over(officer: User) -> None:
    _client, case = typed_in(officer, date(2026, 9, 28))
    assert case.promised_on == TYPED_IN.date()
    player.conclude(case, "intake", "accept", at=TYPED_IN)
    assert case.promised_on == TYPED_IN.date()


def test_the_receipt_is_printed_at_the_counter_with_the_day_of_the_paper(officer: User) -> None:
    client, case = typed_in(officer)
    printed = client.get(reverse("cases:receipt", args=[case.key]))
    assert printed.content.startswith(b"%PDF-")
    slip = slip_of(case, "M01")
    assert printed.content == slips.pdf_of(slip)
    content = signed_content(slip)
    rows = dict(content["rows"])
    assert rows["Ngày nhận giấy"] == "20/11/2026"
    assert rows["Nơi nhận"] == content["issuer"] == str(case.counter)
    assert rows["Cán bộ nhập máy"] == "Lưu Thị Biển"
    assert rows["Người nộp hồ sơ"] == "Hoàng Thị Đào"
    assert rows["Nhập máy lúc"] == "09:30, Thứ Tư, 25/11/2026"
    assert content["day"] == "Thứ Tư, 25/11/2026"
    assert "Giấy đồng ý có chữ ký" in str(content["sections"])
    # He hands over this one, and none of those that come after.
    assert client.get(reverse("cases:slip_pdf", args=[slip.key])).status_code == 200
    player.conclude(case, "intake", "not_accept", at=TYPED_IN, by=officer)
    assert client.get(reverse("cases:receipt", args=[case.key])).content == printed.content


def test_the_day_the_scan_and_the_officer_stand_in_the_record_and_on_every_page_of_colleagues(
    cast: Cast, officer: User
) -> None:
    client, case = typed_in(officer)
    event = case.events.get(verb="case_submitted")
    assert event.facts["received_on"] == "2026-11-20"
    assert (event.actor, event.on_behalf_of, event.agency) == (officer, case.applicant, case.counter)
    [scan] = case.documents.all()
    assert (scan.kind, scan.uploaded_by) == ("counter_consent", officer)
    item = client.get(reverse("workflows:item", args=[case.work_items.get().pk])).content.decode()
    story = signed_in(cast.supervisor).get(reverse("workflows:story", args=[case.key])).content.decode()
    for page in (item, story):
        for words in ("20/11/2026", "Lưu Thị Biển", "Ngày nhận giấy"):
            assert words in page
    assert reverse("cases:document", args=[scan.key]) in item
    assert "giấy nhận tại quầy ngày 20/11/2026" in story


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 11, 26), "Ngày này chưa tới"), (date(2026, 9, 25), "hơn 60 ngày")],
)
def test_a_day_to_come_or_long_ago_is_refused_in_words_and_what_was_typed_stays(
    officer: User, day: date, words: str
) -> None:
    _client, response = began(officer, day)
    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert "Hoàng Thị Đào" in page
    assert f'value="{day.month}"' in page
    assert not Case.objects.filter(filled_in_by=officer).exists()


def test_the_day_of_the_paper_is_checked_and_corrected_before_sending_and_read_after(officer: User) -> None:
    client, _response = began(officer, date(2026, 11, 2))
    case = Case.objects.get(filled_in_by=officer)
    fill_in(client, case, answers_for(full_name="Hoàng Thị Đào", commune=ZONE))
    address = reverse("cases:paper_day", args=[case.key])
    check = client.get(reverse("cases:check", args=[case.key])).content.decode()
    assert "02/11/2026" in check
    assert address in check
    boxes = {"received_on_day": "26", "received_on_month": "11", "received_on_year": "2026"}
    assert client.post(address, boxes).status_code == 200, "a day to come"
    assert client.post(address, {**boxes, "received_on_day": "20"}).status_code == 302
    case.refresh_from_db()
    assert case.received_on == HANDED_IN
    assert signed_in(case.applicant).get(address).status_code == 404
    add_paper(client, case, "counter_consent")
    send(client, case)
    assert client.get(address).status_code == 302
    filed = client.get(reverse("cases:filed", args=[case.key])).content.decode()
    assert "Giấy nhận ngày Thứ Sáu, 20/11/2026" in filed
    status = signed_in(case.applicant).get(reverse("cases:status", args=[case.key])).content.decode()
    assert "Giấy nhận ngày 20/11/2026, gửi ngày 25/11/2026" in status


def test_today_stands_in_the_form_and_another_day_begins_another_draft(officer: User) -> None:
    client = signed_in(officer)
    page = client.get(reverse("cases:counter")).content.decode()
    assert all(f'value="{part}"' in page for part in (25, 11, 2026))
    for day in (HANDED_IN, HANDED_IN, date(2026, 11, 23)):
        began(officer, day)
    drafts = Case.objects.filter(filled_in_by=officer).order_by("pk")
    assert [draft.received_on for draft in drafts] == [HANDED_IN, date(2026, 11, 23)]
    listed = client.get(reverse("cases:counter")).content.decode()
    assert "giấy nhận ngày 20/11/2026" in listed
