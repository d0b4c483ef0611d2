"""The day she was promised, and what she is told when it is put off: one source for the preview and for her."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import TimelineEvent

Words = str | Promise

MOVED, MISSED = "promise_moved", "promise_missed"
NOT_READY = "NOT_READY"
# Why a day could not be kept, by the code that the record keeps, in words that she reads after "because".
REASONS: Mapping[str, Words] = {
    "WAITING_FOR_OFFICE": gettext_lazy("another office has not answered us yet"),
    "NEEDS_TIME": gettext_lazy("this takes longer than we thought"),
    "SICKNESS": gettext_lazy("somebody who works on it is away"),
    NOT_READY: gettext_lazy("the work is not finished"),
}


@dataclass(frozen=True)
class PutOff:
    """One time that a promised day was put off, with an apology."""

    was: date
    day: date
    reason_code: str
    # The how-manieth apology of the case.
    apology: int
    at: datetime
    # The worker did it, because nobody else had.
    by_itself: bool
    # The old day had passed already.
    late: bool
    # What somebody wrote to her with it; nobody where it went by itself.
    words: tuple[int, ...] = ()

    @property
    def why(self) -> Words:
        """Why, in words that follow "because"."""
        return REASONS.get(self.reason_code, REASONS[NOT_READY])


def put_offs(events: Iterable[TimelineEvent]) -> list[PutOff]:
    """Return how often and why the promised day of a case was put off, the oldest first; `events` in their order."""
    return [put_off_of(event) for event in events if event.verb == MOVED]


def put_off_of(event: TimelineEvent) -> PutOff:
    """Return what an event says of a day that was put off."""
    facts = event.facts
    return PutOff(
        was=date.fromisoformat(facts["was"]),
        day=date.fromisoformat(facts["promised_on"]),
        reason_code=str(facts.get("reason_code", "")),
        apology=int(facts.get("apology", 1)),
        at=event.at,
        by_itself=event.actor_id is None,
        late=bool(facts.get("late")),
        words=tuple(int(pk) for pk in facts.get("words", {})),
    )


def apology(day: date, reason_code: str) -> str:
    """Return what she is told when a day is put off, the promised new day in it."""
    why = REASONS.get(reason_code, REASONS[NOT_READY])
    sorry = _("We are sorry: your case is not done by the promised day, because %(why)s.") % {"why": why}
    return f"{sorry} " + _("The new day: %(day)s.") % {"day": date_format(day, "d/m/Y")}


def missed(facts: Mapping[str, Any]) -> str:
    """Return what she is told when a promised day has passed."""
    day = date_format(date.fromisoformat(facts["was"]), "d/m/Y")
    return _("We have not kept the day we promised you, %(day)s. The supervisor has been told.") % {"day": day}
