"""The acceptance stories TC-09 and TC-10 to the day, and that lateness never decides anything against her."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import slips
from cases.models import Case, CaseState, PromiseAlarm, Slip, Target, User
from cases.queries.shares import HERS, age_in_seconds, seconds_by_holder
from cases.queries.targets import reaching
from cases.queries.timeline import verify
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, item_at
from workflows import actions
from workflows.actions import sweep
from workflows.models import WorkItem
from workflows.queries.health import examine

WORDS = "Chúng tôi còn đối chiếu hai quy định. Chúng tôi gửi chị ngay khi xong phần đó."


def moment(day: int, hour: int = 8, minute: int = 0, *, month: int = 11) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour, minute))  # noqa: DTZ001 - made aware here


def days(first: date, last: date) -> Iterator[datetime]:
    """Yield every moment at which the worker looks, twice a day: as offices open, and a minute before midnight."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        yield moment(day.day, month=day.month)
        yield moment(day.day, 23, 59, month=day.month)


def on_days(case: Case, verb: str) -> list[date]:
    return [timezone.localdate(event.at) for event in case.events.filter(verb=verb).order_by("position")]


def told(case: Case, verb: str) -> set[User]:
    return {row.person for row in Notification.objects.filter(case=case, event__verb=verb).select_related("person")}


def page(user: User, address: str, *, at: datetime) -> str:
    with time_machine.travel(at, tick=False):
        return signed_in(user).get(address).content.decode()


def test_tc09_a_question_that_nobody_answers_is_reminded_of_twice_then_expires_and_is_no_refusal(cast: Cast) -> None:
    asked_at = moment(2, 9)
    case = a_case(cast.applicant, at_node="triage", at=asked_at - timedelta(hours=1))
    request = player.ask(case, "triage", question="Chị gửi ảnh hợp đồng và hoá đơn.", at=asked_at)
    due = item_at(case, "triage").due_at
    status = reverse("cases:status", args=[case.key])
    assert request.answer_by == date(2026, 11, 23)
    for at in days(date(2026, 11, 2), date(2026, 11, 23)):
        sweep(at=at)
        assert actions.expire_unanswered(at=at) == 0
    # Five working days after it was asked, and when five are left; neither a day more nor less.
    assert on_days(case, "answer_reminded") == [date(2026, 11, 9), date(2026, 11, 16)]
    assert told(case, "answer_reminded") == {cast.applicant}
    assert "Chị còn 5 ngày làm việc để trả lời" in page(cast.applicant, status, at=moment(16, 9))
    assert "Hôm nay là ngày cuối để trả lời" in page(cast.applicant, status, at=moment(23, 9))
    assert "Nhắc chị: chúng tôi còn chờ chị trả lời, hạn 23/11/2026." in page(
        cast.applicant, reverse("notifications:inbox"), at=moment(16, 9)
    )
    # The clock of the office stands still: nothing fell due, nothing was promised anew, all the time was hers.
    assert item_at(case, "triage").due_at == due
    assert {event.verb for event in case.events.filter(actor=None)} == {"answer_reminded"}
    assert actions.expire_unanswered(at=moment(24, 0, 1)) == 1
    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.EXPIRED, "")
    shares = seconds_by_holder(case, at=moment(30))
    assert shares[HERS] == int((moment(24, 0, 1) - asked_at).total_seconds())
    assert sum(shares.values()) == age_in_seconds(case, at=moment(30))
    sweep(at=moment(1, month=12))
    closed = page(cast.applicant, status, at=moment(24, 9))
    assert "Đây không phải từ chối" in closed
    assert "từ chối hồ sơ" not in closed
    with time_machine.travel(moment(25), tick=False):
        client = signed_in(cast.applicant)
        address = reverse("workflows:resubmit", args=[case.key])
        assert closed.count(f'action="{address}"') == 1
        assert client.post(address).status_code == 302
    again = case.resubmissions.get()
    assert (again.state, again.answers.data) == (CaseState.DRAFT, case.answers.data)


@pytest.fixture
def three_branches(cast: Cast, at: datetime) -> Case:
    """Return a case on which Justice drafts while Finance and the tax authority are asked, promised for 27/11."""
    case = a_case(cast.applicant, at_node="draft", at=at, consult_finance=True, consult_tax=True)
    assert case.promised_on == date(2026, 11, 27)
    return case


