"""She fills in a draft, page by page, and sends it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.forms import filing
from cases.models import Answers, Case, CaseState, Commune, Province, User
from cases.services import SERVICES
from project.demo.cast import Cast
from tests import browsing
from tests.builders import A_QUESTION, a_draft, answers_for

W1 = SERVICES["legal_advice"]


def post(client: Client, case: Case, slug: str, **values: Any) -> Any:
    return client.post(reverse("cases:page", args=[case.key, slug]), values)


def draft_of(user: User, **changes: Any) -> tuple[Client, Case]:
    return browsing.signed_in(user), a_draft(user, **changes)


def saved(case: Case) -> dict[str, Any]:
    return dict(Case.objects.get(pk=case.pk).answers.data)


def test_nobody_signs_in_before_reading_what_is_asked_but_a_draft_needs_a_person(cast: Cast, client: Client) -> None:
    page = reverse("cases:start", args=["legal_advice"])
    assert client.get(reverse("home")).status_code == client.get(page).status_code == 200
    assert client.post(page).status_code == 200
    assert not Case.objects.exists()
    assert client.get(reverse("cases:start", args=["nothing"])).status_code == 404


def test_a_woman_with_an_idea_is_asked_nothing_about_a_business(cast: Cast) -> None:
    slugs = [page.slug for page in W1.asked({"entity_type": "idea", "question_kind": "specific"})]
    assert not {"viec-kinh-doanh", "quy-mo", "von-cua-phu-nu", "chi-phi"} & set(slugs)


def test_what_she_saved_stands_in_the_boxes_when_she_comes_back(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    page = client.get(reverse("cases:page", args=[case.key, "quy-mo"])).content.decode()
    assert 'value="2.400.000.000"' in page
    page = client.get(reverse("cases:page", args=[case.key, "viec-kinh-doanh"])).content.decode()
    assert 'name="registered_on_day" class="govuk-input" value="15"' in page
    page = client.get(reverse("cases:page", args=[case.key, "xa-phuong"])).content.decode()
    assert re.search(f'value="{saved(case)["commune"]}"[^>]* selected', page)


@pytest.mark.parametrize(
    ("slug", "values", "wrong", "words"),
    [
        ("ve-chi", {"full_name": "Mai 123", "entity_type": "idea"}, "full_name", "chỉ bằng chữ"),
        ("ve-chi", {"full_name": "Mai Lê", "personal_id": "12", "entity_type": "idea"}, "personal_id", "12 chữ số"),
        ("viec-kinh-doanh", {"entity_name": "A", "tax_code": "0100112438"}, "tax_code", "Có một số chưa đúng"),
        ("quy-mo", {"employees_insured": "3", "female_employees": "4"}, "female_employees", "xem lại hai số"),
        ("quy-mo", {"employees_insured": "ba người"}, "employees_insured", "chỉ viết chữ số"),
        ("quy-mo", {"employees_insured": "3"}, "revenue_last_year", "một trong hai là đủ"),
        ("von-cua-phu-nu", {"women_capital_pct": "50,999"}, "women_capital_pct", "từ 0 đến 100"),
        ("cau-hoi", {"need": "Ngắn quá", "law_field": "tax"}, "need", "ít nhất 20"),
    ],
)
def test_a_wrong_box_says_what_to_do_and_keeps_what_she_typed(
    cast: Cast, slug: str, values: dict[str, str], wrong: str, words: str
) -> None:
    client, case = draft_of(cast.applicant)
    before = saved(case)
    page = post(client, case, slug, **values).content.decode()
    assert "<title>Lỗi:" in page
    assert words in page
    assert f'href="#id_{wrong}' in page
    for value in values.values():
        assert f'value="{value}"' in page or f"\n{value}</textarea>" in page, value
    assert saved(case) == before


@pytest.mark.parametrize(
    ("day", "month", "year", "words"),
    [
        ("31", "2", "2022", "Tháng 2 năm 2022 chỉ có 28 ngày. Cần xem lại ngày và tháng."),
        ("1", "13", "2022", "Tháng là số từ 1 đến 12"),
        ("1", "1", "2999", "4 chữ số"),
        ("", "1", "2022", "bằng chữ số"),
        ("1", "1", "2099", "Ngày này chưa tới"),
        ("²", "1", "2022", "bằng chữ số"),
    ],
)
def test_a_date_that_is_none_is_explained(cast: Cast, day: str, month: str, year: str, words: str) -> None:
    client, case = draft_of(cast.applicant)
    boxes = {"registered_on_day": day, "registered_on_month": month, "registered_on_year": year}
    page = post(client, case, "viec-kinh-doanh", entity_name="Bún Mai", sector="trade", **boxes)
    assert words in page.content.decode()


def test_spaces_and_dots_in_numbers_do_no_harm_and_shares_stay_exact(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    post(client, case, "quy-mo", employees_insured=" 1.000 ", revenue_last_year="2 400.000 000 đ")
    post(client, case, "von-cua-phu-nu", women_capital_pct="50,99 %", woman_manager="yes")
    business = {"entity_name": "Bún  Mai", "tax_code": "01.00 112 437-001", "sector": "trade"}
    post(client, case, "viec-kinh-doanh", **business)
    data = saved(case)
    assert (data["employees_insured"], data["revenue_last_year"]) == (1000, 2_400_000_000)
    assert (data["women_capital_pct"], data["tax_code"]) == ("50.99", "0100112437-001")
    assert data["entity_name"] == "Bún Mai"


@pytest.mark.parametrize(
    "typed", ["5,5", "1.0", "1500.000,50", "1,500 tỷ", "200 triệu 1 tỷ", "0,01 nghìn tỷ", "-3", "-3 triệu"]
)
def test_half_a_number_is_asked_again_and_never_read_as_ten_times_as_much(cast: Cast, typed: str) -> None:
    client, case = draft_of(cast.applicant)
    before = saved(case)
    page = post(client, case, "quy-mo", employees_insured="8", revenue_last_year=typed).content.decode()
    assert "Cần viết số tiền, ví dụ 1.500.000.000. Viết 500 triệu hay 1,5 tỷ cũng được." in page
    assert saved(case) == before


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("500 triệu", 500_000_000),
        ("1,5 tỷ", 1_500_000_000),
        ("1.5 tỉ đồng", 1_500_000_000),
        ("1 tỷ 200 triệu", 1_200_000_000),
        ("1.500 triệu", 1_500_000_000),
        ("500TR", 500_000_000),
        ("0,01 nghin", 10),
    ],
)
def test_an_amount_is_read_as_one_says_it(cast: Cast, typed: str, amount: int) -> None:
    client, case = draft_of(cast.applicant)
    post(client, case, "quy-mo", employees_insured="8", revenue_last_year=typed)
    assert saved(case)["revenue_last_year"] == amount


def test_a_wrong_number_of_people_gets_an_example_of_people(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    page = post(client, case, "quy-mo", employees_insured="tám", revenue_last_year="1 tỷ").content.decode()
    assert "Ô này chỉ viết chữ số, ví dụ 8." in page


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("nguyễn thị hạnh", "Nguyễn Thị Hạnh"),
        ("NGUYỄN THỊ HẠNH", "Nguyễn Thị Hạnh"),
        ("h'mai niê-kđăm", "H'Mai Niê-Kđăm"),
        ("Nguyễn thị Hạnh", "Nguyễn thị Hạnh"),
    ],
)
def test_a_name_all_small_or_all_capital_is_written_as_names_are(cast: Cast, typed: str, name: str) -> None:
    client, case = draft_of(cast.applicant)
    post(client, case, "ve-chi", full_name=typed, entity_type="idea")
    assert saved(case)["full_name"] == name


def test_every_example_beside_a_question_is_taken(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    boxes = {"registered_on_day": "15", "registered_on_month": "3", "registered_on_year": "2022"}
    example = "0200 123 457"
    page = client.get(reverse("cases:page", args=[case.key, "viec-kinh-doanh"])).content.decode()
    assert f"<b>{example}</b>" in page
    post(client, case, "viec-kinh-doanh", entity_name="Bún Mai", sector="trade", tax_code=example, **boxes)
    assert saved(case)["tax_code"] == "0200123457"


def test_what_is_missing_is_asked_for_in_words_of_its_own(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    assert "Cần viết họ và tên." in post(client, case, "ve-chi", entity_type="idea").content.decode()
    page = client.post(reverse("workflows:submit", args=[case.key]), {}).content.decode()
    assert "Chị đánh dấu vào ô: " in page.split('id="error-summary"')[1].split("</div>")[0]


def test_how_many_parts_there_are_is_said_once_her_kind_of_business_is_known(cast: Cast) -> None:
    client = browsing.signed_in(cast.applicant)
    begun = client.post(reverse("cases:start", args=[W1.code]))
    assert re.search(r"phần 1\s*</p>", client.get(begun["Location"]).content.decode())
    client.post(begun["Location"], {"full_name": "Trần Thị Mai", "entity_type": "llc1"})
    assert "phần 1/9" in client.get(begun["Location"]).content.decode()


def test_too_long_a_line_says_by_how_much(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    page = post(client, case, "ve-chi", full_name="x" * 101, entity_type="idea").content.decode()
    assert "Đoạn này có 101 chữ cái. Rút gọn còn 100." in page


def test_the_boxes_of_a_date_that_are_right_stay_calm_and_the_summary_says_it_in_short(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    boxes = {"registered_on_day": "31", "registered_on_month": "2", "registered_on_year": "2022"}
    page = post(client, case, "viec-kinh-doanh", entity_name="Bún Mai", sector="trade", **boxes).content.decode()
    assert '<a href="#id_registered_on_0">Ngày 31/02/2022 không có thật</a>' in page
    year = page[page.index('name="registered_on_year"') :].partition(">")[0]
    day = page[page.index('name="registered_on_day"') :].partition(">")[0]
    assert ('aria-invalid="false"' in year, 'aria-invalid="true"' in day) == (True, True)


def test_an_amount_is_shown_with_its_dots_while_another_box_is_wrong(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    page = post(client, case, "quy-mo", employees_insured="x", revenue_last_year="2400000000 đ").content.decode()
    assert 'value="2.400.000.000"' in page


def test_the_province_follows_from_the_commune_whatever_is_sent(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    commune = saved(case)["commune"]
    filing.save_page(case, values={"province": "", "commune": ""}, at=case.created_at)
    post(client, case, "xa-phuong", province="79", commune=commune)
    assert (saved(case)["province"], saved(case)["commune"]) == ("31", commune)
    page = client.get(reverse("cases:page", args=[case.key, "xa-phuong"])).content.decode()
    assert "Chị làm ăn ở tỉnh khác?" in page
    assert "thị trấn Núi Đối" in page


def test_a_second_open_province_has_its_own_group_of_communes(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    Province.objects.filter(pk="01").update(prefix="HNI")
    page = client.get(reverse("cases:page", args=[case.key, "xa-phuong"])).content.decode()
    assert '<optgroup label="Hải Phòng">' in page
    hoan_kiem = Commune.objects.get(province="01", name="Phường Hoàn Kiếm")
    post(client, case, "xa-phuong", commune=hoan_kiem.code)
    assert saved(case)["province"] == "01"
    assert "Phường Hoàn Kiếm" in client.get(reverse("cases:check", args=[case.key])).content.decode()


def test_a_draft_from_before_pages_were_merged_goes_on_without_loss(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    Answers.objects.filter(case=case).update(data={**saved(case), "law_field": "land"})
    assert filing.missing_pages(W1, saved(case)) == []
    # An address she kept from then leads to the list.
    old = client.get(reverse("cases:page", args=[case.key, "tinh-thanh"]))
    assert old["Location"] == reverse("cases:tasks", args=[case.key])


def test_a_change_from_the_check_leads_back_to_it_or_to_what_it_newly_asks(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    check = reverse("cases:check", args=[case.key])
    priority = reverse("cases:page", args=[case.key, "uu-tien"]) + "?xem-lai"
    assert client.post(priority, {"priority": "yes", "at_court": "no"})["Location"] == check
    matter = reverse("cases:page", args=[case.key, "cau-hoi"]) + "?xem-lai"
    answer = client.post(matter, {"need": A_QUESTION, "law_field": "tax", "question_kind": "specific"})
    assert answer["Location"].endswith("/dien/chi-phi/?xem-lai")


def test_the_check_shows_every_answer_with_its_way_back(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    page = client.get(reverse("cases:check", args=[case.key])).content.decode()
    for shown in ("2.400.000.000 đồng", "15/03/2022", "100 %", "Phường Lê Chân", "Nguyễn Thị Hạnh"):
        assert shown in page
    for asked in W1.asked(saved(case)):
        assert reverse("cases:page", args=[case.key, asked.slug]) + "?xem-lai" in page
    assert "checked" not in page


def test_a_consent_she_did_not_give_keeps_the_draft_and_names_the_box(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    response = client.post(reverse("workflows:submit", args=[case.key]), {"handle": "on"})
    assert "<title>Lỗi:" in response.content.decode()
    assert 'href="#id_consult"' in response.content.decode()
    assert Case.objects.get(pk=case.pk).state == CaseState.DRAFT


def test_the_reason_for_priority_asks_for_its_own_consent_and_leaves_the_answers(cast: Cast) -> None:
    client, case = draft_of(cast.applicant, priority="yes", priority_reason="Tôi nuôi con một mình.")
    assert browsing.send(client, case, without=("sensitive",)).status_code == 200
    assert browsing.send(client, case).status_code == 302
    assert "priority_reason" not in saved(case)
    assert "nuôi con" not in client.get(reverse("cases:status", args=[case.key])).content.decode()


def test_an_unfinished_draft_cannot_be_sent(cast: Cast) -> None:
    client, case = draft_of(cast.applicant, need="")
    page = client.get(reverse("cases:check", args=[case.key])).content.decode()
    assert "Làm tiếp: Câu hỏi của chị" in page
    browsing.send(client, case)
    assert Case.objects.get(pk=case.pk).state == CaseState.DRAFT


def test_answers_that_are_no_longer_asked_are_forgotten_when_she_sends(cast: Cast) -> None:
    client, case = draft_of(cast.applicant, question_kind="specific", wants_cost_support="yes", adviser_fee=3_000_000)
    post(client, case, "cau-hoi", need=A_QUESTION, law_field="tax", question_kind="general")
    browsing.send(client, case)
    assert "adviser_fee" not in saved(case)
    assert Case.objects.get(pk=case.pk).facts["wants_cost_support"] is False


def test_a_second_click_leads_to_the_same_confirmation(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    first, second = browsing.send(client, case), browsing.send(client, case)
    assert first["Location"] == second["Location"] == reverse("cases:filed", args=[case.key])
    assert Case.objects.get(pk=case.pk).events.count() == 1


def test_a_sent_case_is_no_longer_filled_in(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    browsing.send(client, case)
    for name, args in (("page", ["cau-hoi"]), ("papers", []), ("check", [])):
        response = client.post(reverse(f"cases:{name}", args=[case.key, *args]), {"need": "x" * 30, "at_court": "no"})
        assert response.status_code == 302
    assert saved(case)["need"] == answers_for()["need"]


def test_a_draft_is_nothing_to_everybody_else(cast: Cast) -> None:
    _client, case = draft_of(cast.applicant)
    stranger = browsing.signed_in(cast.another_applicant)
    for name, args in (("page", ["cau-hoi"]), ("papers", []), ("check", []), ("status", []), ("filed", [])):
        assert stranger.get(reverse(f"cases:{name}", args=[case.key, *args])).status_code == 404
        answer = Client().get(reverse(f"cases:{name}", args=[case.key, *args]))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/tai-khoan/")


NASTY = ("\x00", "\x00" * 30, "<script>alert(1)</script>", "9" * 400, "-1", "NaN", "Infinity", "١٢٣", "2" * 9000)


@pytest.mark.parametrize("nasty", NASTY)
def test_no_input_breaks_a_page(cast: Cast, nasty: str) -> None:
    client, case = draft_of(cast.applicant, question_kind="specific")
    for page in W1.asked(saved(case)):
        form = filing.page_form(page, saved(case))
        names = [*form.fields, *(f"{name}_{part}" for name in form.fields for part in ("day", "month", "year"))]
        response = post(client, case, page.slug, **dict.fromkeys(names, nasty))
        assert response.status_code in (200, 302)
        assert "<script>alert" not in response.content.decode()
    assert post(client, case, "khong-co-trang-nay", need=nasty).status_code == 302
    assert client.post(reverse("workflows:submit", args=[case.key]), {"key": nasty, "handle": nasty}).status_code == 200


def test_ten_megabytes_of_text_are_refused_in_words(cast: Cast) -> None:
    client, case = draft_of(cast.applicant)
    response = post(client, case, "cau-hoi", need="x" * 10_000_000)
    assert response.status_code == 400
    assert "dài quá" in response.content.decode()


def test_begin_again_leads_to_the_untouched_draft_and_past_a_touched_one(cast: Cast) -> None:
    client, case = browsing.start(cast.applicant)
    begin = reverse("cases:start", args=["legal_advice"])
    assert str(case.key) in client.post(begin)["Location"]
    post(client, case, "ve-chi", full_name="Nguyễn Thị Hạnh", entity_type="idea")
    assert str(case.key) not in client.post(begin)["Location"]
    assert Case.objects.filter(applicant=cast.applicant).count() == 2
    browsing.start(cast.another_applicant)
    assert Case.objects.filter(applicant=cast.another_applicant).count() == 1


def test_a_page_of_a_draft_that_was_sent_meanwhile_changes_nothing_and_keeps_her_words(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, case = draft_of(cast.applicant)
    old = Case.objects.get(pk=case.pk)
    browsing.send(client, case)
    before = saved(case)
    # The page looked at the draft a moment before it was sent.
    monkeypatch.setattr("cases.views.filing.own_draft", lambda *_asked: old)
    more = "Tôi muốn hỏi thêm một việc khác nữa."
    response = post(client, case, "cau-hoi", need=more, law_field="tax", question_kind="general")
    assert response.status_code == 409
    assert "Hồ sơ này đã gửi rồi." in response.content.decode()
    assert more in response.content.decode()
    assert saved(case) == before


def test_only_an_empty_name_is_filled_and_nobody_renames_herself_through_a_form(cast: Cast) -> None:
    newcomer = User.objects.create_user("0912 000 111")
    client, case = browsing.start(newcomer)
    for typed in ("Lê Thị Mơ", "Bà Khác"):
        post(client, case, "ve-chi", full_name=typed, entity_type="idea")
        newcomer.refresh_from_db()
        assert newcomer.full_name == "Lê Thị Mơ"
    assert saved(case)["full_name"] == "Bà Khác"


def test_asked_only_leaves_out_what_other_answers_no_longer_call_for(cast: Cast) -> None:
    data = answers_for(question_kind="specific", wants_cost_support="yes", adviser_fee=3_000_000)
    assert filing.asked_only(W1, data) == data
    general = filing.asked_only(W1, {**data, "question_kind": "general"})
    assert set(data) - set(general) == {"wants_cost_support", "adviser_fee"}
