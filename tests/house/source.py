"""The product's own files, read once: what the house rules look at."""

import ast
import os
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("project", "cases", "workflows", "notifications")
# Made by running the product or its tools; no part of the repository.
MADE = {
    ".git",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "node_modules",
    "var",
}


@cache
def files(*suffixes: str) -> tuple[Path, ...]:
    """Return the repository's files with these endings; all of them when none is named."""
    found: list[Path] = []
    for folder, inner, names in os.walk(ROOT):
        inner[:] = sorted(set(inner) - MADE)
        found += [Path(folder, name) for name in sorted(names) if not suffixes or Path(name).suffix in suffixes]
    return tuple(found)


@cache
def product_files(*suffixes: str) -> tuple[Path, ...]:
    """Return those that stand in one of the four packages."""
    return tuple(path for path in files(*suffixes) if path.relative_to(ROOT).parts[0] in PACKAGES)


@cache
def text(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(text(path), filename=str(path))


def place(path: Path, line: int | None = None) -> str:
    """Return a file's place in the repository as one types it, with the line if there is one."""
    name = path.relative_to(ROOT).as_posix()
    return name if line is None else f"{name}:{line}"


def is_migration(path: Path) -> bool:
    """Return whether the file is a migration."""
    return "migrations" in path.relative_to(ROOT).parts


def module_name(path: Path) -> str:
    """Return the dotted name of a Python file: cases/models/case.py is cases.models.case."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
