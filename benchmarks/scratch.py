"""A database for one measurement: made, filled with the reference data and the cast, and dropped."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from project.demo.cast import Cast, gather


@contextmanager
def scratch_database() -> Iterator[Cast]:
    """Move the connection to a new database on the configured server, and drop it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        name = f"benchmark_{os.getpid()}"
        on_disk = str(Path(folder) / name) if connection.vendor == "sqlite" else name
        connection.settings_dict["TEST"]["NAME"] = on_disk
        usual = str(connection.settings_dict["NAME"])
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with redirect_stdout(io.StringIO()):
                call_command("load_reference", verbosity=0)
            yield gather()
        finally:
            connection.close()
            connection.creation.destroy_test_db(usual, verbosity=0)
