"""The English texts of the source and their Vietnamese, without xgettext: it is missing on a bare machine."""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import django.conf
from django.utils.translation.template import templatize

from tests.house.source import ROOT, is_migration, place, product_files, text, tree

PO = ROOT / "project" / "locale" / "vi" / "LC_MESSAGES" / "django.po"
DJANGO_S_PO = Path(django.conf.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"

PLAIN = ("_", "gettext", "gettext_lazy", "gettext_noop")
WITH_CONTEXT = ("pgettext", "pgettext_lazy")
PLURAL = ("ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy")
QUOTED = r"""u?((?:'(?:[^'\\]|\\.)*')|(?:"(?:[^"\\]|\\.)*"))"""
IN_TEMPLATES = re.compile(rf"(?<![\w.])(_|gettext|pgettext|ngettext|npgettext)\(\s*{QUOTED}(?:\s*,\s*{QUOTED})?")
# gettext's own separator between the context of a text and the text.
CONTEXT_ENDS = "\x04"


@dataclass(frozen=True)
class Source:
    """One English text and where it stands."""

    msgid: str
    where: str
    plural: bool = False


@dataclass
class Entry:
    """One entry of a .po file."""

    msgid: str = ""
    msgstr: str = ""
    context: str = ""
    flags: set[str] = field(default_factory=set)

    @property
    def key(self) -> str:
        """The text under which the .mo file holds the entry."""
        return f"{self.context}{CONTEXT_ENDS}{self.msgid}" if self.context else self.msgid


def sources() -> list[Source]:
    """Return every translatable text of the product."""
    found: list[Source] = []
    for path in product_files(".py"):
        if not is_migration(path):
            found += in_python(path)
    for path in product_files(".html", ".txt", ".svg", ".xml"):
        if "templates" in path.parts:
            found += in_template(path)
    return found


def in_python(path: Path) -> Iterator[Source]:
    """Yield the texts of a Python file: the first argument of every gettext call."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if name in PLAIN and len(texts) == 1:
            yield Source(texts[0], place(path, node.lineno))
        elif name in WITH_CONTEXT and len(texts) == 2:
            yield Source(CONTEXT_ENDS.join(texts), place(path, node.lineno))
        elif name in PLURAL and texts:
            yield Source(texts[0], place(path, node.lineno), plural=True)


def in_template(path: Path) -> Iterator[Source]:
    """Yield the texts of a template, as Django itself hands them to xgettext."""
    code = templatize(text(path), origin=place(path))
    for name, first, second in IN_TEMPLATES.findall(code):
        texts = [ast.literal_eval(quoted) for quoted in (first, second) if quoted]
        if name.startswith("n"):
            yield Source(texts[0], place(path), plural=True)
        elif name == "pgettext":
            yield Source(CONTEXT_ENDS.join(texts), place(path))
        else:
            yield Source(texts[0], place(path))


def entries(po: Path = PO) -> list[Entry]:
    """Return the entries of a .po file, ours if none is named, without its head and without obsolete ones."""
    found: list[Entry] = []
    entry, part = Entry(), ""
    for line in [*text(po).splitlines(), ""]:
        if not line.strip():
            if entry.msgid:
                found.append(entry)
            entry, part = Entry(), ""
        elif line.startswith("#,"):
            entry.flags |= {flag.strip() for flag in line[2:].split(",")}
        elif line.startswith("#"):
            continue
        else:
            if not line.startswith('"'):
                part, line = line.split(" ", 1)
            value = ast.literal_eval(line)
            if part == "msgid":
                entry.msgid += value
            elif part == "msgctxt":
                entry.context += value
            elif part.startswith("msgstr"):
                entry.msgstr += value
    return found


def compiled() -> dict[str, str]:
    """Return what the .mo file holds, without its head."""
    with PO.with_suffix(".mo").open("rb") as file:
        catalog = vars(gettext.GNUTranslations(file))["_catalog"]
    return {msgid: msgstr for msgid, msgstr in catalog.items() if msgid}
