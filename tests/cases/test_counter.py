"""At the counter: an officer fills in a request for a woman who came, by X for Y, with her signature."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases import policy
from cases.models import Case, CaseState, Consent, Membership, User
from notifications.models import Notification
from project.demo.cast import Cast
from tests.browsing import a_pdf, add_paper, fill_in, hidden, send, signed_in
from tests.builders import answers_for
from tests.conftest import THURSDAY
from workflows import actions

pytestmark = pytest.mark.django_db

HER_PHONE = "0900 777 001"
GIVEN = {"service": "legal_advice", "full_name": "Đặng Thị Bưởi", "phone": HER_PHONE, "present": "on"}


def begin(officer: User, **changes: str) -> tuple[Client, Any]:
    """Fill in the first form of the counter."""
    client = signed_in(officer)
    return client, client.post(reverse("cases:counter"), {**GIVEN, **changes})


def begun(officer: User) -> tuple[Client, Case]:
    """Return the officer's browser and the draft he began for a woman with a new phone."""
    client, response = begin(officer)
    assert response.status_code == 302, response.content.decode()
    return client, Case.objects.get(filled_in_by=officer)


def filled_in(officer: User) -> tuple[Client, Case]:
    """Return the same with every answer filled in."""
    client, case = begun(officer)
    fill_in(client, case, answers_for(full_name="Đặng Thị Bưởi"))
    return client, case


def test_an_officer_files_for_a_woman_and_the_story_says_so(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    assert add_paper(client, case, "counter_consent").status_code == 302
    response = send(client, case)
    assert response.status_code == 302, response.content.decode()
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED
    assert case.applicant.phone == "+84900777001"
    event = case.events.get(verb="case_submitted")
    assert (event.actor, event.on_behalf_of) == (cast.commune_officer, case.applicant)
    assert event.agency_id == case.counter_id
    assert set(Consent.objects.filter(case=case).values_list("person_id", flat=True)) == {case.applicant_id}
    story = signed_in(cast.supervisor).get(reverse("workflows:story", args=[case.key])).content.decode()
    assert "Phạm Thị Hoa" in story
    assert "làm thay Đặng Thị Bưởi" in story


def test_the_officer_hands_over_the_code_and_the_date(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    add_paper(client, case, "counter_consent")
    page = client.get(send(client, case).url)
    case.refresh_from_db()
    assert page.status_code == 200
    assert (case.code or "no code") in page.content.decode()


def test_without_her_signature_nothing_is_sent(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    send(client, case)
    case.refresh_from_db()
    assert case.state == CaseState.DRAFT
    assert "Giấy đồng ý có chữ ký" in client.get(reverse("cases:check", args=[case.key])).content.decode()
    with pytest.raises(actions.Incomplete):
        actions.submit(
            case,
            applicant=case.applicant,
            officer=cast.commune_officer,
            consents=["handle", "consult"],
            key=uuid4(),
            at=THURSDAY,
        )


def test_she_can_finish_it_herself_on_her_phone(cast: Cast) -> None:
    _client, case = filled_in(cast.commune_officer)
    hers = signed_in(case.applicant)
    assert send(hers, case).status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED
    assert case.events.get(verb="case_submitted").on_behalf_of is None


def test_she_is_told_that_it_was_sent_for_her(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    add_paper(client, case, "counter_consent")
    send(client, case)
    assert Notification.objects.filter(case=case, person=case.applicant, event__verb="case_submitted").exists()
    inbox = signed_in(case.applicant).get(reverse("notifications:inbox")).content.decode()
    assert "gửi hồ sơ giúp chị" in inbox


def test_nobody_else_sees_what_is_filled_in_at_a_counter(cast: Cast) -> None:
    _client, case = filled_in(cast.commune_officer)
    for stranger in (cast.another_commune_officer, cast.city_approver, cast.supervisor, cast.another_applicant):
        assert signed_in(stranger).get(reverse("cases:check", args=[case.key])).status_code == 404
        assert not policy.visible_cases(stranger).contains(case)
    assert policy.visible_cases(cast.commune_officer).contains(case)


def test_who_left_the_office_can_no_longer_fill_it_in(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    Membership.objects.filter(user=cast.commune_officer).update(until=THURSDAY.date())
    assert client.get(reverse("cases:check", args=[case.key])).status_code == 404


def test_what_she_is_called_elsewhere_is_not_told_to_the_counter(cast: Cast) -> None:
    client, _response = begin(cast.commune_officer, phone=cast.applicant.phone_as_read, full_name="Ai Đó")
    case = Case.objects.get(filled_in_by=cast.commune_officer)
    assert case.applicant == cast.applicant
    for name, args in (("cases:counter", []), ("cases:check", [case.key]), ("cases:consent_sheet", [case.key])):
        assert cast.applicant.full_name not in client.get(reverse(name, args=args)).content.decode(), name


def test_an_officer_is_not_her_own_counter(cast: Cast) -> None:
    _client, response = begin(cast.commune_officer, phone=cast.commune_officer.phone_as_read)
    assert response.status_code == 200
    assert "Hồ sơ của chính mình" in response.content.decode()
    assert not Case.objects.filter(filled_in_by=cast.commune_officer).exists()


def test_the_counter_is_closed_to_other_offices_and_to_her(cast: Cast) -> None:
    for stranger in (cast.justice_officer, cast.applicant, cast.supervisor, cast.expert):
        assert signed_in(stranger).get(reverse("cases:counter")).status_code == 404


def test_what_was_typed_stays_when_something_is_missing(cast: Cast) -> None:
    _client, response = begin(cast.commune_officer, phone="12")
    page = response.content.decode()
    assert "Đặng Thị Bưởi" in page
    assert hidden(response) is not None
    assert not Case.objects.filter(filled_in_by=cast.commune_officer).exists()


def test_the_sheet_to_sign_names_everything_she_allows(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    sheet = client.get(reverse("cases:consent_sheet", args=[case.key])).content.decode()
    assert "Đặng Thị Bưởi" in sheet
    assert sheet.count("Tôi cho phép") + sheet.count("Tôi đồng ý") >= 2
    assert add_paper(client, case, "counter_consent", a_pdf("dong-y.pdf")).status_code == 302
