"""How far a case is, by its code: what is told to whom, to nobody more, and how often one may ask."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from redis.exceptions import ConnectionError as RedisIsAway

from cases.models import Case
from cases.services import service_of
from cases.views import lookup
from project.demo import player
from project.demo.cast import Cast
from tests.builders import A_QUESTION, a_case, a_draft
from tests.conftest import THURSDAY
from workflows import actions

DIGITS = "0001"  # the end of the applicant's phone
LATER = THURSDAY + timedelta(hours=3)


@pytest.fixture(autouse=True)
def nobody_asked_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def look(code: str, *, digits: str | None = None, at: Any = LATER, address: str = "127.0.0.1") -> Any:
    """Open the page as somebody who is not signed in."""
    with time_machine.travel(at, tick=False):
        client = Client(REMOTE_ADDR=address)
        if digits is None:
            return client.get(reverse("cases:lookup"), {"ma": code})
        return client.post(reverse("cases:lookup"), {"ma": code, "digits": digits})


def text_of(response: Any) -> str:
    """Return what the page says in its main part, without what differs from form to form."""
    [main] = re.findall(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def without(case: Case, response: Any) -> str:
    """Return the whole main part, tags and all, without the code of this case and the form's secret."""
    [main] = re.findall(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    main = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main)
    return main.replace(str(case.code), "CODE")


def at_court(cast: Cast) -> Case:
    case = a_case(cast.applicant, at_node="triage")
    player.conclude(case, "triage", "refuse", at=THURSDAY, reason_code="AT_COURT")
    player.conclude(case, "approve_refusal", "approve", at=THURSDAY + timedelta(hours=1))
    return case


def test_the_code_tells_how_far_and_until_when(cast: Cast) -> None:
    text = text_of(look(str(a_case(cast.applicant).code)))
    assert "Hồ sơ đang được đọc" in text
    assert "Bước" not in text, "her own page counts other steps: two counts of one way would contradict each other"
    assert "Thứ Sáu, 06/11/2026" in text


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.lower().replace('-', ' . ')} ",
        lambda code: code[:6] + code[6:].replace("0", "O").replace("1", "l"),
    ],
)
def test_the_code_is_read_however_it_was_typed(cast: Cast, typed: Callable[[str], str]) -> None:
    case = a_case(cast.applicant)
    assert str(case.code) in text_of(look(typed(str(case.code))))


def test_the_code_alone_tells_no_office_no_name_and_nothing_of_the_matter(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="consult_tax")
    player.ask(case, "draft", question="Chị gửi hợp đồng thuê nhà.", at=THURSDAY + timedelta(hours=1))
    page = look(str(case.code)).content.decode()
    [main] = re.findall(r"<main.*?</main>", page, re.DOTALL)
    assert case.enterprise is not None
    for betraying in (
        "Sở Tư pháp",
        "Thuế",
        "hợp đồng",
        "Hạnh",
        cast.applicant.full_name,
        cast.applicant.phone_as_read,
        case.enterprise.name,
        str(service_of(case).title),
        A_QUESTION,
        str(case.key),
        "Lê Chân",
        "cần chị bổ sung",
    ):
        assert betraying not in main, betraying
    # It is only said that the date stands still.
    assert "ngày hẹn đang tạm dừng" in main


