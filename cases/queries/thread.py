"""The thread of a case as she reads it: what she wrote, what the office wrote, what was asked and answered."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Passage

# What stands in her thread, and the words above it that say more than who wrote. Notes never do.
HEADINGS: dict[str, str | Promise] = {
    "message_sent": "",
    "message_written": "",
    "information_requested": _("We need something from you"),
    "information_answered": _("Your answer"),
    "promise_moved": _("An apology, and a new day"),
}


@dataclass(frozen=True)
class Entry:
    """One person's words in the thread."""

    hers: bool
    who: str
    heading: str | Promise
    words: str
    at: datetime


def thread_of(case: Case) -> list[Entry]:
    """Return the thread, the oldest first. Of an officer she reads the office, and the name where it is given."""
    events = list(case.events.filter(verb__in=HEADINGS).select_related("actor", "agency").order_by("position"))
    written = [int(pk) for event in events for pk in event.facts.get("words", {})]
    bodies = Passage.objects.in_bulk(written)
    entries = []
    for event in events:
        names = [event.agency.name] if event.agency else []
        if event.actor is not None and (event.agency is None or event.agency.names_officers):
            names.append(event.actor.full_name)
        hers = event.actor_id == case.applicant_id
        for pk in event.facts.get("words", {}):
            if int(pk) in bodies:
                words = bodies[int(pk)].body
                entries.append(Entry(hers, ", ".join(names), HEADINGS[event.verb], words, event.at))
    return entries
