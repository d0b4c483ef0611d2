"""The register of those who supervise."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, Outcome, Target, User
from cases.queries import register as registers
from cases.queries.register import Chosen, register
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, a_draft

ADDRESS = "/giam-sat/"


def listed(user: User, at: datetime, **chosen: str) -> list[Case]:
    after = chosen.pop("after", "")
    return [row.case for row in register(user, Chosen(**chosen), after=after, at=at).rows]


def test_only_supervisors_and_auditors_have_one(cast: Cast) -> None:
    for part, person in cast.people():
        status = signed_in(person).get(ADDRESS).status_code
        assert (part, status) == (part, 200 if part in ("supervisor", "auditor") else 404)


def test_drafts_sealed_cases_and_her_own_never_stand_in_it(cast: Cast, at: datetime) -> None:
    a_draft(cast.applicant)
    a_case(cast.applicant, at_node="direct_help")
    a_case(cast.supervisor)
    shown = a_case(cast.another_applicant)
    assert listed(cast.supervisor, at) == [shown]


def test_the_newest_stands_first_and_pages_follow_one_another(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registers, "PAGE", 2)
    cases = [a_case(cast.applicant, at=at + timedelta(minutes=nth // 2)) for nth in range(5)]
    seen: list[Case] = []
    after = ""
    for _page in range(3):
        page = register(cast.supervisor, Chosen(), after=after, at=at)
        seen += [row.case for row in page.rows]
        after = page.after
    assert after == ""
    assert seen == cases[::-1]


def test_it_is_filtered_by_state_and_service_in_the_address(cast: Cast, at: datetime) -> None:
    sent, closed = a_case(cast.applicant), a_case(cast.applicant, at_node="deliver")
    player.conclude(closed, "deliver", "delivered", at=at + timedelta(days=1))
    assert listed(cast.supervisor, at, state="closed") == [closed]
    assert listed(cast.supervisor, at, state="submitted") == [sent]
    assert listed(cast.supervisor, at, service="nothing") == []
    text = signed_in(cast.supervisor).get(ADDRESS, {"state": "closed"}).content.decode()
    assert closed.short_code in text
    assert sent.short_code not in text


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "/",
        "2026-11-05/1",
        "2026-11-05T00:00:00+07:00/x",
        "0001-01-01T00:00:00+14:00/1",
        f"2026-11-05T00:00:00Z/{2**63}",
        "0",
        "-1",
        "²",
        str(2**63),
        "9" * 5000,
    ],
)
def test_a_broken_cursor_opens_the_first_page(cast: Cast, at: datetime, after: str) -> None:
    case = a_case(cast.applicant)
    assert listed(cast.supervisor, at, after=after) == [case]


def test_a_case_is_found_by_its_code_or_its_end_however_typed(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    a_case(cast.applicant)
    assert case.code is not None
    ends = (case.short_code, case.short_code.lower(), case.short_code.replace("-", " "), case.short_code[-4:])
    for typed in (case.code, *ends):
        assert listed(cast.supervisor, at, tim=typed) == [case]
    wrong = case.short_code[:-1] + ("0" if case.short_code[-1] != "0" else "1")
    assert listed(cast.supervisor, at, tim=wrong) == []
    text = signed_in(cast.supervisor).get(ADDRESS, {"tim": wrong}).content.decode()
    assert "Không tìm thấy tên hay mã này." in text
    assert wrong in text


def test_a_sealed_case_is_not_found_by_its_code(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    assert listed(cast.supervisor, at, tim=str(case.code)) == []
    assert listed(cast.supervisor, at, tim="hanh phuc") == []


@pytest.mark.parametrize(
    "typed",
    [
        "Đặng Thị Hường",
        "dang thi huong",
        "HƯỜNG đặng",
        "huong le chan",
        "rau sach dong thai",
        "  rau   ĐÔNG ",
    ],
)
def test_a_case_is_found_by_words_of_its_names_and_its_place(cast: Cast, at: datetime, typed: str) -> None:
    a_case(cast.another_applicant)
    found = a_case(
        cast.applicant, answers={"full_name": "Đặng Thị Hường", "entity_name": "Công ty TNHH Rau sạch Đông Thái"}
    )
    assert listed(cast.supervisor, at, tim=typed) == [found]
    text = signed_in(cast.supervisor).get(ADDRESS, {"tim": typed}).content.decode()
    assert "Rau sạch Đông Thái" in text
    assert "Hạnh Phúc" not in text


def test_a_word_is_found_by_its_beginning_and_signs_of_patterns_are_plain_letters(cast: Cast, at: datetime) -> None:
    found = a_case(cast.applicant)
    assert listed(cast.supervisor, at, tim="nguy") == [found]
    for typed in ("guyen", "%", "_", "nguyen %", "\\", "nguyen khong"):
        assert listed(cast.supervisor, at, tim=typed) == []
    assert signed_in(cast.supervisor).get(ADDRESS, {"tim": "a\0b"}).status_code == 200


def test_what_is_late_and_what_waits_for_her_can_be_chosen(cast: Cast, at: datetime) -> None:
    late, waiting = a_case(cast.applicant), a_case(cast.another_applicant)
    player.ask(waiting, "intake", question="Chị gửi thêm giấy đăng ký.", at=at)
    much_later = at + timedelta(days=10)
    assert listed(cast.supervisor, much_later, now="late") == [late]
    assert listed(cast.supervisor, much_later, now="waiting") == [waiting]
    assert listed(cast.supervisor, at, now="late") == []


def test_a_case_whose_next_step_is_hers_waits_for_her_and_is_not_late(cast: Cast, at: datetime) -> None:
    hers = a_case(cast.applicant, service="credit_access", at_node="agree", at=at)
    much_later = at + timedelta(days=60)
    assert hers.promised_on is not None
    assert hers.promised_on < much_later.date()
    assert listed(cast.supervisor, much_later, now="waiting") == [hers]
    assert listed(cast.supervisor, much_later, now="late") == []
    with time_machine.travel(much_later, tick=False):
        seen = {
            "office": signed_in(cast.city_officer).get(reverse("cases:office_register")).content.decode(),
            "hers": signed_in(cast.applicant).get(reverse("cases:mine")).content.decode(),
            "file": b"".join(signed_in(cast.supervisor).post(reverse("cases:register_csv"))).decode("utf-8-sig"),
        }
    assert "tạm dừng, chờ người nộp" in seen["office"]
    assert 'class="late"' not in seen["office"]
    assert "Chờ chị trả lời" in seen["hers"]
    head, line = csv.reader(io.StringIO(seen["file"]))
    found = dict(zip(head, line, strict=True))
    assert (found["Chờ người nộp"], found["Trễ hẹn"]) == ("có", "")
    player.conclude(hers, "agree", "no", at=much_later)
    assert listed(cast.supervisor, much_later, now="waiting") == []


def test_all_that_are_open_can_be_chosen(cast: Cast, at: datetime) -> None:
    closed, decided = a_case(cast.applicant, at_node="deliver"), a_case(cast.applicant, at_node="deliver")
    player.conclude(closed, "deliver", "delivered", at=at + timedelta(days=1))
    assert listed(cast.supervisor, at, state="open") == [decided]


def test_the_next_page_keeps_what_was_chosen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "PAGE", 1)
    for _nth in range(2):
        a_case(cast.applicant)
    text = signed_in(cast.supervisor).get(ADDRESS, {"tim": "hạnh & co", "state": "open"}).content.decode()
    assert "Không tìm thấy" in text
    text = signed_in(cast.supervisor).get(ADDRESS, {"tim": "hạnh", "state": "open"}).content.decode()
    assert "?tim=h%E1%BA%A1nh&amp;state=open&amp;after=" in text


def test_the_page_leads_to_the_story_and_counts_nothing(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    client = signed_in(cast.supervisor)
    with CaptureQueriesContext(connection) as captured:
        text = client.get(ADDRESS).content.decode()
    assert reverse("workflows:story", args=[case.key]) in text
    assert [
        query["sql"] for query in captured if "COUNT(" in query["sql"] and "notifications" not in query["sql"]
    ] == []


def test_a_longer_register_costs_no_more_queries(cast: Cast) -> None:
    client = signed_in(cast.supervisor)

    def cost() -> Any:
        with CaptureQueriesContext(connection) as captured:
            client.get(ADDRESS)
        return len(captured)

    a_case(cast.applicant)
    few = cost()
    for _nth in range(3):
        a_case(cast.another_applicant)
    assert cost() == few


def test_colleagues_read_their_own_words_and_that_a_case_waits_for_her(cast: Cast, at: datetime) -> None:
    a_case(cast.another_applicant, at_node="ext_advice")
    case = a_case(cast.applicant, at_node="triage")
    player.ask(case, "triage", question="Chị gửi thêm hợp đồng.", at=at + timedelta(hours=1))
    text = signed_in(cast.supervisor).get(ADDRESS).content.decode()
    rows = text[text.index("<tbody>") : text.index("</tbody>")]
    assert "Tư vấn viên tư vấn" in rows
    assert re.search(r"\b[Cc]hị\b", rows) is None
    tags = re.findall(r'<span class="govuk-tag[^"]*">\s*([^<]+?)\s*<', rows)
    assert sorted(tags) == ["Chờ người nộp", "Đang xử lý"]


def test_an_outcome_is_named_only_where_one_was_chosen(cast: Cast) -> None:
    target = Target.objects.get(
        programme__province="31", programme__historic=False, code="credit_access", year_from=2026
    )
    client = signed_in(cast.supervisor)
    assert "Chỉ những hồ sơ có kết quả" not in client.get(ADDRESS, {"target": str(target.pk)}).content.decode()
    chosen = client.get(ADDRESS, {"target": str(target.pk), "outcome": "disbursed"}).content.decode()
    assert f"Chỉ những hồ sơ có kết quả: {Outcome.DISBURSED.label}" in chosen
