"""Who hears of an event."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Q

from cases.models import Case, Membership, TimelineEvent
from cases.services import service_of

# What the applicant is always told; of decisions she is told those her service has words for. Of what colleagues
# note among themselves she is told nothing, not even that it was.
TOLD_TO_HER = frozenset({"information_requested", "case_expired", "message_written"})


def hears_of_it(event: TimelineEvent, case: Case) -> set[int]:
    """Return the ids of the people to tell.

    Those whose turn it is now, those whose work fell away, those to whom she wrote, and herself.
    """
    people: set[int] = set()
    offices = Q()
    for item in _concerned(event):
        if item["person"] is not None:
            people.add(item["person"])
        elif item["agency"] is not None:
            offices |= Q(agency_id=item["agency"], role=item["role"])
    if offices:
        people.update(Membership.objects.today().filter(offices).values_list("user_id", flat=True))
    if is_told(event, case):
        people.add(case.applicant_id)
    # Nobody is told what she has just done herself.
    return people - {event.actor_id}


def items_for(event: TimelineEvent, person: int, agencies: Collection[int]) -> list[Mapping[str, Any]]:
    """Return the items of an event that wait for this person, or for an office she works at."""
    return [
        item
        for item in _waiting(event)
        if item["person"] == person or (item["person"] is None and item["agency"] in agencies)
    ]


def is_told(event: TimelineEvent, case: Case) -> bool:
    """Return whether the applicant hears of this event."""
    if event.verb == "decision_made":
        return told_key(event.facts) in service_of(case).told
    # What an officer sent for her at the counter she hears of, too.
    return event.verb in TOLD_TO_HER or (event.verb == "case_submitted" and event.on_behalf_of_id is not None)


def told_key(facts: Mapping[str, Any]) -> str:
    """Return under what name the service keeps its words for a decision."""
    return f"{facts['node']}.{facts['verdict']}"


def _waiting(event: TimelineEvent) -> Iterable[Mapping[str, Any]]:
    """Yield the items that this event opened, let go on, handed to somebody, or brought her words to."""
    facts = event.facts
    yield from facts.get("opened", [])
    if "resumed" in facts:
        yield facts["resumed"]
    if "assigned" in facts:
        yield facts["assigned"]
    yield from facts.get("read_by", [])


def _concerned(event: TimelineEvent) -> Iterable[Mapping[str, Any]]:
    yield from _waiting(event)
    if event.verb in ("case_withdrawn", "case_expired"):
        yield from event.facts.get("closed", [])
