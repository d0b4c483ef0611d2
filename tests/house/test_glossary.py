"""One word per thing: the words that the glossary forbids name nothing in our code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import PACKAGES, ROOT, is_migration, place, product_files, text, tree

GLOSSARY = ROOT / "docs" / "glossary.md"
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
IN_BACKTICKS = re.compile(r"`([^`]+)`")


def rows() -> list[list[str]]:
    """Return the cells of the glossary's table, row by row."""
    lines = [line for line in text(GLOSSARY).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def forbidden_words() -> set[str]:
    """Return the words in backticks of the column "never". The others are advice: they mean other things, too."""
    return {word.lower() for row in rows() for word in IN_BACKTICKS.findall(row[3])}


def named_things(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the names of the classes, functions, arguments and class attributes of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            yield node.name, node.lineno
            for statement in node.body:
                targets = statement.targets if isinstance(statement, ast.Assign) else []
                targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
                yield from ((target.id, target.lineno) for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            yield from ((argument.arg, argument.lineno) for argument in arguments)


def test_the_table_has_four_columns_and_every_row_is_full() -> None:
    assert rows()
    assert [row for row in rows() if len(row) != 4 or not all(row)] == []


def test_forbidden_words_name_nothing() -> None:
    forbidden = forbidden_words()
    assert forbidden
    named = [
        f"{place(path, line)}: {name}"
        for path in product_files(".py")
        if not is_migration(path)
        for name, line in named_things(path)
        if forbidden & {word.lower() for word in WORD.findall(name)}
    ]
    assert named == []


def test_every_class_in_the_glossary_exists() -> None:
    classes = {
        node.name for path in product_files(".py") for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)
    }
    named = {word.split(".")[0] for row in rows() for word in IN_BACKTICKS.findall(row[0]) if word[:1].isupper()}
    assert named - classes == set()


def test_every_package_is_explained() -> None:
    """The four floors are named in the README's map, where a newcomer looks first."""
    assert [package for package in PACKAGES if f"{package}/" not in text(ROOT / "README.md")] == []
