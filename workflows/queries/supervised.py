"""The work items that a supervisor's numbers open: by how they stand, at whom, at which step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.models import Agency, User
from cases.policy import supervised_cases
from cases.queries.choice import Choice
from cases.queries.directory import reference_version
from cases.queries.naming import name_of, office_name, place_of
from cases.queries.paging import read_place
from cases.services import SERVICES, service_of
from workflows.flows.registry import FLOWS, graph_for
from workflows.models import WorkItem
from workflows.queries.due import DueTag, Nearness, due_tag
from workflows.queries.overview import ADVISERS, COMMUNES, GROUPS
from workflows.queries.rulebook import rulebook
from workflows.queries.ways import CHECKED, WAYS, items_of_this_month, standing_so, supervised_items

PAGE = 50
# Beside the ways in which items stand: all that were open at some time of this month, those that are over too.
MONTH = "month"


@dataclass(frozen=True)
class Chosen(Choice):
    """Which slice of the work items is read."""

    which: str = ""
    agency: str = ""
    step: str = ""
    service: str = ""


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
    # What was chosen beside the way they stand: at whom, at which step, of which service.
    slice: tuple[str | Promise, ...]


def supervised(user: User, chosen: Chosen, *, after: str = "", at: datetime) -> Page:
    """Return one page of the items of the cases that this person supervises: the unfinished, or those of the month."""
    calendar = rulebook(reference_version()).calendar
    items = items_of_this_month(supervised_cases(user), at=at) if chosen.which == MONTH else supervised_items(user)
    items = items.filter(_at(chosen.agency))
    if chosen.which in (*WAYS, *CHECKED):
        items = items.filter(standing_so(chosen.which, calendar, at=at))
    if chosen.step:
        items = items.filter(node=chosen.step)
    if chosen.service:
        items = items.filter(case__service=chosen.service)
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
    return Page(
        rows=tuple(
            Row(
                item=item,
                tag=_done(item) or due_tag(item, calendar, at=at),
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
        slice=tuple(_slice(chosen)),
    )


def _slice(chosen: Chosen) -> Iterator[str | Promise]:
    """Yield the names of what was chosen; what nobody knows stands as it was asked for."""
    if chosen.agency in GROUPS:
        yield GROUPS[chosen.agency]
    elif chosen.agency:
        agency = Agency.objects.filter(code=chosen.agency).first()
        yield office_name(agency) if agency else chosen.agency
    if chosen.step:
        known = (graph_for(*flow).human_steps for flow in FLOWS if chosen.service in ("", flow[0]))
        yield next((steps[chosen.step].label for steps in known if chosen.step in steps), chosen.step)
    if chosen.service:
        yield SERVICES[chosen.service].title if chosen.service in SERVICES else chosen.service


def _done(item: WorkItem) -> DueTag | None:
    """Return the tag of an item that is over; it has no day before it any more."""
    if item.finished_at is None:
        return None
    words = _("Done %(day)s") if item.status == WorkItem.Status.DONE else _("Stopped %(day)s")
    return DueTag(Nearness.FAR, words % {"day": f"{timezone.localtime(item.finished_at):%d/%m}"})


def _at(agency: str) -> Q:
    if agency == COMMUNES:
        return Q(agency__commune__isnull=False)
    if agency == ADVISERS:
        return Q(agency__isnull=True)
    return Q(agency__code=agency) if agency else Q()
