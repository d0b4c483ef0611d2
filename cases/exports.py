"""Tables that leave the house: CSV and Excel, in pieces, so that memory does not grow with their length."""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from cases.models import AccessRecord, Case, CaseState, Outcome, User
from cases.queries.register import Row, pages_of, rows_of
from cases.queries.shares import age_in_seconds, in_words

Cell = str | Promise | int | date | datetime | None
# Cases read, noted as read and written at once.
PIECE = 500
# An Excel file is made whole before it leaves, while its reader waits; CSV has no such end.
MOST_IN_EXCEL = 10_000
_BLOCK = 64 * 1024
# Excel takes a cell that begins so for a formula; with an apostrophe before it, for text.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# Without it Excel takes UTF-8 for something older.
_BOM = "\ufeff"
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
PDF = "application/pdf"

# Whose the time was, for people: in days and hours of the calendar.
HELD_IN_WORDS: tuple[Promise, ...] = (
    gettext_lazy("With the applicant"),
    gettext_lazy("With the Women's Union of the commune"),
    gettext_lazy("With the Women's Union of the city"),
    gettext_lazy("With other offices"),
    gettext_lazy("Outside and with advisers"),
    gettext_lazy("With Đồng Hành itself"),
    gettext_lazy("Age of the case (calendar days)"),
)
# The same, in whole seconds: in every table program the columns sum to the age, exactly.
HELD: tuple[tuple[str, Promise], ...] = (
    ("hers", gettext_lazy("With the applicant (seconds)")),
    ("commune", gettext_lazy("With the Women's Union of the commune (seconds)")),
    ("union", gettext_lazy("With the Women's Union of the city (seconds)")),
    ("agency", gettext_lazy("With other offices (seconds)")),
    ("outside", gettext_lazy("Outside and with advisers (seconds)")),
    ("house", gettext_lazy("With Đồng Hành itself (seconds)")),
)
REGISTER: tuple[tuple[str | Promise, int], ...] = (
    (gettext_lazy("Case code"), 20),
    (gettext_lazy("Applicant or business"), 36),
    (gettext_lazy("Commune or ward"), 24),
    (gettext_lazy("Support service"), 22),
    (gettext_lazy("State"), 18),
    (gettext_lazy("Where it is"), 40),
    (gettext_lazy("Sent"), 17),
    (gettext_lazy("Accepted"), 17),
    (gettext_lazy("Promised"), 12),
    (gettext_lazy("Late"), 8),
    (gettext_lazy("Waiting for the applicant"), 18),
    (gettext_lazy("Decided"), 17),
    (gettext_lazy("Ended"), 17),
    (gettext_lazy("Outcome"), 30),
    *((words, 18) for words in HELD_IN_WORDS),
    *((words, 14) for _kind, words in HELD),
    (gettext_lazy("Age of the case (seconds)"), 14),
)


def harmless(text: str) -> str:
    """Return a cell's text so that no table program runs it."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def register_rows(cases: Any, reader: User, *, at: datetime) -> Iterator[Sequence[Cell]]:
    """Yield the register as cells. Who took which case out is written down before its line leaves.

    Each case gets its own access record, as when its page is read: its applicant can see it. Two statements and a
    transaction a piece.
    """
    # Looked up once, not for every line.
    states = {state.value: str(state.label) for state in CaseState}
    outcomes = {outcome.value: str(outcome.label) for outcome in Outcome}
    for piece in pages_of(cases, size=PIECE):
        AccessRecord.objects.bulk_create(
            AccessRecord(case=case, person=reader, part=AccessRecord.Part.CASE, purpose=AccessRecord.EXPORT, at=at)
            for case in piece
        )
        for row in rows_of(piece, at=at):
            yield _cells(row, at, states, outcomes)


def _cells(row: Row, at: datetime, states: Mapping[str, str], outcomes: Mapping[str, str]) -> Sequence[Cell]:
    case: Case = row.case
    held, age = [row.by_kind.get(kind, 0) for kind, _words in HELD], age_in_seconds(case, at=at)
    return (
        case.code,
        row.name,
        str(case.commune or ""),
        row.service,
        states[case.state],
        row.stage,
        case.submitted_at,
        case.accepted_at,
        case.promised_on if case.is_undecided else None,
        _("yes") if row.late else "",
        _("yes") if row.waits_for_her else "",
        case.decided_at,
        case.ended_at,
        outcomes[case.outcome] if case.outcome else "",
        *(in_words(spent) if spent else "" for spent in (*held, age)),
        *held,
        age,
    )


def as_csv(head: Iterable[str | Promise], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield a CSV file for Excel, some lines at a time."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(_BOM)
    writer.writerow([str(words) for words in head])
    for row in rows:
        writer.writerow([_in_words(cell) for cell in row])
        if out.tell() > _BLOCK:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def as_xlsx(title: str, head: Sequence[tuple[str | Promise, int]], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """Return an Excel file on disk, opened for reading; it is gone when it is closed. One row is in memory at once."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - `blocks` closes it when the last piece has left
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(title[:31])
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for column, (words, width) in enumerate(head):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, str(words), bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            match cell:
                case None | "":
                    continue
                case datetime():
                    sheet.write_datetime(number, column, timezone.localtime(cell).replace(tzinfo=None), moment)
                case date():
                    sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day))  # noqa: DTZ001 - a day has no zone
                case int():
                    sheet.write_number(number, column, cell)
                case _:
                    sheet.write_string(number, column, harmless(str(cell)))
    book.close()
    file.seek(0)
    return file


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file piece by piece, and close it."""
    with file:
        while block := file.read(_BLOCK):
            yield block


def download(request: HttpRequest, pieces: Iterator[bytes], *, name: str, kind: str) -> StreamingHttpResponse:
    """Return a file to save, sent as it is made, whichever way the server runs."""
    pieces = _in_language(pieces, get_language() or "vi")
    content = _one_by_one(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _in_language(pieces: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Yield what is made after the reader's language was forgotten, in her language."""
    while True:
        with override(language):
            piece = next(pieces, b"")
        if not piece:
            return
        yield piece


async def _one_by_one(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield from a thread what would otherwise be gathered whole before the first byte leaves."""
    following = sync_to_async(lambda: next(pieces, b""))
    while piece := await following():
        yield piece


def _in_words(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{timezone.localtime(cell):%d/%m/%Y %H:%M}"
        case date():
            return f"{cell:%d/%m/%Y}"
    return harmless(str(cell))
