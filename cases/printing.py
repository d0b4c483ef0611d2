"""What is printed: PDF by typst from templates of ours; every word of anybody's goes in as data, never as markup."""

import io
import json
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
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

from cases.models import Case
from cases.queries.mine import answered_at, question_of, refusal_of
from cases.queries.results import Said, result_of
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


def as_pdf(template: str, data: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """Return a template of ours filled with data; with `at` as its time the same data make the same bytes."""
    how: dict[str, Any] = {"format": "pdf", "pdf_standards": _STANDARDS}
    if at is not None:
        how["timestamp"] = int(at.timestamp())
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


def answer(case: Case, *, at: datetime) -> dict[str, Any]:
    """Return what stands on the paper with the answer: what she reads on her page, and nothing beyond it."""
    decided = answered_at(case)
    sections: list[list[Any]] = [[str(service_of(case).asks_words), paragraphs(question_of(case))]]
    refusal = refusal_of(case)
    result = result_of(case)
    words = _said(result.words)
    if refusal is not None and refusal.whole:
        sections.append([_("Why we could not support it"), [f"{refusal.reason.label}.", *words]])
    else:
        for figures in result.figures:
            given = {"who": figures.who, "day": f"{timezone.localtime(figures.at):%d/%m/%Y}"}
            written = _("Written down by %(who)s on %(day)s") % given
            sections.append([_("The result"), [*(f"{label}: {value}" for label, value in figures.lines), written]])
        sections.append([_("The answer"), words])
        if refusal is not None:
            sections.append([str(service_of(case).refused_in_part), [f"{refusal.reason.label}."]])
    if refusal is not None:
        sections.append([_("What you can do"), [str(refusal.reason.next_step)]])
        again = _("Call %(phone)s and say the code. Somebody else looks at it again.")
        sections.append([_("You do not agree?"), [again % {"phone": settings.HELP_PHONE}]])
    sections.append([_("Written to you before"), _said(result.before)])
    return {
        "title": _("The answer to your case"),
        "issuer": str(case.desk or ""),
        "rows": [
            [_("Case code"), case.code],
            [_("Applicant"), case.answers.data["full_name"]],
            *[[_("Answered by"), name] for name in dict.fromkeys(given.who for given in result.given)],
            *([[_("Decided on"), date_format(timezone.localtime(decided), "l, d/m/Y")]] if decided else []),
        ],
        "sections": [[heading, lines] for heading, lines in sections if lines],
        **foot(at),
    }


def _said(all_said: Iterable[Said]) -> list[str | list[str]]:
    """Return words to her, each under a line of its own that says whose they are, and when; that line is a list."""
    lines: list[str | list[str]] = []
    for said in all_said:
        lines += [[f"{said.who}, {timezone.localtime(said.at):%d/%m/%Y}"], *paragraphs(said.words)]
    return lines


def paragraphs(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [line for line in text.splitlines() if line.strip()]


def foot(at: datetime) -> dict[str, str]:
    """Return whom to call, and when it was printed."""
    local = timezone.localtime(at)
    return {
        "free": _("It costs nothing. Whoever asks for money, tell us."),
        "help": _("Questions: call %(phone)s, Monday to Friday, 7:30–17:00.") % {"phone": settings.HELP_PHONE},
        "printed": _("Printed at %(time)s, %(day)s") % {"time": f"{local:%H:%M}", "day": f"{local:%d/%m/%Y}"},
    }


def picture_of(address: str) -> str:
    """Return a QR code, as SVG, that leads a phone's camera to an address."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=0, scale=4)
    return out.getvalue().decode()
