"""Before she begins she reads which papers may be asked of her, and that photos are enough."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.services import SERVICES
from cases.services.common import OTHER_PAPER
from project.demo.cast import Cast
from tests import browsing

MARKS = ("cần có, thiếu thì gửi sau được", "có khi cần", "nếu có")


def start_page(client: Client, service: str) -> str:
    page: str = client.get(reverse("cases:start", args=[service])).content.decode()
    return page


@pytest.mark.parametrize("code", SERVICES)
def test_every_paper_of_a_service_stands_there_with_how_much_it_is_needed(cast: Cast, code: str) -> None:
    for client in (Client(), browsing.signed_in(cast.applicant)):
        page = start_page(client, code)
        assert "Ảnh chụp bằng điện thoại là đủ. Không cần bản gốc." in page
        marks = re.findall(r'<span class="second">\(([^)]+)\)</span>', page)
        assert len(marks) == len([paper for paper in SERVICES[code].papers if paper != OTHER_PAPER])
        assert set(marks) <= set(MARKS)


def test_a_paper_that_only_some_need_is_not_called_needed(cast: Cast) -> None:
    page = start_page(Client(), "legal_advice")
    assert re.search(r"Hợp đồng với tư vấn viên[^<]*<span class=\"second\">\(có khi cần\)", page)
    assert re.search(r"Hợp đồng hoặc giấy tờ[^<]*<span class=\"second\">\(nếu có\)", page)


@pytest.mark.parametrize("code", SERVICES)
def test_what_is_good_to_know_repeats_no_paper(code: str) -> None:
    service = SERVICES[code]
    said = {str(words) for words in service.at_hand}
    assert said
    assert not [words for words in said if "giấy" in words.lower()]


def test_a_begun_draft_is_gone_on_with_and_says_how_far_it_is(cast: Cast) -> None:
    client, _draft = browsing.start(cast.applicant, "credit_access")
    page = start_page(client, "credit_access")
    assert re.search(r"Làm tiếp: đã xong 0/\d+ phần", page)
    assert "Bắt đầu" not in page
