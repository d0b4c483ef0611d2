"""docs/experience.md names only tests that exist, and says something of each of the twenty things."""

import ast
import re

from tests.house.source import ROOT, text, tree

PAGE = ROOT / "docs" / "experience.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(text(PAGE))
    assert named
    missing = []
    for path, name in named:
        file = ROOT / path
        nodes = ast.walk(tree(file)) if file.exists() else ()
        if name not in {node.name for node in nodes if isinstance(node, ast.FunctionDef)}:
            missing.append(f"{path}::{name}")
    assert missing == []


def test_each_of_the_twenty_is_held_by_a_test() -> None:
    rows = re.findall(r"^\| (\d+) \|[^|]+\|(.+)\|$", text(PAGE), re.MULTILINE)
    assert [int(number) for number, _tests in rows] == list(range(1, 21))
    assert [number for number, tests in rows if not NAMED.search(tests)] == []
