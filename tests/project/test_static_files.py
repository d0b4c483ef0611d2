"""In production every static file of ours carries its hash in its name and stands there compressed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT

SECRET = "0123456789abcdef" * 4


def test_production_gathers_names_and_compresses_what_is_handed_out(tmp_path: Path) -> None:
    secrets = dict.fromkeys(("SECRET_KEY", "CHAIN_KEY", "SEAL_KEY", "SLIP_KEY"), SECRET)
    environment = {**os.environ, **secrets, "ENVIRONMENT": "production", "VAR_DIR": str(tmp_path)}
    gathered = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert gathered.returncode == 0, gathered.stderr
    names = json.loads((tmp_path / "static" / "staticfiles.json").read_text())["paths"]
    for name in ("dong-hanh.css", "office.css", "live.js", "django_htmx/htmx-2.min.js"):
        assert names[name] != name
        assert (tmp_path / "static" / f"{names[name]}.gz").exists()
    # What viewflow brings for screens that nobody opens here stays out.
    assert [name for name in names if name.startswith(("viewflow", "account"))] == []
