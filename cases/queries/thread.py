"""The thread of a case as she reads it: what she wrote, what the office wrote, what was asked and answered."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Passage
from cases.services import service_of

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
    """Return the thread, the oldest first. Of an officer she reads the office, and the name where it is given.

    Words of a conclusion stand here where nobody has to approve them, with the reason and what she can do next.
    """
    in_it = Q(verb__in=HEADINGS) | Q(verb="decision_made", facts__read_at_once=True)
    events = list(case.events.filter(in_it).select_related("actor", "agency").order_by("position"))
    written = [int(pk) for event in events for pk in event.facts.get("words", {})]
    bodies = Passage.objects.in_bulk(written)
    entries = []
    for event in events:
        names = [event.agency.name] if event.agency else []
        if event.actor is not None and (event.agency is None or event.agency.names_officers):
            names.append(event.actor.full_name)
        hers = event.actor_id == case.applicant_id
        concluded = event.verb not in HEADINGS
        reason = service_of(case).reason(event.facts["reason_code"]) if concluded else None
        heading = reason.label if reason else HEADINGS.get(event.verb, "")
        for pk in event.facts.get("words", {}):
            # A conclusion has words for colleagues, too.
            if int(pk) in bodies and (not concluded or bodies[int(pk)].kind == Passage.Kind.ANSWER):
                words = "\n".join([bodies[int(pk)].body, *([str(reason.next_step)] if reason else [])])
                entries.append(Entry(hers, ", ".join(names), heading, words, event.at))
    return entries
