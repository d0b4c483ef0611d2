"""The register as a file: typed, harmless, in pieces, and written down."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import exports
from cases.models import AccessRecord, Case
from cases.queries.register import Chosen, registered
from cases.views import register
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, a_draft
from workflows import actions

REGISTER, OVERVIEW = "/giam-sat/", "/toan-canh/"
CSV, XLSX = "/giam-sat/ho-so.csv", "/giam-sat/ho-so.xlsx"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def lines(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"))))


def cells(file: bytes) -> list[tuple[str, str, str]]:
    """Return (address, type, value) of every cell; a style stands for a date."""
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [
        (cell.get("r", ""), cell.get("t", "n"), "".join(cell.itertext()))
        for cell in sheet.iter(f"{SHEET}c")
        if not cell.findall(f"{SHEET}f")
    ]


def test_only_supervisors_and_auditors_take_it_out(cast: Cast) -> None:
    for part, person in cast.people():
        for address in (CSV, XLSX):
            response = signed_in(person).post(address)
            status = response.status_code
            if status == 200:
                assert body(response)
            assert (part, status) == (part, 200 if part in ("supervisor", "auditor") else 404)


def test_the_file_has_what_the_page_has_with_the_same_filters(cast: Cast, at: datetime) -> None:
    a_draft(cast.applicant)
    a_case(cast.applicant, at_node="direct_help")
    a_case(cast.supervisor)
    closed, sent = a_case(cast.applicant, at_node="deliver"), a_case(cast.another_applicant)
    player.conclude(closed, "deliver", "delivered", at=at + timedelta(days=1))
    client = signed_in(cast.supervisor)
    assert [line[0] for line in lines(client.post(CSV))] == ["Mã hồ sơ", sent.code, closed.code]
    assert [line[0] for line in lines(client.post(CSV, {"state": "closed"}))] == ["Mã hồ sơ", closed.code]
    assert [line[0] for line in lines(client.post(CSV, {"tim": "không ai"}))] == ["Mã hồ sơ"]
    found = {value for _address, _type, value in cells(body(client.post(XLSX, {"state": "closed"})))}
    assert closed.code in found
    assert sent.code not in found


def test_it_leaves_by_the_press_of_a_button_only(cast: Cast) -> None:
    case = a_case(cast.applicant)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.supervisor)
    for address in (CSV, XLSX):
        # A reload, a look ahead, a form on another page.
        assert client.get(address).status_code == 405
        assert client.post(address).status_code == 403
        for page in (client.get(f"{REGISTER}?state=submitted&tim=mai"), client.get(OVERVIEW)):
            assert f'href="{address}' not in page.content.decode()
    assert not AccessRecord.objects.filter(case=case).exists()


def test_the_buttons_send_the_filters_of_the_page(cast: Cast) -> None:
    page = signed_in(cast.supervisor).get(REGISTER, {"state": "submitted", "tim": "mai"})
    assert {"state": "submitted", "tim": "mai"}.items() <= hidden(page).items()
    assert {f'formaction="{address}"' for address in (CSV, XLSX)} <= set(
        page.content.decode().replace(">", " ").split()
    )
    overview = signed_in(cast.supervisor).get(OVERVIEW)
    assert hidden(overview)["state"] == "open"
    assert f'action="{XLSX}"' in overview.content.decode()


def test_one_person_takes_only_so_many_files_an_hour(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register.FILES, "most", 2)
    case, client = a_case(cast.applicant), signed_in(cast.supervisor)
    taken = [client.post(address) for address in (CSV, XLSX, CSV, XLSX)]
    assert [response.status_code for response in taken] == [200, 200, 429, 429]
    assert all(body(response) for response in taken[:2])
    assert AccessRecord.objects.filter(case=case).count() == 2
    assert signed_in(cast.auditor).post(CSV).status_code == 200


def test_what_is_too_long_for_excel_is_said_and_the_csv_takes_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_IN_EXCEL", 2)
    for _nth in range(2):
        a_case(cast.applicant)
    client = signed_in(cast.supervisor)
    assert body(client.post(XLSX))
    last = a_case(cast.applicant)
    response = client.post(XLSX, {"state": "submitted"}, follow=True)
    assert response.redirect_chain == [(f"{REGISTER}?state=submitted", 302)]
    assert "Bảng Excel chứa tối đa 2 hồ sơ. Tải bảng CSV" in response.content.decode()
    assert not AccessRecord.objects.filter(case=last).exists()
    assert len(lines(client.post(CSV))) == 4


def test_csv_opens_in_excel_as_vietnamese(cast: Cast) -> None:
    a_case(cast.applicant)
    response = signed_in(cast.supervisor).post(CSV)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    content = body(response)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines()[0].startswith("Mã hồ sơ,Người nộp hoặc cơ sở,")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_what_looks_like_a_formula_is_text(sign: str) -> None:
    dangerous = f"{sign}HYPERLINK(1)"
    assert exports.harmless(dangerous) == f"'{dangerous}"
    [[written]] = csv.reader(io.StringIO(b"".join(exports.as_csv([dangerous], [])).decode("utf-8-sig"), newline=""))
    assert written.startswith(sign), "the head is ours and stays as it is"
    text = b"".join(exports.as_csv(["x"], [(dangerous,)])).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text.partition("\r\n")[2], newline=""))) == [f"'{dangerous}"]
    with exports.as_xlsx("x", [("x", 9)], [(dangerous,)]) as file:
        sheet = _sheet(file.read())
    assert ">'" in sheet
    assert "<f>" not in sheet


def _sheet(file: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_a_business_whose_name_is_a_formula_runs_nowhere(cast: Cast) -> None:
    a_case(cast.applicant, answers={"entity_name": "=cmd|'/C calc'!A0"})
    client = signed_in(cast.supervisor)
    assert lines(client.post(CSV))[1][1] == "'=cmd|'/C calc'!A0"
    assert ("B2", "inlineStr", "'=cmd|'/C calc'!A0") in cells(body(client.post(XLSX)))


def test_in_excel_a_day_is_a_day_and_no_text() -> None:
    day = date(2026, 11, 25)
    with exports.as_xlsx("x", [("x", 9), ("y", 9)], [(day, 7)]) as file:
        written = cells(file.read())
    assert ("A2", "n", "46351") in written
    assert ("B2", "n", "7") in written


def test_who_took_which_case_out_is_written_down_before_it_leaves(cast: Cast) -> None:
    case = a_case(cast.applicant)
    response = signed_in(cast.supervisor).post(CSV)
    assert case.short_code in body(response).decode()
    record = AccessRecord.objects.get(case=case)
    assert (record.person, record.part, record.purpose) == (cast.supervisor, "case", "export")


def test_it_is_read_piece_by_piece_with_the_same_few_queries_each(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PIECE", 2)
    for nth in range(7):
        a_case(cast.applicant, at=at - timedelta(minutes=nth))
    cases = registered(cast.supervisor, Chosen(), at=at)
    with CaptureQueriesContext(connection) as captured:
        rows = list(exports.register_rows(cases, cast.supervisor, at=at))
    assert len({row[0] for row in rows}) == 7
    reads = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    writes = [query["sql"] for query in captured if query["sql"].startswith("INSERT")]
    # Of each piece the cases, and the offices that held them; once more, to see that no case is left.
    assert (len(reads), len(writes)) == (4 * 2 + 1, 4)
    assert not any("OFFSET" in sql for sql in reads)


def test_the_first_line_leaves_before_the_last_case_is_read(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PIECE", 1)
    for nth in range(3):
        a_case(cast.applicant, at=at - timedelta(minutes=nth))
    rows = exports.register_rows(registered(cast.supervisor, Chosen(), at=at), cast.supervisor, at=at)
    next(rows)
    assert AccessRecord.objects.count() == 1


def _many(number: int) -> Iterator[Sequence[exports.Cell]]:
    for nth in range(number):
        yield (f"HPG-26-{nth:06d}-X", "Công ty TNHH Hạnh Phúc " * 4, datetime(2026, 11, 5).astimezone(), nth)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_length(kind: str) -> None:
    def peak(number: int) -> int:
        tracemalloc.start()
        try:
            if kind == "csv":
                for _piece in exports.as_csv(["x"], _many(number)):
                    pass
            else:
                for _block in exports.blocks(exports.as_xlsx("x", [("x", 9)], _many(number))):
                    pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(6000) < peak(1500) + 300_000


def test_the_name_of_a_file_is_the_code_and_nobodys_name(cast: Cast) -> None:
    case: Case = a_case(cast.applicant)
    name = signed_in(cast.supervisor).get(f"/giam-sat/{case.key}/dien-bien.csv")["Content-Disposition"]
    assert name == f'attachment; filename="{case.code}-dien-bien.csv"'


def test_a_case_taken_back_has_no_promised_day_in_the_file_as_on_the_page(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    sent = lines(signed_in(cast.supervisor).post(CSV))
    column = sent[0].index("Ngày hẹn")
    assert sent[1][column]
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + timedelta(hours=1))
    assert lines(signed_in(cast.supervisor).post(CSV))[1][column] == ""
