"""What waits for a person: her own work items, those of her office, those that are late."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise

from cases.models import Role, TimelineEvent, User
from cases.policy import WORKING_ROLES, Standing, standing
from cases.queries.directory import reference_version
from cases.queries.naming import name_of, place_of
from cases.queries.paging import read_place
from cases.services import service_of
from workflows.calendar import Calendar
from workflows.flows.registry import FLOWS, graph_for
from workflows.models import WorkItem
from workflows.queries.due import HEADINGS, DueTag, Nearness, due_tag
from workflows.queries.rulebook import rulebook
from workflows.queries.said import news

PAGE = 50
MOST_COUNTED = 99
SCOPES = ("mine", "office", "late")
_NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Row:
    """One work item as one line."""

    item: WorkItem
    tag: DueTag
    name: str
    place: str
    service: str | Promise
    step: str | Promise
    news: str
    news_at: datetime | None


@dataclass(frozen=True)
class Group:
    """The rows that are equally near."""

    nearness: Nearness
    rows: tuple[Row, ...]
    # Whether the next page goes on with this group, so that its rows here are not all.
    goes_on: bool

    @property
    def heading(self) -> str | Promise:
        """The words above the rows."""
        return HEADINGS[self.nearness]


@dataclass(frozen=True)
class Worklist:
    """One page of a worklist."""

    scope: str
    groups: tuple[Group, ...]
    counts: dict[str, str]
    # Where the next page begins; empty on the last.
    after: str
    steps: tuple[tuple[str, str | Promise], ...]


def worklist(
    user: User, *, scope: str = "", after: str = "", service: str = "", step: str = "", at: datetime
) -> Worklist:
    """Return one page of what waits for this person, the most pressing first.

    Without a scope: her own work if she holds any, otherwise her office's.
    """
    held = standing(user)
    queries = {name: _items(user, held, name, at) for name in SCOPES}
    counts = {name: query[: MOST_COUNTED + 1].count() for name, query in queries.items()}
    if scope not in queries:
        scope = "mine" if counts["mine"] else "office"
    query = queries[scope].select_related("case__applicant", "case__commune", "case__enterprise", "assignee")
    if service:
        query = query.filter(case__service=service)
    if step:
        query = query.filter(node=step)
    items, following = _page(query, after)
    calendar = rulebook(reference_version()).calendar
    return Worklist(
        scope=scope,
        groups=tuple(_grouped(_rows(items, calendar, at), following)),
        counts={name: f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count) for name, count in counts.items()},
        after=following,
        steps=_steps(held),
    )


def _items(user: User, held: Collection[Standing], scope: str, at: datetime) -> QuerySet[WorkItem]:
    """Return the unfinished items in a scope. Nobody works on a case of her own."""
    items = WorkItem.objects.filter(status__in=(WorkItem.Status.OPEN, WorkItem.Status.WAITING))
    items = items.exclude(case__applicant=user)
    # By name only for as long as she works where the item is; an adviser's item is at no agency.
    agencies = {agency for agency, role in held if role in WORKING_ROLES}
    listed = any(role == Role.EXPERT for _agency, role in held)
    by_name = Q(assignee=user) & (Q(agency_id__in=agencies) | (Q(agency__isnull=True) if listed else _NOTHING))
    if scope == "mine":
        return items.filter(by_name)
    items = items.filter(by_name | _of_office(held))
    return items.filter(status=WorkItem.Status.OPEN, due_at__lt=at) if scope == "late" else items


def _of_office(held: Collection[Standing]) -> Q:
    """Return the items of her agencies whose step is for a role she has there; sealed ones only for approvers."""
    wanted = _NOTHING
    for agency in sorted({agency for agency, role in held if role in WORKING_ROLES}):
        roles = {role for where, role in held if where == agency and role in WORKING_ROLES}
        here = Q(case__sealed=False) & _steps_for(roles)
        if Role.APPROVER in roles:
            here |= Q(case__sealed=True)
        wanted |= Q(agency_id=agency) & here
    return wanted


def _steps_for(roles: Collection[str]) -> Q:
    """Return the items whose step is done by one of these roles: a work item has no role, its flow knows."""
    return reduce(
        or_,
        (
            Q(
                case__service=service,
                case__version=version,
                node__in=sorted(
                    name for name, human in graph_for(service, version).human_steps.items() if human.role in roles
                ),
            )
            for service, version in FLOWS
        ),
        _NOTHING,
    )


def _steps(held: Collection[Standing]) -> tuple[tuple[str, str | Promise], ...]:
    """Return the steps that her roles do, for the filter."""
    roles = {role for _agency, role in held}
    steps = {
        name: human.label
        for service, version in FLOWS
        for name, human in graph_for(service, version).human_steps.items()
        if human.role in roles
    }
    return tuple(steps.items())


def _page(items: QuerySet[WorkItem], after: str) -> tuple[list[WorkItem], str]:
    """Return one page by keyset, first what runs and then what is paused, and where the next begins."""
    status, due_at, pk = _read_cursor(after)
    found: list[WorkItem] = []
    for phase in (WorkItem.Status.OPEN, WorkItem.Status.WAITING):
        rest = items.filter(status=phase).order_by("due_at", "pk")
        if phase == status and due_at is not None:
            rest = rest.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk), due_at__gte=due_at)
        elif status == WorkItem.Status.WAITING:
            continue  # the running ones were on the pages before
        found += rest[: PAGE + 1 - len(found)]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{last.status}/{last.due_at.isoformat()}/{last.pk}" if last else ""


def _read_cursor(after: str) -> tuple[str, datetime | None, int]:
    status, _sep, rest = after.partition("/")
    place = read_place(rest)
    if place is None or status not in WorkItem.Status.values:
        return "", None, 0
    return status, *place


def _rows(items: list[WorkItem], calendar: Calendar, at: datetime) -> list[Row]:
    latest = {
        event.case_id: event
        for event in TimelineEvent.objects.filter(
            case__in={item.case_id for item in items}, position=F("case__event_count")
        )
    }
    rows = []
    for item in items:
        case, event = item.case, latest.get(item.case_id)
        graph = graph_for(case.service, case.version)
        rows.append(
            Row(
                item=item,
                tag=due_tag(item, calendar, at=at),
                name=name_of(case),
                place=place_of(case),
                service=service_of(case).title,
                step=graph.human(item.node).label,
                news=news(event, graph) if event else "",
                news_at=event.at if event else None,
            )
        )
    return rows


def _grouped(rows: Iterable[Row], following: str) -> Iterable[Group]:
    groups = [(nearness, tuple(members)) for nearness, members in groupby(rows, key=lambda row: row.tag.nearness)]
    for number, (nearness, members) in enumerate(groups, start=1):
        yield Group(nearness, members, goes_on=bool(following) and number == len(groups))
