"""A promise on a sealed case: nobody supervises it, so she hears of nobody who does, and an approver promises anew."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Membership, Role, User
from cases.policy import NotFoundForYou, WrongState
from notifications.models import Notification
from project.demo.cast import SINCE, Cast, person
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from workflows import actions
from workflows.actions import sweep

WORDS = "Chúng tôi còn thu xếp chỗ cho chị. Chúng tôi gọi chị ngay khi thu xếp xong việc này."
NEW, LATER = date(2026, 12, 4), date(2026, 12, 11)


def moment(day: int, hour: int = 9, *, month: int = 11) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour))  # noqa: DTZ001 - made aware here


def put_off(case: Case, actor: User, day: date, *, at: datetime) -> Any:
    given: dict[str, Any] = {"reason_code": "NEEDS_TIME", "words": WORDS, "key": uuid4()}
    return actions.put_off_promise(case, actor=actor, new_day=day, at=at, **given)


def pages_of_hers(case: Case, *, at: datetime) -> tuple[str, str, str]:
    """Return what she reads of it: on her page, among her notices, and by the code alone."""
    status, inbox = reverse("cases:status", args=[case.key]), reverse("notifications:inbox")
    with time_machine.travel(at, tick=False):
        hers = signed_in(case.applicant)
        by_code = Client().get(reverse("cases:lookup") + f"?ma={case.code}")
        return hers.get(status).content.decode(), hers.get(inbox).content.decode(), by_code.content.decode()


@pytest.fixture
def sealed(cast: Cast, at: datetime) -> Case:
    """Return a case that was sealed at its sorting, promised for 27/11."""
    case = a_case(cast.applicant, at_node="direct_help", at=at)
    assert (case.sealed, case.promised_on) == (True, date(2026, 11, 27))
    return case


@pytest.fixture
def another_approver(cast: Cast) -> User:
    """Return a second approver of the city desk."""
    newcomer = person("Vũ Thị Lan", "0900 600 900")
    desk = Membership.objects.get(user=cast.city_approver, role=Role.APPROVER).agency
    Membership.objects.create(user=newcomer, agency=desk, role=Role.APPROVER, since=SINCE)
    return newcomer


def test_she_is_told_of_no_supervisor_who_does_not_hear_of_it(cast: Cast, sealed: Case) -> None:
    sweep(at=moment(26))
    status, _inbox, _by_code = pages_of_hers(sealed, at=moment(26))
    assert "Nếu lại trễ, người phụ trách được báo." in status
    for day in (3, 5):
        sweep(at=moment(day, month=12))
    told = Notification.objects.filter(case=sealed, event__verb="promise_missed").values_list("person", flat=True)
    assert set(told) == {cast.applicant.pk, cast.city_approver.pk}
    status, inbox, by_code = pages_of_hers(sealed, at=moment(8, month=12))
    assert "Người phụ trách đã được báo ngày 05/12/2026. Chúng tôi sẽ hẹn chị ngày mới." in status
    assert "Chúng tôi đã trễ hẹn ngày 04/12/2026 với chị. Người phụ trách đã được báo." in inbox
    for page in (status, inbox, by_code):
        assert "giám sát" not in page.lower()


def test_by_the_code_alone_a_sealed_case_that_is_late_reads_like_any_other(
    cast: Cast, at: datetime, sealed: Case
) -> None:
    other = a_case(cast.another_applicant, at_node="approve_refusal", at=at)
    for when in (moment(26), moment(3, month=12), moment(5, month=12)):
        sweep(at=when)
    _status, _inbox, late = pages_of_hers(sealed, at=moment(8, month=12))
    _status, _inbox, like_it = pages_of_hers(other, at=moment(8, month=12))
    assert "Người phụ trách đã được báo." in late
    read = [
        re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page).replace(case.code or "", "")
        for page, case in ((late, sealed), (like_it, other))
    ]
    assert read[0] == read[1]


def test_a_second_new_day_is_promised_by_an_approver_of_the_desk_and_by_nobody_else(cast: Cast, sealed: Case) -> None:
    address = reverse("workflows:put_off", args=[sealed.key])
    with time_machine.travel(moment(25), tick=False):
        first = signed_in(cast.city_approver).get(address).content.decode()
    assert "Lần sau do một người duyệt khác của Hội thành phố hẹn." in first
    sweep(at=moment(26))
    for part, user in cast.people():
        if part != "city_approver":
            with pytest.raises((NotFoundForYou, WrongState)):
                put_off(sealed, user, LATER, at=moment(27))
            assert signed_in(user).get(address).status_code in (404, 409), part
    with time_machine.travel(moment(27), tick=False):
        client = signed_in(cast.city_approver)
        assert (
            address in client.get(reverse("workflows:item", args=[item_at(sealed, "direct_help").pk])).content.decode()
        )
        page = client.get(address)
        boxes = {"new_day_day": LATER.day, "new_day_month": LATER.month, "new_day_year": LATER.year}
        assert (
            client.post(address, {**hidden(page), **boxes, "reason_code": "NEEDS_TIME", "words": WORDS}).status_code
            == 302
        )
    sealed.refresh_from_db()
    assert (sealed.promised_on, sealed.apologies) == (LATER, 2)
    event = sealed.events.get(position=sealed.event_count)
    assert (event.actor, event.agency_id, event.facts["by"]) == (cast.city_approver, sealed.desk_id, "desk")


def test_whoever_apologised_first_does_not_promise_the_second_new_day(
    cast: Cast, sealed: Case, another_approver: User
) -> None:
    put_off(sealed, cast.city_approver, NEW, at=moment(25))
    with pytest.raises(WrongState):
        put_off(sealed, cast.city_approver, LATER, at=moment(26))
    with pytest.raises(NotFoundForYou):
        put_off(sealed, cast.supervisor, LATER, at=moment(26))
    assert put_off(sealed, another_approver, LATER, at=moment(26)).facts["apology"] == 2
    assert put_off(sealed, another_approver, date(2026, 12, 18), at=moment(27)).facts["apology"] == 3


def test_nor_does_a_substitute_in_the_place_of_whoever_apologised_first(
    cast: Cast, sealed: Case, another_approver: User
) -> None:
    put_off(sealed, cast.city_approver, NEW, at=moment(25))
    substitute = person("Bùi Thị Nga", "0900 600 901")
    lent: dict[str, Any] = {"agency": sealed.desk, "role": Role.APPROVER, "since": SINCE}
    lent["until"] = timezone.localdate() + timedelta(days=60)
    standing_in = Membership.objects.create(user=substitute, acting_for=cast.city_approver, **lent)
    with pytest.raises((NotFoundForYou, WrongState)):
        put_off(sealed, substitute, LATER, at=moment(26))
    standing_in.delete()
    Membership.objects.create(user=substitute, acting_for=another_approver, **lent)
    assert put_off(sealed, substitute, LATER, at=moment(26)).on_behalf_of == another_approver
