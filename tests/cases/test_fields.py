"""What is typed into the questions that every service asks, held against the rules for them, row by row."""

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Consent, EntityType
from cases.models.enterprise import Sector
from cases.services import SERVICES
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case, a_draft
from tests.cases.test_counter import begin as begin_at_counter

HER = {"full_name": "Trần Thị Mai", "entity_type": "llc1"}
FIRM = {"entity_name": "Bún Mai", "sector": "trade"}
STAFF = {"employees_insured": "8", "revenue_last_year": "1"}
NEED = {"law_field": "tax", "question_kind": "general"}


@pytest.fixture
def draft(cast: Cast) -> tuple[Client, Case]:
    """Return her browser and a draft of hers."""
    return browsing.signed_in(cast.applicant), a_draft(cast.applicant)


def post(draft: tuple[Client, Case], slug: str, values: dict[str, Any]) -> Any:
    client, case = draft
    return client.post(reverse("cases:page", args=[case.key, slug]), values)


def kept(draft: tuple[Client, Case], slug: str, values: dict[str, Any], name: str) -> Any:
    """Return what is kept of an answer that is taken."""
    assert post(draft, slug, values).status_code == 302
    return Case.objects.get(pk=draft[1].pk).answers.data[name]


def refused(draft: tuple[Client, Case], slug: str, values: dict[str, Any], name: str) -> bool:
    """Return whether an answer is refused at its own question, and nothing of the page is kept."""
    before = Case.objects.get(pk=draft[1].pk).answers.data
    page = post(draft, slug, values).content.decode()
    assert Case.objects.get(pk=draft[1].pk).answers.data == before
    return f'href="#id_{name}' in page


@pytest.mark.parametrize(
    "name",
    [
        "Đỗ Bé",
        "An",
        "H'Hen Niê",
        "Trần-Lê Thị Ánh",
        "NGUYỄN thị Hạnh",
        "á" * 100,
    ],
)
def test_a_name_has_2_to_100_letters_and_keeps_its_small_and_capital_ones(
    draft: tuple[Client, Case], name: str
) -> None:
    taken = kept(draft, "ve-chi", {**HER, "full_name": unicodedata.normalize("NFD", name)}, "full_name")
    assert taken == (name if not name.islower() else name.title()), "in composed letters"


@pytest.mark.parametrize(
    "name", ["", "A", "á" * 101, "Mai 2", "Mai@Lê", "<b>Mai</b>", '=HYPERLINK("http://x.test")', "Mai\u202e", "+Mai"]
)
def test_what_is_no_name_is_refused(draft: tuple[Client, Case], name: str) -> None:
    assert refused(draft, "ve-chi", {**HER, "full_name": name}, "full_name")


@pytest.mark.parametrize("number", ["", "034188001234", "034 188 001 234", "034.188.001.234", "034288001234"])
def test_an_identity_number_is_empty_or_has_twelve_digits(draft: tuple[Client, Case], number: str) -> None:
    taken = kept(draft, "ve-chi", {**HER, "personal_id": number}, "personal_id")
    assert taken == number.replace(" ", "").replace(".", "")


@pytest.mark.parametrize("number", ["03418800123", "0341880012345", "03418800123x", "³" * 12])
def test_another_identity_number_is_refused(draft: tuple[Client, Case], number: str) -> None:
    assert refused(draft, "ve-chi", {**HER, "personal_id": number}, "personal_id")


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_no_service_asks_for_her_day_of_birth_her_sex_or_an_address_to_write_to(service: str) -> None:
    names = {name for page in SERVICES[service].pages for name in page.form.base_fields}
    assert not names & {"dob", "date_of_birth", "gender", "sex", "email", "address"}
    # Nobody who helps her may ask for money.
    assert not [name for name in names if "service_fee" in name or "charge" in name]


@pytest.mark.parametrize("typed", ["0912345678", "0912 345 678", "+84912345678", "84912345678", "091.234.5678"])
def test_a_phone_is_kept_in_one_way_however_it_is_typed(cast: Cast, typed: str) -> None:
    begin_at_counter(cast.commune_officer, phone=typed)
    assert Case.objects.get(filled_in_by=cast.commune_officer).applicant.phone == "+84912345678"


@pytest.mark.parametrize("typed", ["", "091234567", "09123456789", "1912345678", "+1 912 345 678", "điện thoại"])
def test_another_phone_is_refused(cast: Cast, typed: str) -> None:
    _client, response = begin_at_counter(cast.commune_officer, phone=typed)
    assert 'href="#id_phone"' in response.content.decode()
    assert not Case.objects.exists()


def test_every_kind_of_business_of_the_plans_can_be_chosen(draft: tuple[Client, Case]) -> None:
    business = ["idea", "individual", "household", "coop_group", "coop", "coop_union"]
    kinds = [*business, "private", "llc1", "llc2", "jsc", "partnership"]
    assert kinds == list(EntityType.values)
    for kind in kinds:
        assert kept(draft, "ve-chi", {**HER, "entity_type": kind}, "entity_type") == kind
    assert refused(draft, "ve-chi", {**HER, "entity_type": "company"}, "entity_type")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0100112437", "0100112437"),
        ("0100112437-001", "0100112437-001"),
        ("0100 112 437 001", "0100112437-001"),
        ("034188001234", "034188001234"),
        ("", ""),
    ],
)
def test_a_tax_code_has_10_digits_or_10_and_3_or_the_12_of_a_person(
    draft: tuple[Client, Case], typed: str, code: str
) -> None:
    assert kept(draft, "viec-kinh-doanh", {**FIRM, "tax_code": typed}, "tax_code") == code


