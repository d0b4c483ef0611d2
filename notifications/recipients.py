"""Who hears of an event."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Q

from cases.models import Case, Membership, TimelineEvent
from cases.services import service_of

# What the applicant is always told; of decisions she is told those her service has words for.
TOLD_TO_HER = frozenset({"information_requested", "case_expired"})


def hears_of_it(event: TimelineEvent, case: Case) -> set[int]:
    """Return the ids of the people to tell: those whose turn it is now, those whose work fell away, and her."""
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
    resumed = [event.facts["resumed"]] if "resumed" in event.facts else []
    return [
        item
        for item in (*event.facts.get("opened", ()), *resumed)
        if item["person"] == person or (item["person"] is None and item["agency"] in agencies)
    ]


def is_told(event: TimelineEvent, case: Case) -> bool:
    """Return whether the applicant hears of this event."""
    if event.verb == "decision_made":
        return told_key(event.facts) in service_of(case).told
    return event.verb in TOLD_TO_HER


def told_key(facts: Mapping[str, Any]) -> str:
    """Return under what name the service keeps its words for a decision."""
    return f"{facts['node']}.{facts['verdict']}"


def _concerned(event: TimelineEvent) -> Iterable[Mapping[str, Any]]:
    facts = event.facts
    yield from facts.get("opened", [])
    if "resumed" in facts:
        yield facts["resumed"]
    if event.verb in ("case_withdrawn", "case_expired"):
        yield from facts.get("closed", [])
