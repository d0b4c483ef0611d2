"""What is printed: PDF by typst from templates of ours; every word of anybody's goes in as data, never as markup."""

import io
import json
from collections.abc import Mapping
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
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.models import Case
from cases.queries.mine import papers_of
from cases.queries.naming import place_of
from cases.queries.whereabouts import where_is
from cases.services import service_of

TEMPLATES = Path(__file__).parent / "templates" / "print"
# Tagged, with its title and language, so that a screen reader reads it, too.
_STANDARDS = ["ua-1"]


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts that come with us, and no other: paper looks the same from every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(settings.PRINT_FONTS)])


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
        sys_inputs={"data": json.dumps(words, cls=DjangoJSONEncoder)},
        **how,
    )
    first: bytes = made[0] if isinstance(made, list) else made
    return first


def receipt(case: Case, *, address: str, at: datetime) -> dict[str, Any]:
    """Return what stands on the receipt of a case (M01); `address` is where its code is looked up."""
    assert case.submitted_at is not None
    where = where_is(case)
    promised = date_format(case.promised_on, "l, d/m/Y") if case.promised_on and case.is_undecided else ""
    return {
        "title": str(settings.RECEIPT_TITLE),
        "issuer": str(case.desk or ""),
        "code_label": _("Case code"),
        "code": case.code,
        "picture": _picture(address),
        "picture_words": _("Picture of the code, for a phone's camera"),
        "scan": _("Look the case up with a phone's camera"),
        "promise_label": _("You hear from us at the latest on"),
        "promise": promised or _("We tell you the date as soon as it is known."),
        "rows": [
            [_("Applicant"), str(case.applicant)],
            *([[_("Business"), str(case.enterprise)]] if case.enterprise and case.enterprise.name else []),
            [_("Place"), place_of(case)],
            [_("What for"), str(service_of(case).title)],
            [_("Received"), date_format(timezone.localtime(case.submitted_at), "H:i, l, d/m/Y")],
            [_("It is now with"), ", ".join(str(office) for office in where.offices) or str(case.desk or "")],
        ],
        "papers_title": _("Papers received"),
        "papers": [str(label) for _paper, label in papers_of(case)],
        "no_papers": _("No papers yet. If any are missing we write once and name all of them."),
        "free": _("It costs nothing. Whoever asks for money, tell us."),
        "help": _("Questions: call %(phone)s, Monday to Friday, 7:30–17:00.") % {"phone": settings.HELP_PHONE},
        "printed": _("Printed at %(time)s, %(day)s")
        % {"time": f"{timezone.localtime(at):%H:%M}", "day": f"{timezone.localtime(at):%d/%m/%Y}"},
    }


def _picture(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=0, scale=4)
    return out.getvalue().decode()
