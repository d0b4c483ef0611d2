"""What a supervisor sees first: every number is of her province, adds up and opens its list."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, Membership, Target, User
from cases.policy import supervised_cases
from cases.queries.targets import Standing, targets
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case
from workflows.models import WorkItem
from workflows.queries import counting
from workflows.queries import supervised as lists
from workflows.queries.health import examine
from workflows.queries.overview import Counts, Overview, overview
from workflows.queries.supervised import Chosen, supervised

ADDRESS = "/toan-canh/"
ITEMS = "/giam-sat/viec/"


@pytest.fixture(autouse=True)
def on_that_day(at: datetime) -> Iterator[None]:
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        yield


def seen(user: User, at: datetime) -> Overview:
    cache.clear()
    return overview(user, at=at)


def shown(user: User, at: datetime, **chosen: str) -> list[Case]:
    return [row.item.case for row in supervised(user, Chosen(**chosen), at=at).rows]


def test_only_those_who_supervise_have_one_and_land_on_it(cast: Cast) -> None:
    for part, person in cast.people():
        statuses = {signed_in(person).get(address).status_code for address in (ADDRESS, ITEMS)}
        assert (part, statuses) == (part, {200} if part in ("supervisor", "auditor") else {404})


def test_the_promise_stands_first_and_is_that_of_check_cases(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant)
    broken = a_case(cast.applicant, at_node="triage")
    assert "hồ sơ bị kẹt" in signed_in(cast.supervisor).get(ADDRESS).content.decode()
    assert seen(cast.supervisor, at).snapshot.promise.stuck == ()
    WorkItem.objects.filter(case=broken, finished_at__isnull=True).update(finished_at=at, status="cancelled")
    found = seen(cast.supervisor, at).snapshot.promise
    assert ([each.case.pk for each in found.stuck], found.open) == ([broken.pk], 2)
    assert examine(at=at).stuck == len(found.stuck)
    cache.clear()
    text = signed_in(cast.supervisor).get(ADDRESS).content.decode()
    assert "Báo ngay cho người quản trị:" in text
    assert reverse("workflows:story", args=[broken.key]) in text


def test_a_holder_who_left_makes_a_case_stuck_here_too(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant, at_node="ext_advice")
    assert seen(cast.supervisor, at).snapshot.promise.stuck == ()
    Membership.objects.filter(user=cast.expert).update(until=at.date() - timedelta(days=1))
    assert len(seen(cast.supervisor, at).snapshot.promise.stuck) == examine(at=at).stuck == 1


def test_what_is_counted_once_a_minute_says_when(cast: Cast, at: datetime) -> None:
    first = overview(cast.supervisor, at=at)
    a_case(cast.applicant)
    again = overview(cast.supervisor, at=at + timedelta(seconds=30))
    assert again.snapshot.promise == first.snapshot.promise
    assert again.total.open == first.total.open + 1


def test_work_is_counted_by_agency_and_the_parts_add_up(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant)
    a_case(cast.applicant, answers={"commune": "Xã Kiến Thụy"})
    a_case(cast.another_applicant, at_node="draft", consult_tax=True)
    a_case(cast.another_applicant, at_node="ext_advice")
    asked = a_case(cast.another_applicant, at_node="triage")
    player.ask(asked, "triage", question="Chị gửi thêm hợp đồng.", at=at + timedelta(hours=1))
    found = seen(cast.supervisor, at + timedelta(days=5))
    loads = {load.code: load.counts for load in found.loads}
    assert loads["communes"] == Counts(open=2, late=2)
    assert loads["HPG-STP"].open == loads["HPG-THUE"].open == loads["advisers"].open == 1
    assert loads["HPG-HPN"] == Counts(open=1, paused=1)
    assert found.total == sum(loads.values(), Counts())
    assert (loads["communes"].in_time, loads["HPG-HPN"].in_time, loads["HPG-THUE"].in_time) == (0, 0, 1)
    assert found.loads[0].code == "communes", "late work stands first"


def test_every_number_opens_the_list_that_it_counts(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant)
    a_case(cast.another_applicant, at_node="ext_payment")
    a_case(cast.another_applicant, at_node="draft", consult_tax=True)
    asked = a_case(cast.another_applicant, at_node="triage")
    player.ask(asked, "triage", question="Chị gửi thêm hợp đồng.", at=at + timedelta(hours=1))
    later = at + timedelta(days=5)
    found = seen(cast.supervisor, later)
    for which in ("late", "soon", "paused", "outside"):
        assert len(shown(cast.supervisor, later, which=which)) == getattr(found.total, which)
        for load in found.loads:
            listed = shown(cast.supervisor, later, which=which, agency=load.code)
            assert len(listed) == getattr(load.counts, which)
    for load in found.loads:
        assert len(shown(cast.supervisor, later, agency=load.code)) == load.counts.open
    with time_machine.travel(later, tick=False):
        client = signed_in(cast.supervisor)
        addresses = set(re.findall(rf'href="({ITEMS}[^"]*)"', client.get(ADDRESS).content.decode()))
        assert len(addresses) > 8
        assert {client.get(address.replace("&amp;", "&")).status_code for address in addresses} == {200}


def test_every_number_on_the_page_is_that_of_the_rows_behind_it(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "SLOWEST", 20)
    for _nth in range(2):
        a_case(cast.applicant, at_node="deliver")
    a_case(cast.another_applicant, at_node="deliver", answers={"tax_code": "0101248141"})
    a_case(cast.another_applicant, at_node="ext_payment")
    a_case(cast.another_applicant, at_node="draft", consult_tax=True)
    a_case(cast.applicant)
    asked = a_case(cast.another_applicant, at_node="triage")
    for hours in (1, 50):
        player.ask(asked, "triage", question="Chị gửi thêm hợp đồng.", at=at + timedelta(hours=hours))
        if hours == 1:
            player.reply(asked, text="Đây ạ.", at=at + timedelta(hours=2))
    with time_machine.travel(at + timedelta(days=5), tick=False):
        client = signed_in(cast.supervisor)
        cache.clear()
        text = client.get(ADDRESS).content.decode()
        overview_itself = text[text.index('id="overview"') : text.index("</main>")]
        numbers = {}
        for address, words in re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', overview_itself, re.DOTALL):
            if said := re.findall(r"\d+", re.sub(r"<[^>]+>", " ", words)):
                # Of a slow step the days stand first.
                which = -1 if "which=month" in address or "now=asked" in address else 0
                numbers[address.replace("&amp;", "&")] = int(said[which])
        kinds = ("state=open", "target=", "which=late", "which=month&step=", "now=asked", "agency=communes")
        assert [kind for kind in kinds if not any(kind in address for address in numbers)] == []
        rows = {address: client.get(address).content.decode().count('<th scope="row"') for address in numbers}
    assert rows == numbers
    assert "Một hồ sơ có thể có nhiều việc." in text


@pytest.mark.parametrize(
    ("asked", "slice_"),
    [
        ("agency=communes", "Hội Phụ nữ xã, phường"),
        ("agency=advisers", "Tư vấn viên trong danh sách"),
        ("agency=HPG-STP&which=late", "Sở Tư pháp"),
        ("step=draft", "Soạn câu trả lời"),
        ("which=month&step=draft&service=legal_advice", "Hỏi luật, thuế, hợp đồng"),
        ("agency=khong-co", "khong-co"),
    ],
)
def test_a_list_says_which_slice_it_is_and_leads_back_to_all(cast: Cast, asked: str, slice_: str) -> None:
    text = signed_in(cast.supervisor).get(f"{ITEMS}?{asked}").content.decode()
    heading = text[text.index("<h1>") : text.index("</h1>")]
    assert f"· {slice_}" in heading
    assert f'<a href="{ITEMS}">Xem tất cả việc đang mở</a>' in text


def test_the_target_of_another_province_opens_no_list(cast: Cast) -> None:
    a_case(cast.applicant, at_node="deliver")
    client = signed_in(cast.supervisor)
    elsewhere = Target.objects.exclude(programme__province="31").exclude(programme__province=None).first()
    assert elsewhere is not None
    for number in (elsewhere.pk, "x", "99999999999999999999"):
        assert '<th scope="row"' not in client.get(f"/giam-sat/?target={number}").content.decode()


def test_sealed_cases_her_own_and_those_of_elsewhere_stand_in_no_number(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant, at_node="direct_help")
    a_case(cast.supervisor)
    found = seen(cast.supervisor, at)
    assert (found.total, found.loads, found.snapshot.promise.open) == (Counts(), (), 0)
    assert found.snapshot.slowest == ()
    assert shown(cast.supervisor, at) == []
    assert "Không có việc nào đang mở." in signed_in(cast.supervisor).get(ADDRESS).content.decode()


def test_the_lists_are_read_page_by_page(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    cases = {a_case(cast.applicant, at=at - timedelta(minutes=nth)).pk for nth in range(5)}
    met: list[int] = []
    after = ""
    for _page in range(3):
        page = supervised(cast.supervisor, Chosen(), after=after, at=at)
        met += [row.item.case.pk for row in page.rows]
        after = page.after
    assert (len(met), set(met), after) == (5, cases, "")


def test_more_cases_cost_no_more_queries(cast: Cast) -> None:
    client = signed_in(cast.supervisor)

    def cost(address: str) -> Any:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    a_case(cast.applicant, at_node="draft")
    few = [cost(ADDRESS), cost(ITEMS), cost("/giam-sat/chi-tieu/")]
    for _nth in range(4):
        a_case(cast.another_applicant, at_node="draft", consult_tax=True, consult_finance=True)
        a_case(cast.another_applicant)
    assert [cost(ADDRESS), cost(ITEMS), cost("/giam-sat/chi-tieu/")] == few


# --- targets -----------------------------------------------------------------------------------------------


def legal_advice(user: User, at: datetime) -> Standing:
    found = targets(supervised_cases(user), ["31"], at=at)
    return next(standing for standing in found if standing.target.code == "legal_advice")


def test_a_target_counts_businesses_once_and_refusals_never(cast: Cast, at: datetime) -> None:
    for _nth in range(2):
        a_case(cast.applicant, at_node="deliver")
    a_case(cast.another_applicant, at_node="deliver", answers={"tax_code": "0101248141"})
    refused = a_case(cast.another_applicant, at_node="approve_refusal")
    player.conclude(refused, "approve_refusal", "approve", at=at + timedelta(hours=1))
    assert legal_advice(cast.supervisor, at).reached == 2


def test_a_target_that_cases_do_not_tell_has_no_number(cast: Cast, at: datetime) -> None:
    found = {standing.target.code: standing for standing in targets(supervised_cases(cast.supervisor), ["31"], at=at)}
    assert found["mentors"].reached is None
    assert found["mentors"].words == "Chưa đếm được"
    assert legal_advice(cast.supervisor, at).words == "Chưa có"
    text = signed_in(cast.supervisor).get(ADDRESS).content.decode()
    assert "mục tiêu nội bộ" in text
    assert "Chưa đếm được" in text


@pytest.mark.parametrize(
    ("reached", "words"),
    [(0, "none_yet"), (60, "slow"), (80, "a_little_slow"), (95, "on_pace"), (119, "on_pace"), (120, "ahead")],
)
def test_what_was_reached_is_held_against_even_pace(reached: int, words: str) -> None:
    standing = Standing(Target(code="x", amount=Decimal(1000)), reached, pace=Decimal(100), passed=10)
    assert standing.verdict == words


def test_even_pace_is_the_share_of_the_years_that_has_passed(cast: Cast, at: datetime) -> None:
    standing = legal_advice(cast.supervisor, at)
    days = (at.date() - datetime(2026, 1, 1).date()).days + 1  # noqa: DTZ001
    assert standing.pace == pytest.approx(standing.target.amount * days / Decimal(1826))
    assert standing.tick == f"{standing.passed}%"


# --- the slowest steps --------------------------------------------------------------------------------------


def test_the_slowest_steps_of_the_month_stand_below_hers_among_them(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    player.ask(case, "intake", question="Chị gửi thêm giấy.", at=at + timedelta(hours=1))
    found = seen(cast.supervisor, at + timedelta(days=9)).snapshot.slowest
    assert [(str(slow.name), slow.days, slow.many) for slow in found] == [
        ("Đọc và tiếp nhận", 9, 1),
        ("Chờ người nộp trả lời", 8, 1),
    ]
