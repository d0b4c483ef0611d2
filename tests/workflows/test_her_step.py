"""The page of a step of her own: what she reads, what she allows, what she says, and what comes too late."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.models import Case, Consent, Decision, User
from cases.queries.directory import directory, reference_version
from cases.services import service_of
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.asks import Checklist
from workflows.flows.registry import graph_for
from workflows.models import WorkItem

LATER = THURSDAY + timedelta(hours=2)


@pytest.fixture
def lending(cast: Cast) -> Case:
    """Return a case in which she is asked whether the policy bank may read it."""
    return a_case(cast.applicant, service="credit_access", at_node="agree", lender="NHCSXH")


@pytest.fixture
def converting(cast: Cast) -> Case:
    """Return a case in which she goes through the list before filing."""
    return a_case(cast.applicant, service="conversion", at_node="readiness")


def address(item: WorkItem) -> str:
    return reverse("workflows:her_step", args=[item.case.key, item.pk])


def opened(user: User, item: WorkItem, *, at: datetime = LATER) -> tuple[Client, Any]:
    with time_machine.travel(at, tick=False):
        client = signed_in(user)
        return client, client.get(address(item))


def pressed(user: User, item: WorkItem, verdict: str, *, at: datetime = LATER, **given: Any) -> Any:
    client, page = opened(user, item, at=at)
    with time_machine.travel(at, tick=False):
        return client.post(address(item), {**hidden(page), "verdict": verdict, **given})


def status(user: User, case: Case, *, at: datetime = LATER) -> str:
    with time_machine.travel(at, tick=False):
        return str(signed_in(user).get(reverse("cases:status", args=[case.key])).content.decode())


# --- she reads and does it ----------------------------------------------------------------------------------------


def test_the_page_says_who_will_read_what_and_no_box_is_ticked_for_her(cast: Cast, lending: Case) -> None:
    _client, response = opened(cast.applicant, item_at(lending, "agree"))
    page = response.content.decode()
    bank = directory(reference_version()).agency("NHCSXH", "province", lending)
    assert page.count(str(bank)) >= 2
    assert "Nơi đó đọc được gì" in page
    service = service_of(lending)
    handed = [step.title for step in service.pages if step.slug in service.handed_pages]
    assert all(str(title) in page for title in handed)
    assert "Tên và số điện thoại của chị" in page
    assert 'name="allowed"' in page
    assert "checked" not in page
    assert re.findall(r'name="verdict" value="(\w+)"', page) == ["yes", "no"]
    # What only the desk can say is no button of hers, and the page needs no script.
    assert "unreached" not in page
    assert "hx-" not in page[page.index("<main") :]


def test_without_her_consent_a_yes_is_not_taken(cast: Cast, lending: Case) -> None:
    item = item_at(lending, "agree")
    response = pressed(cast.applicant, item, "yes")
    assert response.status_code == 200
    assert "Chị đánh dấu ô này nếu đồng ý." in response.content.decode()
    assert not Decision.objects.filter(case=lending, node="agree").exists()
    lending.refresh_from_db()
    assert "NHCSXH" not in lending.facts["may_read"]


def test_with_her_consent_this_one_body_may_read_from_here_on(cast: Cast, lending: Case) -> None:
    response = pressed(cast.applicant, item_at(lending, "agree"), "yes", allowed="on")
    assert response.headers["Location"] == reverse("cases:status", args=[lending.key])
    given = Consent.objects.get(case=lending, purpose=Consent.Purpose.HAND_OVER)
    assert (given.recipient, given.person) == ("NHCSXH", cast.applicant)
    lending.refresh_from_db()
    assert "NHCSXH" in lending.facts["may_read"]
    decision = Decision.objects.get(case=lending, node="agree")
    assert (decision.reviewer, decision.reason_code) == (cast.applicant, "HER_WORD")


def test_a_no_needs_no_consent_and_gives_none(cast: Cast, lending: Case) -> None:
    assert pressed(cast.applicant, item_at(lending, "agree"), "no", allowed="on").status_code == 302
    assert item_at(lending, "next_lender")
    assert not Consent.objects.filter(case=lending, purpose=Consent.Purpose.HAND_OVER).exists()


def test_a_list_with_an_open_line_says_which_one_and_keeps_the_others(cast: Cast, converting: Case) -> None:
    item = item_at(converting, "readiness")
    [checklist] = graph_for("conversion", 1).human("readiness").asks
    assert isinstance(checklist, Checklist)
    lines = list(checklist.choices)
    ticked = [code for code, _words in lines[:-1]]
    page = pressed(cast.applicant, item, "ready", checked=ticked).content.decode()
    assert f"Chưa đánh dấu: {lines[-1][1]}" in page
    assert page.count(" checked") == len(ticked)
    assert "Chưa đánh dấu dòng nào." in pressed(cast.applicant, item, "ready").content.decode()
    assert pressed(cast.applicant, item, "ready", checked=[code for code, _words in lines]).status_code == 302
    assert Decision.objects.get(case=converting, node="readiness").details == {"checked": [*ticked, lines[-1][0]]}


def test_not_yet_asks_for_no_tick(cast: Cast, converting: Case) -> None:
    assert pressed(cast.applicant, item_at(converting, "readiness"), "not_yet").status_code == 302
    assert item_at(converting, "put_aside")


def test_no_button_at_all_is_said(cast: Cast, lending: Case) -> None:
    response = pressed(cast.applicant, item_at(lending, "agree"), "")
    assert "Chị bấm một trong các nút ở dưới." in response.content.decode()
    assert pressed(cast.applicant, item_at(lending, "agree"), "unreached").status_code == 200
    assert not Decision.objects.filter(case=lending, node="agree").exists()


# --- once, and only she --------------------------------------------------------------------------------------------


def test_a_double_click_has_one_effect(cast: Cast, lending: Case) -> None:
    item = item_at(lending, "agree")
    client, page = opened(cast.applicant, item)
    form = {**hidden(page), "verdict": "yes", "allowed": "on"}
    with time_machine.travel(LATER, tick=False):
        answers = [client.post(address(item), form) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Decision.objects.filter(case=lending, node="agree").count() == 1
    assert Consent.objects.filter(case=lending, purpose=Consent.Purpose.HAND_OVER).count() == 1


def test_to_everybody_else_there_is_nothing(cast: Cast, lending: Case) -> None:
    item = item_at(lending, "agree")
    form = hidden(opened(cast.applicant, item)[1])
    for _part, somebody in cast.people():
        if somebody == cast.applicant:
            continue
        client = signed_in(somebody)
        assert client.get(address(item)).status_code == 404
        assert client.post(address(item), {**form, "verdict": "yes", "allowed": "on"}).status_code == 404
    assert Client().get(address(item)).status_code == 302
    assert item_at(lending, "agree").is_open


def test_a_step_of_an_office_is_no_step_of_hers(cast: Cast, lending: Case) -> None:
    done = lending.work_items.get(node="completeness")
    assert signed_in(cast.applicant).get(address(done)).status_code == 404
    elsewhere = a_case(cast.another_applicant, service="credit_access", at_node="agree")
    other = reverse("workflows:her_step", args=[lending.key, item_at(elsewhere, "agree").pk])
    assert signed_in(cast.applicant).get(other).status_code == 404


# --- too late ------------------------------------------------------------------------------------------------------


def taken_over(item: WorkItem) -> datetime:
    at = item.due_at + timedelta(hours=1)
    actions.sweep(at=at)
    item.refresh_from_db()
    assert item.holder == WorkItem.Holder.AGENCY
    return at


def test_what_the_desk_has_taken_over_is_said_with_who_and_when(cast: Cast, lending: Case) -> None:
    item = item_at(lending, "agree")
    form = hidden(opened(cast.applicant, item)[1])
    at = taken_over(item)
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        client = signed_in(cast.applicant)
        answers = [client.get(address(item)), client.post(address(item), {**form, "verdict": "yes", "allowed": "on"})]
    for answer in answers:
        page = answer.content.decode()
        assert answer.status_code == 409
        assert str(item.agency) in page
        assert f"{at.astimezone(THURSDAY.tzinfo):%d/%m/%Y}" in page
        assert reverse("cases:status", args=[lending.key]) in page
    assert not Decision.objects.filter(case=lending, node="agree").exists()


def test_what_the_desk_did_for_her_is_said_and_what_she_did_herself_leads_back(cast: Cast, lending: Case) -> None:
    item = item_at(lending, "agree")
    at = taken_over(item) + timedelta(hours=1)
    player.conclude(lending, "agree", "unreached", at=at)
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        response = signed_in(cast.applicant).get(address(item))
    assert response.status_code == 409
    assert f"{item_at(lending, 'next_lender').case.desk} đã làm việc này thay chị" in response.content.decode()
    player.conclude(lending, "next_lender", "another", lender="AGRI", at=at + timedelta(hours=2))
    again = item_at(lending, "agree")
    form = hidden(opened(cast.applicant, again, at=at + timedelta(hours=3))[1])
    assert pressed(cast.applicant, again, "no", at=at + timedelta(hours=3)).status_code == 302
    with time_machine.travel(at + timedelta(hours=4), tick=False):
        client = signed_in(cast.applicant)
        assert client.get(address(again)).headers["Location"] == reverse("cases:status", args=[lending.key])
        late = client.post(address(again), {**form, "verdict": "yes", "allowed": "on"})
    assert late.status_code == 409
    assert "Chị đã tự làm việc này lúc" in late.content.decode()


def test_a_case_she_took_back_has_no_step_left(cast: Cast, lending: Case) -> None:
    item = item_at(lending, "agree")
    actions.withdraw(lending, applicant=cast.applicant, reason="", key=uuid4(), at=LATER)
    response = signed_in(cast.applicant).get(address(item))
    assert response.status_code == 409


# --- how she hears of it -----------------------------------------------------------------------------------------


def test_it_stands_first_on_her_page_in_her_list_and_in_her_notices(cast: Cast, lending: Case) -> None:
    item = item_at(lending, "agree")
    title = str(service_of(lending).her_steps["agree"].title)
    page = status(cast.applicant, lending)
    now = page[page.index('class="now now--hers"') :]
    assert now.index("Đến lượt chị") < now.index(title) < now.index(address(item))
    assert "Hẹn" not in now[: now.index("</section>")]
    with time_machine.travel(LATER, tick=False):
        client = signed_in(cast.applicant)
        listed = client.get(reverse("cases:mine")).content.decode()
        told = client.get(reverse("notifications:inbox")).content.decode()
    assert listed.index('class="hers-turn"') < listed.index("Chờ chị trả lời")
    assert address(item) in told
    assert f"Bây giờ đến lượt chị: {title}" in told
    assert "trả lời chậm nhất" not in told[: told.index(address(item)) + 400].split("Bây giờ đến lượt chị")[1][:120]


def test_the_reminder_leads_to_it(cast: Cast, lending: Case) -> None:
    item = item_at(lending, "agree")
    actions.sweep(at=item.due_at - timedelta(hours=2))
    assert Notification.objects.filter(event__verb="answer_reminded", person=cast.applicant).exists()
    told = signed_in(cast.applicant).get(reverse("notifications:inbox")).content.decode()
    assert "Chúng tôi vẫn đang chờ chị:" in told
    assert told.count(address(item)) == 2


def test_while_she_is_waited_for_nobody_is_late(cast: Cast, lending: Case) -> None:
    Case.objects.filter(pk=lending.pk).update(promised_on=THURSDAY.date() - timedelta(days=1))
    page = status(cast.applicant, lending)
    assert "Chúng tôi trễ" not in page
    assert "trễ" not in page[page.index("now--hers") : page.index("</section>")]


def test_a_promised_day_that_passes_while_she_is_waited_for_is_no_reason_to_apologise(
    cast: Cast, lending: Case
) -> None:
    item = item_at(lending, "agree")
    Case.objects.filter(pk=lending.pk).update(promised_on=THURSDAY.date() + timedelta(days=1))
    actions.sweep(at=item.due_at - timedelta(hours=2))
    verbs = set(lending.events.values_list("verb", flat=True))
    assert "answer_reminded" in verbs
    assert verbs.isdisjoint({"promise_moved", "promise_missed", "promise_endangered"})
