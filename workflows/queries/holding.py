"""Whose the time of a case is while work is open on it: the one rule by which it is counted, drawn and checked."""

from collections.abc import Sequence

from cases.queries.shares import HERS, HOUSE, agency_key, outside_key, person_key
from workflows.models import WorkItem


def holder_key(item: WorkItem) -> str:
    """Return under which name the time of a work item is counted."""
    return key_of(item.holder, item.agency_id, item.assignee_id)


def key_of(holder: str, agency: int | None, person: int | None) -> str:
    """Return the same from what an event says of a work item."""
    if holder == WorkItem.Holder.APPLICANT:
        return HERS
    if agency is None:
        return person_key(person)
    return outside_key(agency) if holder == WorkItem.Holder.OUTSIDE else agency_key(agency)


def whose(items: Sequence[WorkItem]) -> str:
    """Return whose the time of a case is while these are its open items.

    Hers while a question to her stops the clock or a step waits for her; else the holder's of what is due first.
    """
    if any(item.status == WorkItem.Status.WAITING for item in items):
        return HERS
    first = min(items, key=lambda item: (item.due_at, item.pk), default=None)
    return HOUSE if first is None else holder_key(first)
