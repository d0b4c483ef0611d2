"""What the product costs, measured in databases of their own."""

import os
import tempfile
from pathlib import Path

import django
import psycopg

_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


def _database() -> str:
    """Return where to measure when nobody says: PostgreSQL if it answers, otherwise SQLite."""
    try:
        psycopg.connect(_SERVER, connect_timeout=2).close()
    except psycopg.OperationalError:
        return f"sqlite:///{Path(tempfile.gettempdir()) / 'dong-hanh-benchmark.sqlite3'}"
    return _SERVER


if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = _database()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()
