"""What waits for whom, in which order, and page by page."""

import gzip
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, Membership, Role, User
from cases.queries import register as registers
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, item_at
from workflows import actions
from workflows.models import WorkItem
from workflows.queries.worklist import PAGE, Chosen, worklist

ADDRESS = "/viec/"


def names(user: User, at: datetime, after: str = "", **chosen: str) -> list[str]:
    found = worklist(user, Chosen(**chosen), after=after, at=at)
    return [row.item.node for group in found.groups for row in group.rows]


def many_items(case: Case, number: int) -> None:
    """Open many items of one case by hand, due one after another."""
    item = item_at(case, "triage")
    copies = []
    for nth in range(number):
        copy = WorkItem.objects.get(pk=item.pk)
        copy.pk, copy.token, copy.due_at = None, f"start/{nth}", item.due_at + timedelta(hours=nth)
        copies.append(copy)
    WorkItem.objects.bulk_create(copies)


def test_an_office_sees_what_waits_for_it_and_others_do_not(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant)
    assert names(cast.commune_officer, at) == ["intake"]
    for other in (cast.another_commune_officer, cast.city_officer, cast.justice_officer, cast.supervisor):
        assert names(other, at) == []


def test_an_officer_does_not_see_what_waits_for_approvers(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant, at_node="approve")
    assert names(cast.justice_officer, at) == []
    assert names(cast.justice_approver, at) == ["approve"]


def test_nobody_works_on_her_own_case(cast: Cast, at: datetime) -> None:
    a_case(cast.commune_officer)
    assert names(cast.commune_officer, at) == []


