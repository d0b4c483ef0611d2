"""A paper that was given once is offered again in another request, to her alone."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from cases.models import Case, Document, User
from project.demo.cast import Cast
from tests import browsing
from tests.browsing import a_file, a_pdf, a_picture
from tests.builders import a_draft
from tests.conftest import THURSDAY


@pytest.fixture(autouse=True)
def documents_elsewhere(settings: Settings, tmp_path: Path) -> None:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages


def given_before(user: User, *files: Any, kind: str = "registration", sent: bool = False) -> Case:
    """Return another case of hers with papers, a draft or sent."""
    client, case = browsing.signed_in(user), a_draft(user)
    for file in files:
        assert browsing.add_paper(client, case, kind, file).status_code == 302
    if sent:
        browsing.send(client, case)
    return case


def page_of(client: Client, case: Case) -> str:
    page: str = client.get(reverse("cases:papers", args=[case.key])).content.decode()
    return page


def use(client: Client, case: Case, key: object, **more: Any) -> Any:
    return client.post(reverse("cases:papers", args=[case.key]), {"again": str(key), **more})


@pytest.mark.parametrize("sent", [False, True])
def test_she_uses_a_paper_of_another_request_again_as_it_was_kept(cast: Cast, sent: bool) -> None:
    earlier = given_before(cast.applicant, a_file("dang-ky.jpg", a_picture(size=(900, 700))), sent=sent)
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    [paper] = earlier.documents.all()
    page = page_of(client, draft)
    assert "Dùng lại giấy tờ chị đã gửi" in page
    assert "dang-ky.jpg" in page
    assert f"gửi ngày {timezone.localtime(paper.uploaded_at):%d/%m/%Y}" in page
    assert f'value="{paper.key}"' in page
    papers = reverse("cases:papers", args=[draft.key])
    assert use(client, draft, paper.key)["Location"] == papers
    copy = draft.documents.get()
    assert (copy.kind, copy.sha256, copy.original_name) == ("registration", paper.sha256, "dang-ky.jpg")
    assert copy.file.name != paper.file.name
    with copy.file.open() as one, paper.file.open() as other:
        assert one.read() == other.read()
    page = page_of(client, draft)
    assert f'value="{paper.key}"' not in page
    use(client, draft, paper.key)
    assert draft.documents.get() == copy
    assert earlier.documents.get() == paper


def test_the_five_newest_of_a_kind_are_offered_each_file_once(cast: Cast) -> None:
    for number in range(7):
        earlier = given_before(cast.applicant, a_pdf(f"to-{number}.pdf"))
        earlier.documents.update(uploaded_at=THURSDAY + timedelta(days=number))
    twice = given_before(cast.applicant, a_pdf("to-6.pdf"))
    twice.documents.update(uploaded_at=THURSDAY + timedelta(days=9))
    given_before(cast.applicant, a_pdf("hop-dong.pdf"), kind="contract")
    page = page_of(browsing.signed_in(cast.applicant), a_draft(cast.applicant))
    offered = [f"to-{number}.pdf" for number in range(7) if f"to-{number}.pdf" in page]
    assert offered == ["to-2.pdf", "to-3.pdf", "to-4.pdf", "to-5.pdf", "to-6.pdf"]
    assert page.count('name="again"') == 6
    assert page.index("to-6.pdf") < page.index("to-2.pdf")
    assert "hop-dong.pdf" in page


def test_however_many_there_are_the_page_asks_as_often(cast: Cast) -> None:
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    asked = []
    for number in range(3):
        given_before(cast.applicant, a_pdf(f"{number}.pdf"), a_pdf(f"{number}-b.pdf"))
        with CaptureQueriesContext(connection) as queries:
            page_of(client, draft)
        asked.append(len(queries))
    assert len(set(asked)) == 1


def test_an_officer_at_the_counter_learns_nothing_of_her_other_cases(cast: Cast) -> None:
    earlier = given_before(cast.applicant, a_pdf("dang-ky.pdf"), sent=True)
    officer, draft = browsing.signed_in(cast.commune_officer), a_draft(cast.applicant)
    office = cast.commune_officer.memberships.get().agency
    Case.objects.filter(pk=draft.pk).update(filled_in_by=cast.commune_officer, counter=office)
    page = page_of(officer, draft)
    assert 'name="paper_registration"' in page
    assert "Dùng lại" not in page
    assert "dang-ky.pdf" not in page
    assert use(officer, draft, earlier.documents.get().key).status_code == 404
    assert not draft.documents.exists()
    # She herself opens the same draft at home.
    assert "dang-ky.pdf" in page_of(browsing.signed_in(cast.applicant), draft)


def test_the_paper_of_another_woman_is_neither_offered_nor_given(cast: Cast) -> None:
    hers = given_before(cast.another_applicant, a_pdf("cua-nguoi-khac.pdf"))
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    assert "cua-nguoi-khac.pdf" not in page_of(client, draft)
    for key in (hers.documents.get().key, uuid4(), "", "x", "\x00", "9" * 500):
        assert use(client, draft, key).status_code == 404
    assert use(browsing.signed_in(cast.another_applicant), draft, hers.documents.get().key).status_code == 404
    assert not draft.documents.exists()


def test_the_sheet_she_signed_at_a_counter_is_not_used_again(cast: Cast) -> None:
    earlier = given_before(cast.applicant, a_pdf("phieu-dong-y.pdf"))
    earlier.documents.update(kind="counter_consent")
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    assert "phieu-dong-y.pdf" not in page_of(client, draft)
    assert use(client, draft, earlier.documents.get().key).status_code == 404


def test_a_paper_that_no_box_asks_for_is_not_taken(cast: Cast) -> None:
    earlier = given_before(cast.applicant, a_pdf("thue.pdf"))
    earlier.documents.update(kind="adviser_contract")
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    assert use(client, draft, earlier.documents.get().key).status_code == 404
    assert not draft.documents.exists()


def test_of_a_sealed_case_she_herself_uses_her_papers_again(cast: Cast) -> None:
    earlier = given_before(cast.applicant, a_pdf("kin.pdf"), sent=True)
    Case.objects.filter(pk=earlier.pk).update(sealed=True)
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    assert "kin.pdf" in page_of(client, draft)
    assert use(client, draft, earlier.documents.get().key).status_code == 302


def test_the_caps_hold_and_files_chosen_beside_it_are_saved_too(cast: Cast, settings: Settings) -> None:
    earlier = given_before(cast.applicant, a_pdf("dang-ky.pdf"))
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    settings.DOCUMENT_MAX_COUNT = 2
    browsing.add_paper(client, draft, "other", a_pdf("mot.pdf"))
    page = use(client, draft, earlier.documents.get().key, paper_other=[a_pdf("hai.pdf")]).content.decode()
    # The boxes are filled in their order: the one with the earlier paper comes first.
    assert "Đã có 2 giấy tờ" in page
    assert sorted(paper.original_name for paper in draft.documents.all()) == ["dang-ky.pdf", "mot.pdf"]


def test_copies_count_among_the_files_of_an_hour(cast: Cast, settings: Settings) -> None:
    earlier = given_before(cast.applicant, a_pdf("dang-ky.pdf"))
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    settings.DOCUMENT_MAX_PER_HOUR = 1
    assert use(client, draft, earlier.documents.get().key).status_code == 429
    assert not draft.documents.exists()


def test_a_paper_whose_file_is_lost_is_said_and_breaks_no_page(cast: Cast) -> None:
    earlier = given_before(cast.applicant, a_pdf("dang-ky.pdf"))
    paper: Document = earlier.documents.get()
    paper.file.storage.delete(str(paper.file.name))
    client, draft = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    assert "Chúng tôi chưa mở được tệp này." in use(client, draft, paper.key).content.decode()
    assert not draft.documents.exists()
