"""The unfinished work items that a supervisor's numbers open: by how they stand, at whom, at which step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from django.db.models import Q
from django.utils.functional import Promise

from cases.models import Agency, User
from cases.queries.directory import reference_version
from cases.queries.naming import name_of, office_name, place_of
from cases.queries.paging import read_place
from cases.services import service_of
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.queries.due import DueTag, due_tag
from workflows.queries.overview import ADVISERS, COMMUNES, WAYS, standing_so, supervised_items
from workflows.queries.rulebook import rulebook

PAGE = 50


@dataclass(frozen=True)
class Chosen:
    """What a reader chose to see; the names are those in the address."""

    which: str = ""
    agency: str = ""
    step: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        """Return what an address asks for; PostgreSQL knows no NUL."""
        return cls(**{field.name: asked.get(field.name, "").replace("\0", "") for field in fields(cls)})

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield what was chosen, as it stands in the address."""
        return ((field.name, value) for field in fields(self) if (value := getattr(self, field.name)))


@dataclass(frozen=True)
class Row:
    """One work item as one line."""

    item: WorkItem
    tag: DueTag
    name: str
    place: str
    service: str | Promise
    step: str | Promise
    holder: str
    person: str


@dataclass(frozen=True)
class Page:
    """One page of items, the most pressing first; there are deliberately no counts."""

    rows: tuple[Row, ...]
    after: str
    # Whose items they are, where one agency was chosen.
    agency: str


def supervised(user: User, chosen: Chosen, *, after: str = "", at: datetime) -> Page:
    """Return one page of the unfinished items of the cases that this person supervises."""
    calendar = rulebook(reference_version()).calendar
    items = supervised_items(user).filter(_at(chosen.agency))
    if chosen.which in WAYS:
        items = items.filter(standing_so(chosen.which, calendar, at=at))
    if chosen.step:
        items = items.filter(node=chosen.step)
    place = read_place(after)
    if place is not None:
        due_at, pk = place
        items = items.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk))
    found = list(
        items.select_related("agency", "assignee", "case__applicant", "case__commune", "case__enterprise").order_by(
            "due_at", "pk"
        )[: PAGE + 1]
    )
    last = found[PAGE - 1] if len(found) > PAGE else None
    agency = Agency.objects.filter(code=chosen.agency).first() if chosen.agency else None
    return Page(
        rows=tuple(
            Row(
                item=item,
                tag=due_tag(item, calendar, at=at),
                name=name_of(item.case),
                place=place_of(item.case),
                service=service_of(item.case).title,
                step=graph_for(item.case.service, item.case.version).human(item.node).label,
                holder=office_name(item.agency) if item.agency else str(item.assignee),
                person=str(item.assignee) if item.agency and item.assignee else "",
            )
            for item in found[:PAGE]
        ),
        after=f"{last.due_at.isoformat()}/{last.pk}" if last else "",
        agency=office_name(agency) if agency else "",
    )


def _at(agency: str) -> Q:
    if agency == COMMUNES:
        return Q(agency__commune__isnull=False)
    if agency == ADVISERS:
        return Q(agency__isnull=True)
    return Q(agency__code=agency) if agency else Q()
