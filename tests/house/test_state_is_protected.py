"""The state of a case is written by its transitions and by nothing else."""

import ast
import re
from collections.abc import Iterator

from tests.house.source import is_migration, place, product_files, tree

SOURCES = tuple(path for path in product_files(".py") if not is_migration(path))
# SQL that writes the table of cases, whatever it writes: the state is one of its columns.
WRITES_CASES = re.compile(r"\b(update|insert\s+into|replace\s+into)\s+[\"'`\[]?cases_case\b", re.IGNORECASE)


def test_nobody_updates_the_state_through_a_queryset() -> None:
    bypasses = [
        place(path, call.lineno)
        for path in SOURCES
        for call in calls(tree(path), "update", "update_or_create")
        for keyword in call.keywords
        # Also as `update(**{"state": …})` and `update_or_create(defaults={"state": …})`.
        if keyword.arg == "state" or (keyword.arg in (None, "defaults") and "state" in names(keyword.value))
    ]
    assert bypasses == []


def test_nobody_bulk_updates_the_state() -> None:
    bypasses = [
        place(path, call.lineno)
        for path in SOURCES
        for call in calls(tree(path), "bulk_update")
        if any("state" in names(part) for part in [*call.args, *(keyword.value for keyword in call.keywords)])
    ]
    assert bypasses == []


def test_nobody_reaches_around_the_protection() -> None:
    """Neither `setattr(case, "state", …)` nor `case.__dict__["state"] = …`, and no one assigns `.state`."""
    bypasses = []
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and called(node) in ("setattr", "__setattr__"):
                if any("state" in names(part) for part in node.args):
                    bypasses.append(place(path, node.lineno))
            elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(writes_state(target) for target in targets):
                    bypasses.append(place(path, node.lineno))
    assert bypasses == []


def test_no_raw_sql_writes_a_case() -> None:
    bypasses = [
        place(path, node.lineno)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITES_CASES.search(node.value)
    ]
    assert bypasses == []


def calls(module: ast.Module, *methods: str) -> Iterator[ast.Call]:
    """Yield the calls of these names."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and called(node) in methods:
            yield node


def called(call: ast.Call) -> str:
    """Return the last word of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def names(part: ast.AST) -> set[str]:
    """Return the texts that stand alone in this part of the code, keys and list entries included."""
    return {node.value for node in ast.walk(part) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def writes_state(target: ast.expr) -> bool:
    """Return whether the assignment goes to `something.state` or `something["state"]` of a `__dict__`."""
    if isinstance(target, ast.Attribute):
        return target.attr == "state"
    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute):
        return target.value.attr == "__dict__" and "state" in names(target.slice)
    return False