def test_tc10_an_apology_goes_out_one_working_day_before_and_only_once(cast: Cast, three_branches: Case) -> None:
    case, status = three_branches, reverse("cases:status", args=[three_branches.key])
    for node in ("consult_finance", "consult_tax"):
        player.conclude(case, node, "opinion", at=moment(12, 9))
    for at in days(date(2026, 11, 12), date(2026, 11, 25)):
        sweep(at=at)
    assert on_days(case, "promise_moved") == []
    sweep(at=moment(26))
    case.refresh_from_db()
    assert (case.promised_on, case.apologies, on_days(case, "promise_moved")) == (
        date(2026, 12, 4),
        1,
        [date(2026, 11, 26)],
    )
    assert cast.applicant in told(case, "promise_moved")
    inbox = page(cast.applicant, reverse("notifications:inbox"), at=moment(26, 9))
    assert "Chúng tôi xin lỗi chị. Hồ sơ sẽ không kịp hẹn 27/11/2026, vì phần việc này chưa xong." in inbox
    assert "Ngày hẹn mới: 04/12/2026." in inbox
    now = page(cast.applicant, status, at=moment(26, 9))
    assert "Đã hẹn 27/11/2026, hẹn lại 04/12/2026, vì phần việc này chưa xong." in now
    assert "Nếu lại trễ, người giám sát được báo." in now
    assert "trễ hẹn với chị" not in now
    # The next time nobody apologises by itself: those who supervise are told, she is not.
    for at in days(date(2026, 11, 27), date(2026, 12, 4)):
        sweep(at=at)
    assert on_days(case, "promise_moved") == [date(2026, 11, 26)]
    assert on_days(case, "promise_endangered") == [date(2026, 12, 3)]
    assert cast.supervisor in told(case, "promise_endangered")
    assert cast.applicant not in told(case, "promise_endangered")
    # And when it has passed, nobody is silent.
    sweep(at=moment(5, month=12))
    assert {cast.applicant, cast.supervisor} <= told(case, "promise_missed")
    late = page(cast.applicant, status, at=moment(8, 9, month=12))
    for words in (
        "Chúng tôi trễ hẹn với chị 2 ngày làm việc, xin lỗi chị.",
        "Đã qua hẹn 04/12/2026.",
        "chưa xong phần việc.",
        "Chúng tôi hẹn trả lời ngày 27/11/2026.",
        "chúng tôi xin lỗi chị, hẹn lại 04/12/2026, vì phần việc này chưa xong.",
        "Người giám sát đã được báo ngày",
        "Chúng tôi sẽ hẹn chị ngày mới.",
    ):
        assert words in late
    assert "Hẹn trả lời, chậm nhất" not in late, "a day that is over promises nothing"
    with time_machine.travel(moment(8, 9, month=12), tick=False):
        by_code = Client().get(reverse("cases:lookup") + f"?ma={case.code}").content.decode()
    assert "Chúng tôi trễ hẹn với chị 2 ngày làm việc, xin lỗi chị." in by_code
    assert "Người phụ trách đã được báo." in by_code
    assert "Sở Tư pháp" not in by_code
    assert "Chúng tôi trễ hẹn, xin lỗi chị" in page(cast.applicant, reverse("cases:mine"), at=moment(8, 9, month=12))
    # The second day is promised by the supervisor alone, and then it is in time again.
    form: dict[str, Any] = {"reason_code": "NEEDS_TIME", "words": WORDS, "new_day": date(2026, 12, 15), "key": uuid4()}
    actions.put_off_promise(case, actor=cast.supervisor, at=moment(8, 10, month=12), **form)
    case.refresh_from_db()
    assert (case.promised_on, case.apologies, case.promise_alarm) == (date(2026, 12, 15), 2, PromiseAlarm.NONE)
    in_time = page(cast.applicant, status, at=moment(8, 11, month=12))
    assert "trễ hẹn với chị" not in in_time
    sorry, day, why = (in_time.index(words) for words in ("<b>Chúng tôi xin lỗi chị.", "15/12/2026</b>", WORDS))
    assert sorry < day < why, "first we say sorry, then the new day, then why"
    assert WORDS in in_time
    assert verify(moment(9, month=12)).findings == ()
    assert examine(at=moment(9, month=12)).findings == []


