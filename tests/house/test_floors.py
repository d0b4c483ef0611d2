"""Imports run downhill, at the top of the file, and never in a circle."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import PACKAGES, ROOT, is_migration, module_name, place, product_files, tree

Import = ast.Import | ast.ImportFrom
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def test_no_contract_of_the_floors_is_broken() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_imports_stand_at_the_top_of_the_file() -> None:
    """The only exception is AppConfig.ready, which runs once every model is there."""
    inside = [
        place(path, statement.lineno)
        for path in product_files(".py")
        for function, statement in imports_in_functions(tree(path))
        if not (path.name == "apps.py" and function == "ready")
    ]
    assert inside == []


def test_no_module_imports_itself_by_a_detour() -> None:
    """Counted with the imports inside functions and under TYPE_CHECKING: a hidden circle is a circle."""
    paths = {module_name(path): path for path in product_files(".py") if not is_migration(path)}
    graph = {name: imported_modules(path, name, set(paths)) for name, path in paths.items()}
    circles = [sorted(circle) for circle in strongly_connected(graph) if len(circle) > 1]
    assert circles == []
    assert not [name for name, targets in graph.items() if name in targets]


def imports_in_functions(module: ast.Module) -> Iterator[tuple[str, Import]]:
    """Yield (name of the function, import) for every import that stands inside a function."""
    for function in ast.walk(module):
        if isinstance(function, Function):
            for statement in ast.walk(function):
                if isinstance(statement, Import):
                    yield getattr(function, "name", "lambda"), statement


def imported_modules(path: Path, name: str, known: set[str]) -> set[str]:
    """Return which of the known modules this one imports, wherever in the file."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for statement in ast.walk(tree(path)):
        if isinstance(statement, ast.Import):
            candidates = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - statement.level + 1] if statement.level else []
            base = ".".join([*above, *([statement.module] if statement.module else [])])
            # `from package import name` may mean a module of the package or a name in its __init__.
            candidates = [
                f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in statement.names
            ]
        else:
            continue
        found |= {candidate for candidate in candidates if candidate.split(".")[0] in PACKAGES}
    return found & known


def strongly_connected(graph: dict[str, set[str]]) -> list[set[str]]:
    """Return the strongly connected parts of the graph: two modules share one when each reaches the other."""
    reach = {name: reachable(graph, name) for name in graph}
    parts: list[set[str]] = []
    for name in graph:
        if not any(name in part for part in parts):
            parts.append({name} | {other for other in reach[name] if name in reach[other]})
    return parts


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    """Return every module that the start imports, directly or through others."""
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph[name]
    return seen