def test_with_the_end_of_her_phone_also_the_office_and_what_to_do(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    text = text_of(look(str(case.code), digits=DIGITS))
    assert "Hội Liên hiệp Phụ nữ thành phố Hải Phòng" in text
    assert "chưa phải làm gì" in text
    player.ask(case, "triage", question="Chị gửi hợp đồng thuê nhà.", at=THURSDAY + timedelta(hours=1))
    text = text_of(look(str(case.code), digits=" 00.01 "))
    assert "Chúng tôi cần chị bổ sung" in text
    assert "Trước hết ngày Thứ Sáu, 27/11/2026" in text
    # What is asked may be anything: it is read after signing in.
    assert "hợp đồng" not in text
    for name in (cast.applicant.full_name, cast.city_officer.full_name, str(service_of(case).title)):
        assert name not in text


def test_wrong_digits_and_an_unknown_code_get_the_same_answer(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = a_case(cast.applicant)
    unknown = str(case.code)[:-8] + "000000-0"
    assert not Case.objects.filter(code=unknown).exists()
    answers = []
    for code, digits in ((str(case.code), "9999"), (unknown, DIGITS), (unknown, "9999"), (str(case.code), "")):
        with django_assert_num_queries(1):
            response = look(code, digits=digits)
        answers.append((response.status_code, without(case, response).replace(code, "CODE")))
    assert set(answers) == {answers[0]}
    assert answers[0][0] == 404
    assert "Mã và 4 số này không khớp nhau." in answers[0][1]
    assert "0225 000 1234" in answers[0][1]


@pytest.mark.parametrize("digits", [DIGITS + DIGITS, "84900100001", "\0\0\0\0", "٠٠٠١", "0" * 5000])
def test_only_the_last_four_digits_open_it(cast: Cast, digits: str) -> None:
    assert look(str(a_case(cast.applicant).code), digits=digits).status_code == 404
    assert look("HPG-26-000000-0", digits=digits).status_code == 404


@pytest.mark.parametrize("code", ["HPG-26-7QK4M2-9", "x", "HPG-26", "' OR 1=1", "ở" * 12, "\0", "9" * 3000])
def test_an_unknown_code_says_so_and_keeps_what_she_typed(cast: Cast, code: str) -> None:
    a_draft(cast.applicant)  # has no code, and is found under none
    response = look(code)
    assert response.status_code == 404
    page = response.content.decode()
    assert "Không tìm thấy mã này." in page
    assert "Chị xem lại từng chữ" in page
    assert "<title>Lỗi:" in page


def test_what_she_typed_stays_in_the_box(cast: Cast) -> None:
    assert 'value="hpg 26 7qk4m2 9"' in look("hpg 26 7qk4m2 9").content.decode()
    assert 'value="hpg 26 7qk4m2 9"' in look("hpg 26 7qk4m2 9", digits="1234").content.decode()


def test_a_sealed_case_reads_like_any_other(cast: Cast) -> None:
    sealed = a_case(cast.applicant, at_node="direct_help")
    ordinary = a_case(cast.applicant, at_node="kb_answer")
    for digits in (None, DIGITS):
        [one, other] = [without(case, look(str(case.code), digits=digits)) for case in (sealed, ordinary)]
        assert one == other
    player.conclude(sealed, "direct_help", "helped", at=THURSDAY + timedelta(hours=1))
    player.conclude(ordinary, "kb_answer", "answer", at=THURSDAY + timedelta(hours=1))
    for digits in (None, DIGITS):
        [one, other] = [without(case, look(str(case.code), digits=digits)) for case in (sealed, ordinary)]
        assert one == other
        assert "Đã có kết quả" in one


def test_a_refusal_reads_like_any_result(cast: Cast) -> None:
    refused, answered = at_court(cast), a_case(cast.applicant, at_node="approve")
    player.conclude(answered, "approve", "approve", at=THURSDAY + timedelta(hours=1))
    [one, other] = [without(case, look(str(case.code))) for case in (refused, answered)]
    assert one == other


def test_lateness_is_said_to_whoever_has_the_code(cast: Cast) -> None:
    case = a_case(cast.applicant)
    assert "trễ hẹn với chị 1 ngày làm việc" in text_of(look(str(case.code), at=THURSDAY + timedelta(days=4)))


def test_a_case_that_ended_says_how(cast: Cast) -> None:
    case = a_case(cast.applicant)
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=THURSDAY)
    assert "Hồ sơ đã được rút" in text_of(look(str(case.code)))
    assert "gửi lại bằng một nút" in text_of(look(str(case.code), digits=DIGITS))


def test_nobody_keeps_the_page_and_no_search_engine_lists_it(cast: Cast) -> None:
    case = a_case(cast.applicant)
    for response in (look(""), look(str(case.code)), look(str(case.code), digits=DIGITS), look("x")):
        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]


def test_the_digits_stand_in_no_address(cast: Cast) -> None:
    page = look(str(a_case(cast.applicant).code)).content.decode()
    [form] = [part for part in page.split("<form")[1:] if 'name="digits"' in part]
    assert 'method="post"' in form
    # Sent with the address, they open nothing.
    case = a_case(cast.applicant, at_node="triage")
    with time_machine.travel(LATER, tick=False):
        response = Client().get(reverse("cases:lookup"), {"ma": str(case.code), "digits": DIGITS})
    assert "thành phố Hải Phòng" not in text_of(response)


def test_offices_that_are_only_asked_for_an_opinion_are_not_named(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="consult_tax")
    for drafted in range(2):
        text = text_of(look(str(case.code), digits=DIGITS))
        assert "Sở Tư pháp" in text
        # It would say what the question is about.
        assert "Thuế" not in text
        if not drafted:
            player.conclude(case, "draft", "drafted", at=THURSDAY + timedelta(hours=1))