def test_tc10_justice_is_about_to_be_late_then_she_withdraws_and_all_of_it_stops(
    cast: Cast, three_branches: Case
) -> None:
    case = three_branches
    slips.issue_of_case(case)
    for node in ("consult_finance", "consult_tax"):
        player.conclude(case, node, "opinion", at=moment(12, 9))
    # Justice is about to be late: a working day before the day we promised she has our apology, and its slip M04.
    for at in days(date(2026, 11, 12), date(2026, 11, 26)):
        sweep(at=at)
        slips.issue_missing(at=at)
    apology = case.slips.get(kind=Slip.Kind.APOLOGY)
    assert (apology.issued_at, apology.event.verb) == (moment(26), "promise_moved")
    assert "|date 2026-12-04|" in apology.statement
    assert cast.applicant in told(case, "promise_moved")
    items = dict(WorkItem.objects.filter(case=case).values_list("node", "status"))
    assert (items["draft"], items["consult_finance"], items["consult_tax"]) == ("open", "done", "done")
    # She withdraws. What is still open stops, its holders hear of it, and M05 says so; what was given stays.
    actions.withdraw(case, applicant=cast.applicant, reason="Tôi đã tự làm xong.", key=uuid4(), at=moment(30))
    case.refresh_from_db()
    assert (case.state, case.marking, case.look_at) == (CaseState.WITHDRAWN, [], None)
    items = dict(WorkItem.objects.filter(case=case).values_list("node", "status"))
    assert (items["draft"], items["consult_finance"], items["consult_tax"]) == ("cancelled", "done", "done")
    assert told(case, "case_withdrawn") == {cast.justice_officer, cast.another_justice_officer}
    assert set(case.decisions.filter(verdict="opinion").values_list("node", flat=True)) == {
        "consult_finance",
        "consult_tax",
    }
    for target in Target.objects.filter(service=case.service):
        assert case not in reaching(target, Case.objects.all())
    position = case.event_count
    for at in days(date(2026, 11, 30), date(2026, 12, 31)):
        sweep(at=at)
        slips.issue_missing(at=at)
    case.refresh_from_db()
    assert case.event_count == position, "nobody is told of what is over"
    stopped = case.slips.get(kind=Slip.Kind.STOPPED)
    assert (stopped.issued_at, stopped.event.verb) == (moment(30), "case_withdrawn")
    assert [slip.kind for slip in case.slips.order_by("event__position")].count(Slip.Kind.APOLOGY) == 1
    assert verify(moment(1, month=12)).findings == ()
    assert examine(at=moment(31, month=12)).findings == []


def test_whoever_apologised_before_the_worker_did_it_for_her(cast: Cast, three_branches: Case) -> None:
    case = three_branches
    form: dict[str, Any] = {"reason_code": "NEEDS_TIME", "words": WORDS, "new_day": date(2026, 12, 2), "key": uuid4()}
    actions.put_off_promise(case, actor=cast.justice_officer, at=moment(24, 9), **form)
    for at in days(date(2026, 11, 24), date(2026, 12, 1)):
        sweep(at=at)
    assert on_days(case, "promise_moved") == [date(2026, 11, 24)]
    assert on_days(case, "promise_endangered") == [date(2026, 12, 1)]


def test_no_silence_of_an_office_ever_refuses_her(cast: Cast, at: datetime) -> None:
    """Left alone for a year, every case is where it was: only an unanswered question closes one."""
    nodes = ("intake", "triage", "draft", "approve", "approve_refusal", "adviser_accept", "ext_payment", "direct_help")
    cases = {node: a_case(cast.applicant, at_node=node, at=at) for node in nodes}
    asked = a_case(cast.another_applicant, at_node="triage", at=at)
    player.ask(asked, "triage", question="Chị gửi thêm giấy tờ.", at=at + timedelta(hours=1))
    before = {node: (case.state, case.outcome, case.marking, case.decisions.count()) for node, case in cases.items()}
    for week in range(1, 53):
        sweep(at=at + timedelta(weeks=week))
        actions.expire_unanswered(at=at + timedelta(weeks=week))
    for node, case in cases.items():
        case.refresh_from_db()
        assert (case.state, case.outcome, case.marking, case.decisions.count()) == before[node]
        assert not case.events.filter(actor=None, verb__in=("decision_made", "case_expired")).exists()
        assert case.apologies <= 1
    asked.refresh_from_db()
    assert (asked.state, asked.outcome) == (CaseState.EXPIRED, "")
    assert not asked.decisions.filter(reviewer=None).exists()
