"""A new draft begins with what she told last of herself and her business; nothing else of her comes along."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.models import Answers, Case, CaseState, User
from cases.services import SERVICES
from cases.services.common import PROFILE
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case, a_draft
from tests.cases.test_counter import begin as begin_at_counter

FILLED_IN = "Đã điền theo hồ sơ trước của chị: xem còn đúng không"
START = reverse("cases:start", args=["legal_advice"])


def begin(user: User, service: str = "legal_advice") -> tuple[Client, Case]:
    """Press the button that begins a draft; return who pressed it and what she got."""
    client = browsing.signed_in(user)
    key = client.post(reverse("cases:start", args=[service]))["Location"].split("/")[2]
    return client, Case.objects.get(key=key)


def told(case: Case) -> dict[str, Any]:
    """Return what stands in a draft as answers."""
    data = Answers.objects.get(case=case).data
    return {name: value for name, value in data.items() if name != "from_last"}


def at_the_counter(cast: Cast) -> tuple[Client, Case]:
    """Let an officer begin a draft at the counter for the applicant; return his browser and the draft."""
    client, _response = begin_at_counter(cast.commune_officer, phone=cast.applicant.phone_as_read)
    return client, Case.objects.get(filled_in_by=cast.commune_officer)


def lines(client: Client, case: Case) -> str:
    return client.get(reverse("cases:tasks", args=[case.key])).content.decode()


def test_a_new_draft_begins_with_her_last_answers_about_herself_and_her_business_and_no_others(cast: Cast) -> None:
    filed = a_case(cast.applicant, answers={"priority": "yes", "priority_reason": "Tôi vừa sinh con."})
    _client, draft = begin(cast.applicant)
    assert told(draft) == {name: value for name, value in filed.answers.data.items() if name in PROFILE}
    assert not told(draft).keys() & {"priority", "priority_reason", "need", "law_field", "at_court"}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_whatever_she_asked_for_before_every_service_begins_with_it(cast: Cast, service: str) -> None:
    a_case(cast.applicant, answers={"entity_type": "household"})
    client, draft = begin(cast.applicant, service)
    assert told(draft)["entity_name"] == "Công ty TNHH may Hạnh Phúc"
    assert told(draft).keys() <= PROFILE
    page = lines(client, draft)
    assert FILLED_IN in page
    assert "Cần sửa" not in page


def test_it_is_the_case_that_she_sent_last_and_without_one_the_draft_she_saved_last(cast: Cast, at: datetime) -> None:
    a_draft(cast.applicant, entity_name="Bún Mai")
    assert told(begin(cast.applicant)[1])["entity_name"] == "Bún Mai"
    for name in ("Bún Hoa", "Bún Đào"):
        a_case(cast.applicant, answers={"entity_name": name})
    a_draft(cast.applicant, entity_name="Chưa gửi")
    assert told(begin(cast.applicant)[1])["entity_name"] == "Bún Đào"


def test_a_part_says_that_it_was_filled_in_until_she_opened_and_saved_it(cast: Cast) -> None:
    a_case(cast.applicant)
    client, draft = begin(cast.applicant)
    page = lines(client, draft)
    # Five parts of eight are there, and the button leads to what is not.
    assert page.count(FILLED_IN) == 5
    assert "<b>5/9 phần" in page
    slug = reverse("cases:page", args=[draft.key, "quy-mo"])
    assert FILLED_IN in client.get(slug).content.decode()
    staff = {name: told(draft)[name] for name in ("employees_insured", "revenue_last_year")}
    client.post(slug, staff)
    assert lines(client, draft).count(FILLED_IN) == 4
    assert FILLED_IN not in client.get(slug).content.decode()


def test_before_sending_she_reads_once_more_what_she_did_not_look_at(cast: Cast) -> None:
    filed = a_case(cast.applicant)
    client, draft = begin(cast.applicant)
    for slug, names in {"cau-hoi": ("need", "law_field", "question_kind"), "uu-tien": ("at_court", "priority")}.items():
        values = {name: filed.answers.data[name] for name in names}
        assert client.post(reverse("cases:page", args=[draft.key, slug]), values).status_code == 302
    assert client.get(reverse("cases:check", args=[draft.key])).content.decode().count(FILLED_IN) == 5
    assert browsing.send(client, draft).status_code == 302
    draft.refresh_from_db()
    assert draft.state == CaseState.SUBMITTED
    assert "from_last" not in Answers.objects.get(case=draft).data


def test_an_old_answer_that_no_longer_holds_is_to_mend(cast: Cast) -> None:
    filed = a_case(cast.applicant)
    Answers.objects.filter(case=filed).update(data={**filed.answers.data, "commune": "99999", "full_name": "Mai 1"})
    client, draft = begin(cast.applicant)
    page = lines(client, draft)
    assert page.count("Cần sửa") == 2
    assert page.count(FILLED_IN) == 3


def test_a_draft_that_holds_nothing_of_her_own_is_begun_only_once_and_brought_up_to_date(cast: Cast) -> None:
    a_case(cast.applicant, answers={"entity_name": "Bún Mai"})
    _client, first = begin(cast.applicant)
    a_case(cast.applicant, answers={"entity_name": "Bún Hoa"})
    client, again = begin(cast.applicant)
    assert (again, told(again)["entity_name"]) == (first, "Bún Hoa")
    client.post(reverse("cases:page", args=[first.key, "xa-phuong"]), {"commune": told(first)["commune"]})
    assert begin(cast.applicant)[1] != first, "she saved a page of it herself"


def test_the_start_page_leads_to_a_draft_and_offers_another_once_she_has_saved_something(cast: Cast) -> None:
    a_case(cast.applicant)
    client, draft = begin(cast.applicant)
    page = client.get(START).content.decode()
    assert str(draft.key) in page
    assert "Lập hồ sơ mới" not in page
    client.post(reverse("cases:page", args=[draft.key, "xa-phuong"]), {"commune": told(draft)["commune"]})
    page = client.get(START).content.decode()
    assert str(draft.key) in page
    assert "Lập hồ sơ mới" in page


def test_at_a_counter_nothing_of_her_other_cases_is_filled_in(cast: Cast) -> None:
    filed = a_case(cast.applicant)
    _client, case = at_the_counter(cast)
    assert case.applicant == cast.applicant
    data = Answers.objects.get(case=case).data
    assert data == {"full_name": data["full_name"]}
    assert data["full_name"] != filed.answers.data["full_name"]


def test_what_is_begun_at_a_counter_and_not_signed_goes_into_no_draft_of_hers(cast: Cast) -> None:
    client, case = at_the_counter(cast)
    client.post(reverse("cases:page", args=[case.key, "ve-chi"]), {"full_name": "Ai Đó", "entity_type": "idea"})
    assert told(begin(cast.applicant)[1]) == {}


def test_another_woman_gets_nothing_of_it(cast: Cast) -> None:
    a_case(cast.applicant)
    assert told(begin(cast.another_applicant)[1]) == {}


def test_sent_again_a_case_is_copied_whole_and_nothing_in_it_is_said_to_be_of_the_last_one(
    cast: Cast, at: datetime
) -> None:
    with time_machine.travel(at, tick=False):
        filed = a_case(cast.applicant)
        client = browsing.signed_in(cast.applicant)
        page = client.get(reverse("workflows:withdraw", args=[filed.key]))
        client.post(reverse("workflows:withdraw", args=[filed.key]), browsing.hidden(page))
        client.post(reverse("workflows:resubmit", args=[filed.key]))
    draft = Case.objects.get(resubmission_of=filed)
    assert draft.answers.data == filed.answers.data
    assert FILLED_IN not in lines(client, draft)


@pytest.mark.parametrize(("number", "odd"), [("034188001234", True), ("034288001234", False), ("", True)])
def test_a_number_that_is_no_womans_is_taken_and_looked_at_again(cast: Cast, number: str, odd: bool) -> None:
    words = "Số của phụ nữ thường có chữ số thứ tư là số lẻ"
    draft = a_draft(cast.applicant, personal_id=number)
    client = browsing.signed_in(cast.applicant)
    for address in ("tasks", "check"):
        page = client.get(reverse(f"cases:{address}", args=[draft.key])).content.decode()
        assert (words not in page) is odd, address
    assert browsing.send(client, draft).status_code == 302, "a doubt holds nothing up"


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"employees_insured": 10, "revenue_last_year": 3_000_000_000}, "siêu nhỏ"),
        ({"employees_insured": 11, "revenue_last_year": 3_000_000_000}, "nhỏ"),
        ({"employees_insured": 10, "revenue_last_year": 3_000_000_001}, "nhỏ"),
        ({"employees_insured": 10, "revenue_last_year": None, "total_capital": 3_000_000_000}, "siêu nhỏ"),
        ({"employees_insured": 10, "revenue_last_year": None, "total_capital": 3_000_000_001}, "nhỏ"),
        # Either amount is enough.
        (
            {"employees_insured": 10, "revenue_last_year": 3_000_000_001, "total_capital": 3_000_000_000},
            "siêu nhỏ",
        ),
        ({"sector": "trade", "employees_insured": 10, "revenue_last_year": 10_000_000_000}, "siêu nhỏ"),
        ({"sector": "trade", "employees_insured": 10, "revenue_last_year": 10_000_000_001}, "nhỏ"),
        ({"employees_insured": 100, "revenue_last_year": 50_000_000_000}, "nhỏ"),
        ({"employees_insured": 101, "revenue_last_year": 50_000_000_000}, "vừa"),
        ({"employees_insured": 100, "revenue_last_year": 50_000_000_001}, "vừa"),
        ({"employees_insured": 100, "revenue_last_year": None, "total_capital": 20_000_000_000}, "nhỏ"),
        ({"employees_insured": 100, "revenue_last_year": None, "total_capital": 20_000_000_001}, "vừa"),
        ({"sector": "trade", "employees_insured": 50, "revenue_last_year": 100_000_000_000}, "nhỏ"),
        ({"sector": "trade", "employees_insured": 51, "revenue_last_year": 100_000_000_000}, "vừa"),
        ({"sector": "trade", "employees_insured": 50, "revenue_last_year": 100_000_000_001}, "vừa"),
        ({"sector": "trade", "employees_insured": 50, "revenue_last_year": None, "total_capital": 50 * 10**9}, "nhỏ"),
        ({"employees_insured": 200, "revenue_last_year": 200_000_000_000}, "vừa"),
        ({"employees_insured": 201, "revenue_last_year": 200_000_000_000}, "không phải doanh nghiệp nhỏ và vừa"),
        ({"employees_insured": 200, "revenue_last_year": 200_000_000_001}, "không phải doanh nghiệp nhỏ và vừa"),
        ({"sector": "trade", "employees_insured": 100, "revenue_last_year": 300 * 10**9}, "vừa"),
        ({"sector": "trade", "employees_insured": 101, "revenue_last_year": 300 * 10**9}, "không phải"),
        ({"sector": "trade", "employees_insured": 100, "revenue_last_year": 300 * 10**9 + 1}, "không phải"),
        ({"entity_type": "household"}, ""),
        ({"entity_type": "idea"}, ""),
    ],
)
def test_she_reads_the_size_that_the_law_makes_of_what_she_declared(
    cast: Cast, changes: dict[str, Any], size: str
) -> None:
    draft = a_draft(cast.applicant, **{"total_capital": None, **changes})
    client = browsing.signed_in(cast.applicant)
    page = client.get(reverse("cases:check", args=[draft.key])).content.decode()
    said = f"<dt>Quy mô (theo chị tự kê khai)</dt><dd>{size}"
    assert said in page if size else "Quy mô (theo" not in page
    browsing.send(client, draft)
    status = client.get(reverse("cases:status", args=[draft.key])).content.decode()
    assert f"Quy mô (theo chị tự kê khai): {size}" in status if size else "Quy mô (theo" not in status


def test_the_officer_reads_the_same_size_as_declared_by_her(cast: Cast) -> None:
    case = a_case(cast.applicant)
    item = browsing.open_item(case, "intake")
    page = browsing.signed_in(cast.commune_officer).get(reverse("workflows:item", args=[item.pk])).content.decode()
    assert "<dt>Quy mô (tự kê khai)</dt><dd>siêu nhỏ</dd>" in page
