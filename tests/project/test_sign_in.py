"""One entrance: a phone number and a code, for her and for staff."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pytest_django import Settings

from cases.models import User
from project.demo.cast import Cast

ENTER = "/tai-khoan/vao/"
CODE = "/tai-khoan/vao/ma/"


def code_on(page: str) -> str:
    found = re.search(r"<b>(\d{6})</b>", page)
    assert found is not None
    return found[1]


def enter(client: Client, phone: str, way_on: str = "") -> str:
    client.post(ENTER + way_on, {"phone": phone})
    code = code_on(client.get(CODE + way_on).content.decode())
    return str(client.post(CODE + way_on, {"action": "verify", "code": f" {code[:3]} {code[3:]}"})["Location"])


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["0912 345 678", "0912.345.678", "+84 912 345 678", "84912345678", "0912-345-678"])
def test_a_new_phone_becomes_known_without_a_sign_up(client: Client, typed: str) -> None:
    assert enter(client, typed) == reverse("cases:mine")
    her = User.objects.get()
    assert (her.phone, her.phone_verified, her.has_usable_password()) == ("+84912345678", True, False)
    assert client.get(reverse("cases:mine")).status_code == 200


@pytest.mark.django_db
def test_coming_back_finds_the_same_person_and_the_page_she_wanted(client: Client) -> None:
    enter(client, "0912 345 678")
    start = reverse("cases:start", args=["legal_advice"])
    assert enter(Client(), "+84912345678", f"?next={start}") == start
    assert User.objects.count() == 1


def test_staff_enter_by_the_same_door_and_land_at_their_work(cast: Cast) -> None:
    assert enter(Client(), cast.commune_officer.phone) == reverse("workflows:worklist")
    assert enter(Client(), cast.supervisor.phone) == reverse("workflows:overview")
    assert enter(Client(), cast.expert.phone) == reverse("workflows:worklist")
    client = Client()
    client.force_login(cast.justice_officer)
    assert client.get(reverse("home"))["Location"] == reverse("workflows:worklist")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "12", "abc", "\x00", "+1 650 253 0000", "9" * 5000])
def test_a_phone_that_is_none_is_explained_and_kept(client: Client, typed: str) -> None:
    response = client.post(ENTER, {"phone": typed})
    assert response.status_code == 200
    assert "<title>Lỗi:" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "000000", "abc", "\x00", "9" * 5000])
def test_a_wrong_code_opens_nothing(client: Client, typed: str) -> None:
    client.post(ENTER, {"phone": "0912 345 678"})
    while typed == code_on(client.get(CODE).content.decode()):
        client.post(ENTER, {"phone": "0912 345 678"})
    response = client.post(CODE, {"action": "verify", "code": typed})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()


@pytest.mark.django_db
def test_guessing_ends_soon_and_asking_again_and_again_too(client: Client) -> None:
    client.post(ENTER, {"phone": "0912 345 678"})
    statuses = [client.post(CODE, {"action": "verify", "code": "x"}).status_code for _guess in range(3)]
    assert statuses[-1] == 302
    assert client.get(CODE).status_code == 302
    pages = [client.post(ENTER, {"phone": "0912 345 678"}) for _more in range(4)]
    assert "Chị đã thử nhiều lần" in pages[-1].content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("known", [True, False])
def test_a_new_code_can_be_sent_a_minute_after_the_last(client: Client, known: bool) -> None:
    if known:
        User.objects.create_user("0912 345 678")
    sent = timezone.now()
    with time_machine.travel(sent, tick=False):
        client.post(ENTER, {"phone": "0912 345 678"})
        page = client.get(CODE).content.decode()
        first = code_on(page)
        assert f"Từ {timezone.localtime(sent + timedelta(minutes=1)):%H:%M:%S} chị gửi lại mã được" in page
        assert 'data-wait="60"' in page
        early = client.post(CODE, {"action": "resend"}, follow=True).content.decode()
        assert "Mã vừa được gửi" in early
        assert code_on(early) == first
    with time_machine.travel(sent + timedelta(seconds=61), tick=False):
        assert "data-wait" not in client.get(CODE).content.decode()
        page = client.post(CODE, {"action": "resend"}, follow=True).content.decode()
        assert "Mã mới đang được gửi tới chị." in page
        assert 'data-wait="60"' in page
        assert 'inputmode="numeric"' in page
        assert 'autocomplete="one-time-code"' in page
        assert client.post(CODE, {"action": "verify", "code": code_on(page)})["Location"] == reverse("cases:mine")


@pytest.mark.django_db
def test_who_has_no_phone_is_sent_to_the_officer_of_her_commune(client: Client) -> None:
    client.post(ENTER, {"phone": "0912 345 678"})
    for page in (ENTER, CODE):
        assert "Chị đến Hội Liên hiệp Phụ nữ xã, phường." in client.get(page).content.decode()


@pytest.mark.django_db
def test_production_never_shows_the_code(client: Client, settings: Settings) -> None:
    settings.IS_DEMO = False
    client.post(ENTER, {"phone": "0912 345 678"})
    assert not re.search(r"\d{6}</b>", client.get(CODE).content.decode())
    assert "demo_code" not in client.session


@pytest.mark.django_db
def test_a_closed_number_does_not_get_in(client: Client) -> None:
    User.objects.create_user("0912 345 678", is_active=False)
    way = enter(client, "0912 345 678")
    assert "tam-khoa" in way
    assert "tạm khoá" in client.get(way).content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password", "account_set_password"])
def test_the_other_doors_of_allauth_do_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.django_db
def test_a_mistyped_number_can_be_mended_at_once(client: Client) -> None:
    client.post(ENTER, {"phone": "0912 345 679"})
    assert client.get(ENTER).status_code == 200
    enter(client, "0912 345 678")
    assert User.objects.get(phone_verified=True).phone == "+84912345678"


@pytest.mark.django_db
def test_a_phone_that_was_only_typed_makes_nobody(client: Client) -> None:
    client.post(ENTER, {"phone": "0912 345 678"})
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        client.post(CODE, {"action": "resend"})
    assert not User.objects.exists()
    code = code_on(client.get(CODE).content.decode())
    # Meanwhile she came in from another phone: it is the same person.
    enter(Client(), "0912 345 678")
    her = User.objects.get()
    client.post(CODE, {"action": "verify", "code": code})
    assert client.session["_auth_user_id"] == str(her.pk)
    assert User.objects.get().phone_verified
