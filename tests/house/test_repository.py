"""What may not stand in the repository."""

import re

import pytest

from tests.house.source import files, is_migration, place, product_files, text

WRITTEN = files(".py", ".pyi", ".md", ".toml", ".txt", ".in", ".html", ".css", ".js", ".json", ".po", ".svg", ".sh", "")
LONGEST = 400

# Written in pieces, because this file is looked at, too.
LEFT_OPEN = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
REGISTRY = re.compile(
    r"pypi\.(org|python)|pythonhosted\.|registry\.(npm|yarn)|npmjs\.|crates\.i"
    r"o|proxy\.golang|--(extra-)?index-url [^\n]*://"
)
MACHINE_PATH = re.compile(r"(?<![\w.\-/])/(ro" r"ot|wo" r"rk|fa" r"rm|ho" r"me)/")


def places_of(pattern: re.Pattern[str]) -> list[str]:
    """Return where the pattern stands in the written files of the repository."""
    return [
        place(path, text(path).count("\n", 0, match.start()) + 1)
        for path in WRITTEN
        for match in pattern.finditer(text(path))
    ]


@pytest.mark.parametrize(
    "pattern",
    [LEFT_OPEN, REGISTRY, MACHINE_PATH],
    ids=["work left open", "package registry", "path of a machine"],
)
def test_it_holds_none_of(pattern: re.Pattern[str]) -> None:
    assert places_of(pattern) == []


def test_no_file_has_grown_large() -> None:
    large = {
        place(path): len(text(path).splitlines())
        for path in product_files(".py", ".html", ".css")
        if not is_migration(path) and "vendor" not in path.parts and len(text(path).splitlines()) > LONGEST
    }
    assert large == {}


def test_what_others_wrote_comes_with_its_licence() -> None:
    """Every file below a folder named vendor has a LICENSE beside it or further up in that folder."""
    bare = [
        place(path)
        for path in files()
        if "vendor" in path.parts
        and not any(list(folder.glob("LICEN[SC]E*")) for folder in path.parents if "vendor" in folder.parts)
    ]
    assert bare == []


def test_every_requirement_is_pinned_with_its_hash() -> None:
    for path in files(".txt"):
        if path.parent.name == "requirements":
            pinned = [line for line in text(path).splitlines() if re.match(r"[a-z0-9]", line)]
            assert pinned
            assert [line for line in pinned if "==" not in line or not line.endswith("\\")] == []
