"""Live updates: who hears that something changed, what she hears, and what happens when the layer is away."""

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from channels.layers import get_channel_layer
from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from pytest_django import Settings

from cases.models import Case, Membership
from notifications import consumers, live, messenger
from notifications.messenger import Trouble
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case
from tests.conftest import THURSDAY
from tests.notifications.listening import HERE, OpenPage, in_step, opened, played

pytestmark = pytest.mark.django_db(transaction=True)

LATER = THURSDAY + timedelta(hours=3)
conclude = in_step(player.conclude)


def topic_of(case: Case) -> str:
    return f"case:{case.key}"


def hint(topic: str) -> str:
    return json.dumps({"topic": topic})


# --- the gate -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "http://testserver.evil.example", None])
def test_a_page_of_another_origin_is_refused(cast: Cast, origin: str | None) -> None:
    client = signed_in(cast.applicant)

    async def scene() -> None:
        page = OpenPage(client, ["inbox"], origin=origin)
        assert not await page.opened()
        await page.closed()
        page = OpenPage(client, ["inbox"], origin=HERE)
        assert await page.opened()
        await page.closed()

    played(scene)


def test_nobody_who_is_not_signed_in_hears_anything(cast: Cast) -> None:
    case = a_case(cast.applicant)

    async def scene() -> None:
        page = await opened(None, "inbox", "worklist", "overview", topic_of(case))
        assert await page.hears() == consumers.SIGNED_OUT
        await page.closed()

    played(scene)


def test_another_womans_case_is_as_if_it_were_none(cast: Cast) -> None:
    case, client = a_case(cast.applicant), signed_in(cast.another_applicant)

    async def scene() -> None:
        for topic in (topic_of(case), "case:1", "case:", "worklist", "overview", "person.1", ""):
            page = await opened(client, topic)
            assert await page.hears() == consumers.NOTHING_TO_HEAR, topic
            await page.closed()
        page = await opened(client, "inbox", topic_of(case))
        await conclude(case, "intake", "accept", at=LATER)
        assert await page.everything() == []
        await page.closed()

    played(scene)


def test_nobody_hears_more_topics_than_a_page_has(cast: Cast) -> None:
    case = a_case(cast.applicant)
    admission = live.admit(cast.applicant, [f"case:{number}" for number in range(live.MOST_TOPICS)] + [topic_of(case)])
    assert admission.topics == frozenset()


def test_a_page_that_talks_is_closed(cast: Cast) -> None:
    client = signed_in(cast.applicant)

    async def scene() -> None:
        page = await opened(client, "inbox")
        await page.says('{"topic": "worklist"}')
        assert await page.hears() == consumers.NOT_A_CONVERSATION
        await page.closed()

    played(scene)


# --- the hint -----------------------------------------------------------------------------------------------


