"""What she chose for a form that is not right yet is kept for it, for her alone, and not for ever."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from cases.forms import kept
from cases.models import Case, KeptFile
from project.demo import player
from project.demo.cast import Cast
from project.worker import work_once
from tests import browsing
from tests.browsing import A_PDF, a_file, a_pdf
from tests.builders import a_case
from tests.conftest import THURSDAY

QUESTION = "Chị xem lại số lao động và gửi ảnh hợp đồng."
BAD = "tên là PDF nhưng bên trong không phải"


@pytest.fixture(autouse=True)
def documents_elsewhere(settings: Settings, tmp_path: Path) -> None:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case of hers that is asked about a number and a contract."""
    asked = a_case(cast.applicant)
    player.ask(asked, "intake", question=QUESTION, fields=("employees_insured", "contract"), at=THURSDAY)
    return asked


@pytest.fixture
def client(cast: Cast) -> Client:
    return browsing.signed_in(cast.applicant)


def address(case: Case, name: str = "answer") -> str:
    return reverse(f"workflows:{name}", args=[case.key])


def form_of(client: Client, case: Case, name: str = "answer") -> dict[str, Any]:
    return dict(browsing.hidden(client.get(address(case, name))))


def kept_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("kept/*") if path.is_file()]


def names_of(case: Case) -> list[str]:
    return sorted(paper.original_name for paper in case.documents.all())


def a_program(name: str = "b.pdf") -> Any:
    return a_file(name, b"MZ\x00 program")


def wrong_answer(client: Client, case: Case, *files: Any, **more: Any) -> Any:
    """Send an answer whose number is wrong, with files."""
    form = {**form_of(client, case), "reply": "Chữ tôi vừa gõ.", "employees_insured": "hai", **more}
    return client.post(address(case), {**form, "paper_contract": list(files) or [a_pdf("a.pdf")]})


