"""Being away: who acts meanwhile, no loops, an end by itself, and four eyes through every substitute."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cases import policy
from cases.models import Absence, Agency, Case, Membership, Role, User
from cases.policy import NotFoundForYou, WrongState
from project.demo import player
from project.demo.cast import SINCE, Cast, person
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.actions import NotAnAbsence
from workflows.conditions import deciders_key
from workflows.queries.story import lines_of
from workflows.queries.worklist import Chosen, worklist

TODAY = THURSDAY.date()
ADDRESS = reverse("workflows:absences")


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(THURSDAY, tick=False) as clock:
        yield clock


def day(number: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=number)


def justice() -> Agency:
    return Agency.objects.get(code="HPG-STP")


def away(
    absent: User, acting: User | None = None, role: str = Role.OFFICER, *, first: int = 0, last: int = 6, by: Any = None
) -> Absence:
    """Record that somebody of Justice is away, and who acts for her there."""
    actions.record_absence(
        person=absent,
        by=by or absent,
        since=day(first),
        until=day(last),
        acting={(justice().pk, role): acting} if acting else {},
        at=THURSDAY,
    )
    return Absence.objects.get(person=absent, since=day(first))


def boxes(name: str, number: int) -> dict[str, str]:
    """Return a day as the three boxes of a form take it."""
    at = day(number)
    return {f"{name}_day": str(at.day), f"{name}_month": str(at.month), f"{name}_year": str(at.year)}


# --- who acts ----------------------------------------------------------------------------------------------


def test_who_acts_does_what_the_absent_person_holds_and_the_story_names_both(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=THURSDAY)
    with pytest.raises(WrongState):
        player.conclude(case, "draft", "drafted", at=THURSDAY, by=cast.another_justice_officer)
    away(cast.justice_officer, cast.another_justice_officer)
    [row] = [row for group in _mine(cast.another_justice_officer) for row in group.rows]
    assert row.in_place_of == cast.justice_officer.full_name
    page = signed_in(cast.another_justice_officer).get(reverse("workflows:item", args=[row.item.pk]))
    assert page.context["form"] is not None
    player.conclude(case, "draft", "drafted", at=THURSDAY, by=cast.another_justice_officer)
    event = case.events.get(verb="decision_made", facts__node="draft")
    assert (event.actor, event.on_behalf_of) == (cast.another_justice_officer, cast.justice_officer)
    [line] = [line for line in lines_of(case) if line.event == event]
    assert line.who.startswith(f"{cast.another_justice_officer} thay {cast.justice_officer}")


def _mine(user: User) -> Any:
    return worklist(user, Chosen("mine"), at=THURSDAY).groups


def test_a_substitute_for_the_approver_approves_and_does_it_in_her_place(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="approve")
    drafter = case.decisions.get(node="draft").reviewer
    other = next(each for each in (cast.justice_officer, cast.another_justice_officer) if each != drafter)
    with pytest.raises(NotFoundForYou):
        player.conclude(case, "approve", "approve", at=THURSDAY, by=other)
    away(cast.justice_approver, other, Role.APPROVER)
    player.conclude(case, "approve", "approve", at=THURSDAY, by=other)
    event = case.events.get(verb="decision_made", facts__node="approve")
    assert (event.actor, event.on_behalf_of) == (other, cast.justice_approver)


def test_in_ones_own_right_nobody_stands_behind_one(cast: Cast) -> None:
    away(cast.justice_officer, cast.another_justice_officer)
    case = a_case(cast.applicant, at_node="draft")
    player.conclude(case, "draft", "drafted", at=THURSDAY, by=cast.another_justice_officer)
    assert case.events.get(facts__node="draft", verb="decision_made").on_behalf_of is None


def test_acting_ends_by_itself_after_the_last_day(cast: Cast, today: Any) -> None:
    case = a_case(cast.applicant, at_node="draft")
    actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=THURSDAY)
    away(cast.justice_officer, cast.another_justice_officer, first=1, last=3)
    for number, opens in ((0, False), (1, True), (3, True), (4, False)):
        today.move_to(THURSDAY + timedelta(days=number))
        held = policy.standing(cast.another_justice_officer)
        assert (cast.justice_officer.pk in held.lent((justice().pk, Role.OFFICER))) is opens, number


def test_a_sealed_case_stays_with_its_holder_whoever_acts_for_her(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    item = item_at(case, "direct_help")
    actions.record_absence(
        person=cast.city_officer,
        by=cast.city_officer,
        since=TODAY,
        until=day(3),
        acting={(item.agency_id, Role.OFFICER): cast.another_city_officer},
        at=THURSDAY,
    )
    assert not policy.visible_cases(cast.another_city_officer).contains(case)
    with pytest.raises(NotFoundForYou):
        player.conclude(case, "direct_help", "helped", at=THURSDAY, by=cast.another_city_officer)
    actions.claim(item, reviewer=cast.city_approver, key=uuid4(), at=THURSDAY)


def test_she_who_is_away_is_given_nothing_and_it_is_said_who_acts(cast: Cast) -> None:
    item = item_at(a_case(cast.applicant, at_node="draft"), "draft")
    away(cast.justice_officer)
    given: dict[str, Any] = {"manager": cast.justice_approver, "to": cast.justice_officer, "at": THURSDAY}
    with pytest.raises(WrongState, match="chưa có ai làm thay"):
        actions.assign(item, key=uuid4(), **given)
    absence = Absence.objects.get()
    acting = {(justice().pk, Role.OFFICER.value): cast.another_justice_officer}
    actions.let_act(absence, by=cast.justice_approver, acting=acting, at=THURSDAY)
    with pytest.raises(WrongState, match=f"{cast.another_justice_officer} làm thay"):
        actions.assign(item, key=uuid4(), **given)


# --- four eyes, through substitutes ------------------------------------------------------------------------


def _approve(case: Case, by: User) -> None:
    player.conclude(case, "approve", "approve", at=THURSDAY, by=by)


def test_who_drafted_does_not_approve_in_the_approver_s_place(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    player.conclude(case, "draft", "drafted", at=THURSDAY, by=cast.justice_officer)
    away(cast.justice_approver, cast.justice_officer, Role.APPROVER)
    with pytest.raises(NotFoundForYou):
        _approve(case, cast.justice_officer)
    page = signed_in(cast.justice_officer).get(reverse("workflows:item", args=[item_at(case, "approve").pk]))
    assert "không tự duyệt" in page.content.decode() or "Người soạn" in page.content.decode()
    assert page.context["form"] is None


def test_nobody_approves_with_the_standing_of_who_drafted(cast: Cast) -> None:
    """An approver who drafted, too, lends nobody the right to approve it."""
    Membership.objects.create(user=cast.justice_officer, agency=justice(), role=Role.APPROVER, since=SINCE)
    case = a_case(cast.applicant, at_node="draft")
    player.conclude(case, "draft", "drafted", at=THURSDAY, by=cast.justice_officer)
    away(cast.justice_officer, cast.another_justice_officer, Role.APPROVER)
    with pytest.raises(NotFoundForYou):
        _approve(case, cast.another_justice_officer)
    page = signed_in(cast.another_justice_officer).get(reverse("workflows:item", args=[item_at(case, "approve").pk]))
    assert page.context["form"] is None
    assert "làm thay" in page.context["cannot"]
    # Lent by the other approver it is another matter.
    away(cast.justice_approver, cast.another_justice_officer, Role.APPROVER)
    _approve(case, cast.another_justice_officer)
    assert case.events.get(facts__node="approve", verb="decision_made").on_behalf_of == cast.justice_approver


@pytest.mark.parametrize("who", ["the substitute", "the absent"])
def test_neither_who_drafted_in_anothers_place_nor_that_other_approves(cast: Cast, who: str) -> None:
    case = a_case(cast.applicant, at_node="draft")
    actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=THURSDAY)
    absence = away(cast.justice_officer, cast.another_justice_officer)
    player.conclude(case, "draft", "drafted", at=THURSDAY, by=cast.another_justice_officer)
    case.refresh_from_db()
    assert case.facts[deciders_key("draft")] == sorted([cast.justice_officer.pk, cast.another_justice_officer.pk])
    actions.end_absence(absence, by=cast.justice_officer, at=THURSDAY)
    approver = cast.another_justice_officer if who == "the substitute" else cast.justice_officer
    Membership.objects.create(user=approver, agency=justice(), role=Role.APPROVER, since=SINCE)
    with pytest.raises(NotFoundForYou):
        _approve(case, approver)
    stranger = person("Cán bộ Thứ Ba", "0900 700 050")
    Membership.objects.create(user=stranger, agency=justice(), role=Role.OFFICER, since=SINCE)
    away(approver, stranger, Role.APPROVER, first=0)
    with pytest.raises(NotFoundForYou):
        _approve(case, stranger)
    _approve(case, cast.justice_approver)


# --- no loops, one at a time -------------------------------------------------------------------------------


def test_nobody_acts_who_is_away_herself_on_one_of_the_days(cast: Cast) -> None:
    away(cast.another_justice_officer, first=3, last=4)
    with pytest.raises(NotAnAbsence, match=str(cast.another_justice_officer)) as refused:
        away(cast.justice_officer, cast.another_justice_officer, first=0, last=3)
    assert refused.value.field == f"acting_{justice().pk}_officer"
    assert not Absence.objects.filter(person=cast.justice_officer).exists()
    away(cast.justice_officer, cast.another_justice_officer, first=0, last=2)


def test_nobody_acts_who_is_only_acting_there_or_works_elsewhere(cast: Cast) -> None:
    for stranger in (cast.finance_officer, cast.justice_officer, cast.applicant, cast.supervisor):
        with pytest.raises(NotAnAbsence):
            away(cast.justice_officer, stranger)
    guest = person("Người làm thay", "0900 700 051")
    Membership.objects.create(
        user=guest, agency=justice(), role=Role.OFFICER, since=SINCE, until=day(30), acting_for=cast.justice_officer
    )
    with pytest.raises(NotAnAbsence):
        away(cast.another_justice_officer, guest)
    leaving = person("Người sắp nghỉ", "0900 700 052")
    Membership.objects.create(user=leaving, agency=justice(), role=Role.OFFICER, since=SINCE, until=day(2))
    with pytest.raises(NotAnAbsence):
        away(cast.another_justice_officer, leaving, first=0, last=3)


def test_what_she_did_for_others_falls_back_when_she_is_away_herself(cast: Cast) -> None:
    away(cast.justice_officer, cast.another_justice_officer, first=0, last=9)
    client = signed_in(cast.another_justice_officer)
    page = client.post(ADDRESS, {**boxes("since", 3), **boxes("until", 5)}, follow=True).content.decode()
    assert cast.justice_officer.full_name in page
    assert cast.justice_approver.full_name in page
    [acting] = Membership.objects.filter(acting_for=cast.justice_officer)
    assert (acting.since, acting.until) == (TODAY, day(2))
    # The approver gives it to somebody else: from then on, and to her alone.
    absence = Absence.objects.get(person=cast.justice_officer)
    acting_now = {(justice().pk, Role.OFFICER.value): cast.justice_approver}
    actions.let_act(absence, by=cast.justice_approver, acting=acting_now, at=THURSDAY)
    rows = Membership.objects.filter(acting_for=cast.justice_officer)
    assert [(row.user, row.since, row.until) for row in rows] == [(cast.justice_approver, TODAY, day(9))]


def test_two_people_never_act_in_one_place_on_one_day(cast: Cast) -> None:
    absence = away(cast.justice_officer, cast.another_justice_officer, first=-0, last=9)
    place = (justice().pk, Role.OFFICER.value)
    with time_machine.travel(THURSDAY + timedelta(days=2), tick=False):
        later = THURSDAY + timedelta(days=2)
        for colleague in (cast.justice_approver, cast.another_justice_officer, cast.justice_approver):
            actions.let_act(absence, by=cast.justice_officer, acting={place: colleague}, at=later)
    rows = list(Membership.objects.filter(acting_for=cast.justice_officer))
    for number in range(10):
        there = [row.user for row in rows if row.since <= day(number) and (row.until or TODAY) >= day(number)]
        assert len(there) == 1, number
    with pytest.raises(NotAnAbsence):
        away(cast.justice_officer, cast.justice_approver, first=5, last=12)


def test_coming_back_early_ends_it_and_what_has_not_begun_never_was(cast: Cast, today: Any) -> None:
    absence = away(cast.justice_officer, cast.another_justice_officer, last=9)
    later = away(cast.justice_officer, cast.another_justice_officer, first=20, last=22)
    today.move_to(THURSDAY + timedelta(days=2))
    client = signed_in(cast.justice_officer)
    client.post(reverse("workflows:end_absence", args=[absence.pk]))
    client.post(reverse("workflows:end_absence", args=[later.pk]))
    assert list(Absence.objects.values_list("since", "until")) == [(TODAY, day(1))]
    assert list(Membership.objects.filter(acting_for__isnull=False).values_list("since", "until")) == [(TODAY, day(1))]
    assert not Absence.objects.today().exists()


# --- the page ----------------------------------------------------------------------------------------------


def test_the_page_writes_an_absence_and_who_acts(cast: Cast) -> None:
    field = f"acting_{justice().pk}_officer"
    client = signed_in(cast.justice_officer)
    sent = {**boxes("since", 1), **boxes("until", 5), field: str(cast.another_justice_officer.pk)}
    page = client.post(ADDRESS, sent, follow=True).content.decode()
    assert cast.another_justice_officer.full_name in page
    assert Absence.objects.get().until == day(5)
    assert Membership.objects.get(acting_for=cast.justice_officer).since == day(1)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(-1, 3, "Ngày này đã qua"), (5, 3, "trước ngày đầu"), (0, 400, "một năm")],
)
def test_days_that_do_not_fit_are_explained_and_nothing_typed_is_lost(
    cast: Cast, first: int, last: int, words: str
) -> None:
    field = f"acting_{justice().pk}_officer"
    sent = {**boxes("since", first), **boxes("until", last), field: str(cast.another_justice_officer.pk)}
    page = signed_in(cast.justice_officer).post(ADDRESS, sent)
    text = page.content.decode()
    assert page.status_code == 200
    assert words in text
    assert f'value="{day(last).year}"' in text
    assert f'value="{cast.another_justice_officer.pk}" selected' in text
    assert not Absence.objects.exists()


def test_the_approver_records_it_for_a_colleague_who_is_ill_and_nobody_else_does(cast: Cast) -> None:
    address = reverse("workflows:absence_of", args=[cast.justice_officer.pk])
    for stranger in (cast.another_justice_officer, cast.finance_officer, cast.city_approver, cast.applicant):
        assert signed_in(stranger).get(address).status_code == 404
        with pytest.raises(NotFoundForYou):
            away(cast.justice_officer, by=stranger)
    client = signed_in(cast.justice_approver)
    assert cast.justice_officer.full_name in client.get(ADDRESS).content.decode()
    client.post(address, {**boxes("since", 0), **boxes("until", 2)})
    absence = Absence.objects.get()
    assert (absence.person, absence.recorded_by) == (cast.justice_officer, cast.justice_approver)
    for route in ("workflows:end_absence", "workflows:stand_in"):
        assert signed_in(cast.another_justice_officer).post(reverse(route, args=[absence.pk])).status_code == 404
    page = client.get(reverse("workflows:stand_in", args=[absence.pk]))
    field = f"acting_{justice().pk}_officer"
    client.post(
        reverse("workflows:stand_in", args=[absence.pk]), {**hidden(page), field: str(cast.justice_approver.pk)}
    )
    assert Membership.objects.get(acting_for=cast.justice_officer).user == cast.justice_approver


def test_an_applicant_has_no_absence_and_an_adviser_has_one_without_places(cast: Cast) -> None:
    assert signed_in(cast.applicant).get(ADDRESS).status_code == 404
    client = signed_in(cast.expert)
    assert client.get(ADDRESS).status_code == 200
    client.post(ADDRESS, {**boxes("since", 0), **boxes("until", 2)})
    case = a_case(cast.applicant, at_node="refer_adviser")
    with pytest.raises(actions.NotAChoice):
        player.conclude(case, "refer_adviser", "refer", at=THURSDAY, adviser=cast.expert.pk)


def test_seen_and_done_agree_for_who_acts(cast: Cast, at: datetime) -> None:
    away(cast.justice_approver, cast.justice_officer, Role.APPROVER)
    case = a_case(cast.applicant, at_node="draft")
    for user in (cast.justice_officer, cast.justice_approver, cast.finance_officer):
        assert policy.visible_cases(user).contains(case) is policy.can(user, "view", case)
