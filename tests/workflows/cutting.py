"""The clock by holder worked out a second time, from work items and questions instead of events."""

from collections.abc import Sequence
from datetime import datetime

from cases.models import InformationRequest
from cases.queries.shares import HERS, HOUSE, Holder
from workflows.models import WorkItem
from workflows.queries.held import applicant, holder_of
from workflows.queries.holding import holder_key
from workflows.queries.passing import Passing, Tenure


def cut(items: Sequence[WorkItem], requests: Sequence[InformationRequest], *, start: datetime) -> Passing:
    """Return how the case passed on: at every edge, to her while she is asked, else to whoever is due first."""
    edges = {start, *(item.opened_at for item in items), *(item.finished_at for item in items if item.finished_at)}
    edges |= {request.asked_at for request in requests} | {each.ended_at for each in requests if each.ended_at}
    handovers = [(edge, _holder_from(items, requests, edge)) for edge in sorted(edges)]
    tenures = (
        Tenure(item.pk, item.node, holder_key(item), item.opened_at, item.due_at, item.finished_at) for item in items
    )
    return Passing(tuple(handovers), tuple(tenures))


def names(items: Sequence[WorkItem]) -> dict[str, Holder]:
    """Return everybody by key."""
    known = {holder_key(item): holder_of(item) for item in items}
    return {**known, HERS: applicant(), HOUSE: Holder("Đồng Hành tự làm", "house")}


def _holder_from(items: Sequence[WorkItem], requests: Sequence[InformationRequest], edge: datetime) -> str:
    if any(each.asked_at <= edge and (each.ended_at is None or each.ended_at > edge) for each in requests):
        return HERS
    there = [item for item in items if item.opened_at <= edge and (item.finished_at is None or item.finished_at > edge)]
    return holder_key(min(there, key=lambda item: (item.due_at, item.pk))) if there else HOUSE
