"""What a person was told, on the page."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from cases.models import TimelineEvent
from notifications import views
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from tests.workflows.test_follow_ups import answer, closed
from workflows import actions

ADDRESS = "/thong-bao/"


def test_a_reviewer_is_led_to_the_work_item(cast: Cast) -> None:
    case = a_case(cast.applicant)
    text = signed_in(cast.commune_officer).get(ADDRESS).content.decode()
    assert reverse("workflows:item", args=[item_at(case, "intake").pk]) in text
    assert case.short_code in text
    assert 'class="office' in text


def test_she_is_led_to_her_case(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    text = signed_in(cast.applicant).get(ADDRESS).content.decode()
    assert reverse("cases:status", args=[case.key]) in text
    assert "/viec/" not in text
    assert 'class="office' not in text


def test_after_her_answer_the_reviewer_is_led_to_the_item_that_goes_on(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = item_at(case, "draft")
    asked = player.ask(case, "draft", question="Ngày nào?", at=at + timedelta(days=1))
    Notification.objects.filter(person=asked.asked_by).delete()
    player.reply(case, text="Hôm qua.", at=at + timedelta(days=2))
    text = signed_in(asked.asked_by).get(ADDRESS).content.decode()
    assert reverse("workflows:item", args=[item.pk]) in text


def test_of_two_questions_the_notice_leads_to_the_newer_one_before_and_after_her_answer(cast: Cast) -> None:
    case, later = closed(cast.applicant), THURSDAY + timedelta(days=200)
    actions.follow_up(at=later)
    client, newer = signed_in(cast.applicant), reverse("workflows:follow_up", args=[case.key, 2])
    assert newer in client.get(ADDRESS).content.decode()
    answer(case.follow_ups.select_related("case").get(number=2), cast.applicant, at=later)
    assert newer in client.get(ADDRESS).content.decode()


def test_others_notices_are_not_shown(cast: Cast) -> None:
    a_case(cast.applicant, at_node="triage")
    assert "Chưa có thông báo nào." in signed_in(cast.another_applicant).get(ADDRESS).content.decode()


def test_opening_the_page_marks_nothing_as_read(cast: Cast) -> None:
    a_case(cast.applicant)
    signed_in(cast.commune_officer).get(ADDRESS)
    assert Notification.objects.filter(person=cast.commune_officer, read_at__isnull=True).exists()


def test_all_read_marks_what_was_on_the_page_and_nothing_newer_nor_anybody_elses(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant)
    client = signed_in(cast.commune_officer)
    form = hidden(client.get(ADDRESS))
    a_case(cast.another_applicant, at=at + timedelta(hours=1))
    others = Notification.objects.exclude(person=cast.commune_officer).count()
    client.post(reverse("notifications:mark_read"), form)
    unread = Notification.objects.filter(read_at__isnull=True)
    assert unread.filter(person=cast.commune_officer).count() == 1
    assert unread.exclude(person=cast.commune_officer).count() == others
    assert client.get(reverse("notifications:mark_read")).status_code == 405


@pytest.mark.parametrize("newest", ["", "x", "2026-11-05"])
def test_a_broken_form_marks_nothing(cast: Cast, newest: str) -> None:
    a_case(cast.applicant)
    signed_in(cast.commune_officer).post(reverse("notifications:mark_read"), {"newest": newest})
    assert not Notification.objects.filter(read_at__isnull=False).exists()


def test_older_notices_follow_on_the_next_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    for _nth in range(5):
        a_case(cast.applicant)  # all at the same moment
    seen: list[int] = []
    client, after = signed_in(cast.commune_officer), ""
    for _page in range(3):
        page = client.get(ADDRESS, {"after": after})
        seen += [line.notification.pk for line in page.context["lines"]]
        after = page.context["after"]
    assert after == ""
    assert len(seen) == len(set(seen)) == 5
    assert client.get(ADDRESS, {"after": "x/y"}).status_code == 200


def test_a_notice_of_something_unknown_leads_to_the_worklist(cast: Cast) -> None:
    case = a_case(cast.applicant)
    event = TimelineEvent.objects.get(case=case)
    row = Notification.objects.create(
        event=event, case=case, person=cast.justice_officer, channel="inbox", created_at=event.at
    )
    text = signed_in(row.person).get(ADDRESS).content.decode()
    assert f'href="{reverse("workflows:worklist")}"' in text


@pytest.mark.parametrize(
    "after", ["0001-01-01T00:00:00+14:00/1", "9999-12-31T23:59:59-14:00/1", f"2026-11-05T00:00:00Z/{2**63}"]
)
def test_a_broken_address_opens_the_first_page(cast: Cast, after: str) -> None:
    assert signed_in(cast.commune_officer).get(ADDRESS, {"after": after}).status_code == 200
