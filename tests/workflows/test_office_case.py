"""The cases of an office: what its people find again when their work on it is done."""

from datetime import datetime, timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import AccessRecord, Case, User
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, a_draft

ADDRESS = "/ho-so-co-quan/"


def text_of(user: User, address: str, at: datetime, **asked: str) -> str:
    with time_machine.travel(at, tick=False):
        response = signed_in(user).get(address, asked)
    assert response.status_code == 200
    return str(response.content.decode())


def page_of(case: Case) -> str:
    return reverse("workflows:office_case", args=[case.key])


def test_a_finished_case_is_found_again_by_each_office_that_had_it_and_by_no_other(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="deliver", answers={"full_name": "Đỗ Thị Đào"})
    player.conclude(case, "deliver", "delivered", at=at + timedelta(days=1))
    for person in (cast.commune_officer, cast.city_officer):
        assert case.short_code in text_of(person, ADDRESS, at, tim="do dao")
        assert signed_in(person).get(page_of(case)).status_code == 200
    for person in (cast.another_commune_officer, cast.justice_officer, cast.expert):
        assert case.short_code not in text_of(person, ADDRESS, at)
        assert signed_in(person).get(page_of(case)).status_code == 404


def test_who_works_nowhere_or_only_supervises_has_none(cast: Cast) -> None:
    for person in (cast.applicant, cast.supervisor):
        assert signed_in(person).get(ADDRESS).status_code == 404


def test_drafts_sealed_cases_and_her_own_stand_in_none(cast: Cast, at: datetime) -> None:
    hidden = [
        a_draft(cast.another_applicant),
        a_case(cast.applicant, at_node="direct_help"),
        a_case(cast.commune_officer),
    ]
    listed = text_of(cast.commune_officer, ADDRESS, at)
    for case in hidden:
        assert str(case.key) not in listed
        for person in (cast.commune_officer, cast.city_officer, cast.city_approver):
            assert signed_in(person).get(page_of(case)).status_code == 404


def test_an_office_that_was_only_consulted_reads_neither_phone_nor_words(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="consult_tax")
    phone = cast.applicant.phone_as_read
    assert phone in text_of(cast.city_officer, page_of(case), at)
    consulted = text_of(cast.tax_officer, page_of(case), at)
    assert phone not in consulted
    assert "Diễn biến" in consulted


def test_each_look_is_written_down(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    text_of(cast.commune_officer, page_of(case), at)
    read = AccessRecord.objects.get(case=case, person=cast.commune_officer)
    assert (read.part, read.purpose, read.at) == ("case", "office", at)


def test_the_header_offers_the_list_to_those_who_work(cast: Cast, at: datetime) -> None:
    assert f'href="{ADDRESS}"' in text_of(cast.commune_officer, "/viec/", at)
    assert f'href="{ADDRESS}"' not in text_of(cast.supervisor, "/giam-sat/", at)


def test_a_longer_list_costs_no_more_queries(cast: Cast, at: datetime) -> None:
    client = signed_in(cast.commune_officer)
    counts = []
    for _turn in range(2):
        a_case(cast.applicant)
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(ADDRESS).status_code == 200
        counts.append(len(captured))
        a_case(cast.another_applicant)
    assert counts[0] == counts[1]