@pytest.mark.parametrize("typed", ["010011243", "01001124371", "0100112438", "0100112437-01", "ABCDEFGHIJ"])
def test_another_tax_code_is_refused(draft: tuple[Client, Case], typed: str) -> None:
    assert refused(draft, "viec-kinh-doanh", {**FIRM, "tax_code": typed}, "tax_code")


@pytest.mark.parametrize(("days", "taken"), [(-1, True), (0, True), (1, False)])
def test_a_business_is_registered_today_or_earlier(draft: tuple[Client, Case], days: int, taken: bool) -> None:
    day = (timezone.localdate() + timedelta(days=days)).isoformat()
    boxes = {**FIRM, **browsing.as_boxes({"registered_on": day})}
    if taken:
        assert kept(draft, "viec-kinh-doanh", boxes, "registered_on") == day
    else:
        assert refused(draft, "viec-kinh-doanh", boxes, "registered_on")


def test_a_business_is_in_one_of_the_three_sectors_of_the_law(draft: tuple[Client, Case]) -> None:
    assert len(Sector.values) == 3
    for sector in Sector.values:
        assert kept(draft, "viec-kinh-doanh", {**FIRM, "sector": sector}, "sector") == sector
    assert refused(draft, "viec-kinh-doanh", {**FIRM, "sector": "mining"}, "sector")


@pytest.mark.parametrize("part", ["female_employees", "disabled_employees"])
def test_a_part_of_the_staff_is_at_most_the_whole(draft: tuple[Client, Case], part: str) -> None:
    assert kept(draft, "quy-mo", {**STAFF, part: "8"}, part) == 8
    assert refused(draft, "quy-mo", {**STAFF, part: "9"}, part)
    assert refused(draft, "quy-mo", {**STAFF, part: "-1"}, part)


@pytest.mark.parametrize("name", ["employees_insured", "revenue_last_year", "total_capital"])
def test_a_number_of_the_business_is_zero_or_more(draft: tuple[Client, Case], name: str) -> None:
    assert kept(draft, "quy-mo", {**STAFF, name: "0"}, name) == 0
    assert refused(draft, "quy-mo", {**STAFF, name: "-1"}, name)


@pytest.mark.parametrize(
    ("typed", "share"),
    [("51", "51.00"), ("51,00", "51.00"), ("50.99", "50.99"), ("50,990", "50.99"), ("0", "0.00"), ("100 %", "100.00")],
)
def test_a_share_of_the_capital_is_kept_exactly(draft: tuple[Client, Case], typed: str, share: str) -> None:
    holders = {"women_capital_pct": typed, "woman_manager": "yes"}
    assert kept(draft, "von-cua-phu-nu", holders, "women_capital_pct") == share


@pytest.mark.parametrize("typed", ["50,999", "100,01", "-1", "một nửa", "NaN", "1e1000", ""])
def test_another_share_is_refused(draft: tuple[Client, Case], typed: str) -> None:
    holders = {"women_capital_pct": typed, "woman_manager": "yes"}
    assert refused(draft, "von-cua-phu-nu", holders, "women_capital_pct")


@pytest.mark.parametrize("commune", ["", "00000", "Xã Kiến Thụy"])
def test_only_a_commune_of_the_list_is_taken(draft: tuple[Client, Case], commune: str) -> None:
    assert refused(draft, "xa-phuong", {"commune": commune}, "commune")


@pytest.mark.parametrize(("length", "taken"), [(19, False), (20, True), (5000, True), (5001, False)])
def test_what_she_asks_has_20_to_5000_letters(draft: tuple[Client, Case], length: int, taken: bool) -> None:
    need = unicodedata.normalize("NFD", "ế" * length)
    if taken:
        assert kept(draft, "cau-hoi", {**NEED, "need": need}, "need") == "ế" * length
    else:
        assert refused(draft, "cau-hoi", {**NEED, "need": need}, "need")


def test_marks_of_web_pages_in_her_words_are_letters_and_nothing_else(draft: tuple[Client, Case]) -> None:
    words = "<b onclick=alert(1)>Tôi hỏi</b> về hoá đơn & <img src=x onerror=alert(2)> sàn"
    assert kept(draft, "cau-hoi", {**NEED, "need": words}, "need") == words
    client, case = draft
    page = client.get(reverse("cases:check", args=[case.key])).content.decode()
    assert "<b onclick" not in page
    assert "<img src=x" not in page
    assert "&lt;b onclick=alert(1)&gt;" in page


def test_what_she_allowed_is_kept_with_its_purpose_its_words_and_its_time(cast: Cast) -> None:
    case = a_case(cast.applicant)
    given = Consent.objects.filter(case=case)
    assert {consent.purpose for consent in given} == {"handle", "consult"}
    for consent in given:
        assert consent.text_version == SERVICES[case.service].consent_version
        assert consent.given_at == case.submitted_at
        assert consent.person == cast.applicant
