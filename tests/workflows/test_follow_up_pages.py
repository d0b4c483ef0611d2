"""The pages of what is asked after a case is closed: hers, and those of the officers of the Union."""

from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import AccessRecord, Case, Relation, User
from cases.services import service_of
from project.demo.cast import Cast
from project.worker import work_once
from tests.browsing import hidden, signed_in
from tests.conftest import THURSDAY
from tests.workflows.test_follow_ups import HER_WORDS, IN_TIME, answer, closed, first
from workflows.queries import following

SOON = THURSDAY + timedelta(days=80)


def her_address(case: Case, number: int = 1) -> str:
    return reverse("workflows:follow_up", args=[case.key, number])


def office_address(case: Case) -> str:
    return reverse("workflows:follow_up_by_officer", args=[first(case).pk])


def page(who: User, address: str, *, at: datetime = IN_TIME, status: int = 200) -> str:
    with time_machine.travel(at, tick=False):
        response = signed_in(who).get(address)
    assert response.status_code == status
    return response.content.decode()


def sent(client: Client, address: str, *, of: dict[str, Any] | None = None, **boxes: str) -> Any:
    """Send the form that stands at an address, or one that was shown before."""
    return client.post(address, {**(of or hidden(client.get(address))), **boxes})


# --- hers -------------------------------------------------------------------------------------------------------


def test_she_is_asked_on_her_list_on_her_page_and_in_a_notice_and_not_before(cast: Cast) -> None:
    case = closed(cast.applicant)
    places = [reverse("cases:mine"), reverse("cases:status", args=[case.key])]
    asks = "Chúng tôi muốn biết công việc của chị thế nào"
    for place in places:
        assert asks not in page(cast.applicant, place, at=SOON)
    work_once(at=IN_TIME)
    for place in places:
        assert asks in page(cast.applicant, place)
    assert her_address(case) in page(cast.applicant, places[1])
    assert her_address(case) in page(cast.applicant, reverse("notifications:inbox"))
    answer(first(case), cast.applicant)
    later = page(cast.applicant, places[1])
    assert asks not in later
    assert "Chị đã cho biết tình hình" in later
    assert asks not in page(cast.applicant, places[0])


def test_she_answers_with_one_tap_and_words_if_she_likes(cast: Cast) -> None:
    case = closed(cast.applicant)
    address = her_address(case)
    with time_machine.travel(IN_TIME, tick=False):
        client = signed_in(cast.applicant)
        shown = client.get(address)
        form = hidden(shown)
        assert shown.content.decode().count('type="radio"') == 3
        for _twice in range(2):
            assert sent(client, address, of=form, answer="difficult", words=HER_WORDS)["Location"] == address
        thanks = client.get(address).content.decode()
        assert sent(client, address, answer="going").status_code == 409
    assert case.events.filter(verb="follow_up_answered").count() == 1
    assert HER_WORDS in thanks
    assert "Hội Phụ nữ xã sẽ gọi cho chị." in thanks
    assert reverse("cases:kinds") in thanks
    assert 'type="radio"' not in thanks


def test_what_is_wrong_is_said_and_what_she_typed_is_kept(cast: Cast) -> None:
    case = closed(cast.applicant)
    with time_machine.travel(IN_TIME, tick=False):
        client = signed_in(cast.applicant)
        nothing = sent(client, her_address(case), words=HER_WORDS)
        unknown = sent(client, her_address(case), answer="money_came", words=HER_WORDS)
        long = sent(client, her_address(case), answer="going", words="a" * 2001)
    for response in (nothing, unknown, long):
        assert response.status_code == 200
        assert "govuk-error-summary" in response.content.decode()
    assert HER_WORDS in nothing.content.decode()
    assert "a" * 2001 in long.content.decode()
    assert first(case).answered_at is None


def test_too_early_is_said_so_and_to_everybody_else_there_is_nothing(cast: Cast) -> None:
    case = closed(cast.applicant)
    assert "03/02/2027" in page(cast.applicant, her_address(case), at=SOON, status=409)
    assert "03/02/2027" in page(cast.city_officer, office_address(case), at=SOON, status=409)
    for nowhere in (her_address(case, 9), her_address(case, 10**30)):
        page(cast.applicant, nowhere, status=404)
    for somebody in (cast.another_applicant, cast.city_officer, cast.bank_officer, cast.supervisor):
        page(somebody, her_address(case), status=404)
    with time_machine.travel(IN_TIME, tick=False):
        assert signed_in(cast.another_applicant).post(her_address(case), {"answer": "going"}).status_code == 404
    assert first(case).answered_at is None


