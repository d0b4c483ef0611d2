"""Handing out work: who may, to whom, one or many at once, and what happens to a page that is stale."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from cases.models import Case, Membership, Role, TimelineEvent, User
from cases.policy import NotFoundForYou, WrongState
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from workflows import actions
from workflows.conflicts import AlreadyDone
from workflows.models import WorkItem

ADDRESS = reverse("workflows:assign")


def hand_out(manager: User, items: list[WorkItem], to: User | None, *, scope: str = "office") -> str:
    """Open the page for these items, choose somebody, send; return the page that follows."""
    client = signed_in(manager)
    page = client.get(ADDRESS, {"item": [str(item.pk) for item in items], "scope": [scope]})
    sent = [ticked.sent for ticked in page.context["form"].ticked]
    posted = {"key": hidden(page)["key"], "item": sent, "to": to.pk if to else ""}
    return str(client.post(f"{ADDRESS}?scope={scope}", posted, follow=True).content.decode())


def test_the_approver_gives_an_item_to_an_officer_and_the_story_says_so(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    before = TimelineEvent.objects.filter(case=case).count()
    item = actions.assign(
        item_at(case, "draft"), manager=cast.justice_approver, to=cast.another_justice_officer, key=uuid4(), at=at
    )
    assert item.assignee == cast.another_justice_officer
    event = TimelineEvent.objects.filter(case=case).latest("position")
    assert TimelineEvent.objects.filter(case=case).count() == before + 1
    assert (event.verb, event.facts["assigned"]["person"]) == ("work_item_assigned", cast.another_justice_officer.pk)
    page = signed_in(cast.justice_approver).get(reverse("workflows:item", args=[item.pk])).content.decode()
    assert "Giao việc: Soạn" in page


def test_the_same_form_twice_assigns_once(cast: Cast, at: datetime) -> None:
    case, key = a_case(cast.applicant, at_node="draft"), uuid4()
    for _nth in range(2):
        item = actions.assign(
            item_at(case, "draft"), manager=cast.justice_approver, to=cast.justice_officer, key=key, at=at
        )
    assert item.version == 2
    assert TimelineEvent.objects.filter(case=case, verb="work_item_assigned").count() == 1


def test_a_colleague_who_holds_it_loses_it_to_the_one_it_is_given_to(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=at)
    item = actions.assign(
        item, manager=cast.justice_approver, to=cast.another_justice_officer, seen_version=2, key=uuid4(), at=at
    )
    assert item.assignee == cast.another_justice_officer
    with pytest.raises(WrongState, match=str(cast.another_justice_officer)):
        player.conclude(case, "draft", "drafted", at=at, by=cast.justice_officer)


def test_only_the_approver_of_the_office_assigns(cast: Cast, at: datetime) -> None:
    item = item_at(a_case(cast.applicant, at_node="draft"), "draft")
    for part, person in cast.people():
        if part != "justice_approver":
            with pytest.raises(NotFoundForYou):
                actions.assign(item, manager=person, to=cast.justice_officer, key=uuid4(), at=at)
    assert not TimelineEvent.objects.filter(verb="work_item_assigned").exists()


@pytest.mark.parametrize("to", ["justice_approver", "finance_officer", "applicant", "supervisor"])
def test_nobody_is_given_a_step_she_may_not_do(cast: Cast, at: datetime, to: str) -> None:
    item = item_at(a_case(cast.applicant, at_node="draft"), "draft")
    with pytest.raises(WrongState):
        actions.assign(item, manager=cast.justice_approver, to=getattr(cast, to), key=uuid4(), at=at)


def test_who_drafted_is_not_given_the_approval(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="approve")
    item, drafter = item_at(case, "approve"), case.decisions.get(node="draft").reviewer
    Membership.objects.create(user=drafter, agency=item.agency, role=Role.APPROVER, since=at)
    with pytest.raises(WrongState, match=str(drafter)):
        actions.assign(item, manager=cast.justice_approver, to=drafter, key=uuid4(), at=at)


def test_a_sealed_case_is_not_handed_out_at_all(cast: Cast, at: datetime) -> None:
    item = item_at(a_case(cast.applicant, at_node="direct_help"), "direct_help")
    with pytest.raises(NotFoundForYou):
        actions.assign(item, manager=cast.city_approver, to=cast.another_city_officer, key=uuid4(), at=at)
    hand_out(cast.city_approver, [item], cast.another_city_officer)
    item.refresh_from_db()
    assert item.assignee == cast.city_officer


def test_an_item_that_changed_since_it_was_seen_is_not_handed_out(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=at)
    given: dict[str, Any] = {"manager": cast.justice_approver, "to": cast.another_justice_officer, "at": at}
    with pytest.raises(AlreadyDone):
        actions.assign(item, seen_version=1, key=uuid4(), **given)
    player.conclude(case, "draft", "drafted", at=at)
    with pytest.raises(AlreadyDone, match=str(cast.justice_officer)):
        actions.assign(item, key=uuid4(), **given)


# --- many at once ------------------------------------------------------------------------------------------


def test_many_are_handed_out_at_once_and_each_says_what_became_of_it(cast: Cast, at: datetime) -> None:
    cases: list[Case] = [a_case(person, at_node="draft") for person in (cast.applicant, cast.another_applicant)]
    items = [item_at(case, "draft") for case in cases]
    client = signed_in(cast.justice_approver)
    page = client.get(ADDRESS, {"item": [item.pk for item in items]})
    assert all(case.short_code in page.content.decode() for case in cases)
    # Meanwhile somebody concludes the second.
    player.conclude(cases[1], "draft", "drafted", at=at, by=cast.justice_officer)
    posted = {
        "key": hidden(page)["key"],
        "item": [ticked.sent for ticked in page.context["form"].ticked],
        "to": cast.another_justice_officer.pk,
    }
    text = client.post(ADDRESS, posted, follow=True).content.decode()
    assert f"{cast.another_justice_officer} đang giữ:" in text
    assert "đã được" in text.partition(f"({cases[1].short_code}):")[2][:80]
    holders = [WorkItem.objects.get(pk=item.pk).assignee for item in items]
    assert holders == [cast.another_justice_officer, cast.justice_officer]
    again = client.post(ADDRESS, posted, follow=True)
    assert again.status_code == 200
    assert TimelineEvent.objects.filter(verb="work_item_assigned").count() == 1


def test_an_officer_takes_ticked_items_herself_and_hands_none_to_others(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="draft"), "draft")
    page = signed_in(cast.justice_officer).get(ADDRESS, {"item": item.pk}).content.decode()
    assert str(cast.another_justice_officer) not in page.partition("<main")[2]
    hand_out(cast.justice_officer, [item], cast.another_justice_officer)
    item.refresh_from_db()
    assert item.assignee is None
    assert f"{cast.justice_officer} đang giữ:" in hand_out(cast.justice_officer, [item], cast.justice_officer)
    item.refresh_from_db()
    assert item.assignee == cast.justice_officer


def test_nobody_chosen_is_said_and_nothing_ticked_leads_back(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="draft"), "draft")
    assert "Chọn người nhận việc." in hand_out(cast.justice_approver, [item], None)
    response = signed_in(cast.justice_approver).get(ADDRESS + "?scope=late")
    assert response.headers["Location"] == reverse("workflows:worklist") + "?scope=late"


@pytest.mark.parametrize("sent", ["{}:x", "{}:" + "9" * 5000, "9" * 5000, "²", "{}9999999999999999999"])
def test_what_no_page_of_ours_sends_is_passed_over(cast: Cast, sent: str) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = item_at(case, "draft")
    page = signed_in(cast.justice_approver).get(ADDRESS, {"item": sent.format(item.pk)}, follow=True)
    assert page.status_code == 200
    if ":" in sent:
        assert [ticked.item for ticked in page.context["form"].ticked] == [item]


def test_items_of_other_offices_are_not_even_named(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    for person in (cast.city_approver, cast.tax_officer, cast.applicant):
        response = signed_in(person).get(ADDRESS, {"item": item_at(case, "draft").pk}, follow=True)
        assert case.short_code not in response.content.decode()
    for nonsense in ("x", "1:x", "-1", "9" * 40, "²"):
        assert signed_in(cast.justice_approver).get(ADDRESS, {"item": nonsense}).status_code == 302
