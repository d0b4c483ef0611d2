"""The Chromium of this machine, and the screens of our people."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HER_PHONE = {"width": 360, "height": 740}
OFFICE = {"width": 1366, "height": 768}


def chromium() -> str:
    """Return the path of a Chromium of this machine, or an empty text."""
    wanted = os.environ.get("CHROMIUM", "")
    return wanted or next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
    )
