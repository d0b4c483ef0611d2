"""What waits for an approver, who is away, and what staff read where something is no longer theirs."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Absence, Case, InformationRequest, User
from cases.services import SERVICES
from notifications.messages import words
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, item_at
from workflows import actions
from workflows.flows.registry import FLOWS, graph_for
from workflows.queries.worklist import Chosen, worklist

WORKLIST = reverse("workflows:worklist")


def a_proposal(cast: Cast, applicant: User, at: datetime) -> InformationRequest:
    """Return a second question of the Department of Justice, which waits for an approver."""
    case = a_case(applicant, at_node="draft", at=at)
    player.ask(case, "draft", question="Chị gửi ảnh hợp đồng.", at=at + timedelta(hours=1))
    player.reply(case, text="Tôi gửi đây.", at=at + timedelta(days=1))
    return actions.request_information(
        item_at(case, "draft"),
        reviewer=cast.justice_officer,
        question="Chị gửi thêm trang ký.",
        why_again="Ảnh đã gửi thiếu trang ký.",
        key=uuid4(),
        at=at + timedelta(days=4),
    )


def list_of(user: User, at: datetime) -> str:
    with time_machine.travel(at, tick=False):
        page: str = signed_in(user).get(WORKLIST).content.decode()
    return page


def test_a_question_that_waits_stands_on_top_of_its_approvers_list_alone(cast: Cast, at: datetime) -> None:
    question, later = a_proposal(cast, cast.applicant, at), at + timedelta(days=4)
    address = reverse("workflows:further", args=[question.pk])
    page = list_of(cast.justice_approver, later)
    assert "Câu hỏi chờ anh/chị duyệt: 1" in page
    assert address in page
    assert f"từ {later:%H:%M %d/%m/%Y}" in page
    for other in (cast.justice_officer, cast.tax_officer, cast.commune_officer):
        assert address not in list_of(other, later)
    actions.decline_request(
        question, approver=cast.justice_approver, words="Hỏi qua điện thoại.", key=uuid4(), at=later
    )
    assert address not in list_of(cast.justice_approver, later)
    # Whoever opens it again reads who declined it and why, and finds a way on.
    page = signed_in(cast.justice_approver).get(address).content.decode()
    assert f"{cast.justice_approver} không duyệt lúc" in page
    assert "“Hỏi qua điện thoại.”" in page
    assert f'<a class="govuk-button" href="{WORKLIST}">' in page


def test_more_questions_that_wait_cost_no_more_queries(cast: Cast, at: datetime) -> None:
    def queries() -> int:
        client = signed_in(cast.justice_approver)
        with time_machine.travel(at + timedelta(days=5), tick=False):
            client.get(WORKLIST)
            with CaptureQueriesContext(connection) as captured:
                client.get(WORKLIST)
        return len(captured)

    a_proposal(cast, cast.applicant, at)
    few = queries()
    for _nth in range(3):
        a_proposal(cast, cast.another_applicant, at)
    assert queries() <= few


def test_the_approvers_notice_names_the_step_and_its_day(cast: Cast, at: datetime) -> None:
    question = a_proposal(cast, cast.applicant, at)
    due = item_at(question.case, "draft").due_at
    [told] = Notification.objects.filter(event__verb="request_proposed", person=cast.justice_approver)
    assert "ở bước: Soạn câu trả lời. Hạn " in words(told, ())
    assert f"{due:%m/%Y}" in words(told, ())


def test_a_notice_to_staff_names_the_very_step_in_their_own_words(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    player.conclude(case, "draft", "drafted", at=at)
    told = Notification.objects.filter(case=case, person=cast.justice_approver).latest("pk")
    agencies = [item_at(case, "approve").agency_id or 0]
    assert "Duyệt câu trả lời" in words(told, agencies)


@pytest.mark.parametrize(("service", "version"), sorted(FLOWS))
def test_a_service_calls_every_step_as_its_route_does(service: str, version: int) -> None:
    steps = graph_for(service, version).human_steps
    assert {node: str(step.label) for node, step in steps.items()} == {
        node: str(name) for node, name in SERVICES[service].step_names.items()
    }


def test_a_page_about_a_question_already_decided_names_no_other_case(cast: Cast, at: datetime) -> None:
    others = a_case(cast.another_applicant, at_node="draft", at=at)
    question = a_proposal(cast, cast.applicant, at)
    # The number of the question is the number of a work item of somebody else's case.
    item = item_at(others, "draft")
    InformationRequest.objects.filter(pk=question.pk).update(id=item.pk)
    question = InformationRequest.objects.get(pk=item.pk)
    client = signed_in(cast.justice_approver)
    with time_machine.travel(at + timedelta(days=5), tick=False):
        address = reverse("workflows:approve_request", args=[question.pk])
        assert client.post(address, {"key": str(uuid4())}).status_code == 302
        again = client.post(address, {"key": str(uuid4())})
    page = again.content.decode()
    assert again.status_code == 409
    assert others.code
    assert others.code not in page
    assert reverse("workflows:item", args=[item.pk]) not in page


def test_staff_read_that_a_work_item_is_no_longer_theirs_whether_it_was_ever_there(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    there, nowhere = reverse("workflows:item", args=[item_at(case, "triage").pk]), "/viec/999999/"
    client = signed_in(cast.tax_officer)
    pages = [client.get(address) for address in (there, nowhere)]
    assert [page.status_code for page in pages] == [404, 404]
    for page in pages:
        assert "Việc này không còn ở chỗ anh/chị" in page.content.decode()
        assert f'href="{WORKLIST}"' in page.content.decode()
    assert "không còn ở chỗ" not in signed_in(cast.applicant).get(nowhere).content.decode()


def test_who_is_away_reads_it_on_top_of_her_own_list(cast: Cast, at: datetime) -> None:
    assert "Đang ghi vắng mặt" not in list_of(cast.justice_officer, at)
    Absence.objects.create(
        person=cast.justice_officer,
        since=date(2026, 11, 5),
        until=date(2026, 11, 12),
        recorded_by=cast.justice_officer,
        recorded_at=at,
    )
    assert "Đang ghi vắng mặt đến 12/11/2026, chưa có ai làm thay." in list_of(cast.justice_officer, at)


def test_a_case_is_found_by_the_beginning_of_its_short_code(cast: Cast, at: datetime) -> None:
    case: Case = a_case(cast.applicant, at=at)
    for typed in (case.short_code[:6], case.short_code[:4].lower(), f" {case.short_code[:5]} "):
        found = worklist(cast.commune_officer, Chosen(tim=typed), at=at)
        assert [row.item.case_id for group in found.groups for row in group.rows] == [case.pk], typed
