"""The tables are what the models say, and an old migration never needs yesterday's libraries."""

import ast
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.house.source import is_migration, place, product_files, tree

MIGRATIONS = tuple(path for path in product_files(".py") if is_migration(path) and path.name != "__init__.py")


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration() -> None:
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out, stderr=out)
    except SystemExit:
        pytest.fail(f"make a migration:\n{out.getvalue()}")


def test_there_are_migrations_to_look_at() -> None:
    assert {path.parent.parent.name for path in MIGRATIONS} >= {"cases", "workflows", "notifications"}


@pytest.mark.parametrize("path", MIGRATIONS, ids=place)
def test_a_migration_imports_no_engine(path: Path) -> None:
    """Tables outlive the libraries that once filled them."""
    imported = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.split(".")[0])
    assert not imported & {"django_fsm", "viewflow"}
