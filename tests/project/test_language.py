"""Vietnamese is the language of every screen, English the second by a switch; and English is whole."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case
from tests.house import words
from tests.pages.reading import Visitor, texts
from tests.pages.rows import ROWS, Row
from tests.pages.serving import Site
from tests.pages.vietnamese import LETTER, Written

# Words of ours that stay as they are in both languages.
PROPER = re.compile(r"đồng hành|hải phòng|tiếng việt|\bđồng\b|₫", re.IGNORECASE)
# Somebody's words, perhaps cut short.
QUOTED = re.compile(r"“[^”]*”")
# "1 days" and "1 working days" are no English.
ONE_OF_MANY = re.compile(
    r"(?<![\w.,/:–-])1 (?:working |more )?(?!is\b|has\b|was\b|this\b|pass|address|access)[a-z]+s\b"
)


@pytest.mark.django_db
def test_a_page_is_vietnamese_whatever_the_browser_asks_for(client: Client) -> None:
    response = client.get(reverse("home"), headers={"accept-language": "en-GB,en;q=0.9"})
    assert '<html lang="vi">' in response.content.decode()
    assert response["Content-Language"] == "vi"


@pytest.mark.django_db
def test_the_switch_leads_back_to_the_same_page_in_english_and_again_in_vietnamese(client: Client) -> None:
    here = reverse("cases:start", args=["legal_advice"])
    for language, said in (("en", "First page"), ("vi", "Trang đầu")):
        response = client.post(reverse("set_language"), {"language": language, "next": here})
        assert (response.status_code, response["Location"]) == (302, here)
        page = client.get(here).content.decode()
        assert f'<html lang="{language}">' in page
        assert said in page


@pytest.mark.django_db
def test_the_switch_leads_to_no_foreign_page(client: Client) -> None:
    response = client.post(reverse("set_language"), {"language": "en", "next": "https://example.org/"})
    assert response["Location"] == "/"


@pytest.mark.django_db
def test_a_language_we_do_not_speak_stays_vietnamese(client: Client) -> None:
    client.cookies["django_language"] = "fr"
    assert '<html lang="vi">' in client.get(reverse("home")).content.decode()
    assert client.get(reverse("set_language")).status_code == 405


def test_dates_stay_as_they_are_in_english(cast: Cast) -> None:
    case = a_case(cast.applicant)
    client = browsing.signed_in(cast.applicant)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("cases:status", args=[case.key])).content.decode()
    assert case.promised_on is not None
    assert f"{case.promised_on:%d/%m/%Y}" in page


@pytest.fixture(scope="module")
def english(world: Site) -> Visitor:
    """Somebody who chose English."""
    return Visitor(world, language="en")


@pytest.fixture(scope="module")
def written(world: Site) -> Written:
    """What people wrote."""
    return Written(world.notes["data"])


OURS = {entry.msgstr.casefold() for entry in words.entries() if entry.msgstr != entry.msgid}
READ = [row for row in ROWS if row.route != "neutral" and not row.fill]


@pytest.mark.parametrize("row", READ, ids=lambda row: row.name)
def test_a_page_is_wholly_english(row: Row, english: Visitor, written: Written) -> None:
    status, page = english.opened(row)
    assert status == row.status
    assert '<html lang="en">' in page
    found = []
    for text in texts(page):
        if text.language == "vi":
            continue
        rest = PROPER.sub("", written.taken_out(QUOTED.sub("", text.text)))
        if LETTER.search(rest):
            found.append(
                f"{text.place}: {text.text[:90]}  ← {' '.join(w for w in rest.split() if LETTER.search(w))[:60]}"
            )
        elif text.text.casefold() in OURS and not written.is_whole(text.text):
            found.append(f"{text.place}: {text.text[:90]}")
        if ONE_OF_MANY.search(text.text):
            found.append(f"one of many: {text.text[:90]}")
    if found:
        pytest.fail("\n".join(found), pytrace=False)
