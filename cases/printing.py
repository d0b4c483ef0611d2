"""What is printed: PDF by typst from templates of ours; every word of anybody's goes in as data, never as markup."""

import io
import json
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.models import Case, CaseState
from cases.queries.mine import answered_at, answered_by, papers_of, question_of, refusal_of, result_of
from cases.queries.naming import place_of
from cases.queries.whereabouts import where_is
from cases.services import service_of

TEMPLATES = Path(__file__).parent / "templates" / "print"
# Tagged, with its title and language, so that a screen reader reads it, too.
_STANDARDS = ["ua-1"]
# In place of a sign that our fonts cannot draw, which the standard would refuse: 🌸, 女.
_UNDRAWN = "?"


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts that come with us, and no other: paper looks the same from every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(settings.PRINT_FONTS)])


@cache
def _signs() -> frozenset[str]:
    """Return the signs that each of our fonts can draw."""
    fonts = (path.read_bytes() for path in Path(settings.PRINT_FONTS).glob("*.ttf"))
    return frozenset.intersection(*(frozenset(_drawn_by(font)) for font in fonts))


def _drawn_by(font: bytes) -> Iterator[str]:
    """Yield the signs for which a TrueType font has a picture: its table cmap, read in format 4."""
    tables = {name: start for name, _sum, start, _size in struct.iter_unpack(">4sLLL", font[12 : 12 + 16 * font[5]])}
    cmap = tables[b"cmap"]
    records = struct.iter_unpack(">HHL", font[cmap + 4 : cmap + 4 + 8 * font[cmap + 3]])
    at = cmap + next(start for platform, _encoding, start in records if platform == 3)
    kind, _length, _language, twice = struct.unpack_from(">HHHH", font, at)
    assert kind == 4
    count = twice // 2
    # Four columns, with two bytes of padding after the first.
    last, first, shift, offset = (
        struct.unpack_from(f">{count}H", font, at + 14 + twice * column + (2 if column else 0)) for column in range(4)
    )
    for segment in range(count):
        for sign in range(first[segment], min(last[segment], 0xFFFE) + 1):
            picture = sign + shift[segment]
            if offset[segment]:
                place = at + 16 + twice * 3 + 2 * segment + offset[segment] + 2 * (sign - first[segment])
                (picture,) = struct.unpack_from(">H", font, place)
            if picture & 0xFFFF:
                yield chr(sign)


def _drawable(value: Any) -> Any:
    """Return data with every sign that our fonts can draw; hidden signs go, others leave a mark in their place."""
    match value:
        case str() | Promise():
            return "".join(_drawn(sign) for sign in unicodedata.normalize("NFC", str(value)))
        case Mapping():
            return {name: _drawable(each) for name, each in value.items()}
        case list() | tuple():
            return [_drawable(each) for each in value]
    return value


def _drawn(sign: str) -> str:
    if sign.isspace():
        return " "
    if sign in _signs():
        return sign
    return "" if unicodedata.category(sign) in ("Cc", "Cf", "Mn") else _UNDRAWN


def as_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a template of ours filled with data."""
    return _made(template, data, format="pdf", pdf_standards=_STANDARDS)


def as_picture(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the same as a picture of its first page, to look at."""
    return _made(template, data, format="png", ppi=96)


def _made(template: str, data: Mapping[str, Any], **how: Any) -> bytes:
    words = {"lang": get_language() or "vi", "house": "Đồng Hành", **data}
    made = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(_drawable(words), cls=DjangoJSONEncoder)},
        **how,
    )
    first: bytes = made[0] if isinstance(made, list) else made
    return first


def receipt(case: Case, *, address: str, at: datetime, hers: bool) -> dict[str, Any]:
    """Return what stands on the receipt of a case (M01); `address` is where its code is looked up.

    Handed over at the counter it says what was given there, and nothing that happened since.
    """
    assert case.submitted_at is not None
    offices = ", ".join(str(office) for office in where_is(case).offices) or str(case.desk or "")
    promised = date_format(case.promised_on, "l, d/m/Y") if case.promised_on and case.is_undecided else ""
    return {
        "title": str(settings.RECEIPT_TITLE),
        "issuer": str(case.desk or ""),
        "code_label": _("Case code"),
        "code": case.code,
        "picture": _picture(address),
        "picture_words": _("Picture of the code, for a phone's camera"),
        "scan": _("Look the case up with a phone's camera"),
        "promise_label": str(case.promises),
        "promise": promised or _("We tell you the date as soon as it is known."),
        "later": _("The day of the answer: you know it when the case is accepted.")
        if promised and case.state == CaseState.SUBMITTED
        else "",
        "rows": [
            [_("Applicant"), case.answers.data["full_name"]],
            *([[_("Business"), str(case.enterprise)]] if case.enterprise and case.enterprise.name else []),
            [_("Place"), place_of(case)],
            [_("What for"), str(service_of(case).title)],
            [_("Received"), date_format(timezone.localtime(case.submitted_at), "H:i, l, d/m/Y")],
            *([[_("It is now with"), offices]] if hers else []),
        ],
        "papers_title": _("Papers received"),
        "papers": [str(label) for paper, label in papers_of(case) if hers or paper.uploaded_at <= case.submitted_at],
        "no_papers": _("No papers yet. If any are missing we write once and name all of them."),
        **_foot(at),
    }


def answer(case: Case, *, at: datetime) -> dict[str, Any]:
    """Return what stands on the paper with the answer: what she reads on her page, and nothing beyond it."""
    decided = answered_at(case)
    sections = [[_("Your question"), _paragraphs(question_of(case))]]
    refusal = refusal_of(case)
    words = [line for result in result_of(case) for line in _paragraphs(result)]
    if refusal is not None and refusal.whole:
        sections.append([_("Why we could not support it"), [f"{refusal.reason.label}.", *words]])
    else:
        sections.append([_("The answer"), words])
        if refusal is not None:
            fee = _("The adviser's fee could not be supported this time")
            sections.append([fee, [f"{refusal.reason.label}."]])
    if refusal is not None:
        sections.append([_("What you can do"), [str(refusal.reason.next_step)]])
        again = _("Call %(phone)s and say the code. Somebody else looks at it again.")
        sections.append([_("You do not agree?"), [again % {"phone": settings.HELP_PHONE}]])
    return {
        "title": _("The answer to your case"),
        "issuer": str(case.desk or ""),
        "rows": [
            [_("Case code"), case.code],
            [_("Applicant"), case.answers.data["full_name"]],
            *[[_("Answered by"), name] for name in answered_by(case)],
            *([[_("Decided on"), date_format(timezone.localtime(decided), "l, d/m/Y")]] if decided else []),
        ],
        "sections": [[heading, lines] for heading, lines in sections if lines],
        **_foot(at),
    }


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _foot(at: datetime) -> dict[str, str]:
    """Return whom to call, and when it was printed."""
    local = timezone.localtime(at)
    return {
        "free": _("It costs nothing. Whoever asks for money, tell us."),
        "help": _("Questions: call %(phone)s, Monday to Friday, 7:30–17:00.") % {"phone": settings.HELP_PHONE},
        "printed": _("Printed at %(time)s, %(day)s") % {"time": f"{local:%H:%M}", "day": f"{local:%d/%m/%Y}"},
    }


def _picture(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=0, scale=4)
    return out.getvalue().decode()
