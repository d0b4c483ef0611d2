"""Papers: what is taken, what is refused in which words, and who gets them."""

import hashlib
import io
import zipfile
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import ExifTags, Image, PngImagePlugin
from pytest_django import Settings

from cases.forms import filing
from cases.forms.documents import clean_name, remove
from cases.models import AccessRecord, Case, Document
from project.demo.cast import Cast
from tests import browsing
from tests.browsing import A_PDF, a_pdf, a_picture
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


def stored_of(paper: Document) -> bytes:
    with paper.file.open() as file:
        return bytes(file.read())


WORD = zipped("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("giấy.pdf", A_PDF),
        ("ẢNH.JPG", a_picture("JPEG")),
        ("anh.jpeg", a_picture("JPEG", mode="CMYK")),
        ("anh.png", a_picture("PNG")),
        ("mau.png", a_picture("PNG", mode="RGBA")),
        ("den-trang.png", a_picture("PNG", mode="1")),
        ("đơn.docx", WORD),
        ("so.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml")),
    ],
)
def test_the_usual_papers_are_taken(cast: Cast, name: str, content: bytes) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    assert add(client, case, name, content).status_code == 302
    paper = case.documents.get()
    stored = stored_of(paper)
    assert (paper.size, paper.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
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
        ("anh.jpg", a_picture("PNG"), "tên là JPG"),
        ("la.pdf", b"%PDF-<script>alert(1)</script>", "tên là PDF"),
        ("cut.pdf", A_PDF[:-10], "chưa mở được tệp"),
        ("no-table.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n", "chưa mở được tệp"),
        ("ngan.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 14, "chưa mở được tệp"),
        ("nua.jpg", a_picture("JPEG", size=(400, 400))[:600], "chưa mở được tệp"),
        ("nua.png", a_picture("PNG")[:-20], "chưa mở được tệp"),
        ("bom.png", a_picture("PNG", mode="1", size=(8000, 8000)), "lớn hơn 60 triệu điểm ảnh"),
        ("bom.png", a_picture("PNG", mode="1", size=(12000, 12000)), "lớn hơn 60 triệu điểm ảnh"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_words_that_help(
    cast: Cast, name: str, content: bytes, words: str
) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    page = add(client, case, name, content, kind="contract").content.decode()
    assert words in page
    assert 'href="#id_paper_contract"' in page
    assert not case.documents.exists()


def test_size_number_and_sum_have_caps(cast: Cast, settings: Settings) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    size = len(A_PDF)
    settings.DOCUMENT_MAX_BYTES, settings.DOCUMENT_MAX_TOTAL_BYTES = size + 20, 3 * size + 40
    settings.DOCUMENT_MAX_COUNT = 3
    assert "Chị chụp ảnh nhỏ hơn" in add(client, case, "a.pdf", A_PDF + b"x" * 100).content.decode()
    for number in range(2):
        assert add(client, case, "a.pdf", A_PDF + bytes([number]) * 20).status_code == 302
    assert "cộng lại tối đa" in add(client, case, "a.pdf", A_PDF + b"y").content.decode()
    assert add(client, case, "a.pdf", A_PDF).status_code == 302
    assert "Đã có 3 giấy tờ" in add(client, case, "a.pdf", A_PDF + b"z").content.decode()


def test_of_several_files_the_good_ones_are_kept_though_another_is_refused(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    chosen = [a_pdf("một.pdf"), browsing.a_file("hai.pdf", b"MZ\x90"), browsing.a_file("ba.jpg", a_picture())]
    page = browsing.add_paper(client, case, "contract", *chosen).content.decode()
    assert "<title>Lỗi:" in page
    assert "hai.pdf: Tệp này tên là PDF" in page
    assert "Đã lưu 2 giấy tờ." in page
    assert [paper.original_name for paper in case.documents.all()] == ["một.pdf", "ba.jpg"]
    photo = case.documents.last()
    assert photo is not None
    thumbnail = reverse("cases:thumbnail", args=[case.key, photo.key])
    assert thumbnail in page
    answer = client.get(thumbnail)
    assert answer["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as small:
        assert max(small.size) <= 144
    for stranger in (cast.another_applicant, cast.commune_officer):
        assert browsing.signed_in(stranger).get(thumbnail).status_code == 404
    photo.file.storage.delete(str(photo.file.name))
    for lost in (thumbnail, reverse("cases:document", args=[photo.key])):
        assert client.get(lost).status_code == 404
    pdf = case.documents.first()
    assert pdf is not None
    assert client.get(reverse("cases:thumbnail", args=[case.key, pdf.key])).status_code == 404


def test_going_on_keeps_what_is_chosen_and_leads_to_the_check_or_to_the_list(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    papers = reverse("cases:papers", args=[case.key])
    assert client.post(papers, {"paper_other": [a_pdf()]})["Location"] == reverse("cases:check", args=[case.key])
    assert client.post(papers, {"later": ""})["Location"] == reverse("cases:tasks", args=[case.key])
    assert case.documents.count() == 1


def test_only_the_boxes_that_go_with_her_answers_are_shown_and_what_was_sent_before_can_be_removed(cast: Cast) -> None:
    client = browsing.signed_in(cast.applicant)
    fee: dict[str, Any] = {"question_kind": "specific", "wants_cost_support": "yes", "adviser_fee": 3_000_000}
    case = a_draft(cast.applicant, **fee)
    browsing.add_paper(client, case, "adviser_contract", a_pdf("thuê.pdf"))
    papers = reverse("cases:papers", args=[case.key])
    assert 'name="paper_adviser_contract"' in client.get(papers).content.decode()
    filing.save_page(case, values={"question_kind": "general"}, at=case.created_at)
    page = client.get(papers).content.decode()
    assert 'name="paper_adviser_contract"' not in page
    assert reverse("cases:remove_paper", args=[case.key, case.documents.get().key]) in page


def test_a_photo_is_kept_upright_smaller_and_without_place_time_or_comment(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # turned a quarter to the left
    exif[ExifTags.Base.Model] = "Galaxy A15"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (20.0, 51.0, 36.0)
    photo = a_picture("JPEG", size=(4000, 1000), exif=exif, comment=b"at home", dpi=(72, 72))
    assert b"Galaxy" in photo
    assert add(client, case, "anh.jpg", photo).status_code == 302
    stored = stored_of(case.documents.get())
    with Image.open(io.BytesIO(stored)) as kept:
        assert kept.size == (750, 3000)
        assert not kept.getexif()
        red, green, _blue = kept.convert("RGB").getpixel((700, 50))  # type: ignore[misc]
        assert (red > 200, green < 60) == (True, True), "the corner turned with the photo"
    assert not any(trace in stored for trace in (b"Galaxy", b"Exif", b"at home"))
    add(client, case, "anh.jpg", photo)
    assert case.documents.count() == 1


def served(client: Client, paper: Document) -> bytes:
    response = client.get(reverse("cases:document", args=[paper.key]))
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_no_photo_that_is_handed_out_says_where_when_or_by_whom_it_was_taken(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    exif, text = Image.Exif(), PngImagePlugin.PngInfo()
    exif[ExifTags.Base.DateTime] = "2026:11:05 06:30:00"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (20.0, 51.0, 36.0)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", (106.0, 40.0, 48.0)
    for chunk, compressed in (("Author", False), ("Comment", True)):
        text.add_text(chunk, "Mai at home", zip=compressed)
    text.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Mai at home</x:xmpmeta>")
    files = {"anh.jpg": a_picture("JPEG", exif=exif), "anh.png": a_picture("PNG", exif=exif, pnginfo=text)}
    with Image.open(io.BytesIO(files["anh.jpg"])) as sent, Image.open(io.BytesIO(files["anh.png"])) as also_sent:
        assert sent.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert {"Author", "Comment", "exif"} <= also_sent.info.keys()
    for name, content in files.items():
        assert add(client, case, name, content).status_code == 302
    for paper in case.documents.all():
        handed_out = served(client, paper)
        with Image.open(io.BytesIO(handed_out)) as photo:
            assert not photo.getexif()
            assert not photo.info.keys() - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        traces = (b"2026:11", b"Mai", b"Exif", b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"xmpmeta")
        assert [trace for trace in traces if trace in handed_out] == []


def test_the_eleventh_paper_is_refused(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    page = browsing.add_paper(client, case, "contract", *(a_pdf(f"{number}.pdf") for number in range(11)))
    assert "Đã có 10 giấy tờ. Chị bỏ bớt một tệp rồi thêm tệp mới." in page.content.decode()
    assert case.documents.count() == 10


def test_a_deep_grey_and_a_see_through_picture_keep_what_they_show(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    deep, palette = io.BytesIO(), io.BytesIO()
    Image.new("I;16", (10, 10), 128 * 256).save(deep, "PNG")
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).quantize().save(palette, "PNG")
    for file in (deep, palette):
        assert add(client, case, "anh.png", file.getvalue()).status_code == 302
    first, second = (Image.open(io.BytesIO(stored_of(paper))) for paper in case.documents.order_by("pk"))
    assert (first.mode, first.getpixel((0, 0))) == ("L", 128)
    assert second.mode == "RGBA"
    assert second.getpixel((0, 0))[3] == 0  # type: ignore[index]


def spoilt(random: Random, name: str, content: bytes) -> tuple[str, bytes]:
    """Return a file cut short, with other bytes in its head or anywhere, or under another name."""
    way = random.randrange(4)
    if way == 0:
        return name, content[: random.randrange(1, len(content))]
    if way == 1:
        return random.choice(["a.pdf", "a.jpg", "a.png", "a.docx", "a.xlsx", "a.exe", "a", ".pdf"]), content
    bad, reach = bytearray(content), 64 if way == 2 else len(content)
    for _time in range(random.randrange(1, 12)):
        bad[random.randrange(min(reach, len(bad)))] = random.randrange(256)
    return name, bytes(bad)


@pytest.mark.parametrize("files", [60, pytest.param(240, marks=pytest.mark.prove)])
def test_spoilt_files_are_kept_or_refused_in_words_and_never_break_a_page(
    cast: Cast, settings: Settings, files: int
) -> None:
    settings.DOCUMENT_MAX_PER_HOUR = 1000
    client, case, random = browsing.signed_in(cast.applicant), a_draft(cast.applicant), Random(7)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 3
    whole = [
        ("a.pdf", A_PDF),
        ("a.jpg", a_picture("JPEG", exif=exif)),
        ("a.png", a_picture("PNG", mode="RGBA")),
        ("a.docx", WORD),
        ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml")),
    ]
    refused = 0
    for number in range(files):
        response = add(client, case, *spoilt(random, *whole[number % len(whole)]))
        assert response.status_code in (200, 302)
        if response.status_code == 200:
            refused += 1
            assert "govuk-error-message" in response.content.decode()
        for paper in case.documents.all():
            remove(paper)
    assert refused > files // 3


def test_too_many_files_within_an_hour_are_said_with_429_and_the_next_hour_is_open(
    cast: Cast, settings: Settings
) -> None:
    settings.DOCUMENT_MAX_PER_HOUR = 2
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    for number in range(2):
        assert add(client, case, "a.pdf", A_PDF + bytes([number])).status_code == 302
    late = add(client, case, "a.pdf", A_PDF)
    assert late.status_code == 429
    assert "Chị đã gửi 2 tệp trong một giờ" in late.content.decode()
    other = browsing.signed_in(cast.another_applicant), a_draft(cast.another_applicant)
    assert add(*other, "a.pdf", A_PDF).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert add(browsing.signed_in(cast.applicant), case, "a.pdf", A_PDF).status_code == 302


def test_no_paper_joins_or_leaves_a_draft_that_was_sent_meanwhile(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    add(client, case, "a.pdf", A_PDF)
    paper = case.documents.get()
    old = Case.objects.get(pk=case.pk)
    browsing.send(client, case)
    # The page looked at the draft a moment before it was sent.
    monkeypatch.setattr("cases.views.papers.own_draft", lambda *_asked: old)
    response = add(client, case, "b.pdf", A_PDF + b"b")
    assert response.status_code == 409
    assert "Hồ sơ này đã gửi rồi." in response.content.decode()
    assert client.post(reverse("cases:remove_paper", args=[case.key, paper.key])).status_code == 409
    assert list(case.documents.all()) == [paper]
    assert paper.file.storage.exists(str(paper.file.name))


def test_the_same_paper_sent_twice_is_kept_once(cast: Cast) -> None:
    client, case = browsing.signed_in(cast.applicant), a_draft(cast.applicant)
    for _click in range(2):
        add(client, case, "a.pdf", A_PDF)
    assert case.documents.count() == 1
    papers = reverse("cases:papers", args=[case.key])
    assert "Đã có sẵn, chúng tôi giữ một bản: a.pdf" in client.get(papers).content.decode()
    add(client, case, "b.pdf", A_PDF + b"b")
    assert "Đã có sẵn" not in client.get(papers).content.decode()


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
    assert b"".join(response.streaming_content) == stored_of(paper)  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert AccessRecord.objects.get(case=case, part="document").person == cast.commune_officer
    hers = browsing.signed_in(cast.applicant).get(url)
    assert b"".join(hers.streaming_content) == stored_of(paper)  # type: ignore[attr-defined]
    assert AccessRecord.objects.filter(case=case).count() == 1
    for stranger in (cast.another_applicant, cast.justice_officer, cast.expert):
        assert browsing.signed_in(stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302