# --- the Union's ------------------------------------------------------------------------------------------------


def test_the_union_finds_on_its_worklist_whom_to_call_and_nobody_else_does(cast: Cast) -> None:
    case = closed(cast.applicant)
    worklist = reverse("workflows:worklist")
    assert office_address(case) not in page(cast.city_officer, worklist, at=SOON)
    for union in (cast.city_officer, cast.city_approver, cast.commune_officer):
        shown = page(union, worklist)
        assert office_address(case) in shown
        assert f"tel:{cast.applicant.phone}" in shown
    for other in (cast.finance_officer, cast.bank_officer, cast.association_officer, cast.expert):
        assert office_address(case) not in page(other, worklist)
        page(other, office_address(case), status=404)
    page(cast.supervisor, office_address(case), status=404)
    page(cast.applicant, office_address(case), status=404)
    answer(first(case), cast.applicant)
    assert office_address(case) not in page(cast.city_officer, worklist)


def test_after_thirty_days_it_is_late_and_still_there(cast: Cast) -> None:
    case = closed(cast.applicant)
    worklist, late = reverse("workflows:worklist"), "tag--amber"

    def line(at: datetime) -> str:
        shown = page(cast.city_officer, worklist, at=at)
        return shown[shown.index("to-ask-title") :].partition("</section>")[0]

    assert late not in line(IN_TIME + timedelta(days=30))
    assert late in line(IN_TIME + timedelta(days=31))
    assert late in page(cast.city_officer, office_address(case), at=IN_TIME + timedelta(days=31))


def test_an_officer_writes_down_what_she_said_and_the_reading_is_noted(cast: Cast) -> None:
    case = closed(cast.applicant)
    address = office_address(case)
    with time_machine.travel(IN_TIME, tick=False):
        client = signed_in(cast.commune_officer)
        form = hidden(client.get(address))
        assert "govuk-error-summary" in sent(client, address, of=form).content.decode()
        for _twice in range(2):
            assert sent(client, address, of=form, answer="going", words=HER_WORDS)["Location"] == address
        after = client.get(address).content.decode()
        too_late = sent(signed_in(cast.city_officer), address, answer="stopped")
    assert HER_WORDS in after
    assert too_late.status_code == 409
    assert cast.commune_officer.full_name in too_late.content.decode()
    assert case.events.filter(verb="follow_up_answered").count() == 1
    assert AccessRecord.objects.filter(case=case, person=cast.commune_officer, purpose="follow_up").exists()


def test_a_case_that_is_shut_to_an_officer_is_on_no_list_of_hers(cast: Cast) -> None:
    case = closed(cast.applicant)
    Relation.objects.create(
        person=cast.city_officer, kind=Relation.Kind.PHONE, value=cast.applicant.phone, registered_at=THURSDAY
    )
    assert office_address(case) not in page(cast.city_officer, reverse("workflows:worklist"))
    page(cast.city_officer, office_address(case), status=404)


def test_the_list_goes_on_by_pages_and_asks_for_no_more_the_longer_it_is(cast: Cast) -> None:
    cases = [closed(who) for who in (cast.applicant, cast.another_applicant)]
    worklist = reverse("workflows:worklist")

    def asked() -> int:
        with time_machine.travel(IN_TIME, tick=False):
            client = signed_in(cast.city_officer)
            client.get(worklist)
            with CaptureQueriesContext(connection) as captured:
                client.get(worklist)
        return len(captured)

    few = asked()
    cases += [closed(who) for who in (cast.applicant, cast.another_applicant, cast.applicant)]
    assert asked() == few
    seen: list[str] = []
    address = worklist
    with mock.patch.object(following, "PAGE", 2):
        while address:
            shown = page(cast.city_officer, address)
            section = shown[shown.index("to-ask-title") :].rpartition("to-ask-title")[2].partition("</section>")[0]
            seen += [part.partition('"')[0] for part in section.split('href="/theo-doi/')[1:]]
            following_page = section.partition('href="?')[2].partition('"')[0].replace("&amp;", "&")
            address = f"{worklist}?{following_page}" if following_page else ""
    assert len(seen) == len(set(seen)) == len(cases)