# --- how often ------------------------------------------------------------------------------------------------


def test_after_some_wrong_digits_even_the_right_ones_are_not_looked_at_until_the_next_day(cast: Cast) -> None:
    case, other = a_case(cast.applicant), a_case(cast.another_applicant)
    codes = (str(case.code), "HPG-26-000000-0")
    for code in codes:
        tries = [look(code, digits=f"{number:04d}", address=f"10.0.0.{number}") for number in range(9000, 9006)]
        assert [response.status_code for response in tries] == [404] * lookup.WRONG_DIGITS.most
    # An unknown code and a known one close alike, whatever the address and however the code is typed.
    assert look(str(case.code).lower(), digits=DIGITS, address="10.1.1.1").status_code == 429
    assert look(codes[1], digits=DIGITS, address="10.1.1.1").status_code == 429
    # By the code alone it is still told how far it is; and other codes are open.
    assert look(str(case.code)).status_code == 200
    assert look(str(other.code), digits="0002").status_code == 200
    assert look(str(case.code), digits=DIGITS, at=LATER + timedelta(days=1)).status_code == 200


def test_the_right_digits_may_be_given_as_often_as_she_likes(cast: Cast) -> None:
    case = a_case(cast.applicant)
    for _time in range(lookup.WRONG_DIGITS.most + 3):
        assert look(str(case.code), digits=DIGITS).status_code == 200


def test_one_address_may_not_try_codes_for_long(cast: Cast) -> None:
    case = a_case(cast.applicant)
    for number in range(lookup.UNKNOWN_CODES.most):
        assert look(f"HPG-26-{number:06d}-0").status_code == 404
    # A known code is closed like an unknown one, or the answer would tell which it is; with the digits too.
    for code in ("HPG-26-999999-0", str(case.code)):
        assert look(code).status_code == 429
        assert look(code, digits=DIGITS).status_code == 429
    # Another address tries its own luck.
    assert look(str(case.code), address="10.0.0.9").status_code == 200
    assert look("HPG-26-999999-0", address="10.0.0.9").status_code == 404
    assert look("HPG-26-999999-0", at=LATER + timedelta(hours=1)).status_code == 404


def test_a_known_code_is_no_try_however_often_it_is_asked_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup.UNKNOWN_CODES, "most", 2)
    case = a_case(cast.applicant)
    for digits in (None, DIGITS, None, DIGITS):
        assert look(str(case.code), digits=digits).status_code == 200


def test_digits_for_unknown_codes_are_tries_of_codes_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup.UNKNOWN_CODES, "most", 2)
    statuses = [look(f"HPG-26-{number:06d}-0", digits=DIGITS).status_code for number in range(3)]
    assert statuses == [404, 404, 429]


def test_codes_made_up_by_many_do_not_wash_out_the_tries_of_one(cast: Cast) -> None:
    case = a_case(cast.applicant)
    for _time in range(lookup.WRONG_DIGITS.most):
        look(str(case.code), digits="9999")
    for number in range(400):
        look(f"HPG-26-{number:06d}-0", digits="1", address=f"10.0.{number // 20}.1")
    assert look(str(case.code), digits=DIGITS, address="10.1.1.1").status_code == 429


def test_one_address_may_not_ask_without_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup.BY_ADDRESS, "most", 3)
    case = a_case(cast.applicant)
    assert [look(str(case.code)).status_code for _time in range(4)] == [200, 200, 200, 429]
    assert look(str(case.code), digits=DIGITS).status_code == 429
    assert look("").status_code == 200, "the empty page is no try"
    assert "Thử quá nhiều lần" in look(str(case.code)).content.decode()


def test_without_a_cache_the_code_still_works_and_the_digits_do_not(cast: Cast) -> None:
    case = a_case(cast.applicant)
    with mock.patch("cases.limits.cache") as away:
        away.add.side_effect = away.incr.side_effect = away.decr.side_effect = RedisIsAway
        assert look(str(case.code)).status_code == 200
        assert look(str(case.code), digits=DIGITS).status_code == 429


def test_the_cache_holds_neither_address_nor_code(cast: Cast) -> None:
    case = a_case(cast.applicant)
    with mock.patch("cases.limits.cache") as watched:
        watched.incr.return_value = 1
        look(str(case.code), digits="9999", address="10.9.8.7")
    keys = " ".join(str(call.args[0]) for call in watched.add.call_args_list)
    assert keys
    assert "10.9.8.7" not in keys
    assert case.short_code not in keys
