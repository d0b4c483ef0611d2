"""What came of a case, in whose words: her result, what stands entered in it, and what she was told before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cases.models import Case, CaseState, Decision
from cases.services import service_of
from cases.services.base import Words
from cases.services.results import in_words

# So many of the newest words stand above what she is to do; the others stay in her messages.
LATELY = 3


@dataclass(frozen=True)
class Said:
    """What one office, or an adviser, who speaks for none, wrote to her, and when."""

    who: str
    at: datetime
    words: str


@dataclass(frozen=True)
class Figures:
    """What one office entered of a result outside: each line with what it says."""

    who: str
    at: datetime
    lines: tuple[tuple[Words, str], ...]


@dataclass(frozen=True)
class Result:
    """All that she is given, the newest first; `before` is what she could read already when it was written."""

    figures: tuple[Figures, ...] = ()
    words: tuple[Said, ...] = ()
    before: tuple[Said, ...] = ()

    @property
    def given(self) -> tuple[Figures | Said, ...]:
        """What decides: without figures and words of the result, what she could read before."""
        return (*self.figures, *self.words) or self.before

    @property
    def is_there(self) -> bool:
        """Whether there is anything to read or to print."""
        return bool(self.figures or self.words or self.before)


def result_of(case: Case) -> Result:
    """Return the result of a case; nothing before it is decided."""
    if not case.released_answers and case.state not in (CaseState.DECIDED, CaseState.CLOSED):
        return Result()
    at_once = read_at_once(case)
    words = [pk for pk in case.released_answers if pk not in at_once]
    return Result(figures_of(case), said_in(case, words), said_in(case, at_once))


def figures_of(case: Case) -> tuple[Figures, ...]:
    """Return what was entered of results outside, by the last conclusion of each step that asks for it."""
    declared = service_of(case).results
    if not declared or case.state not in (CaseState.DECIDED, CaseState.CLOSED):
        return ()
    decisions = case.decisions.filter(node__in=declared).select_related("agency", "reviewer")
    last = {decision.node: decision for decision in decisions.order_by("decided_at", "pk")}
    found = []
    for decision in sorted(last.values(), key=lambda each: each.pk, reverse=True):
        read = [(entered.label, in_words(entered, decision.details)) for entered in declared[decision.node]]
        if lines := tuple((label, words) for label, words in read if words):
            found.append(Figures(whose(decision), decision.decided_at, lines))
    return tuple(found)


def said_lately(case: Case) -> tuple[Said, ...]:
    """Return what she was told since she last did a step of hers, or else the last that she was told, newest first.

    What waits for approval is not among it.
    """
    own = case.decisions.filter(reviewer=case.applicant_id).order_by("-pk").values_list("pk", flat=True).first()
    at_once = read_at_once(case)
    since = [passage for passage, decision in at_once.items() if decision > (own or 0)]
    return said_in(case, since or list(at_once)[-1:])[:LATELY]


def read_at_once(case: Case) -> dict[int, int]:
    """Return the words to her that needed nobody's approval, the oldest first, each with its conclusion."""
    events = case.events.filter(verb="decision_made", facts__read_at_once=True).order_by("position")
    made = [event.facts["decision"] for event in events]
    if not made:
        return {}
    decisions = case.decisions.filter(pk__in=made, answer__isnull=False).order_by("pk")
    return {answer: decision for answer, decision in decisions.values_list("answer", "pk") if answer is not None}


def said_in(case: Case, passages: Collection[int]) -> tuple[Said, ...]:
    """Return these words to her with whose they are, the newest first; words that were erased are missing."""
    if not passages:
        return ()
    decisions = case.decisions.filter(answer__in=passages).select_related("agency", "reviewer", "answer")
    found = [
        Said(whose(decision), decision.decided_at, decision.answer.body)
        for decision in decisions.order_by("-decided_at", "-pk")
        if decision.answer is not None
    ]
    return tuple(said for said in found if said.words)


def whose(decision: Decision) -> str:
    """Return the office that concluded; an adviser, who speaks for no office, by name."""
    return decision.agency.name if decision.agency else decision.reviewer.full_name
