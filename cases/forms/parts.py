"""The parts of a draft, as her list shows them: what is done, what is begun, what she must mend."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.forms.filing import FROM_LAST, as_posted, doubts, page_form
from cases.models import Case
from cases.models.agency import Places
from cases.services import papers_for, service_of
from cases.services.base import Data, Page, SupportService, Words

# Kept beside the answers once she has been on the page of papers; no question, so it goes when she sends.
PAPERS_SEEN = "papers_seen"

# State: its word, its colour, its icon.
NOT_BEGUN: tuple[Words, str, str] = (_("Not begun"), "", "")
BEGUN: tuple[Words, str, str] = (_("Begun"), "sky", "")
COMPLETE: tuple[Words, str, str] = (_("Complete"), "jade", "check")
TO_MEND: tuple[Words, str, str] = (_("To mend"), "amber", "alert")

# What is said of a page that was filled in for her.
FILLED_IN: Words = _("Filled in from your last case: look whether it still holds")


@dataclass(frozen=True)
class Part:
    """One line of the list. `url` is empty where the part is not open yet."""

    group: Words
    title: Words
    url: str
    state: tuple[Words, str, str] | None
    note: Words = ""

    @property
    def tag(self) -> dict[str, Words]:
        """The state as a tag; empty where none is shown."""
        return dict(zip(("words", "colour", "icon"), self.state, strict=True)) if self.state else {}

    @property
    def to_mend(self) -> bool:
        """Whether she must look at it again."""
        return self.state == TO_MEND


@dataclass(frozen=True)
class Parts:
    """All parts of a draft."""

    lines: Sequence[Part]

    @property
    def groups(self) -> list[tuple[Words, list[Part]]]:
        """The parts under their headings."""
        return [(group, list(parts)) for group, parts in groupby(self.lines, key=lambda part: part.group)]

    @property
    def done(self) -> int:
        """How many are complete."""
        return sum(part.state == COMPLETE for part in self.lines)

    @property
    def cells(self) -> list[bool]:
        """One cell a part for the bar, the full ones first."""
        return [number < self.done for number in range(len(self.lines))]

    @property
    def next(self) -> Part:
        """The first part that needs her; the last one, the sending, when all others are complete."""
        return next((part for part in self.lines[:-1] if part.state != COMPLETE), self.lines[-1])


def parts_of(case: Case) -> Parts:
    """Return the parts that her answers so far call for."""
    service, data = service_of(case), case.answers.data
    places = Places.read()
    pages = [_page_part(case, page, data, places) for page in service.asked(data)]
    to_do = sum(part.state != COMPLETE for part in pages)
    check = Part(
        _("Send"),
        _("Check and send"),
        "" if to_do else reverse("cases:check", args=[case.key]),
        None if to_do else NOT_BEGUN,
        gettext("Opens when the %(number)s parts above are complete") % {"number": len(pages)} if to_do else "",
    )
    return Parts([*pages, _papers_part(case, data), check])


def _page_part(case: Case, page: Page, data: Data, places: Places) -> Part:
    url = reverse("cases:page", args=[case.key, page.slug])
    form = page_form(page, data, as_posted(page, data), places=places)
    if not any(name in data for name in form.fields):
        return Part(page.group, page.title, url, NOT_BEGUN)
    if form.is_valid():
        return Part(page.group, page.title, url, COMPLETE, _to_look_at(page, data))
    missing = [form.fields[name].label or name for name in form.errors if form.has_error(name, "required")]
    if len(missing) == len(form.errors):
        words = gettext("Still missing: %(what)s") % {"what": str(missing[0]).rstrip("?")}
        return Part(page.group, page.title, url, BEGUN, words)
    return Part(page.group, page.title, url, TO_MEND, str(next(iter(form.errors.values()))[0]))


def _to_look_at(page: Page, data: Data) -> Words:
    """Return why to look once more at a page that is complete; empty where nothing speaks for it."""
    doubt = next(iter(doubts(page, data).values()), "")
    return doubt or (FILLED_IN if page.slug in data.get(FROM_LAST, ()) else "")


def parts_to_look_at(service: SupportService, data: Data) -> list[tuple[Page, Words]]:
    """Return the pages at which she should look once more before she sends, each with why."""
    return [(page, why) for page in service.asked(data) if (why := _to_look_at(page, data))]


def _papers_part(case: Case, data: Data) -> Part:
    group, title, url = _("Papers, a photo is enough"), _("Papers"), reverse("cases:papers", args=[case.key])
    kinds = list(case.documents.values_list("kind", flat=True))
    missing = [paper for paper in papers_for(case) if paper.required_when(data) and paper.kind not in kinds]
    sent = gettext("%(number)s papers added") % {"number": len(kinds)} if kinds else ""
    if missing:
        words = gettext("Still missing: %(what)s") % {"what": missing[0].label}
        return Part(group, title, url, BEGUN if kinds or data.get(PAPERS_SEEN) else NOT_BEGUN, words)
    if kinds or data.get(PAPERS_SEEN):
        return Part(group, title, url, COMPLETE, sent or _("None added; none is needed"))
    return Part(group, title, url, NOT_BEGUN, _("None is needed to send the case"))
