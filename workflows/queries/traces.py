"""Where a text still names the applicant or her business. Pure: what to look for comes as data."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.models.agency import plain

NAME, BUSINESS, TAX_CODE, PHONE, PERSONAL_ID, CODE = "name", "business", "tax_code", "phone", "personal_id", "code"
KINDS: Mapping[str, str | Promise] = {
    NAME: _("the applicant's name"),
    BUSINESS: _("the name of the business"),
    TAX_CODE: _("the tax code"),
    PHONE: _("a phone number"),
    PERSONAL_ID: _("the personal number"),
    CODE: _("the case code"),
}
# What stands in place of what was taken out.
GAP = "…"
# Her own part of a business name is looked for too, unless it is so short that it may be an ordinary word.
_SHORTEST_OWN_PART = 3
_LEGAL_FORM = re.compile(
    r"^(cong ty|doanh nghiep tu nhan|doanh nghiep|dntn|lien hiep hop tac xa|hop tac xa|htx|to hop tac"
    r"|ho kinh doanh|hkd|co so)"
    r"( trach nhiem huu han| tnhh| co phan| cp| hop danh| mot thanh vien| 1 thanh vien| mtv| tm| dv)*\s+"
)
_TITLES = r"(?i:chị|bà|cô|em|anh|ông)"
_BETWEEN_DIGITS = r"[\s.,\-–()/]*"


@dataclass(frozen=True)
class Trace:
    """One place in a text that tells whose case it was."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Traces:
    """What must not stand in a text about one case: patterns for the text without accents, and one as written."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    as_written: tuple[tuple[str, re.Pattern[str]], ...] = ()

    def in_text(self, text: str) -> Iterator[Trace]:
        """Yield each place of a text in composed letters, overlapping ones too."""
        folded = "".join(_fold(letter) for letter in text)
        for where, patterns in ((folded, self.patterns), (text, self.as_written)):
            for kind, pattern in patterns:
                for found in pattern.finditer(where):
                    yield Trace(kind, *found.span(found.lastindex or 0))

    def kinds_in(self, text: str) -> list[str | Promise]:
        """Return in words which kinds of data still stand in a text."""
        found = {trace.kind for trace in self.in_text(composed(text))}
        return [words for kind, words in KINDS.items() if kind in found]

    def removed_from(self, text: str) -> str:
        """Return the text with a gap for each place."""
        text = composed(text)
        kept, at = [], 0
        for trace in sorted(self.in_text(text), key=lambda trace: (trace.start, -trace.end)):
            if trace.start >= at:
                kept += [text[at : trace.start], GAP]
            at = max(at, trace.end)
        return "".join([*kept, text[at:]])


def composed(text: str) -> str:
    """Return the text in composed letters, without signs that nobody sees."""
    return "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf")


def traces_of(case: Case) -> Traces:
    """Return what names the applicant of a case, her business and the case; its answers are read."""
    data = case.answers.data
    business = case.enterprise
    names = {case.applicant.full_name, str(data.get("full_name") or "")}
    businesses = {business.name if business else "", str(data.get("entity_name") or "")}
    tax_codes = {business.tax_code if business else "", str(data.get("tax_code") or "")}
    phones = {case.applicant.phone, str(data.get("phone") or "")}
    patterns = [
        *((NAME, _words(name)) for name in names if name.strip()),
        *((BUSINESS, _words(part)) for name in businesses for part in _parts(name)),
        *((TAX_CODE, _digits(part)) for code in tax_codes if (part := _only_digits(code)[:10])),
        *((PHONE, _phone(number)) for number in phones if _only_digits(number)),
        *((PERSONAL_ID, _digits(number)) for number in [_only_digits(str(data.get("personal_id") or ""))] if number),
        *((CODE, _code(case)) for _once in [case.code] if case.code),
    ]
    given = {composed(name).split()[-1] for name in names if name.strip()}
    called = [(NAME, re.compile(rf"(?<!\w){_TITLES}\s+({re.escape(name)})(?!\w)")) for name in sorted(given)]
    return Traces(tuple(patterns), tuple(called))


def _fold(letter: str) -> str:
    """Return one letter without its accent and case, always exactly one sign."""
    return (plain(letter) or letter)[:1]


def _words(name: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + r"[\W_]+".join(re.escape(word) for word in _folded(name).split()) + r"(?!\w)")


def _folded(name: str) -> str:
    return " ".join("".join(_fold(letter) for letter in composed(name)).split())


def _parts(name: str) -> Iterator[str]:
    """Yield the name of a business, and its own part of it."""
    whole = _folded(name)
    if not whole:
        return
    yield whole
    own = _LEGAL_FORM.sub("", whole)
    if own != whole and len(own.split()) >= _SHORTEST_OWN_PART:
        yield own


def _only_digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _digits(number: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\d)" + _BETWEEN_DIGITS.join(number))


def _phone(number: str) -> re.Pattern[str]:
    rest = re.sub(r"^(84|0)", "", _only_digits(number))
    return re.compile(rf"(?<!\d)(?:\+?\s*84{_BETWEEN_DIGITS}0?|0){_BETWEEN_DIGITS}{_BETWEEN_DIGITS.join(rest)}(?!\d)")


def _code(case: Case) -> re.Pattern[str]:
    """Return the pattern of the code, or of its short end, however it is spaced."""
    prefix, year, part, check = (str(case.code).lower().split("-") + [""] * 4)[:4]
    between = r"[\W_]*"
    begins = between.join(prefix + year)
    return re.compile(rf"(?<!\w)(?:{begins}{between})?{between.join(part)}(?:{between}{check})?(?!\w)")
