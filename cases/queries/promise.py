"""The day she was promised, and what she is told when it is put off: one source for the preview and for her."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, TimelineEvent

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
    # The how-manieth apology of the same promise.
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


def first_to_apologise(case: Case) -> set[int]:
    """Return who put off the promise that stands for the first time, and in whose place; nobody if the worker did."""
    moved = case.events.filter(verb=MOVED).order_by("-position").values_list("actor_id", "on_behalf_of_id")
    first = list(moved[: case.apologies])[-1:]
    return {pk for people in first for pk in people if pk is not None}


@dataclass(frozen=True)
class DayGiven:
    """One day that she was promised, and how it came."""

    day: date
    at: datetime
    how: Words
    # Why it was put off to that day, where it was.
    put_off: PutOff | None = None

    @property
    def sentence(self) -> str:
        """How it came, in one sentence."""
        why = self.put_off.why if self.put_off else ""
        at = timezone.localdate(self.at)
        return str(self.how) % {"at": f"{at:%d/%m/%Y}", "day": f"{self.day:%d/%m/%Y}", "why": why}


HOW: Mapping[str, Words] = {
    "case_submitted": gettext_lazy("You sent it on %(at)s. You were to hear by %(day)s whether it is accepted."),
    "information_answered": gettext_lazy("You answered on %(at)s. The days we waited were added: %(day)s."),
    MOVED: gettext_lazy("On %(at)s we said sorry and promised %(day)s, because %(why)s."),
}
ACCEPTED: Words = gettext_lazy("It was accepted on %(at)s. We promised an answer by %(day)s.")
GIVEN_ANEW: Words = gettext_lazy("On %(at)s the day of the answer became %(day)s.")


def day_given_by(event: TimelineEvent, *, case: Case) -> DayGiven | None:
    """Return the day that stands as promised with an event; None where none is."""
    text = event.facts.get("promised_on")
    if not text:
        return None
    how = ACCEPTED if event.at == case.accepted_at else HOW.get(event.verb, GIVEN_ANEW)
    return DayGiven(date.fromisoformat(text), event.at, how, put_off_of(event) if event.verb == MOVED else None)


def apology(was: date, day: date, reason_code: str, *, late: bool) -> str:
    """Return what she is told when a day is put off, before it has passed or after; the promised new day in it."""
    given = {"was": date_format(was, "d/m/Y"), "why": REASONS.get(reason_code, REASONS[NOT_READY])}
    if late:
        sorry = _("We are sorry: your case was not done by %(was)s as promised, because %(why)s.") % given
    else:
        sorry = _("We are sorry: your case will not be done by %(was)s as promised, because %(why)s.") % given
    return f"{sorry} " + _("The new day: %(day)s.") % {"day": date_format(day, "d/m/Y")}


def apology_of(event: TimelineEvent) -> str:
    """Return what she was told when a day was put off."""
    said = put_off_of(event)
    return apology(said.was, said.day, said.reason_code, late=said.late)


def missed(facts: Mapping[str, Any], *, sealed: bool) -> str:
    """Return what she is told when a promised day has passed; of a sealed case no supervisor hears."""
    day = date_format(date.fromisoformat(facts["was"]), "d/m/Y")
    if sealed:
        return _("We have not kept the day we promised you, %(day)s. Those in charge have been told.") % {"day": day}
    return _("We have not kept the day we promised you, %(day)s. The supervisor has been told.") % {"day": day}