def test_after_a_step_each_hears_the_topic_and_nothing_else(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    clients = {part: signed_in(user) for part, user in cast.people()}
    expected = {
        "applicant": {"inbox", topic_of(case)},
        "city_officer": {"worklist", topic_of(case)},
        "another_city_officer": {"worklist", topic_of(case)},
        "city_approver": {"worklist", topic_of(case)},
        "commune_officer": {topic_of(case)},
        "justice_officer": {"worklist", "inbox"},
        "another_justice_officer": {"worklist", "inbox"},
        "supervisor": {"overview", topic_of(case)},
        "auditor": {"overview", topic_of(case)},
    }

    async def scene() -> None:
        pages = {
            part: await opened(client, "inbox", "worklist", "overview", topic_of(case))
            for part, client in clients.items()
        }
        await conclude(case, "triage", "general", by=cast.city_officer, at=LATER)
        for part, page in pages.items():
            heard = await page.everything()
            assert set(heard) == {hint(topic) for topic in expected.get(part, set())}, part
            await page.closed()

    played(scene)


def test_who_takes_an_item_and_gives_it_back_changes_the_list_of_the_office(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    officer, colleague = signed_in(cast.city_officer), signed_in(cast.another_city_officer)
    item = player.open_item(case, "triage")

    async def scene() -> None:
        page = await opened(colleague, "worklist", "inbox")
        for act in ("claim", "release"):
            answer = await in_step(officer.post)(reverse(f"workflows:{act}", args=[item.pk]))
            assert answer.status_code == 302
            assert hint("worklist") in await page.everything(), act
        await page.closed()

    played(scene)


def test_nothing_leaves_before_the_commit_and_nothing_after_a_rollback(cast: Cast) -> None:
    case, client = a_case(cast.applicant, at_node="triage"), signed_in(cast.justice_officer)
    decided: list[int] = []

    def undone() -> None:
        with transaction.atomic():
            player.conclude(case, "triage", "general", at=LATER)
            transaction.set_rollback(True)
        decided.append(case.events.filter(verb="decision_made").count())

    def slowly(page: OpenPage) -> bool:
        with transaction.atomic():
            player.conclude(case, "triage", "general", at=LATER)
            time.sleep(0.5)
            return bool(page.socket.output_queue.empty())

    async def scene() -> None:
        page = await opened(client, "worklist")
        await in_step(undone)()
        assert decided == [1], "only what came before"
        assert await page.everything() == []
        await in_step(case.refresh_from_db)()
        assert await in_step(slowly)(page), "it was told before the commit"
        assert await page.everything() == [hint("worklist")]
        await page.closed()

    played(scene)


def test_what_another_thread_tells_wakes_a_sleeping_page(cast: Cast) -> None:
    """The worker of the demonstration is a thread of the server."""
    client = signed_in(cast.applicant)

    async def scene() -> None:
        page = await opened(client, "inbox")
        for _time in range(5):
            told = {live.of_person(cast.applicant.pk): {"type": "hint", "topics": ["inbox"]}}
            said_at = time.monotonic()
            threading.Thread(target=messenger.messenger.carry, args=(told,)).start()
            assert await page.hears() == hint("inbox")
            assert time.monotonic() - said_at < 1
        await page.closed()

    played(scene)


# --- what is sealed -----------------------------------------------------------------------------------------


def test_of_a_sealed_case_only_those_hear_who_may_see_it(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    clients = {part: signed_in(user) for part, user in cast.people()}
    steps = (("triage", "direct_help"), ("direct_help", "helped"), ("deliver", "delivered"))

    async def scene() -> None:
        # Everybody who could see the case has it open when it is sealed.
        pages = {
            part: await opened(client, "inbox", "worklist", "overview", topic_of(case))
            for part, client in clients.items()
        }
        for node, verdict in steps:
            await conclude(case, node, verdict, by=cast.city_officer, at=LATER)
            heard = {part: set(await page.everything()) for part, page in pages.items()}
            hearing = {part for part, topics in heard.items() if topics}
            assert hearing == {"applicant", "city_officer", "city_approver"}, (node, heard)
            assert hint(topic_of(case)) in heard["applicant"]
            assert hint("worklist") in heard["city_approver"]
        for page in pages.values():
            await page.closed()
        page = await opened(clients["another_city_officer"], topic_of(case))
        assert await page.hears() == consumers.NOTHING_TO_HEAR
        await page.closed()

    played(scene)


# --- what ends ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["account_logout", "leave"])
def test_whoever_signs_out_hears_nothing_more_in_any_window(cast: Cast, way: str) -> None:
    client = signed_in(cast.applicant)

    async def scene() -> None:
        pages = [await opened(client, "inbox") for _window in range(2)]
        assert (await in_step(client.post)(reverse(way))).status_code == 302
        for page in pages:
            assert await page.hears() == consumers.SIGNED_OUT
            await page.closed()

    played(scene)


def test_a_session_that_ended_unseen_hears_nothing_of_a_case_and_is_closed_in_time(cast: Cast) -> None:
    case, client = a_case(cast.applicant, at_node="triage"), signed_in(cast.applicant)

    async def scene() -> None:
        page = await opened(client, topic_of(case))
        await in_step(Session.objects.all().delete)()
        await conclude(case, "triage", "general", at=LATER)
        assert await page.everything() == []
        await waited_for_the_gate()
        assert await page.hears() == consumers.SIGNED_OUT
        await page.closed()

    played(scene)


def test_whoever_works_there_no_longer_hears_nothing_more(cast: Cast) -> None:
    case, client = a_case(cast.applicant, at_node="triage"), signed_in(cast.city_officer)
    ended = Membership.objects.filter(user=cast.city_officer)

    async def scene() -> None:
        page = await opened(client, topic_of(case), "worklist")
        await in_step(ended.update)(until=date(2026, 1, 1))
        await conclude(case, "triage", "general", by=cast.another_city_officer, at=LATER)
        assert hint(topic_of(case)) not in await page.everything()
        await waited_for_the_gate()
        assert await page.hears() == consumers.SIGNED_OUT
        await page.closed()

    played(scene)


def test_whoever_works_elsewhere_comes_again_through_the_gate(cast: Cast) -> None:
    client = signed_in(cast.city_officer)

    async def scene() -> None:
        page = await opened(client, "worklist")
        await waited_for_the_gate()
        assert await page.everything() == []
        await in_step(Membership.objects.filter(user=cast.city_officer).update)(role="approver")
        await waited_for_the_gate()
        assert await page.hears() == consumers.COME_AGAIN
        await page.closed()

    played(scene)


async def waited_for_the_gate() -> None:
    """Let the time pass after which every page passes its gate again."""
    for page in consumers.watch.sockets:
        page.passed_at -= consumers.SECONDS_BETWEEN_GATES + 1
    await consumers.watch.look_once()


def test_an_adviser_who_declined_hears_nothing_more_of_the_case(cast: Cast) -> None:
    case, client = a_case(cast.applicant, at_node="adviser_accept"), signed_in(cast.expert)

    async def scene() -> None:
        page = await opened(client, topic_of(case))
        await conclude(case, "adviser_accept", "decline", at=LATER)
        assert await page.everything() == []
        await page.closed()

    played(scene)


# --- a layer that is away -----------------------------------------------------------------------------------


@pytest.fixture(params=["closed port", "black hole"])
def away(request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Redis that refuses, or one that takes everything and answers nothing."""
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        if request.param == "black hole":
            hole.listen()
        address = f"redis://127.0.0.1:{hole.getsockname()[1]}/0"
        host = {"address": address, **settings.LIVE_REDIS, "socket_timeout": 0.3}
        redis = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [host]}}
        settings.CHANNEL_LAYERS = {"default": redis}
        for module in (messenger, consumers):
            monkeypatch.setattr(module, "SECONDS_TO_SEND", 0.3)
        monkeypatch.setattr(messenger, "TRY_AGAIN_AFTER", (0.1,))
        monkeypatch.setattr(messenger, "messenger", own := messenger.Messenger())
        monkeypatch.setattr(live, "messenger", own)
        yield
        own.finish()


@pytest.mark.usefixtures("away")
def test_without_the_layer_a_decision_is_made_as_ever_and_as_quickly(
    cast: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messenger, "trouble", Trouble())
    case = a_case(cast.applicant)
    client, item = signed_in(cast.city_officer), None
    with caplog.at_level(logging.WARNING):
        began = time.perf_counter()
        player.conclude(case, "intake", "accept", at=LATER)
        assert time.perf_counter() - began < 1
        item = player.open_item(case, "triage")
        assert client.get(reverse("workflows:item", args=[item.pk])).status_code == 200
        waited_until = time.monotonic() + 5
        while not caplog.records and time.monotonic() < waited_until:
            time.sleep(0.05)
        time.sleep(1)
    said = [record for record in caplog.records if record.name == "dong_hanh.live"]
    assert len(said) == 1, "it is said, and not at every failure"
    assert str(case.key) not in said[0].getMessage()


@pytest.mark.usefixtures("away")
def test_without_the_layer_no_page_believes_that_it_is_live(cast: Cast) -> None:
    client = signed_in(cast.applicant)

    async def scene() -> None:
        page = OpenPage(client, ["inbox"])
        assert not await page.opened()
        await page.closed()

    played(scene)


def test_when_the_layer_goes_away_every_page_is_told_to_come_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(cast.applicant)

    async def scene() -> None:
        page = await opened(client, "inbox")
        await consumers.watch.look_once()
        assert await page.everything() == []

        async def refuses(group: str, message: object) -> None:
            raise ConnectionError

        monkeypatch.setattr(get_channel_layer(), "group_send", refuses, raising=False)
        await consumers.watch.look_once()
        assert await page.hears() == consumers.COME_AGAIN
        await page.closed()

    played(scene)


def test_trouble_is_said_once_a_minute(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    trouble = Trouble()
    for _failure in range(10):
        trouble.note()
    assert len(caplog.records) == 1
    monkeypatch.setattr(messenger, "SECONDS_BETWEEN_COMPLAINTS", 0.0)
    trouble.note()
    assert ["(10 times)" in record.getMessage() for record in caplog.records] == [False, True]
