"""The proof of never stuck over many cases at once.

Most cases stand at one of a few hundred places. The database counts how many stand at each, and how many open work
items they have there. No two open items of a case are at one place (`one_open_item_per_token`): where every place that
must have an item has as many of them as there are cases, none of these is stuck. Only the others are read one by one.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from cases.models import Case, Membership, Role
from cases.models.case import MOVING
from workflows import engine
from workflows.engine import Place
from workflows.models import WorkItem
from workflows.queries.faults import ABANDONED, Fault, faults

_HELD = Q(finished_at__isnull=True) & (Q(agency__isnull=False) | Q(assignee__isnull=False))
_NOWHERE: Place = ("", "")


class Kind(NamedTuple):
    """Where cases stand: they are judged alike."""

    service: str
    version: int
    state: str
    # As JSON.
    marking: str

    def faults(self, there: Collection[Place]) -> list[Fault]:
        """Return what is wrong with a case of this kind that has open items at these places."""
        marking = engine.from_json(json.loads(self.marking))
        return list(faults(self.service, self.version, self.state, marking, there))


@dataclass(frozen=True)
class Stuck:
    """A case that cannot go on, and why."""

    case: Case
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Promise:
    """The first promise for some cases: how many are open, and which of them are stuck."""

    open: int
    stuck: tuple[Stuck, ...]
    checked_at: datetime


def promise(cases: QuerySet[Case], *, at: datetime) -> Promise:
    """Return which of these cases are stuck. Two queries where none is, and a few more where one is."""
    moving = cases.filter(state__in=MOVING).order_by()
    kinds: dict[Kind, Counter[Place]] = {}
    for *kind, node, token, many in _counted(moving):
        kinds.setdefault(Kind(*kind), Counter())[node, token] += many
    bad = [kind for kind, counted in kinds.items() if _differs(kind, counted)]
    found = dict(_one_by_one(moving, bad)) if bad else {}
    for pk in set(abandoned(WorkItem.objects.filter(case__in=moving))):
        found.setdefault(pk, []).append(Fault(ABANDONED))
    rows = cases.only("key", "code", "service", "version", "state").in_bulk(list(found)) if found else {}
    stuck = tuple(Stuck(rows[pk], tuple(found[pk])) for pk in sorted(rows))
    return Promise(sum(counted[_NOWHERE] for counted in kinds.values()), stuck, at)


def abandoned(items: QuerySet[WorkItem]) -> Iterator[int]:
    """Yield the cases among whose items one is held by somebody who no longer works there."""
    still_works = Membership.objects.today().filter(
        Q(agency=OuterRef("agency")) | Q(role=Role.EXPERT), user=OuterRef("assignee")
    )
    yield from (
        items.filter(~Exists(still_works), finished_at__isnull=True, assignee__isnull=False)
        .exclude(holder=WorkItem.Holder.APPLICANT)
        .values_list("case_id", flat=True)
        .distinct()
    )


def _counted(moving: QuerySet[Case]) -> QuerySet[Any, Any]:
    """Return, of each kind, how many cases there are, and how many open items at each place; in one statement, so
    that a step taken meanwhile counts on both sides or on none."""
    items = WorkItem.objects.filter(_HELD, case__in=moving).order_by()
    cases = moving.annotate(at=Cast("marking", TextField()), node=Value(""), token=Value(""))
    here = items.annotate(at=Cast("case__marking", TextField()))
    whole = cases.values_list("service", "version", "state", "at", "node", "token").annotate(many=Count("pk"))
    of = ("case__service", "case__version", "case__state", "at", "node", "token")
    return whole.union(here.values_list(*of).annotate(many=Count("pk")), all=True)


def _differs(kind: Kind, counted: Counter[Place]) -> bool:
    """Return whether a case of this kind may be stuck."""
    there = {place: many for place, many in counted.items() if place != _NOWHERE}
    return bool(kind.faults(there)) or any(many != counted[_NOWHERE] for many in there.values())


def _one_by_one(moving: QuerySet[Case], bad: Collection[Kind]) -> Iterator[tuple[int, list[Fault]]]:
    """Yield the cases of these kinds that are stuck, with what is wrong. Read in one statement, for the same reason."""
    suspect = moving.annotate(at=Cast("marking", TextField())).filter(at__in={kind.marking for kind in bad})
    still_open = Q(work_items__finished_at__isnull=True)
    rows = (
        suspect.annotate(node=F("work_items__node"), token=F("work_items__token"), counts=still_open)
        .order_by("pk")
        .values_list("pk", "service", "version", "state", "at", "node", "token", "counts")
    )
    for (pk, *kind), of_case in groupby(rows.iterator(chunk_size=2000), key=lambda row: row[:5]):
        found = Kind(*kind).faults({(row[5], row[6]) for row in of_case if row[5] is not None and row[7]})
        if found:
            yield pk, found
