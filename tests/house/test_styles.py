"""The stylesheets are those made from their sources."""

import hashlib
import re

import pytest

from tests.house.source import ROOT

STYLES = ROOT / "project" / "styles"
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
