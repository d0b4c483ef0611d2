"""After a decision the next work item of the same list: scope, filters and search go along."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import User
from project.demo.cast import Cast, person
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from workflows.models import WorkItem


@pytest.fixture(autouse=True)
def on_that_day(at: datetime) -> Iterator[None]:
    """Everything happens on the day of the stories."""
    with time_machine.travel(at + timedelta(minutes=30), tick=False):
        yield


def three(at: datetime) -> list[WorkItem]:
    """Three items of the commune, due one after another."""
    items = []
    for number in range(3):
        case = a_case(person(f"Chị Số {number}", f"0900 700 00{number}"), at=at)
        WorkItem.objects.filter(case=case).update(due_at=at + timedelta(days=number + 1))
        items.append(item_at(case, "intake"))
    return items


def accept(user: User, item: WorkItem, query: str = "") -> Any:
    client = signed_in(user)
    page = client.get(reverse("workflows:item", args=[item.pk]) + query)
    posted = {**hidden(page), "action": "send", "verdict": "accept", "reason_code": "IN_SCOPE"}
    return client.post(reverse("workflows:decide", args=[item.pk]) + query, posted)


def address(item: WorkItem, query: str = "") -> str:
    return reverse("workflows:item", args=[item.pk]) + query


def test_the_next_item_of_the_same_list_follows_and_then_the_first_and_then_the_list(cast: Cast, at: datetime) -> None:
    first, second, third = three(at)
    query = "?scope=office&step=intake"
    assert accept(cast.commune_officer, second, query).headers["Location"] == address(third, query)
    assert accept(cast.commune_officer, third, query).headers["Location"] == address(first, query)
    done = accept(cast.commune_officer, first, query)
    assert done.headers["Location"] == reverse("workflows:worklist") + query
    client = signed_in(cast.commune_officer)
    assert "Không có việc nào khớp lựa chọn này." in client.get(done.headers["Location"]).content.decode()


def test_the_next_page_says_for_whom_the_conclusion_was_sent(cast: Cast, at: datetime) -> None:
    first, _second, _third = three(at)
    client = signed_in(cast.commune_officer)
    posted = {**hidden(client.get(address(first))), "verdict": "accept", "reason_code": "IN_SCOPE"}
    page = client.post(reverse("workflows:decide", args=[first.pk]), posted, follow=True)
    assert page.resolver_match.url_name == "item"
    assert f"({first.case.short_code})" in page.content.decode()
    assert "Đã gửi kết luận cho" in page.content.decode()


def test_a_search_goes_along(cast: Cast, at: datetime) -> None:
    first, _second, third = three(at)
    WorkItem.objects.get(pk=first.pk).case.__class__.objects.filter(pk__in=[first.case_id, third.case_id]).update(
        plain_name="hat dieu vang"
    )
    query = "?scope=office&tim=h%E1%BA%A1t+%C4%91i%E1%BB%81u"
    assert accept(cast.commune_officer, first, query).headers["Location"] == address(third, query)


def test_what_a_colleague_holds_is_passed_over(cast: Cast, at: datetime) -> None:
    first, second, third = three(at)
    WorkItem.objects.filter(pk=second.pk).update(assignee=cast.another_commune_officer)
    assert accept(cast.commune_officer, first, "?scope=office").headers["Location"] == address(third, "?scope=office")


def test_the_head_says_where_the_item_stands_and_links_its_neighbours(cast: Cast, at: datetime) -> None:
    first, second, third = three(at)
    page = signed_in(cast.commune_officer).get(address(second, "?scope=office")).content.decode()
    assert "Việc 2/3" in page
    for neighbour, key in ((first, "p"), (third, "n")):
        assert f'data-key="{key}" href="{address(neighbour, "?scope=office")}"' in page
    alone = signed_in(cast.commune_officer).get(address(second, "?scope=mine")).content.decode()
    assert 'data-key="n"' not in alone


def test_a_longer_list_costs_an_item_page_no_more_queries_and_counts_no_further_than_a_tag_shows(
    cast: Cast, at: datetime
) -> None:
    def statements(item: WorkItem) -> list[str]:
        client = signed_in(cast.commune_officer)
        client.get(address(item, "?scope=office"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(item, "?scope=office")).status_code == 200
        return [query["sql"] for query in captured]

    first, second, _third = three(at)
    few = statements(second)
    copies = []
    for number in range(130):
        copy = WorkItem.objects.get(pk=first.pk)
        copy.pk, copy.token = None, f"start/{number}"
        copies.append(copy)
    WorkItem.objects.bulk_create(copies)
    many = statements(second)
    assert len(many) == len(few)
    # The questions of one case are few; the list is counted no further than a tag shows.
    counting = [sql for sql in many if "COUNT(" in sql and 'FROM "cases_informationrequest"' not in sql]
    assert counting
    assert all("LIMIT" in sql for sql in counting)
    assert "Việc 99+/99+" in signed_in(cast.commune_officer).get(address(second, "?scope=office")).content.decode()
