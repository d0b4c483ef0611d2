"""An office that is the wrong one hands a step on: the clock goes on, nothing comes back, the third time ends it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.models import Absence, Agency, Involvement, Membership, Passage, Role, User
from cases.policy import NotFoundForYou, WrongState
from cases.queries.shares import age_in_seconds, seconds_by_holder
from cases.queries.whereabouts import where_is
from project.demo import player
from project.demo.cast import SINCE, Cast
from tests.browsing import hidden, signed_in
from tests.builders import A_REASON, a_case, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.conflicts import AlreadyDone
from workflows.models import WorkItem
from workflows.queries.health import examine
from workflows.queries.worklist import Chosen, worklist

LATER = THURSDAY + timedelta(hours=2)


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(LATER, tick=False) as clock:
        yield clock


def office(kind: str) -> Agency:
    return Agency.objects.get(code=f"HPG-{kind}")


def hand_on(item: WorkItem, by: User, kind: str, **given: Any) -> WorkItem:
    to = given.pop("to", None) or office(kind)
    return actions.transfer(item, reviewer=by, to=to, words=A_REASON, key=uuid4(), at=timezone.now(), **given)


def test_the_right_office_gets_it_with_the_same_due_date_and_decides_it(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    before = item_at(case, "draft")
    item = hand_on(before, cast.justice_officer, "STC")
    assert (item.agency, item.assignee, item.passed_on) == (office("STC"), None, [office("STP").pk])
    assert (item.due_at, item.days, item.reminded) == (before.due_at, before.days, before.reminded)
    event = case.events.get(verb="item_transferred")
    assert (event.facts["from"], event.facts["to"]) == (office("STP").pk, office("STC").pk)
    assert event.facts["number"] == 1
    assert set(event.notifications.values_list("person", flat=True)) == {cast.finance_officer.pk}
    parts = Involvement.objects.filter(case=case, agency__in=(office("STP"), office("STC")), part="handles")
    assert {(part.agency, part.until is None) for part in parts} == {(office("STP"), False), (office("STC"), True)}
    found = worklist(cast.finance_officer, Chosen("office"), at=LATER)
    assert item in [row.item for group in found.groups for row in group.rows]
    assert "draft" in dict(found.steps)
    page = signed_in(cast.finance_officer).get(reverse("workflows:item", args=[item.pk]))
    assert A_REASON in page.content.decode()
    case.refresh_from_db()
    assert office("STC") in where_is(case).offices
    assert sum(seconds_by_holder(case, at=LATER).values()) == age_in_seconds(case, at=LATER)
    assert case.held_by == f"agency:{office('STC').pk}"
    player.conclude(case, "draft", "drafted", at=LATER, by=cast.finance_officer)
    assert examine(at=LATER).well


def test_an_office_with_something_else_open_stays_in_the_case(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="consult_finance", consult_finance=True, consult_tax=True)
    hand_on(item_at(case, "consult_finance"), cast.finance_officer, "THUE")
    tax = Involvement.objects.get(case=case, agency=office("THUE"))
    assert tax.until is None
    hand_on(item_at(case, "consult_tax"), cast.tax_officer, "SKHCN")
    tax.refresh_from_db()
    assert tax.until is None
    assert Involvement.objects.get(case=case, agency=office("STC")).until == LATER


def test_it_never_comes_back_and_the_refusal_names_the_office(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = hand_on(item_at(case, "draft"), cast.justice_officer, "STC")
    for kind in ("STP", "STC"):
        with pytest.raises(WrongState, match=office(kind).name):
            hand_on(item, cast.finance_officer, kind)
    assert not actions.receivers(item).filter(code__in=("HPG-STP", "HPG-STC")).exists()


def test_the_third_time_it_goes_to_the_desk_whatever_was_chosen_and_is_due_soon(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    before = item_at(case, "draft")
    item = hand_on(before, cast.justice_officer, "STC")
    item = hand_on(item, cast.finance_officer, "THUE")
    assert item.due_at == before.due_at
    item = hand_on(item, cast.tax_officer, "SKHCN")
    assert item.agency == case.desk
    # Thursday, and two working days.
    assert (timezone.localdate(item.due_at), item.days) == (THURSDAY.date() + timedelta(days=4), 2)
    assert len(item.passed_on) == 3
    with pytest.raises(WrongState, match="ba lần"):
        hand_on(item, cast.city_officer, "SKHCN")
    player.conclude(case, "draft", "drafted", at=LATER, by=cast.city_officer)
    assert examine(at=LATER).well


def test_what_was_due_sooner_stays_due_then(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = hand_on(item_at(case, "draft"), cast.justice_officer, "STC")
    item = hand_on(item, cast.finance_officer, "THUE")
    soon = THURSDAY + timedelta(hours=5)
    WorkItem.objects.filter(pk=item.pk).update(due_at=soon)
    assert hand_on(item, cast.tax_officer, "SKHCN").due_at == soon


def test_the_desk_itself_passes_nothing_on_a_third_time(cast: Cast) -> None:
    Membership.objects.create(user=cast.city_officer, agency=office("STC"), role=Role.OFFICER, since=SINCE)
    case = a_case(cast.applicant, at_node="draft")
    item = hand_on(item_at(case, "draft"), cast.justice_officer, "STC")
    item = hand_on(item, cast.finance_officer, "", to=case.desk)
    with pytest.raises(WrongState):
        hand_on(item, cast.city_officer, "THUE")


def test_nobody_gets_it_whom_she_has_not_allowed_or_who_has_nobody_for_it(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = item_at(case, "draft")
    assert "HPG-MLTV" not in actions.receivers(item).values_list("code", flat=True)
    with pytest.raises(WrongState):
        hand_on(item, cast.justice_officer, "MLTV")
    Membership.objects.filter(agency=office("STC")).update(until=THURSDAY.date() - timedelta(days=1))
    with pytest.raises(WrongState):
        hand_on(item, cast.justice_officer, "STC")
    case.facts["may_read"] = ["HPN", "STP"]
    case.save(update_fields=["facts"])
    item = item_at(case, "draft")
    with pytest.raises(WrongState):
        hand_on(item, cast.justice_officer, "THUE")


def test_the_step_of_a_commune_goes_to_another_commune(cast: Cast) -> None:
    case = a_case(cast.applicant)
    item = item_at(case, "intake")
    kinds = set(actions.receivers(item).values_list("kind", flat=True))
    assert kinds == {"HPN"}
    other = cast.another_commune_officer.memberships.get().agency
    item = hand_on(item, cast.commune_officer, "", to=other)
    player.conclude(case, "intake", "accept", at=LATER, by=cast.another_commune_officer)
    assert examine(at=LATER).well


def test_only_who_does_the_step_or_its_approver_hands_it_on(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="draft"), "draft")
    for part, user in cast.people():
        if part not in ("justice_officer", "another_justice_officer", "justice_approver"):
            with pytest.raises(NotFoundForYou):
                hand_on(item, user, "STC")
    hand_on(item, cast.justice_approver, "STC")


@pytest.mark.parametrize("node", ["direct_help", "adviser_accept", "ext_payment"])
def test_what_is_sealed_named_or_outside_goes_nowhere_else(cast: Cast, node: str) -> None:
    item = item_at(a_case(cast.applicant, at_node=node), node)
    holder = player.holder_of(item)
    with pytest.raises((WrongState, NotFoundForYou)):
        hand_on(item, holder, "STC")
    item.refresh_from_db()
    assert item.passed_on == []


def test_while_she_is_asked_or_a_colleague_holds_it_or_it_changed_nothing_is_handed_on(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=LATER)
    with pytest.raises(WrongState, match=str(cast.justice_officer)):
        hand_on(item, cast.another_justice_officer, "STC")
    with pytest.raises(AlreadyDone):
        hand_on(item, cast.justice_officer, "STC", seen_version=1)
    player.ask(case, "draft", question=A_REASON, at=LATER)
    with pytest.raises(WrongState):
        hand_on(item, cast.justice_officer, "STC")


def test_the_page_asks_for_the_office_and_for_words_and_loses_none(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item, client = item_at(case, "draft"), signed_in(cast.justice_officer)
    address = reverse("workflows:transfer", args=[item.pk])
    assert address in client.get(reverse("workflows:item", args=[item.pk])).content.decode()
    page = client.get(address)
    wrong = client.post(address, {**hidden(page), "to": "", "words": A_REASON})
    assert wrong.status_code == 200
    assert A_REASON in wrong.content.decode()
    sent = {**hidden(page), "to": office("STC").pk, "words": A_REASON}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 302
    assert case.events.filter(verb="item_transferred").count() == 1
    assert Passage.objects.filter(case=case, kind="note").count() == 1
    text = signed_in(cast.applicant).get(reverse("cases:status", args=[case.key])).content.decode()
    assert "Sở Tài chính" in text
    assert A_REASON not in text


# --- an adviser's step, given to another ------------------------------------------------------------------


@pytest.mark.parametrize("part", ["justice_approver", "city_approver"])
def test_the_approver_who_chose_or_the_desk_gives_an_adviser_s_step_to_another(cast: Cast, part: str) -> None:
    case = a_case(cast.applicant, at_node="adviser_accept", adviser=cast.expert.pk)
    manager = getattr(cast, part)
    item = actions.assign(
        item_at(case, "adviser_accept"), manager=manager, to=cast.another_expert, key=uuid4(), at=LATER
    )
    assert item.assignee == cast.another_expert
    case.refresh_from_db()
    assert case.facts["adviser"] == cast.another_expert.pk
    assert case.held_by == f"person:{cast.another_expert.pk}"
    by_name = Involvement.objects.filter(case=case, person__isnull=False)
    assert {(one.person, one.until is None) for one in by_name} == {
        (cast.expert, False),
        (cast.another_expert, True),
    }
    event = case.events.get(verb="work_item_assigned")
    assert set(event.notifications.values_list("person", flat=True)) == {cast.another_expert.pk}
    with pytest.raises(NotFoundForYou):
        player.conclude(case, "adviser_accept", "accept", at=LATER, by=cast.expert)
    player.conclude(case, "adviser_accept", "accept", at=LATER, by=cast.another_expert)
    player.conclude(case, "ext_advice", "done", at=LATER, by=cast.another_expert)
    assert examine(at=LATER).well


def test_nobody_else_gives_it_and_nobody_unfit_gets_it(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="adviser_accept", adviser=cast.expert.pk)
    item = item_at(case, "adviser_accept")
    for part in ("justice_officer", "expert", "another_expert", "supervisor", "applicant", "finance_officer"):
        with pytest.raises(NotFoundForYou):
            actions.assign(item, manager=getattr(cast, part), to=cast.another_expert, key=uuid4(), at=LATER)
        status = signed_in(getattr(cast, part)).get(reverse("workflows:reassign", args=[item.pk])).status_code
        assert status == 404
    given: dict[str, Any] = {"manager": cast.justice_approver, "at": LATER}
    for unfit in (cast.justice_officer, cast.applicant, cast.expert):
        with pytest.raises(WrongState):
            actions.assign(item, to=unfit, key=uuid4(), **given)
    days = {"since": THURSDAY.date(), "until": THURSDAY.date() + timedelta(days=3)}
    Absence.objects.create(person=cast.another_expert, recorded_by=cast.another_expert, recorded_at=LATER, **days)
    with pytest.raises(WrongState, match="08/11/2026"):
        actions.assign(item, to=cast.another_expert, key=uuid4(), **given)
    client = signed_in(cast.justice_approver)
    address = reverse("workflows:reassign", args=[item.pk])
    page = client.post(address, {**hidden(client.get(address)), "to": cast.another_expert.pk})
    assert "vắng đến hết 08/11/2026" in page.content.decode()
