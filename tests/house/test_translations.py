"""Every text of every screen has its Vietnamese."""

import re

from tests.house import words

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
# Officialese and blame, which nobody wants to read; see the tone of voice in CONTRIBUTING.md.
NEVER_SAID = re.compile(
    r"quý khách|kính đề nghị|hệ thống ghi nhận|không hợp lệ|có lỗi xảy ra|vui lòng.*vui lòng", re.IGNORECASE
)
LETTERS = re.compile(r"[^\W\d_]{2}")


def test_every_text_has_its_vietnamese() -> None:
    told = {entry.key: entry for entry in words.entries()}
    missing = sorted(
        f"{source.where}: {source.msgid}"
        for source in words.sources()
        if LETTERS.search(source.msgid)
        and (source.msgid not in told or not told[source.msgid].msgstr.strip() or "fuzzy" in told[source.msgid].flags)
    )
    assert missing == []


def test_every_entry_is_a_text_of_the_product_or_a_better_word_for_one_of_django_s() -> None:
    said = {source.msgid for source in words.sources()} | {entry.key for entry in words.entries(words.DJANGO_S_PO)}
    assert [entry.key for entry in words.entries() if entry.key not in said] == []


def test_no_entry_is_fuzzy_or_stands_twice() -> None:
    entries = words.entries()
    keys = [entry.key for entry in entries]
    assert [entry.msgid for entry in entries if "fuzzy" in entry.flags] == []
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_the_compiled_file_holds_what_the_written_one_says() -> None:
    written = {entry.key: entry.msgstr for entry in words.entries() if entry.msgstr and "fuzzy" not in entry.flags}
    assert words.compiled() == written


def test_a_translation_keeps_the_names_in_its_text() -> None:
    differing = [
        entry.msgid
        for entry in words.entries()
        if entry.msgstr and set(PLACEHOLDER.findall(entry.msgid)) != set(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert differing == []


def test_no_text_is_counted_in_plurals() -> None:
    """Vietnamese has one form; two would only be two places to forget."""
    assert [source.where for source in words.sources() if source.plural] == []


def test_the_tone_is_ours() -> None:
    assert [entry.msgstr for entry in words.entries() if NEVER_SAID.search(entry.msgstr)] == []
