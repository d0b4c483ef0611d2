"""Looking at one page in a real Chromium: accessibility, language, size, targets, print, high contrast, requests."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

VENDOR = Path(__file__).resolve().parent.parent / "vendor"
AXE = (VENDOR / "axe-core-4.14.1" / "axe.min.js").read_text(encoding="utf-8")
MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
NARROWEST = 320
PAPER = 718  # an A4 page between its margins, in CSS pixels


@dataclass
class Watch:
    """What happened while a page was open."""

    origin: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Note every request, console error and uncaught error of a page."""
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url.replace("ws://", "http://", 1)))
        page.on("console", lambda message: self._complain(message.type, message.text, message.location))
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _complain(self, kind: str, text: str, location: Any) -> None:
        # Chromium notes the status of the page itself, too; the row says which one it should be.
        about_itself = "the server responded with a status of" in text
        if kind in ("error", "warning") and not about_itself:
            self.complaints.append(f"{kind}: {text} {location.get('url', '')}")

    def left(self) -> list[str]:
        """Return the requests that went elsewhere."""
        return [url for url in self.requests if not url.startswith((f"{self.origin}/", "data:", "blob:"))]

    def forget(self) -> None:
        """Begin anew for the next page."""
        self.requests.clear()
        self.complaints.clear()


def axe(page: Page) -> list[str]:
    """Return the violations of WCAG 2.2 A and AA that axe finds; injected through the debugger, past no policy.

    In a window as tall as the page: what a bar at its edge covers just now can be scrolled out from under it.
    """
    size = page.viewport_size
    if size is not None:
        whole = page.evaluate("() => document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": max(size["height"], whole)})
    page.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
    found = page.evaluate(
        """tags => axe.run(document, {
            runOnly: {type: "tag", values: tags},
            rules: {"target-size": {enabled: true}},
            resultTypes: ["violations"],
        }).then(result => result.violations.map(rule => [
            rule.id, rule.help, rule.nodes.map(node => node.html.slice(0, 160) + " ← " + node.any.concat(node.all)
                .map(check => check.message).join("; ").slice(0, 160))]))""",
        list(TAGS),
    )
    if size is not None:
        page.set_viewport_size(size)
    return [f"axe {name} ({words}): {node}" for name, words, nodes in found for node in nodes[:4]]


def measured(page: Page, what: str, *given: Any) -> list[str]:
    """Return what one of the measures in measure.js has to say."""
    found: list[str] = page.evaluate(f"given => {{ {MEASURE}\n return {what}(...given); }}", list(given))
    return found


def looked_at(page: Page, *, hers: bool, language: str = "vi") -> list[str]:
    """Return everything that is wrong with the page as it stands."""
    found = axe(page) + measured(page, "frame", language) + measured(page, "letters", hers)
    if hers:
        found += measured(page, "targets")
    size = page.viewport_size
    for width in (NARROWEST,) if hers else (NARROWEST, 683):
        page.set_viewport_size({"width": width, "height": 640})
        found += measured(page, "fits", width)
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.emulate_media(media="print")
    found += measured(page, "printed", PAPER)
    page.emulate_media(media="screen", forced_colors="active")
    found += measured(page, "outlined")
    page.emulate_media(media="null", forced_colors="null")
    if size is not None:
        page.set_viewport_size(size)
    return found


def empty_and_send(page: Page, form: str) -> int:
    """Empty every box of a form and send it; return the status of the answer."""
    with page.expect_navigation() as gone:
        page.evaluate(
            """selector => {
                const form = document.querySelector(selector);
                for (const box of form.elements) {
                    if (box.type === "checkbox" || box.type === "radio") box.checked = false;
                    else if (box.matches("textarea, input:not([type=hidden], [type=file], [type=submit]), select"))
                        box.value = "";
                }
                form.noValidate = true;
                const sends = form.querySelector("[data-send]");
                form.requestSubmit(sends || form.querySelector("button.govuk-button:not(.govuk-button--secondary)"));
            }""",
            form,
        )
    assert gone.value is not None
    return gone.value.status