def test_of_two_whose_day_has_come_she_is_asked_once_and_the_older_one_leads_to_it(cast: Cast) -> None:
    case, later = closed(cast.applicant), THURSDAY + timedelta(days=200)
    newer = case.follow_ups.get(number=2)
    status, worklist = reverse("cases:status", args=[case.key]), reverse("workflows:worklist")
    shown = page(cast.applicant, status, at=later)
    assert her_address(case, 2) in shown
    assert her_address(case, 1) not in shown
    line = page(cast.city_officer, worklist, at=later)
    assert reverse("workflows:follow_up_by_officer", args=[newer.pk]) in line
    assert office_address(case) not in line
    with time_machine.travel(later, tick=False):
        client = signed_in(cast.applicant)
        assert client.get(her_address(case, 1))["Location"] == her_address(case, 2)
        officer = signed_in(cast.city_officer).get(office_address(case))
        assert officer["Location"] == reverse("workflows:follow_up_by_officer", args=[newer.pk])
        sent(client, her_address(case, 2), answer="going")
    assert "Chúng tôi muốn biết công việc của chị thế nào" not in page(cast.applicant, status, at=later)
    assert "Chúng tôi muốn biết công việc của chị thế nào" not in page(cast.applicant, reverse("cases:mine"), at=later)
    assert "to-ask-title" not in page(cast.city_officer, worklist, at=later)


def test_a_closed_case_says_when_she_is_asked_next(cast: Cast) -> None:
    case = closed(cast.applicant)
    status = reverse("cases:status", args=[case.key])
    shown = page(cast.applicant, status, at=THURSDAY + timedelta(days=1))
    assert "Khoảng 3 tháng nữa chúng tôi hỏi thăm chị." in shown
    assert f"Vào ngày {first(case).due_on:%d/%m/%Y}." in shown
    assert "Sắp tới chúng tôi hỏi thăm chị." in page(cast.applicant, status, at=IN_TIME - timedelta(days=5))
    # While she is asked, that stands alone.
    assert "hỏi thăm chị" not in page(cast.applicant, status)


def test_a_nonsense_place_in_the_list_is_its_beginning(cast: Cast) -> None:
    case = closed(cast.applicant)
    for nonsense in ("x", "2027-01-01/1", "9999-12-31T23:59:59+07:00/1"):
        assert office_address(case) in page(
            cast.city_officer, f"{reverse('workflows:worklist')}?asked_after={nonsense}"
        )


# --- those who read ---------------------------------------------------------------------------------------------


def test_the_story_says_in_words_how_it_goes(cast: Cast) -> None:
    case = closed(cast.applicant)
    work_once(at=IN_TIME)
    answer(first(case), cast.city_officer, "difficult", words=HER_WORDS, at=IN_TIME + timedelta(hours=1))
    shown = page(cast.supervisor, reverse("workflows:story", args=[case.key]), at=IN_TIME + timedelta(hours=2))
    assert "Hỏi thăm tình hình sau hỗ trợ" in shown
    assert "Đã cho biết tình hình sau hỗ trợ" in shown
    answered = service_of(case).follow_up_answer("difficult")
    assert answered is not None
    assert str(answered.label) in shown
    assert HER_WORDS in shown


def test_where_it_is_difficult_the_notice_leads_to_what_she_said(cast: Cast) -> None:
    case = closed(cast.applicant)
    answer(first(case), cast.applicant, "difficult", words=HER_WORDS)
    inbox = page(cast.commune_officer, reverse("notifications:inbox"))
    assert office_address(case) in inbox
    assert HER_WORDS not in inbox
    assert HER_WORDS in page(cast.commune_officer, office_address(case))


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_number_that_no_row_has_is_nowhere(cast: Cast, method: str) -> None:
    for number in (0, 10**30):
        response = getattr(signed_in(cast.city_officer), method)(f"/theo-doi/{number}/")
        assert response.status_code == 404
