"""The story of a case as a body outside reads it: its own step, and what it and she said to each other."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from cases.models import Case, Membership, TimelineEvent
from cases.policy import Reading
from workflows.queries.story import Line, lines_of
from workflows.queries.unanswered import HERS, went_to


def is_theirs(event: TimelineEvent, offices: Collection[int]) -> bool:
    """Return whether something that happened in a case was between her and one of these offices alone."""
    if event.verb == HERS:
        return went_to(event.facts, offices)
    if event.verb == "information_answered":
        return event.facts["resumed"]["agency"] in offices
    return event.agency_id in offices


def own_lines(case: Case, reads: Reading) -> list[Line]:
    """Return what these bodies did with a case and what she answered them, the newest first. Four queries."""
    colleagues = set(Membership.objects.filter(agency__in=reads.offices).values_list("user", flat=True))
    known = {*colleagues, case.applicant_id, None}
    own = (line for line in lines_of(case) if is_theirs(line.event, reads.offices))
    # Who agreed to a question, or reminded of it, is somebody of another office.
    return [line if line.event.actor_id in known else replace(line, person="", office="") for line in own]


def words_between(events: Iterable[TimelineEvent], offices: Collection[int]) -> Iterator[int]:
    """Yield the ids of the words that she and these offices wrote to each other."""
    for event in events:
        if is_theirs(event, offices):
            yield from map(int, event.facts.get("words", {}))
