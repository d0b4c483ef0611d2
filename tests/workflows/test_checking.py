"""The proof of never stuck as a page: what is counted, whom it is shown, and that each number opens its list."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Absence, Case, InformationRequest, Membership, PromiseAlarm, Recusal, Relation, User
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case
from workflows import actions
from workflows.models import WorkItem
from workflows.queries.able import away_alone, nobody_can
from workflows.queries.counting import count_anew
from workflows.queries.health import examine
from workflows.queries.stuck import promise

ADDRESS = "/giam-sat/kiem-tra/"


@pytest.fixture(autouse=True)
def on_that_day(at: datetime) -> Iterator[None]:
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        yield


def page(person: User) -> str:
    cache.clear()
    return signed_in(person).get(ADDRESS).content.decode()


def numbers(text: str) -> dict[str, int]:
    """Return the number behind each address of the page."""
    found = re.findall(r'<td class="number"[^>]*><a[^>]* href="([^"]+)">(\d+)<span', text)
    return {address.replace("&amp;", "&"): int(number) for address, number in found}


def away(person: User, at: datetime, *, acting: User | None = None) -> None:
    day = at.date()
    Absence.objects.create(person=person, since=day, until=day, recorded_by=person, recorded_at=at)
    if acting is not None:
        own = person.memberships.get()
        Membership.objects.create(
            user=acting, agency=own.agency, role=own.role, since=day, until=day, acting_for=person
        )


def test_only_those_who_supervise_have_it(cast: Cast) -> None:
    for part, person in cast.people():
        status = signed_in(person).get(ADDRESS).status_code
        assert (part, status) == (part, 200 if part in ("supervisor", "auditor") else 404)


def test_it_says_how_many_cases_were_checked_and_that_none_is_stuck(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant)
    a_case(cast.another_applicant, at_node="draft", consult_tax=True)
    assert "Đã kiểm tra 2 hồ sơ lúc 10:00:00 ngày 05/11/2026: 0 hồ sơ kẹt." in page(cast.supervisor)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"marking": []}, "Không có bước tiếp theo."),
        ({"version": 99}, "Đồng Hành không biết quy trình của hồ sơ này."),
        ({"marking": [["approve", "start"]]}, "Bước này chưa giao cho ai: Duyệt câu trả lời."),
    ],
)
def test_a_stuck_case_is_named_with_what_is_wrong(cast: Cast, at: datetime, change: dict[str, Any], words: str) -> None:
    for _nth in range(2):
        a_case(cast.applicant, at_node="draft")
    broken = a_case(cast.applicant, at_node="draft")
    Case.objects.filter(pk=broken.pk).update(**change)
    text = page(cast.supervisor)
    assert "1 hồ sơ kẹt" in text
    assert words in text
    assert reverse("workflows:story", args=[broken.key]) in text
    assert '<a href="#stuck">1</a>' in text
    # The same judgement as that of the command, which looks at every case.
    assert [each.case.pk for each in promise(Case.objects.all(), at=at).stuck] == [broken.pk]
    assert examine(at=at).stuck == 1


def test_one_item_too_few_here_and_one_too_many_there_hide_nothing(cast: Cast, at: datetime) -> None:
    """Of cases that stand alike the sum is right: the place without an item must be seen all the same."""
    one, other = (a_case(cast.applicant, at_node="draft") for _nth in range(2))
    item = one.work_items.get(node="draft")
    WorkItem.objects.filter(pk=item.pk).update(case=other, token="start/other:1")
    found = {each.case.pk: len(each.faults) for each in promise(Case.objects.all(), at=at).stuck}
    assert found == {one.pk: 1, other.pk: 1}


def test_whose_holder_is_away_alone_and_what_nobody_can_do_is_counted(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = case.work_items.get(node="draft")
    WorkItem.objects.filter(pk=item.pk).update(assignee=cast.justice_officer)

    def counted() -> tuple[int, int]:
        items = WorkItem.objects.all()
        found = (items.filter(away_alone()).count(), items.filter(nobody_can()).count())
        health = examine(at=at)
        assert (health.absent_without_acting, health.nobody_can) == found
        return found

    assert counted() == (0, 0)
    away(cast.justice_officer, at)
    assert counted() == (1, 0), "a colleague can"
    away(cast.another_justice_officer, at)
    assert counted() == (1, 1)
    Absence.objects.filter(person=cast.justice_officer).delete()
    assert counted() == (0, 0)
    Recusal.objects.create(case=case, person=cast.justice_officer, ground="family", recorded_at=at)
    assert counted() == (0, 1), "kept away from this case"
    Absence.objects.all().delete()
    assert counted() == (0, 0)
    for person in (cast.another_justice_officer,):
        Relation.objects.create(person=person, kind="phone", value=cast.applicant.phone, registered_at=at)
    assert counted() == (0, 1), "a relative of hers"


def test_who_acts_for_an_absent_holder_is_there(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    WorkItem.objects.filter(case=case, node="draft").update(assignee=cast.justice_officer)
    away(cast.another_justice_officer, at)
    away(cast.justice_officer, at, acting=cast.finance_officer)
    assert not WorkItem.objects.filter(away_alone()).exists()
    assert not WorkItem.objects.filter(nobody_can()).exists()


def test_whoever_wrote_it_cannot_approve_it_nor_lend_it(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="approve")
    [written] = case.decisions.filter(node="draft")
    office = cast.justice_approver.memberships.get().agency
    approvers = Membership.objects.filter(agency=office, role="approver")
    approvers.exclude(user=cast.justice_approver).update(until=at.date() - timedelta(days=1))
    assert not WorkItem.objects.filter(nobody_can()).exists()
    approvers.filter(user=cast.justice_approver).update(user=written.reviewer)
    assert WorkItem.objects.filter(nobody_can()).get().node == "approve"


def test_an_adviser_who_is_away_or_no_longer_active_can_do_nothing(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="ext_advice")
    holder = case.work_items.get(finished_at=None).assignee
    assert holder is not None
    assert not WorkItem.objects.filter(nobody_can()).exists()
    User.objects.filter(pk=holder.pk).update(is_active=False)
    assert WorkItem.objects.filter(nobody_can()).exists()


def test_a_sealed_case_can_be_taken_over_by_the_approver(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant, at_node="direct_help")
    holder = WorkItem.objects.get(node="direct_help").assignee
    assert holder is not None
    away(holder, at)
    assert not WorkItem.objects.filter(nobody_can()).exists()
    away(cast.city_approver, at)
    assert WorkItem.objects.filter(nobody_can()).exists()


def a_bit_of_everything(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant)  # late on that day
    a_case(cast.another_applicant, at_node="ext_payment")
    asked = a_case(cast.another_applicant, at_node="triage")
    player.ask(asked, "triage", question="Chị gửi thêm hợp đồng.", at=at + timedelta(hours=1))
    alone = a_case(cast.another_applicant, at_node="draft")
    WorkItem.objects.filter(case=alone, node="draft").update(assignee=cast.justice_officer)
    away(cast.justice_officer, at + timedelta(days=5))
    nobody = a_case(cast.another_applicant, at_node="draft", consult_tax=True)
    WorkItem.objects.filter(case=nobody, node="consult_tax").update(reminded=80, due_at=at + timedelta(days=20))
    away(cast.tax_officer, at + timedelta(days=5))
    Case.objects.filter(pk=nobody.pk).update(promise_alarm=PromiseAlarm.ENDANGERED)
    Case.objects.filter(pk=alone.pk).update(promised_on=at.date())
    request = InformationRequest.objects.get(case=asked)
    InformationRequest.objects.create(
        case=nobody,
        node="draft",
        stage="",
        number=1,
        agency=request.agency,
        asked_by=cast.justice_officer,
        asked_at=at,
        question=request.question,
        answer_by=at.date(),
        ending=InformationRequest.Ending.PROPOSED,
    )


def test_each_number_opens_exactly_the_list_that_was_counted(cast: Cast, at: datetime) -> None:
    a_bit_of_everything(cast, at)
    with time_machine.travel(at + timedelta(days=5), tick=False):
        text, client = page(cast.supervisor), signed_in(cast.supervisor)
        found = numbers(text)
        rows = {address: client.get(address).content.decode().count('<th scope="row"') for address in found}
        unseen = re.search(r'href="(/giam-sat/\?now=overslept)"><b>(\d+)</b>', text)
        assert unseen is not None
        listed = client.get(unseen[1]).content.decode().count('<th scope="row"')
    assert rows == found
    assert listed == int(unseen[2]) > 0
    for which in ("late", "risk", "paused", "outside", "away", "nobody"):
        assert found[f"/giam-sat/viec/?which={which}"] > 0, which
    for now in ("late", "endangered", "proposed"):
        assert found[f"/giam-sat/?now={now}"] > 0, now


def test_a_case_whose_next_step_is_hers_stands_in_no_number_of_late_cases(cast: Cast, at: datetime) -> None:
    hers = a_case(cast.applicant, service="credit_access", at_node="agree", at=at)
    with time_machine.travel(at + timedelta(days=60), tick=False):
        assert numbers(page(cast.supervisor))["/giam-sat/?now=late"] == 0
        player.conclude(hers, "agree", "no", at=at + timedelta(days=1))
        assert numbers(page(cast.supervisor))["/giam-sat/?now=late"] == 1


def test_a_worker_that_sleeps_is_said_and_is_no_fault_of_a_case(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    assert "Máy chưa rà lại" not in page(cast.supervisor)
    Case.objects.filter(pk=case.pk).update(look_at=at - timedelta(minutes=1))
    later = at + timedelta(hours=1)
    assert (examine(at=later).overslept, examine(at=later).well) == (1, True)
    assert "Máy chưa rà lại hơn một giờ" in page(cast.supervisor)


def test_her_own_case_and_one_too_near_to_her_are_in_none_of_her_numbers(cast: Cast, at: datetime) -> None:
    a_case(cast.supervisor)
    shared = a_case(cast.applicant)
    assert count_anew(at) == 2, "one for all, and one without the case of her own"
    for person, seen in ((cast.supervisor, 1), (cast.auditor, 2)):
        text = signed_in(person).get(ADDRESS).content.decode()
        assert f"Đã kiểm tra {seen} hồ sơ" in text
    Recusal.objects.create(case=shared, person=cast.auditor, ground="family", recorded_at=at)
    assert "Đã kiểm tra 1 hồ sơ" in signed_in(cast.auditor).get(ADDRESS).content.decode(), "at once"


def test_the_worker_counts_so_that_no_reader_waits(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant)
    assert count_anew(at) == 1
    assert count_anew(at) == 0, "not again within the minute"
    client = signed_in(cast.supervisor)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(ADDRESS).status_code == 200
    assert not [query for query in captured if "workflows_workitem" in query["sql"]]
    # As when the minute is over, wherever the cache has its clock.
    cache.clear()
    assert count_anew(at) == 1


def test_more_cases_cost_no_more_queries(cast: Cast) -> None:
    client = signed_in(cast.supervisor)

    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(ADDRESS).status_code == 200
        return len(captured)

    a_case(cast.applicant, at_node="draft")
    few = cost()
    for _nth in range(3):
        a_case(cast.another_applicant, at_node="draft", consult_tax=True)
        a_case(cast.another_applicant)
    assert cost() == few


def test_what_ended_is_checked_no_more(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + timedelta(minutes=5))
    assert "Đã kiểm tra 0 hồ sơ" in page(cast.supervisor)