def test_what_she_holds_is_hers_and_stands_first(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    a_case(cast.another_applicant)
    WorkItem.objects.filter(pk=item_at(case, "intake").pk).update(assignee=cast.commune_officer)
    found = worklist(cast.commune_officer, Chosen(), at=at)
    assert found.chosen.scope == "mine"
    assert found.counts == {"mine": "1", "office": "2", "late": "0"}


def test_without_work_of_her_own_the_list_opens_on_the_office(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant)
    assert worklist(cast.commune_officer, Chosen(), at=at).chosen.scope == "office"


def test_an_adviser_sees_what_she_holds_by_name(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant, at_node="adviser_accept", adviser=cast.expert.pk)
    assert names(cast.expert, at) == ["adviser_accept"]
    assert names(cast.another_expert, at) == []


def test_a_sealed_item_is_seen_by_its_holder_and_the_approvers_alone(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    holder = item_at(case, "direct_help").assignee
    colleague = cast.another_city_officer if holder == cast.city_officer else cast.city_officer
    assert names(holder, at) == ["direct_help"]
    assert names(cast.city_approver, at, scope="office") == ["direct_help"]
    assert names(colleague, at, scope="office") == []
    assert names(cast.commune_officer, at, scope="office") == []


def test_the_latest_stands_first_and_what_is_paused_last(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage")
    many_items(case, 3)
    late, today, soon, paused = WorkItem.objects.filter(case=case, node="triage", finished_at__isnull=True)
    request = case.information_requests.create(
        node="triage",
        asked_by=cast.city_officer,
        asked_at=at,
        answer_by=at,
        question=case.passages.create(kind="question", author=cast.city_officer, body="Gì?", written_at=at),
    )
    for item, days in ((late, -4), (today, 0), (soon, 1)):
        WorkItem.objects.filter(pk=item.pk).update(due_at=at + timedelta(days=days, hours=1))
    WorkItem.objects.filter(pk=paused.pk).update(
        due_at=at - timedelta(days=9), status="waiting", paused_on=at, request=request
    )
    groups = worklist(cast.city_officer, Chosen(scope="office"), at=at).groups
    assert [group.nearness for group in groups] == ["late", "today", "soon", "paused"]
    assert [row.tag.words for group in groups for row in group.rows] == [
        "Quá 4 ngày",  # from Sunday to Thursday: four working days
        "Hôm nay",
        "Còn 1 ngày",
        "Tạm dừng",
    ]
    assert worklist(cast.city_officer, Chosen(scope="late"), at=at).counts["late"] == "1"


def test_pages_follow_one_another_without_gap_or_repetition(cast: Cast, at: datetime) -> None:
    many_items(a_case(cast.applicant, at_node="triage"), 2 * PAGE + 5)
    seen: list[int] = []
    after = ""
    for _page in range(3):
        found = worklist(cast.city_officer, Chosen(scope="office"), after=after, at=at)
        seen += [row.item.pk for group in found.groups for row in group.rows]
        after = found.after
    assert after == ""
    assert len(seen) == len(set(seen)) == 2 * PAGE + 6


def test_paused_items_follow_on_later_pages(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage")
    many_items(case, PAGE + 3)
    question = case.passages.create(kind="question", author=cast.city_officer, body="Gì?", written_at=at)
    request = case.information_requests.create(
        node="triage", asked_by=cast.city_officer, asked_at=at, answer_by=at, question=question
    )
    WorkItem.objects.filter(case=case, node="triage").update(status="waiting", paused_on=at, request=request)
    first = worklist(cast.city_officer, Chosen(scope="office"), at=at)
    second = worklist(cast.city_officer, Chosen(scope="office"), after=first.after, at=at)
    assert [len(group.rows) for group in (*first.groups, *second.groups)] == [PAGE, 4]


@pytest.mark.parametrize("after", ["x", "open/x/1", "open/2026-11-05/1", "open/2026-11-05T00:00:00+07:00/x", "//"])
def test_a_broken_cursor_opens_the_first_page(cast: Cast, at: datetime, after: str) -> None:
    a_case(cast.applicant)
    assert names(cast.commune_officer, at, after=after) == ["intake"]


def statements(user: User, at: datetime) -> list[Any]:
    client = signed_in(user)
    with time_machine.travel(at, tick=False):
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(ADDRESS, {"scope": "office"}).status_code == 200
    return [query["sql"] for query in captured]


def test_a_longer_list_costs_no_more_queries_and_none_counts_without_end(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage")
    few = statements(cast.city_officer, at)
    many_items(case, PAGE + 1)
    for _nth in range(3):
        a_case(cast.another_applicant, at_node="triage")
    many = statements(cast.city_officer, at)
    assert len(many) <= len(few)  # a full page need not look for paused items
    assert not any("OFFSET" in sql for sql in many)
    assert all("LIMIT" in sql for sql in many if "COUNT(" in sql)


def test_the_page_says_what_matters_in_vietnamese(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, answers={"priority": "yes", "priority_reason": "Tôi phải đi khỏi nhà."})
    with time_machine.travel(at + timedelta(days=6), tick=False):
        page = signed_in(cast.commune_officer).get(ADDRESS)
    text = page.content.decode()
    for words in (
        "Việc cần xử lý",
        "Quá hạn",
        "Công ty TNHH may Hạnh Phúc",
        "phường Lê Chân",
        "Ưu tiên",
        case.short_code,
    ):
        assert words in text
    assert reverse("workflows:item", args=[item_at(case, "intake").pk]) in text
    assert "Tôi phải đi" not in text


def test_applicants_have_no_worklist(cast: Cast) -> None:
    assert signed_in(cast.applicant).get(ADDRESS).status_code == 404


def shown(user: User, at: datetime, **asked: str) -> str:
    with time_machine.travel(at, tick=False):
        response = signed_in(user).get(ADDRESS, asked)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize(
    "looked_for",
    [
        "Hạnh Phúc",
        "hanh phuc",
        "HANH  phuc",
        "đỗ thị đào",
        "do thi dao",
        "dao lê chân",
        "code",
        "end",
        "end without -",
        "4",
    ],
)
def test_a_case_is_found_by_its_code_its_end_or_a_name_without_accents(
    cast: Cast, at: datetime, looked_for: str
) -> None:
    case = a_case(cast.applicant, answers={"full_name": "Đỗ Thị Đào"})
    a_case(cast.another_applicant, answers={"full_name": "Lý Thị Bưởi", "entity_name": "Công ty Sao Biển"})
    code, end = str(case.code), case.short_code
    text = {"code": code.lower(), "end": end, "end without -": end.replace("-", ""), "4": end[-4:]}.get(
        looked_for, looked_for
    )
    rows = [row for group in worklist(cast.commune_officer, Chosen(tim=text), at=at).groups for row in group.rows]
    assert [row.item.case for row in rows] == [case]


def test_the_worklist_and_the_register_find_by_one_rule(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, answers={"full_name": "Đỗ Thị Đào"})
    for typed, found in (("đà", [case]), ("ào", []), ("do dao", [case]), ("dao do", [case]), (case.short_code, [case])):
        items = worklist(cast.commune_officer, Chosen(tim=typed), at=at)
        register = registers.register(cast.supervisor, registers.Chosen(tim=typed), at=at)
        assert (typed, [row.item.case for group in items.groups for row in group.rows]) == (typed, found)
        assert (typed, [row.case for row in register.rows]) == (typed, found)


def test_no_search_finds_a_sealed_case_nor_one_of_another_office(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    holder = item_at(case, "direct_help").assignee
    assert names(holder, at) == ["direct_help"]
    for looked_for in (str(case.code), case.short_code, "hanh"):
        assert names(holder, at, tim=looked_for) == []
    other = a_case(cast.another_applicant)
    assert names(cast.another_commune_officer, at, tim=other.short_code) == []


def test_a_search_looks_through_the_whole_office_and_says_when_it_finds_nothing(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    WorkItem.objects.filter(pk=item_at(case, "intake").pk).update(assignee=cast.commune_officer)
    assert worklist(cast.commune_officer, Chosen(tim="hanh"), at=at).chosen.scope == "office"
    text = shown(cast.commune_officer, at, tim="không có ai")
    assert "Không có việc đang mở cho “không có ai”" in text
    assert 'href="/ho-so-co-quan/?tim=kh%C3%B4ng%20c%C3%B3%20ai"' in text
    assert "Đang tìm “không có ai”" in text


@pytest.mark.parametrize("odd", ["%", "_", "\\", "'", "\0", "đ" * 500, "<b>"])
def test_odd_signs_find_nothing_and_break_nothing(cast: Cast, at: datetime, odd: str) -> None:
    a_case(cast.applicant)
    assert "<b>”" not in shown(cast.commune_officer, at, tim=odd, step=odd, service=odd, scope=odd)


def test_the_choice_goes_along_to_every_page_and_every_item(cast: Cast, at: datetime) -> None:
    many_items(a_case(cast.applicant, at_node="triage"), PAGE + 2)
    text = shown(cast.city_officer, at, scope="office", step="triage", tim="hanh")
    kept = "scope=office&amp;step=triage&amp;tim=hanh"
    assert len(re.findall(rf"/viec/\d+/\?{re.escape(kept)}\"", text)) == PAGE
    assert f"?{kept}&amp;after=" in text
    assert 'name="tim" value="hanh"' in text


def test_only_steps_of_her_own_office_and_role_are_offered(cast: Cast, at: datetime) -> None:
    def steps(user: User) -> list[str]:
        return [name for name, _label in worklist(user, Chosen(), at=at).steps]

    assert steps(cast.commune_officer) == ["intake"]
    assert steps(cast.tax_officer) == ["consult_tax", "tax_ready"]
    assert steps(cast.justice_approver) == ["approve", "cost_approve"]
    assert steps(cast.expert) == ["adviser_accept", "ext_advice"]


def test_the_head_counts_what_is_late_and_what_is_due_today(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage")
    many_items(case, 2)
    late, *today = WorkItem.objects.filter(case=case, node="triage", finished_at__isnull=True).order_by("pk")
    WorkItem.objects.filter(pk=late.pk).update(due_at=at - timedelta(hours=1))
    WorkItem.objects.filter(pk__in=[item.pk for item in today]).update(due_at=at + timedelta(hours=5))
    text = shown(cast.city_officer, at, scope="office")
    assert '<b class="late">1 việc quá hạn</b>, 2 việc đến hạn hôm nay. Thứ Năm, 05/11/2026.' in text


def test_what_just_came_is_marked_new_for_a_while_and_not_for_who_did_it(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant, at_node="triage", at=at)
    fresh = shown(cast.city_officer, at + timedelta(minutes=5), scope="office")
    assert fresh.count('class="new"') == 1
    assert "vừa đến" in fresh
    assert 'class="new"' not in shown(cast.city_officer, at + timedelta(minutes=30), scope="office")
    case = a_case(cast.another_applicant, at_node="draft", at=at)
    item = actions.claim(
        item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=at + timedelta(minutes=20)
    )
    later = at + timedelta(minutes=22)
    assert 'class="new"' not in shown(cast.justice_officer, later, scope="office")
    assert f'id="item-{item.pk}" class="new"' in shown(cast.another_justice_officer, later, scope="office")


def test_fifty_rows_keep_the_page_small(cast: Cast, at: datetime) -> None:
    many_items(a_case(cast.applicant, at_node="triage"), PAGE)
    assert len(gzip.compress(shown(cast.city_officer, at, scope="office").encode(), 6)) < 12_000


def test_a_filter_narrows_the_list(cast: Cast, at: datetime) -> None:
    Membership.objects.create(user=cast.justice_officer, agency_id=cast.justice_approver.memberships.get().agency_id,
                              role=Role.APPROVER, since=at)  # fmt: skip
    a_case(cast.applicant, at_node="approve")
    a_case(cast.applicant, at_node="draft")
    assert sorted(names(cast.justice_officer, at)) == ["approve", "draft"]
    assert names(cast.justice_officer, at, step="draft") == ["draft"]
    assert names(cast.justice_officer, at, service="nothing") == []
