"""Reading a page without a browser: fetch it, send its form empty, and take its words apart."""

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

from tests.pages.rows import Row
from tests.pages.serving import Site

VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "line", "use"})
SILENT = frozenset({"script", "style", "template"})
# Where one text ends and the next begins.
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "br", "button", "caption", "dd", "details", "div", "dl"),
        *(
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "header",
            "html",
            "label",
        ),
        *("legend", "li", "main", "nav", "ol", "option", "p", "section", "select", "summary", "table", "tbody", "td"),
        *("text", "textarea", "tfoot", "th", "thead", "title", "tr", "ul"),
    }
)
SPOKEN_ATTRIBUTES = ("aria-label", "alt", "title", "placeholder")
TYPED = frozenset({"textarea"})


@dataclass(frozen=True)
class Words:
    """One text of a page: a paragraph, a cell, a label, an attribute."""

    text: str
    language: str
    place: str


@dataclass
class Form:
    """A form of a page: where it goes, and what it sends unseen."""

    action: str
    posts: bool
    name: str
    hidden: dict[str, str] = field(default_factory=dict)
    # Whether it has a real button, and not only one that looks like a link.
    sends: bool = False


class _Reader(HTMLParser):
    """Collects the texts of a page block by block, each with the language it is marked as."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Words] = []
        self.forms: list[Form] = []
        self._open: list[tuple[str, str]] = []
        self._piece: list[str] = []
        self._piece_language = ""

    @property
    def _language(self) -> str:
        return self._open[-1][1] if self._open else ""

    def _end_piece(self) -> None:
        text = " ".join("".join(self._piece).split())
        if text:
            self.found.append(Words(text, self._piece_language, self._open[-1][0] if self._open else ""))
        self._piece = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self._language)
        if tag in BLOCKS or language != self._language or "govuk-visually-hidden" in given.get("class", ""):
            self._end_piece()
        for name in SPOKEN_ATTRIBUTES:
            if given.get(name):
                self.found.append(Words(" ".join(given[name].split()), language, f"{tag}[{name}]"))
        self._note_form(tag, given)
        if tag not in VOID:
            self._open.append((tag, language))

    def _note_form(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form":
            posts = given.get("method", "get").lower() == "post"
            self.forms.append(Form(given.get("action", ""), posts, given.get("id", "")))
        elif self.forms and tag == "input" and given.get("type") == "hidden" and "name" in given:
            self.forms[-1].hidden.setdefault(given["name"], given.get("value", ""))
        elif self.forms and tag == "button" and "govuk-button" in given.get("class", "").split():
            self.forms[-1].sends = True

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._end_piece()
        while any(name == tag for name, _language in self._open):
            name, language = self._open.pop()
            if name == tag:
                if language != self._language:
                    self._open.append((name, language))
                    self._end_piece()
                    self._open.pop()
                break

    def handle_data(self, data: str) -> None:
        if any(name in SILENT for name, _language in self._open):
            return
        if not "".join(self._piece).strip():
            self._piece_language = self._language
        self._piece.append(data)


def texts(page: str) -> list[Words]:
    """Return every text of a page."""
    reader = _Reader()
    reader.feed(page)
    reader._end_piece()
    return reader.found


class Visitor:
    """Opens pages by HTTP as the person of a row, in one language."""

    def __init__(self, site: Site, *, language: str) -> None:
        self._site = site
        self._language = language

    def _send(self, path: str, row: Row, body: str = "", token: str = "") -> tuple[int, str, str]:
        session = self._site.notes["sessions"][row.who]
        cookies = {"sessionid": session, "django_language": self._language, "csrftoken": token}
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items() if value)}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(urlsplit(self._site.url).netloc, timeout=30)
        connection.request("POST" if body else "GET", path, body=body or None, headers=headers)
        answer = connection.getresponse()
        page = answer.read().decode("utf-8", errors="replace")
        connection.close()
        if not body and answer.status == 302:
            return self._send(answer.headers["Location"], row)
        given = re.search(r"csrftoken=(\w+)", answer.headers.get("Set-Cookie", ""))
        return answer.status, page, given.group(1) if given else ""

    def opened(self, row: Row) -> tuple[int, str]:
        """Return status and text of the page of a row, its form sent empty where the row says so."""
        if row.press.startswith("#to-"):
            status, page, _token = self._send(f"/hong/{row.status}/", row, body=urlencode({"words": "x " * 20}))
            return status, page
        path = self._site.notes["places"][row.name]
        status, page, token = self._send(path, row)
        if not row.wrong:
            return status, page
        reader = _Reader()
        reader.feed(page)
        wanted = row.wrong.removeprefix("#") if row.wrong.startswith("#") else ""
        form = next(form for form in reader.forms if form.posts and form.sends and (not wanted or form.name == wanted))
        status, page, _token = self._send(form.action or path, row, body=urlencode(form.hidden), token=token)
        return status, page


# A full stop ends a sentence also where the next text follows at once, as from one block to the next.
SENTENCE_ENDS = re.compile(r"(?<=[.!?…:;])\s+|(?<=[.!?])(?=[A-ZÀ-Ỹ])|\s[·–|]\s|\n")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; a colon ends one, too, for a list follows it."""
    for sentence in SENTENCE_ENDS.split(text):
        if sentence and sentence.strip():
            yield sentence.strip()
