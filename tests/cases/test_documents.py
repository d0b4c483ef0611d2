"""Papers: what is taken, what is refused in which words, and who gets them."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cases.forms.documents import clean_name
from cases.models import AccessRecord, Case, Document
from project.demo.cast import Cast
from tests import browsing
from tests.browsing import A_PDF, a_pdf
from tests.builders import a_case, a_draft


@pytest.fixture(autouse=True)
def documents_elsewhere(settings: Settings, tmp_path: Any) -> None:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        for name in names:
            parts.writestr(name, "<xml/>")
    return file.getvalue()


def add(client: Client, case: Case, name: str, content: bytes, kind: str = "other") -> Any:
    return browsing.add_paper(client, case, kind, SimpleUploadedFile(name, content))


WORD = zipped("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("giấy.pdf", A_PDF),
        ("ẢNH.JPG", b"\xff\xd8\xff\xe0 photo"),
        ("anh.png", b"\x89PNG\r\n\x1a\n photo"),
        ("đơn.docx", WORD),
        ("so.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml")),
    ],
)
def test_the_usual_papers_are_taken(cast: Cast, name: str, content: bytes) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    assert add(client, case, name, content).status_code == 302
    paper = case.documents.get()
    assert paper.size == len(content)
    assert len(paper.sha256) == 64
    assert name.rpartition(".")[0] not in str(paper.file.name)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("hoa-don.pdf", b"MZ\x90\x00 a program", "tên là PDF nhưng bên trong không phải"),
        ("hoa-don.exe", b"MZ\x90\x00", "chỉ đọc được tệp PDF"),
        ("khong-duoi", A_PDF, "chỉ đọc được tệp PDF"),
        ("don.docx", zipped("readme.txt"), "tên là DOCX"),
        ("don.docx", b"PK\x03\x04 cut off", "tên là DOCX"),
        ("don.docx", zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "tên là DOCX"),
        ("so.xlsx", WORD, "tên là XLSX"),
        ("trong.pdf", b"", "Tệp này trống"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_words_that_help(
    cast: Cast, name: str, content: bytes, words: str
) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    page = add(client, case, name, content, kind="contract").content.decode()
    assert words in page
    assert 'value="contract" id="id_kind_1" checked' in page.replace('aria-describedby="id_file_helptext" ', "")
    assert not case.documents.exists()


def test_size_number_and_sum_have_caps(cast: Cast, settings: Settings) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    settings.DOCUMENT_MAX_BYTES, settings.DOCUMENT_MAX_TOTAL_BYTES, settings.DOCUMENT_MAX_COUNT = 100, 250, 3
    assert "Chị chụp ảnh nhỏ hơn" in add(client, case, "a.pdf", A_PDF + b"x" * 100).content.decode()
    for number in range(2):
        assert add(client, case, "a.pdf", A_PDF + bytes([number]) * 15).status_code == 302
    assert "cộng lại tối đa" in add(client, case, "a.pdf", b"%PDF-" + b"y" * 95).content.decode()
    assert add(client, case, "a.pdf", b"%PDF-").status_code == 302
    assert "Đã có 3 giấy tờ" in add(client, case, "a.pdf", b"%PDF-1").content.decode()


def test_the_same_paper_sent_twice_is_kept_once(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    for _click in range(2):
        add(client, case, "a.pdf", A_PDF)
    assert case.documents.count() == 1


def test_names_lose_folders_and_control_signs() -> None:
    assert clean_name("../../etc/passwd\x00.PDF") == "passwd.pdf"
    assert clean_name("C:\\Users\\mai\\hợp đồng.docx") == "hợp đồng.docx"
    assert len(clean_name("a" * 500 + ".pdf")) <= 100
    assert clean_name("\u202egnp.exe") == "gnp.exe"


def test_she_removes_a_paper_from_a_draft_but_not_from_a_sent_case(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    add(client, case, "a.pdf", A_PDF)
    add(client, case, "b.pdf", A_PDF + b"b")
    first, second = case.documents.all()
    assert (
        browsing.signed_in(cast.another_applicant)
        .post(reverse("cases:remove_paper", args=[case.key, first.key]))
        .status_code
        == 404
    )
    client.post(reverse("cases:remove_paper", args=[case.key, first.key]))
    assert list(case.documents.all()) == [second]
    browsing.send(client, case)
    client.post(reverse("cases:remove_paper", args=[case.key, second.key]))
    assert case.documents.count() == 1


def a_paper_of(case: Case, cast: Cast) -> Document:
    client = browsing.signed_in(cast.applicant)
    draft = a_draft(cast.applicant)
    browsing.add_paper(client, draft, "other", a_pdf('hợp đồng "mới".pdf'))
    Document.objects.filter(case=draft).update(case=case)
    return case.documents.get()


def test_a_paper_goes_out_as_an_attachment_to_those_who_may_see_the_case_and_leaves_a_trace(cast: Cast) -> None:
    case = a_case(cast.applicant)
    paper = a_paper_of(case, cast)
    url = reverse("cases:document", args=[paper.key])
    response = browsing.signed_in(cast.commune_officer).get(url)
    assert b"".join(response.streaming_content) == A_PDF  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert AccessRecord.objects.get(case=case, part="document").person == cast.commune_officer
    hers = browsing.signed_in(cast.applicant).get(url)
    assert b"".join(hers.streaming_content) == A_PDF  # type: ignore[attr-defined]
    assert AccessRecord.objects.filter(case=case).count() == 1
    for stranger in (cast.another_applicant, cast.justice_officer, cast.expert):
        assert browsing.signed_in(stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302
