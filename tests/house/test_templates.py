"""Every template compiles, and none carries what the content security policy would refuse."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.backends.django import DjangoTemplates

from tests.house.source import place, product_files, text

TEMPLATES = tuple(path for path in product_files(".html", ".txt", ".svg", ".xml") if "templates" in path.parts)
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE
)
ELSEWHERE = re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE)


def name_of(path: Path) -> str:
    """Return the name under which Django loads the template."""
    parts = path.parts
    return "/".join(parts[len(parts) - parts[::-1].index("templates") :])


def test_there_are_templates_to_look_at() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES, ids=place)
def test_a_template_compiles(path: Path) -> None:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    loaded = engine.get_template(name_of(path))
    assert Path(str(loaded.origin)) == path, "another template of this name is found first"


@pytest.mark.parametrize("path", TEMPLATES, ids=place)
def test_a_template_has_no_inline_style_or_script(path: Path) -> None:
    assert INLINE.findall(text(path)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=place)
def test_a_template_fetches_nothing_from_outside(path: Path) -> None:
    assert ELSEWHERE.findall(text(path)) == []
