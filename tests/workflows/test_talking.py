"""Her thread with the office that has her case, and notes between colleagues: words that move nothing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from cases.models import Case, Passage, TimelineEvent, User
from cases.policy import NotFoundForYou, WrongState
from cases.queries.timeline import verify
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, item_at
from workflows import actions
from workflows.models import WorkItem

WORDS = "Chiều nay tôi ra phường được không ạ?"
LATER = timedelta(hours=2)


def sent(case: Case, *, at: datetime, **more: Any) -> Passage:
    return actions.write_to_office(case, **{"applicant": case.applicant, "words": WORDS, "key": uuid4(), **more}, at=at)


def told(passage: Passage) -> set[User]:
    """Return who was told of these words."""
    event = next(one for one in passage.case.events.all() if str(passage.pk) in one.facts.get("words", {}))
    return {row.person for row in Notification.objects.filter(event=event).select_related("person")}


def everything_of(case: Case) -> list[object]:
    """Return where a case is: what words must not change."""
    case.refresh_from_db()
    items = WorkItem.objects.filter(case=case).order_by("pk").values_list("node", "status", "version", "due_at")
    return [case.state, case.marking, case.stage, case.facts, case.promised_on, list(items)]


def test_her_words_reach_the_officers_of_the_office_that_has_her_case(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    before = everything_of(case)
    passage = sent(case, at=at + LATER)
    assert (passage.kind, passage.body, passage.author) == (Passage.Kind.MESSAGE, WORDS, cast.applicant)
    assert told(passage) == {cast.city_officer, cast.another_city_officer}
    assert everything_of(case) == before
    event = case.events.get(verb="message_sent")
    assert event.actor == cast.applicant
    assert WORDS not in str(event.facts)
    assert verify(at + LATER).findings == ()


def test_whoever_holds_it_by_name_is_told_alone(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    actions.claim(item_at(case, "triage"), reviewer=cast.city_officer, key=uuid4(), at=at + timedelta(hours=1))
    assert told(sent(case, at=at + LATER)) == {cast.city_officer}


def test_an_office_that_is_only_consulted_is_not_told(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="consult_tax", at=at)
    assert cast.tax_officer not in told(sent(case, at=at + LATER))
    drafted = player.conclude(case, "draft", "drafted", at=at + LATER)
    # While only opinions are awaited, it is who drafted.
    assert told(sent(case, at=at + LATER)) == {drafted.reviewer}


def test_the_office_writes_and_she_is_told(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    before = everything_of(case)
    item = item_at(case, "triage")
    for who in (cast.city_officer, cast.city_approver):
        passage = actions.write_to_her(item, reviewer=who, words=WORDS, key=uuid4(), at=at + LATER)
        assert told(passage) == {cast.applicant}
    assert everything_of(case) == before
    assert [event.verb for event in case.events.order_by("-position")[:2]] == ["message_written"] * 2


def test_a_note_is_told_to_nobody(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    before = everything_of(case)
    passage = actions.note(item_at(case, "triage"), reviewer=cast.city_officer, words=WORDS, key=uuid4(), at=at + LATER)
    assert (passage.kind, told(passage)) == (Passage.Kind.NOTE, set())
    assert everything_of(case) == before


@pytest.mark.parametrize("action", ["write_to_her", "note"])
def test_nobody_else_may(cast: Cast, at: datetime, action: str) -> None:
    case = a_case(cast.applicant, at_node="consult_tax", at=at)
    act = getattr(actions, action)
    others = {user for _part, user in cast.people()} - {
        cast.justice_officer,
        cast.another_justice_officer,
        cast.justice_approver,
    }
    for who in others:
        with pytest.raises(NotFoundForYou):
            act(item_at(case, "draft"), reviewer=who, words=WORDS, key=uuid4(), at=at + LATER)
    # Who is asked for an opinion speaks to colleagues by the opinion, and to her not at all.
    with pytest.raises(NotFoundForYou):
        act(item_at(case, "consult_tax"), reviewer=cast.tax_officer, words=WORDS, key=uuid4(), at=at + LATER)
    assert not Passage.objects.filter(case=case, kind__in=("message", "note")).exists()


@pytest.mark.parametrize("action", ["write_to_her", "note"])
def test_of_a_sealed_case_only_who_holds_it_by_name_speaks(cast: Cast, at: datetime, action: str) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    old = item_at(case, "triage")
    player.conclude(case, "triage", "direct_help", by=cast.city_officer, at=at)
    act, item = getattr(actions, action), item_at(case, "direct_help")
    for who in (cast.another_city_officer, cast.city_approver, cast.commune_officer, cast.applicant):
        with pytest.raises(NotFoundForYou):
            act(item, reviewer=who, words=WORDS, key=uuid4(), at=at + LATER)
    # The step that is over is nobody's any more, not even by the name of who did it.
    with pytest.raises(WrongState):
        act(old, reviewer=cast.city_officer, words=WORDS, key=uuid4(), at=at + LATER)
    assert act(item, reviewer=cast.city_officer, words=WORDS, key=uuid4(), at=at + LATER).body == WORDS
    assert told(sent(case, at=at + LATER)) == {cast.city_officer}


def test_nobody_writes_in_her_name(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    for _part, who in cast.people():
        if who != cast.applicant:
            with pytest.raises(NotFoundForYou):
                sent(case, applicant=who, at=at + LATER)


def test_the_same_form_sent_twice_says_it_once(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    item, key, another, third = item_at(case, "triage"), uuid4(), uuid4(), uuid4()
    for _again in range(3):
        hers = sent(case, key=key, at=at + LATER)
        theirs = actions.write_to_her(item, reviewer=cast.city_officer, words=WORDS, key=another, at=at + LATER)
        noted = actions.note(item, reviewer=cast.city_officer, words=WORDS, key=third, at=at + LATER)
        assert [hers, theirs, noted] == list(Passage.objects.filter(case=case, body__isnull=False).order_by("pk"))[-3:]
    assert TimelineEvent.objects.filter(case=case, verb__in=("message_sent", "message_written")).count() == 2


def test_nothing_is_sent_where_nobody_reads_it(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    item = item_at(case, "intake")
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + LATER)
    with pytest.raises(WrongState):
        sent(case, at=at + LATER)
    with pytest.raises(WrongState):
        actions.write_to_her(item, reviewer=cast.commune_officer, words=WORDS, key=uuid4(), at=at + LATER)
    # Colleagues may still note why.
    assert actions.note(item, reviewer=cast.commune_officer, words=WORDS, key=uuid4(), at=at + LATER)


def test_no_words_are_no_message(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    with pytest.raises(WrongState):
        sent(case, words="  \n ", at=at + LATER)
    assert not Passage.objects.filter(case=case).exists()


def test_her_message_waits_in_sight_until_the_office_writes_back(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    item = item_at(case, "intake")
    page, waiting = reverse("workflows:item", args=[item.pk]), "1 tin chưa trả lời"
    client = signed_in(cast.commune_officer)
    assert waiting not in client.get(page).content.decode()
    actions.write_to_office(case, applicant=cast.applicant, words="Tôi đổi số máy.", key=uuid4(), at=at)
    for address in (page, reverse("workflows:worklist")):
        assert waiting in client.get(address).content.decode()
    assert "“Tôi đổi số máy.”" in client.get(page).content.decode()
    actions.write_to_her(item, reviewer=cast.commune_officer, words="Đã rõ.", key=uuid4(), at=at)
    for address in (page, reverse("workflows:worklist")):
        assert waiting not in client.get(address).content.decode()


def test_an_office_that_is_only_consulted_hears_of_no_message(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="consult_tax")
    actions.write_to_office(case, applicant=cast.applicant, words="Tôi đổi số máy.", key=uuid4(), at=at)
    client = signed_in(cast.tax_officer)
    for address in (reverse("workflows:worklist"), reverse("workflows:item", args=[item_at(case, "consult_tax").pk])):
        assert "tin chưa trả lời" not in client.get(address).content.decode()
    assert "Tôi đổi số máy" not in client.get(reverse("workflows:office_case", args=[case.key])).content.decode()
