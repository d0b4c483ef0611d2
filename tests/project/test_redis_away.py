"""The cache is a Redis that is not there: pages and filing work, uncounted; only her digits are not looked at."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cases.models import Case
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case, answers_for


@pytest.fixture(autouse=True)
def away(settings: Settings, tmp_path: Any) -> Iterator[None]:
    """Take a port that nobody listens at."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{port.getsockname()[1]}/0"
        redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": address}
        settings.CACHES = {"default": redis}
        storages = {**settings.STORAGES}
        storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
        settings.STORAGES = storages
        yield


def test_a_supervisor_sees_her_overview_counted_anew(cast: Cast) -> None:
    client = browsing.signed_in(cast.supervisor)
    a_case(cast.applicant)
    for number in (1, 2):
        page = client.get(reverse("workflows:overview"))
        assert page.status_code == 200
        assert page.context["overview"].snapshot.promise.open == number
        a_case(cast.applicant)


def test_she_files_with_a_paper(cast: Cast) -> None:
    client, case = browsing.start(cast.applicant)
    browsing.fill_in(client, case, answers_for())
    assert browsing.add_paper(client, case, "other").status_code == 302
    assert case.documents.count() == 1
    assert browsing.send(client, case).status_code == 302
    assert Case.objects.get(pk=case.pk).code


def test_a_supervisor_takes_the_register_out(cast: Cast) -> None:
    a_case(cast.applicant)
    for kind in ("csv", "xlsx"):
        response: Any = browsing.signed_in(cast.supervisor).post(reverse(f"cases:register_{kind}"))
        assert b"".join(response.streaming_content)


def test_the_code_alone_still_tells_how_far_it_is(cast: Cast) -> None:
    code, client = str(a_case(cast.applicant).code), Client()
    assert client.get(reverse("cases:lookup"), {"ma": code}).status_code == 200
    assert client.post(reverse("cases:lookup"), {"ma": code, "digits": "0001"}).status_code == 429


def test_who_signs_in_is_told_that_it_does_not_work_just_now(db: None) -> None:
    response = Client().post(reverse("account_request_login_code"), {"phone": "0912 345 678"})
    assert response.status_code == 503
    assert "Lỗi ở phía chúng tôi" in response.content.decode()
    assert response["Retry-After"] == "60"