def test_a_good_file_waits_while_a_number_is_wrong_and_goes_with_the_answer_in_the_end(
    client: Client, case: Case, cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    response = wrong_answer(client, case, a_pdf("a.pdf"), a_program())
    page = response.content.decode()
    assert "Chữ tôi vừa gõ." in page
    assert f"b.pdf: Tệp này {BAD}" in page
    assert "Đã giữ 1 tệp cho chị. Chưa gửi đi." in page
    assert "đang giữ, chưa gửi" in page
    assert not case.documents.exists()
    office = browsing.signed_in(cast.commune_officer)
    item = player.open_item(case, "intake")
    assert "a.pdf" not in office.get(reverse("workflows:item", args=[item.pk])).content.decode()
    right = {**browsing.hidden(response), "reply": "Đây ạ.", "employees_insured": "9"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address(case), right)["Location"] == reverse("cases:status", args=[case.key])
    assert names_of(case) == ["a.pdf"]
    paper = case.documents.get()
    with paper.file.open() as stored:
        assert stored.read() == A_PDF + b"% a.pdf\n"
    assert (paper.kind, paper.uploaded_by) == ("contract", cast.applicant)
    assert not KeptFile.objects.exists()
    assert kept_files(tmp_path) == []


def test_the_same_form_with_a_kept_file_sent_twice_acts_once(client: Client, case: Case) -> None:
    right = {**browsing.hidden(wrong_answer(client, case)), "reply": "Đây ạ.", "employees_insured": "9"}
    for _click in range(2):
        assert client.post(address(case), right).status_code == 302
    assert case.events.filter(verb="information_answered").count() == 1
    assert names_of(case) == ["a.pdf"]


@pytest.mark.parametrize("clicks", [1, 2])
def test_papers_she_adds_of_her_own_accord_wait_too(client: Client, cast: Cast, clicks: int) -> None:
    case = a_case(cast.applicant)
    form = form_of(client, case, "add_papers")
    page = client.post(address(case, "add_papers"), {**form, "paper_contract": [a_program(), a_pdf("a.pdf")]})
    assert BAD in page.content.decode()
    assert not case.events.filter(verb="papers_added").exists()
    for _click in range(clicks):
        response = client.post(address(case, "add_papers"), browsing.hidden(page))
        assert response["Location"] == reverse("cases:status", args=[case.key])
    assert case.events.filter(verb="papers_added").count() == 1
    assert names_of(case) == ["a.pdf"]


def test_a_kept_file_is_there_when_she_opens_the_form_again_and_can_be_taken_out_with_her_words_kept(
    client: Client, case: Case, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    wrong_answer(client, case)
    page = client.get(address(case)).content.decode()
    assert "a.pdf" in page
    kept = KeptFile.objects.get()
    form = {**form_of(client, case), "reply": "Chữ tôi vừa gõ.", "employees_insured": "hai", "drop": str(kept.key)}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address(case), form)
    page = response.content.decode()
    assert "a.pdf" not in page
    assert "Chữ tôi vừa gõ." in page
    assert 'value="hai"' in page
    # She only took a file out: nothing is wrong before she sends.
    assert "<title>Lỗi:" not in page
    assert not KeptFile.objects.exists()
    assert kept_files(tmp_path) == []


def test_a_photo_that_goes_ahead_of_its_form_is_kept_and_nothing_is_sent_or_called_wrong(
    client: Client, case: Case
) -> None:
    ahead = {**form_of(client, case), "add": "", "paper_contract": a_pdf("a.pdf")}
    page = client.post(address(case), ahead).content.decode()
    assert "<title>Lỗi:" not in page
    assert "đang giữ, chưa gửi" in page
    refused = client.post(address(case), {**form_of(client, case), "add": "", "paper_contract": a_program()})
    assert BAD in refused.content.decode()
    assert case.information_requests.get().ending == "open"
    assert not case.documents.exists()


def test_the_same_file_is_kept_once_and_not_beside_the_paper_it_is_already(client: Client, case: Case) -> None:
    for _time in range(2):
        wrong_answer(client, case)
    assert KeptFile.objects.count() == 1
    right = {**form_of(client, case), "reply": "Đây ạ.", "employees_insured": "9"}
    client.post(address(case), right)
    player.ask(case, "intake", question=QUESTION, fields=("employees_insured", "contract"), at=timezone.now())
    wrong_answer(client, case)
    assert not KeptFile.objects.exists()
    assert case.documents.count() == 1


def test_kept_files_count_and_the_eleventh_is_refused_with_her_words_kept(client: Client, case: Case) -> None:
    page = wrong_answer(client, case, *(a_pdf(f"{number}.pdf") for number in range(11))).content.decode()
    assert "Đã có 10 giấy tờ. Chị bỏ bớt một tệp rồi thêm tệp mới." in page
    assert "Chữ tôi vừa gõ." in page
    assert KeptFile.objects.count() == 10
    assert "Đã có 10 giấy tờ." in wrong_answer(client, case, a_pdf("more.pdf")).content.decode()
    assert KeptFile.objects.count() == 10


def test_two_windows_at_once_keep_no_more_than_the_caps_allow(
    client: Client, case: Case, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DOCUMENT_MAX_COUNT = 2
    answering = form_of(client, case)
    faster = browsing.signed_in(case.applicant)
    keep = kept.keep_for_later

    def keep_a_moment_later(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr("cases.forms.answering.keep_for_later", keep)
        wrong_answer(faster, case, a_pdf("a.pdf"), a_pdf("b.pdf"))
        return keep(*given, **more)

    # Both forms were looked through before either had kept anything.
    monkeypatch.setattr("cases.forms.answering.keep_for_later", keep_a_moment_later)
    slower = {**answering, "reply": "Chữ tôi vừa gõ.", "employees_insured": "hai", "paper_contract": a_pdf("c.pdf")}
    page = client.post(address(case), slower).content.decode()
    assert "Đã có 2 giấy tờ. Chị bỏ bớt một tệp rồi thêm tệp mới." in page
    assert "Chữ tôi vừa gõ." in page
    assert sorted(file.original_name for file in KeptFile.objects.all()) == ["a.pdf", "b.pdf"]


def test_a_picture_of_sixty_megabytes_is_refused_in_words_and_what_she_typed_stays(client: Client, case: Case) -> None:
    huge = a_file("anh.jpg", browsing.a_picture() + b"\0" * 60 * 1024**2)
    page = wrong_answer(client, case, huge, a_pdf("a.pdf")).content.decode()
    assert "anh.jpg: Tệp này nặng hơn 20 MB. Chị chụp ảnh nhỏ hơn." in page
    assert "Chữ tôi vừa gõ." in page
    assert [kept.original_name for kept in KeptFile.objects.all()] == ["a.pdf"]


def test_nobody_else_sends_or_takes_out_what_she_chose(client: Client, case: Case, cast: Cast) -> None:
    wrong_answer(client, case)
    kept = KeptFile.objects.get()
    for person in (cast.another_applicant, cast.commune_officer, cast.supervisor):
        for form in ({"drop": str(kept.key)}, {"kept": str(kept.key), "reply": "x"}):
            assert browsing.signed_in(person).post(address(case), form).status_code == 404
    other = a_case(cast.another_applicant)
    stranger = browsing.signed_in(cast.another_applicant)
    stolen = {**form_of(stranger, other, "add_papers"), "kept": [str(kept.key)], "drop": str(kept.key)}
    stranger.post(address(other, "add_papers"), stolen)
    del stolen["drop"]
    page = stranger.post(address(other, "add_papers"), stolen).content.decode()
    assert "chỉ giữ tệp đã chọn trong một ngày" in page
    assert not other.documents.exists()
    assert KeptFile.objects.get() == kept
    for key in (kept.key, "x", "0" * 32):
        assert client.get(f"/giay-to/{key}/").status_code == 404


@pytest.mark.parametrize("nonsense", ["", "x", "²", "9" * 5000, "\x00", "00000000-0000-0000-0000-000000000000"])
def test_a_key_that_is_none_takes_nothing_out(client: Client, case: Case, nonsense: str) -> None:
    wrong_answer(client, case)
    assert client.post(address(case), {**form_of(client, case), "drop": nonsense}).status_code == 200
    assert KeptFile.objects.count() == 1


def test_after_a_day_it_is_said_that_the_file_is_gone_and_the_worker_deletes_it(
    case: Case, cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        response = wrong_answer(browsing.signed_in(cast.applicant), case)
    late = start + timedelta(days=1, minutes=1)
    right = {**browsing.hidden(response), "reply": "Đây ạ.", "employees_insured": "9"}
    with time_machine.travel(late, tick=False):
        client = browsing.signed_in(cast.applicant)
        page = client.post(address(case), right).content.decode()
        assert "Chúng tôi chỉ giữ tệp đã chọn trong một ngày. Chị chọn lại tệp." in page
        assert "Đây ạ." in page
        assert case.information_requests.get().ending == "open"
        assert "a.pdf" not in client.get(address(case)).content.decode()
    # Left by a process that was killed between the file and its row.
    lost = tmp_path / "kept" / ("0" * 32)
    lost.write_bytes(A_PDF)
    assert work_once(at=late)["kept files"] == 0
    assert len(kept_files(tmp_path)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert work_once(at=late + timedelta(hours=2))["kept files"] == 2
    assert not KeptFile.objects.exists()
    assert kept_files(tmp_path) == []


def test_a_file_ahead_of_a_question_that_is_closed_meanwhile_is_not_kept(client: Client, case: Case) -> None:
    old = form_of(client, case)
    player.reply(case, text="Đây ạ.", at=THURSDAY)
    assert client.post(address(case), {**old, "add": "", "paper_other": a_pdf()}).status_code == 409
    assert not KeptFile.objects.exists()
