"""At the counter: an officer fills in a request for a woman who came, by X for Y, with her signature."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from cases import policy
from cases.forms.documents import keep
from cases.models import AccessRecord, Case, CaseState, Consent, Membership, User
from cases.services import service_of
from notifications.models import Notification
from project.demo.cast import Cast
from tests.browsing import a_file, a_pdf, a_picture, add_paper, fill_in, send, signed_in
from tests.builders import answers_for
from tests.cases.slips import told
from tests.conftest import THURSDAY
from workflows import actions

pytestmark = pytest.mark.django_db

HER_PHONE = "0900 777 001"
GIVEN = {"service": "legal_advice", "full_name": "Đặng Thị Bưởi", "phone": HER_PHONE, "present": "on"}
DAY_PARTS = ("day", "month", "year")


def begin(officer: User, **changes: str) -> tuple[Client, Any]:
    """Fill in the first form of the counter, for a woman who came today."""
    client, today = signed_in(officer), timezone.localdate()
    came = {f"received_on_{part}": getattr(today, part) for part in DAY_PARTS}
    return client, client.post(reverse("cases:counter"), {**GIVEN, **came, **changes})


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


def sent(client: Client, case: Case) -> Any:
    """Add a photo of the sheet she signed, send the case, and return the answer."""
    assert add_paper(client, case, "counter_consent", a_file("to-dong-y.jpg", a_picture())).status_code == 302
    answer = send(client, case)
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED
    return answer


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
    assert case.code is not None
    assert case.code in page.content.decode()


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
    fill_in(client, case, answers_for(full_name="Ai Đó"))
    sent(client, case)
    ticket = client.get(reverse("cases:filed", args=[case.key])).content.decode()
    assert cast.applicant.full_name not in ticket
    assert "Ai Đó" in ticket
    paper = told(case, "M01")
    assert cast.applicant.full_name not in paper
    assert "Ai Đó" in paper


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
    assert 'value="12"' in page
    assert not Case.objects.filter(filled_in_by=cast.commune_officer).exists()


def test_the_sheet_to_sign_names_everything_she_allows(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    sheet = client.get(reverse("cases:consent_sheet", args=[case.key])).content.decode()
    assert "Đặng Thị Bưởi" in sheet
    for consent in service_of(case).consents:
        assert (escape(str(consent.text)) in sheet) == consent.asked_when(case.answers.data), consent.purpose
    assert add_paper(client, case, "counter_consent", a_pdf("dong-y.pdf")).status_code == 302


def test_two_clicks_begin_one_draft_and_another_name_or_a_filled_one_begins_another(cast: Cast) -> None:
    _client, first = begin(cast.commune_officer)
    client, second = begin(cast.commune_officer)
    assert first["Location"] == second["Location"]
    assert Case.objects.filter(filled_in_by=cast.commune_officer).count() == 1
    begin(cast.commune_officer, full_name="Đặng Thị Mận")
    assert Case.objects.filter(filled_in_by=cast.commune_officer).count() == 2
    fill_in(client, Case.objects.earliest("pk"), answers_for(full_name="Đặng Thị Bưởi"))
    begin(cast.commune_officer)
    assert Case.objects.filter(filled_in_by=cast.commune_officer).count() == 3


def test_a_draft_whose_papers_were_opened_at_the_counter_can_be_deleted_without_a_trace(cast: Cast) -> None:
    for at_the_counter in (True, False):
        client, case = begun(cast.commune_officer)
        add_paper(client, case, "counter_consent")
        paper = reverse("cases:document", args=[case.documents.get().key])
        assert b"".join(client.get(paper).streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
        deleting = client if at_the_counter else signed_in(case.applicant)
        assert deleting.post(reverse("cases:discard", args=[case.key])).status_code == 302
        assert not Case.objects.filter(pk=case.pk).exists()
    assert not AccessRecord.objects.exists()


def test_every_page_of_a_draft_that_was_sent_leads_the_officer_to_the_code(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    ticket = sent(client, case).url
    paper = case.documents.get()
    for name, more in (("tasks", []), ("page", ["ve-chi"]), ("papers", []), ("check", []), ("discard", [])):
        answer = client.get(reverse(f"cases:{name}", args=[case.key, *more]), follow=True)
        assert (answer.status_code, answer.redirect_chain) == (200, [(ticket, 302)]), name
    for address in (
        reverse("cases:consent_sheet", args=[case.key]),
        reverse("workflows:submit", args=[case.key]),
    ):
        assert client.get(address)["Location"] == ticket
    assert client.post(reverse("cases:remove_paper", args=[case.key, paper.key]))["Location"] == ticket


def test_the_counter_hands_over_the_code_the_date_and_the_receipt_and_nothing_that_comes_after(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    ticket = sent(client, case).url
    seen, hers = (who.get(ticket).content.decode() for who in (client, signed_in(case.applicant)))
    for words in (str(case.code), f"{case.promised_on:%d/%m/%Y}", reverse("cases:receipt", args=[case.key])):
        assert words in seen, words
    office = str(case.work_items.get().agency)
    for words in (office, "Tiếp theo là gì?", f'href="{reverse("cases:status", args=[case.key])}"'):
        assert (words in hers, words in seen) == (True, False), words
    assert client.get(reverse("cases:receipt", args=[case.key])).content.startswith(b"%PDF-")
    # She adds a paper later: the receipt stays as it was handed over, without the office that has the case.
    handed = told(case, "M01")
    keep(case, a_pdf(), kind="other", by=case.applicant, at=timezone.now())
    assert told(case, "M01") == handed
    assert (office in handed, "Giấy tờ khác" in handed) == (case.counter_id == case.work_items.get().agency_id, False)


def test_a_photo_is_shown_at_the_counter_only_until_the_case_is_sent(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    add_paper(client, case, "counter_consent", a_file("to-dong-y.jpg", a_picture()))
    photo = reverse("cases:thumbnail", args=[case.key, case.documents.get().key])
    assert client.get(photo).status_code == 200
    sent(client, case)
    assert client.get(photo).status_code == 404
    assert signed_in(case.applicant).get(photo).status_code == 200


def test_the_signed_sheet_is_called_by_its_name_and_does_not_go_into_a_case_sent_again(cast: Cast) -> None:
    client, case = filled_in(cast.commune_officer)
    add_paper(client, case, "other", a_pdf("khac.pdf"))
    sent(client, case)
    item = client.get(reverse("workflows:item", args=[case.work_items.get().pk])).content.decode()
    assert "Giấy đồng ý có chữ ký" in item
    assert "counter_consent" not in item
    actions.withdraw(case, applicant=case.applicant, reason="", key=uuid4(), at=THURSDAY)
    case.refresh_from_db()
    again = actions.resubmit(case, applicant=case.applicant, at=THURSDAY)
    assert [paper.kind for paper in again.documents.all()] == ["other"]
    # One that was copied before is called by its name, too.
    again.documents.update(kind="counter_consent")
    check = signed_in(case.applicant).get(reverse("cases:check", args=[again.key])).content.decode()
    assert "Giấy đồng ý có chữ ký" in check
    assert "counter_consent" not in check


def test_the_counters_own_commune_is_chosen_already_and_no_exit_of_hers_is_offered(cast: Cast) -> None:
    client, case = begun(cast.commune_officer)
    assert case.counter is not None
    commune = case.counter.commune
    assert commune is not None
    slug = next(page.slug for page in service_of(case).pages if "commune" in page.form.base_fields)
    text = client.get(reverse("cases:page", args=[case.key, slug])).content.decode()
    assert re.search(rf'value="{commune.code}"[^>]* selected', text)
    assert "Thoát nhanh" not in text
    # With several services nothing is chosen for her.
    assert not re.search(r'name="service"[^>]*checked', client.get(reverse("cases:counter")).content.decode())
