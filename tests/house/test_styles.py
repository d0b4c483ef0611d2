"""The stylesheets are those made from their sources."""

import ast
import hashlib
import re
from collections.abc import Iterator

import pytest
from django.contrib.messages.constants import DEFAULT_TAGS

from tests.house.source import ROOT, product_files, text, tree

STYLES = ROOT / "project" / "styles"
# The value of a class attribute, with the tags of the template that stand in it; the block that names a page's look.
CLASSES = re.compile(r'class="((?:[^"{]|\{%.*?%\}|\{\{.*?\}\})*)"|\{% block look %\}(.*?)\{%', re.DOTALL)
TAGS = re.compile(r"\{%.*?%\}", re.DOTALL)
FILLED_IN = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# Where Python names a class that a template fills in.
NAMING = {"forms", "queries", "services", "templatetags", "views"}
SOURCES = sorted(
    str(path.relative_to(STYLES))
    for path in [STYLES / "package.json", *STYLES.glob("*.scss"), *STYLES.glob("applicant/*"), *STYLES.glob("office/*")]
)


@pytest.mark.parametrize("name", ["dong-hanh.css", "office.css"])
def test_a_stylesheet_was_made_from_the_sources_as_they_are(name: str) -> None:
    fingerprint = hashlib.sha256(b"".join((STYLES / source).read_bytes() for source in SOURCES)).hexdigest()[:16]
    made = (ROOT / "project" / "static" / name).read_text()
    assert re.findall(r"Made from project/styles, (\w+)", made) == [fingerprint], "run `make styles`"


def test_every_source_is_used() -> None:
    roots = [(STYLES / f"{name}.scss").read_text() for name in ("applicant", "office")]
    used = {use for root in roots for use in re.findall(r'@use "([^"]+)"', root)}
    parts = {f"{path.parent.name}/{path.stem.removeprefix('_')}" for path in STYLES.glob("*/_*.scss")}
    assert parts == used - {"govuk"}


def named() -> Iterator[str]:
    """Yield the classes that templates, scripts and Python name; one that a template completes ends with a hyphen."""
    yield from DEFAULT_TAGS.values()
    for path in product_files(".html"):
        for found in CLASSES.findall(text(path)):
            yield from FILLED_IN.sub(" ", TAGS.sub(" ", "".join(found))).split()
    for path in product_files(".js"):
        yield from re.findall(r"[\w-]+", text(path))
    for path in product_files(".py"):
        if NAMING & set(path.parts):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from node.value.split()


def test_every_class_that_has_a_style_is_used() -> None:
    names = set(named())
    begun = tuple(name for name in names if name.endswith("-") and len(name) > 2)
    styled = {
        name
        for path in STYLES.glob("*/_*.scss")
        for selector in re.findall(r"[^{}]*(?=\{)", re.sub(r"/\*.*?\*/|//[^\n]*", "", text(path), flags=re.DOTALL))
        for name in re.findall(r"\.([a-zA-Z][\w-]*)", selector)
    }
    assert sorted(name for name in styled - names if not name.startswith(begun)) == []


def test_every_component_of_govuk_frontend_is_used() -> None:
    layer = text(STYLES / "_govuk.scss").partition("@layer govuk")[2]
    parts = {f"govuk-{part}" for part in re.findall(r'"(?:[^"]*/)?([a-z-]+)"', layer)}
    assert len(parts) > 10
    assert sorted(parts - set(named())) == []
