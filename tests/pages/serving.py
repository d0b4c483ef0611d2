"""Starts the product in a process of its own, as a newcomer would: no test database, no test client."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120


@dataclass(frozen=True)
class Site:
    """A running product: where it is, and what its scene wrote down about itself."""

    url: str
    notes: dict[str, Any]


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: Sequence[str], *, folder: Path, settings: str = "project.settings") -> Iterator[Site]:
    """Run a command that serves the product on the port that is its last argument, until the block ends."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": settings, "PYTHONUNBUFFERED": "1"}
    log = folder / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, *command, str(port)], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(server, url, log)
            notes = folder / "notes.json"
            yield Site(url, json.loads(notes.read_text(encoding="utf-8")) if notes.exists() else {})
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    patient_until = time.monotonic() + PATIENCE
    while time.monotonic() < patient_until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/thoi-tiet/", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"the product did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}")
