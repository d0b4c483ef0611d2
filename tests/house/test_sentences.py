"""What she reads: sentences of twenty words at most, no officialese, no unexpanded abbreviation."""

import re

import pytest

from tests.pages.reading import Visitor, sentences, texts
from tests.pages.rows import ROWS, Row
from tests.pages.serving import Site
from tests.pages.vietnamese import Written

MOST_WORDS = 20
NEVER_SAID = re.compile(
    r"quý khách|kính đề nghị|hệ thống ghi nhận|không hợp lệ|có lỗi xảy ra|vui lòng.*vui lòng", re.IGNORECASE
)
# Capitals that everybody reads: kinds of files and units as phones show them, and parts of case codes.
KNOWN_CAPITALS = frozenset({"PDF", "JPG", "PNG", "DOCX", "XLSX", "QR", "MB", "HEIC"})
CAPITALS = re.compile(r"(?<![\w-])[A-ZĂÂĐÊÔƠƯ]{2,}(?![\w-])")
# A code, a date, a time, an amount, a phone number: one thing to look at, not words to read.
FIGURES = re.compile(
    r"[A-Z]{3}-\d{2}-\w{6}-\w|\d{1,2}:\d{2}(?: |, )?\d{1,2}/\d{1,2}(?:/\d{4})?|\d{1,2}/\d{1,2}(?:/\d{4})?"
    r"|\b0\d{2,3} \d{3} \d{3,4}|\d+(?:\.\d{3})+(?: (?:đồng|₫))?",
)
HERS = [row for row in ROWS if row.hers and row.route != "neutral" and not row.fill]


@pytest.fixture(scope="module")
def reader(world: Site) -> Visitor:
    """Somebody who reads Vietnamese."""
    return Visitor(world, language="vi")


@pytest.fixture(scope="module")
def written(world: Site) -> Written:
    """What people wrote."""
    return Written(world.notes["data"])


def words_in(sentence: str, written: Written) -> int:
    """Return how many words a sentence has; a name, a code, a date counts as one."""
    plain = written.taken_out(FIGURES.sub("1", sentence))
    return len([word for word in plain.split() if re.search(r"\w", word)])


LONGEST: list[tuple[int, str]] = []


@pytest.mark.parametrize("row", HERS, ids=lambda row: row.name)
def test_a_page_speaks_plainly(row: Row, reader: Visitor, written: Written) -> None:
    status, page = reader.opened(row)
    assert status == row.status
    found = []
    for text in texts(page):
        if text.language == "en" or text.place in ("option", "textarea"):
            continue
        for sentence in sentences(text.text):
            number = words_in(sentence, written)
            LONGEST.append((number, sentence))
            if number > MOST_WORDS:
                found.append(f"{number} words: {sentence}")
        ours = written.taken_out(text.text)
        if NEVER_SAID.search(ours):
            found.append(f"never said: {text.text}")
        if short := set(CAPITALS.findall(text.text)) - KNOWN_CAPITALS:
            capitals = {word for word in short if word.casefold() in ours}
            found += [f"abbreviation {word}: {text.text[:80]}" for word in sorted(capitals)]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_the_longest_sentence_is_known() -> None:
    """Looked at after the pages, so that the figure in docs/experience.md is the measured one."""
    if LONGEST:
        print(*max(LONGEST))  # noqa: T201 - the figure, with -s
