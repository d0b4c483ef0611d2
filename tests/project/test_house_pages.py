"""Leaving in a hurry, and the pages for when something is wrong."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from cases.forms import filing
from project.demo.cast import Cast
from project.views import broken
from tests import browsing
from tests.builders import a_case, a_draft


def test_quick_exit_ends_the_session_and_shows_a_page_that_says_nothing_of_us(cast: Cast) -> None:
    client = browsing.signed_in(cast.applicant)
    assert client.get(reverse("leave")).status_code == 405
    response = client.post(reverse("leave"))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "_auth_user_id" not in client.session
    page = client.get(response["Location"]).content.decode()
    for ours in ("Đồng Hành", "Phụ nữ", "dong-hanh", "hồ sơ", "mark.svg"):
        assert ours not in page


def test_quick_exit_and_the_help_phone_stand_on_every_page_of_hers(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_case(cast.applicant)
    draft = a_draft(cast.applicant)
    for url in (
        reverse("home"),
        reverse("cases:mine"),
        reverse("cases:status", args=[case.key]),
        reverse("cases:filed", args=[case.key]),
        reverse("workflows:withdraw", args=[case.key]),
        reverse("cases:page", args=[draft.key, "cau-hoi"]),
        reverse("cases:papers", args=[draft.key]),
        reverse("cases:check", args=[draft.key]),
    ):
        page = client.get(url).content.decode()
        assert reverse("leave") in page, url
        assert "tel:02250001234" in page, url
        assert 'lang="vi"' in page


@pytest.mark.django_db
def test_the_first_page_is_light(client: Client) -> None:
    page = client.get(reverse("home"), headers={"accept-encoding": "gzip"})
    style = client.get("/static/dong-hanh.css", headers={"accept-encoding": "gzip"})
    assert len(page.content) < 6_000
    assert len(b"".join(style.streaming_content)) < 20_000  # type: ignore[attr-defined]


def test_a_busy_database_is_said_plainly_and_her_words_are_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_args: object, **_more: object) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    monkeypatch.setattr(filing, "save_page", busy)
    need = "Bên mua không trả tiền hàng đã ba tháng."
    response = client.post(
        reverse("cases:page", args=[case.key, "cau-hoi"]),
        {"need": need, "law_field": "tax", "question_kind": "general"},
    )
    assert response.status_code == 503
    assert need in response.content.decode()
    assert response["Retry-After"] == "5"


def test_an_old_page_keeps_her_words(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.applicant)
    words = "Bên mua không trả tiền hàng đã ba tháng."
    response = client.post(reverse("workflows:withdraw", args=[a_case(cast.applicant).key]), {"reason": words})
    assert response.status_code == 403
    assert words in response.content.decode()
    assert "Trang này đã mở quá lâu" in response.content.decode()


@pytest.mark.django_db
def test_an_address_that_leads_nowhere_says_so_in_vietnamese(client: Client) -> None:
    response = client.get("/khong-co/")
    assert response.status_code == 404
    assert "Không tìm thấy trang này" in response.content.decode()


@pytest.mark.django_db
def test_our_own_fault_is_said_without_asking_the_database(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        response = broken(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Đây là lỗi của chúng tôi" in response.content.decode()


def test_an_address_of_a_button_is_answered_with_a_page(cast: Cast) -> None:
    response = browsing.signed_in(cast.commune_officer).get(reverse("workflows:claim", args=[1]))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Chưa gửi gì" in response.content.decode()


def test_the_address_of_sending_leads_back_to_the_answers(cast: Cast) -> None:
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    assert client.get(reverse("workflows:submit", args=[draft.key]))["Location"] == reverse(
        "cases:check", args=[draft.key]
    )


@pytest.mark.parametrize("name", ["design", "design_office"])
def test_the_page_of_components_shows_cases_to_those_who_may_see_them_and_does_not_exist_in_production(
    name: str, cast: Cast, client: Client, settings: Any
) -> None:
    case = a_case(cast.applicant)
    supervisor = browsing.signed_in(cast.supervisor)
    assert client.get(reverse(name)).status_code == 200
    assert str(case.code) not in client.get(reverse(name)).content.decode()
    assert supervisor.get(reverse(name)).status_code == 200
    settings.IS_DEMO = False
    assert supervisor.get(reverse(name)).status_code == 404
