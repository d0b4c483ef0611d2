"""Too near to a case: the door is shut everywhere, and the case goes on without her."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases import policy
from cases.models import Agency, Case, Decision, Membership, Recusal, Relation, Role, User
from cases.policy import NotFoundForYou, WrongState
from notifications.models import Notification
from notifications.recipients import who_hears
from project.demo import player
from project.demo.cast import SINCE, Cast, person
from tests.browsing import hidden, signed_in
from tests.builders import a_case, a_draft, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.models import WorkItem
from workflows.queries.health import examine
from workflows.queries.worklist import Chosen, worklist

TAX_CODE = "0100109106"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(THURSDAY + timedelta(hours=2), tick=False):
        yield


def keeps_away(who: User, case: Case, node: str, *, ground: str = "family") -> Recusal:
    return actions.recuse(item_at(case, node), person=who, ground=ground, key=uuid4(), at=timezone.now())


def register(who: User, value: str, kind: str = "phone") -> Relation:
    return actions.register_relation(person=who, kind=kind, value=value, at=timezone.now())


def sees_nothing(who: User, case: Case, item: WorkItem) -> None:
    """Look behind every door of the house."""
    assert not policy.visible_cases(who).contains(case)
    assert not policy.office_cases(who).contains(case)
    assert not policy.supervised_cases(who).contains(case)
    held = policy.standing(who)
    for action in ("view", "decide", "claim", "release", "assign", "transfer", "note", "supervise", "recuse"):
        assert not policy.can(who, action, case, agency_id=item.agency_id, assignee_id=who.pk, held=held), action
    for scope in ("mine", "office", "late"):
        groups = worklist(who, Chosen(scope), at=timezone.now()).groups
        assert case not in [row.item.case for group in groups for row in group.rows]
    client = signed_in(who)
    for route in ("item", "ask", "recuse", "transfer"):
        assert client.get(reverse(f"workflows:{route}", args=[item.pk])).status_code == 404, route
    for route in ("decide", "claim", "release", "note", "write", "preview", "recuse", "transfer"):
        assert client.post(reverse(f"workflows:{route}", args=[item.pk])).status_code in (302, 404), route
    assert client.get(reverse("workflows:office_case", args=[case.key])).status_code == 404
    assert client.get(reverse("workflows:story", args=[case.key])).status_code == 404
    register_page = client.get(reverse("cases:office_register"))
    assert case.short_code not in register_page.content.decode()
    assert case.short_code not in client.get(reverse("notifications:inbox")).content.decode()
    assert not Notification.objects.readable_by(who).filter(case=case).exists()
    with pytest.raises(NotFoundForYou):
        actions.claim(item, reviewer=who, key=uuid4(), at=timezone.now())


# --- declared ----------------------------------------------------------------------------------------------


def test_who_keeps_away_gives_back_what_she_holds_and_sees_the_case_nowhere(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=timezone.now())
    client = signed_in(cast.justice_officer)
    page = client.get(reverse("workflows:item", args=[item.pk]))
    assert "Có liên quan đến hồ sơ này" in page.content.decode()
    sent = {"key": uuid4(), "ground": "family"}
    address = reverse("workflows:recuse", args=[item.pk])
    for _click in range(2):
        assert client.post(address, sent).status_code == 302
    item.refresh_from_db()
    assert (item.assignee, item.agency_id) == (None, Agency.objects.get(code="HPG-STP").pk)
    sees_nothing(cast.justice_officer, case, item)
    event = case.events.get(verb="person_recused")
    assert event.facts["ground"] == "family"
    assert cast.another_justice_officer.pk in event.notifications.values_list("person", flat=True)
    player.conclude(case, "draft", "drafted", at=timezone.now(), by=cast.another_justice_officer)
    assert examine(at=timezone.now()).well


def test_without_a_ground_nothing_happens_and_the_page_says_so(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="draft"), "draft")
    address = reverse("workflows:recuse", args=[item.pk])
    for ground in ("", "relation"):
        page = signed_in(cast.justice_officer).post(address, {"key": uuid4(), "ground": ground})
        assert page.status_code == 200
        assert page.context["form"].errors
    assert not Recusal.objects.exists()


def test_only_who_works_there_can_keep_away(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="draft"), "draft")
    for part in ("finance_officer", "applicant", "supervisor", "expert", "city_officer"):
        with pytest.raises(NotFoundForYou):
            actions.recuse(item, person=getattr(cast, part), ground="family", key=uuid4(), at=timezone.now())


def test_what_nobody_else_of_the_office_could_do_goes_to_the_desk(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="approve")
    before = item_at(case, "approve")
    keeps_away(cast.justice_approver, case, "approve")
    item = item_at(case, "approve")
    assert (item.agency, item.passed_on) == (case.desk, [before.agency_id])
    assert item.due_at <= before.due_at
    assert cast.city_approver.pk in case.events.get(verb="person_recused").notifications.values_list(
        "person", flat=True
    )
    player.conclude(case, "approve", "approve", at=timezone.now(), by=cast.city_approver)
    assert examine(at=timezone.now()).well


def test_with_nobody_but_those_who_are_away_it_goes_to_the_desk_too(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    absent = cast.another_justice_officer
    actions.record_absence(
        person=absent, by=absent, since=THURSDAY.date(), until=THURSDAY.date(), acting={}, at=timezone.now()
    )
    keeps_away(cast.justice_officer, case, "draft")
    assert item_at(case, "draft").agency == case.desk


def test_with_a_substitute_for_who_is_away_it_stays(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    absent, office = cast.another_justice_officer, item_at(case, "draft").agency
    actions.record_absence(
        person=absent,
        by=absent,
        since=THURSDAY.date(),
        until=THURSDAY.date(),
        acting={(office.pk, Role.OFFICER): cast.justice_approver},
        at=timezone.now(),
    )
    keeps_away(cast.justice_officer, case, "draft")
    assert item_at(case, "draft").agency == office


def test_where_the_desk_has_nobody_either_those_who_supervise_hear_of_it(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="approve_refusal")
    keeps_away(cast.city_approver, case, "approve_refusal")
    assert item_at(case, "approve_refusal").agency == case.desk
    told = case.events.get(verb="person_recused").notifications.values_list("person", flat=True)
    assert cast.supervisor.pk in told


def test_what_a_colleague_holds_stays_with_her(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    actions.claim(item_at(case, "draft"), reviewer=cast.another_justice_officer, key=uuid4(), at=timezone.now())
    keeps_away(cast.justice_officer, case, "draft")
    assert item_at(case, "draft").assignee == cast.another_justice_officer


def test_nobody_is_handed_a_case_she_keeps_away_from(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    keeps_away(cast.justice_officer, case, "draft")
    with pytest.raises(WrongState, match="phải tránh hồ sơ này"):
        actions.assign(
            item_at(case, "draft"), manager=cast.justice_approver, to=cast.justice_officer, key=uuid4(), at=THURSDAY
        )


def test_a_sealed_case_waits_for_the_approver_of_its_office(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    item = item_at(case, "direct_help")
    keeps_away(cast.city_officer, case, "direct_help")
    assert item_at(case, "direct_help").assignee is None
    told = set(case.events.get(verb="person_recused").notifications.values_list("person", flat=True))
    assert told == {cast.city_approver.pk}
    assert not policy.visible_cases(cast.another_city_officer).contains(case)
    sees_nothing(cast.city_officer, case, item)
    actions.claim(item, reviewer=cast.city_approver, key=uuid4(), at=timezone.now())
    player.conclude(case, "direct_help", "helped", at=timezone.now(), by=cast.city_approver)


# --- advisers ----------------------------------------------------------------------------------------------


def test_an_adviser_who_keeps_away_declines(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="adviser_accept", adviser=cast.expert.pk)
    item = item_at(case, "adviser_accept")
    keeps_away(cast.expert, case, "adviser_accept", ground="mentor")
    assert Decision.objects.get(case=case, node="adviser_accept").verdict == "decline"
    assert item_at(case, "refer_adviser").agency.kind == "STP"
    sees_nothing(cast.expert, case, item)
    with pytest.raises(actions.NotAChoice):
        player.conclude(case, "refer_adviser", "refer", at=timezone.now(), adviser=cast.expert.pk)
    assert examine(at=timezone.now()).well


def test_where_an_adviser_cannot_decline_her_step_is_given_to_another(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="ext_advice", adviser=cast.expert.pk)
    keeps_away(cast.expert, case, "ext_advice", ground="business")
    item = item_at(case, "ext_advice")
    told = set(case.events.get(verb="person_recused").notifications.values_list("person", flat=True))
    assert cast.justice_approver.pk in told
    client = signed_in(cast.justice_approver)
    address = reverse("workflows:reassign", args=[item.pk])
    assert address in client.get(reverse("workflows:item", args=[item.pk])).content.decode()
    page = client.get(address)
    sent = {**hidden(page), "to": cast.another_expert.pk}
    assert client.post(address, sent, follow=True).status_code == 200
    assert item_at(case, "ext_advice").assignee == cast.another_expert
    player.conclude(case, "ext_advice", "done", at=timezone.now(), by=cast.another_expert)
    assert examine(at=timezone.now()).well


# --- found by what she registered --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["phone", "tax_code"])
def test_a_case_that_carries_what_she_registered_is_shut_to_her(cast: Cast, kind: str) -> None:
    case = a_case(cast.applicant, at_node="draft", answers={"tax_code": TAX_CODE})
    item = actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=timezone.now())
    typed = {"phone": "0900 100 001", "tax_code": TAX_CODE}[kind]
    client = signed_in(cast.justice_officer)
    page = client.post(reverse("workflows:relations"), {"kind": kind, "value": typed}, follow=True)
    assert "Đã khai" in page.content.decode()
    item.refresh_from_db()
    assert item.assignee is None
    assert Recusal.objects.get().ground == "relation"
    sees_nothing(cast.justice_officer, case, item)
    # Of her next case, too, nothing is said to her, and it is never hers.
    another = a_case(cast.applicant, at_node="draft", answers={"tax_code": TAX_CODE})
    sees_nothing(cast.justice_officer, another, item_at(another, "draft"))
    event = another.events.latest("position")
    assert cast.justice_officer.pk not in who_hears([event])[0]
    assert cast.another_justice_officer.pk in who_hears([event])[0]


def test_the_only_approver_who_is_near_leaves_the_work_to_the_desk_at_once(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="approve")
    register(cast.justice_approver, cast.applicant.phone)
    assert item_at(case, "approve").agency == case.desk


def test_supervisors_too_are_shut_out_of_what_is_near_to_them(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    register(cast.supervisor, cast.applicant.phone)
    assert not policy.supervised_cases(cast.supervisor).contains(case)
    assert not policy.can(cast.supervisor, "supervise", case)
    client = signed_in(cast.supervisor)
    assert client.get(reverse("workflows:story", args=[case.key])).status_code == 404
    assert str(case.code) not in client.get(reverse("cases:register")).content.decode()
    file = client.post(reverse("cases:register_csv"))
    assert str(case.code) not in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    with pytest.raises(NotFoundForYou):
        actions.remark(case, supervisor=cast.supervisor, words="Xem lại.", key=uuid4(), at=timezone.now())


def test_her_own_case_as_an_applicant_is_never_shut_to_her(cast: Cast) -> None:
    case = a_case(cast.justice_officer, answers={"tax_code": TAX_CODE})
    register(cast.justice_officer, TAX_CODE, "tax_code")
    assert policy.visible_cases(cast.justice_officer).contains(case)
    actions.withdraw(case, applicant=cast.justice_officer, key=uuid4(), at=timezone.now())


def test_at_the_counter_nobody_fills_in_for_who_is_near(cast: Cast) -> None:
    officer = cast.commune_officer
    draft = a_draft(cast.another_applicant)
    draft.filled_in_by, draft.counter = officer, officer.memberships.get().agency
    draft.save(update_fields=["filled_in_by", "counter"])
    address = reverse("cases:tasks", args=[draft.key])
    assert signed_in(officer).get(address).status_code == 200
    register(officer, cast.another_applicant.phone)
    assert signed_in(officer).get(address).status_code == 404
    sent = {"service": "legal_advice", "full_name": "Chị Hai", "phone": cast.another_applicant.phone, "present": "on"}
    page = signed_in(officer).post(reverse("cases:counter"), sent)
    assert "đã khai là của người thân" in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("phone", "12", "số điện thoại"),
        ("tax_code", "123", "Mã số thuế"),
        ("phone", "0900 300 001", "chính mình"),
        ("", "0900 100 001", ""),
        ("phone", "", "Hãy viết số"),
    ],
)
def test_what_is_no_number_is_explained_and_stays_in_its_box(cast: Cast, kind: str, value: str, words: str) -> None:
    page = signed_in(cast.justice_officer).post(reverse("workflows:relations"), {"kind": kind, "value": value})
    text = page.content.decode()
    assert page.status_code == 200
    assert words in text
    assert not value or f'value="{value}"' in text
    assert not Relation.objects.exists()


def test_an_applicant_has_nothing_to_register(cast: Cast) -> None:
    assert signed_in(cast.applicant).get(reverse("workflows:relations")).status_code == 404


def test_the_lists_and_the_look_at_one_case_agree_for_everybody(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    keeps_away(cast.justice_officer, case, "draft")
    register(cast.city_officer, cast.applicant.phone)
    shut = {cast.justice_officer, cast.city_officer}
    for part, user in cast.people():
        listed = policy.visible_cases(user).contains(case)
        assert policy.can(user, "view", case) is listed, part
        assert policy.is_shut_out(user, case) is (user in shut), part
        assert not (listed and user in shut), part


def test_lists_ask_no_more_of_the_database_when_doors_are_shut(cast: Cast, django_assert_num_queries: Any) -> None:
    stranger = person("Cán bộ Mới", "0900 700 060")
    Membership.objects.create(user=stranger, agency=Agency.objects.get(code="HPG-STP"), role="officer", since=SINCE)
    case = a_case(cast.applicant, at_node="draft")
    with django_assert_num_queries(1):
        assert case in list(policy.visible_cases(stranger))
    register(stranger, cast.applicant.phone)
    with django_assert_num_queries(1):
        assert list(policy.visible_cases(stranger)) == []
