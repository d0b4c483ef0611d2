"""What waits for a person: her own work items, those of her office, those that are late."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from cases.models import Case, Involvement, Role, TimelineEvent, User
from cases.policy import WORKING_ROLES, Posts, Standing, shut, standing
from cases.queries.choice import Choice
from cases.queries.directory import directory, reference_version
from cases.queries.finding import meant
from cases.queries.naming import name_of, place_of
from cases.queries.paging import read_place
from cases.services import service_of
from workflows.asks import Place
from workflows.calendar import Calendar
from workflows.flows.registry import FLOWS, graph_for
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.queries.due import HEADINGS, DueTag, Nearness, due_tag
from workflows.queries.handed import is_theirs
from workflows.queries.rulebook import rulebook
from workflows.queries.said import news
from workflows.queries.unanswered import unanswered, unanswered_by

PAGE = 50
MOST_COUNTED = 99
SCOPES = ("mine", "office", "late")
# How long something that others did counts as new.
NEW_FOR = timedelta(minutes=10)
_NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Chosen(Choice):
    """Which part of a worklist is read: it goes along to every item and back."""

    scope: str = ""
    service: str = ""
    step: str = ""
    # What is looked for: a case code, its end, or words of a name or a place.
    tim: str = ""


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
    # When that was: the time of today, or the day.
    news_at: str
    # Somebody else did something with it a few minutes ago.
    is_new: bool
    # It came to this list just now.
    arrived: bool
    # In whose place the reader does it; empty where in her own.
    in_place_of: str = ""
    # So many messages she wrote since an office last wrote to her; none where an office is only consulted.
    unanswered: int = 0


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

    chosen: Chosen
    groups: tuple[Group, ...]
    counts: dict[str, str]
    # How many of the whole office are late, and how many are due today and not yet late.
    late_here: str
    today: str
    # Where the next page begins; empty on the last.
    after: str
    steps: tuple[tuple[str, str | Promise], ...]
    # How many late items nobody has taken, where the page itself is empty.
    late_free: str = "0"

    @property
    def shown(self) -> int:
        """How many rows stand on this page."""
        return sum(len(group.rows) for group in self.groups)


def worklist(user: User, chosen: Chosen, *, after: str = "", at: datetime) -> Worklist:
    """Return one page of what waits for this person, the most pressing first."""
    held = standing(user)
    queries = {name: items_in(user, held, name, at) for name in SCOPES}
    counts = {name: capped(query) for name, query in queries.items()}
    chosen = resolved(chosen, has_own=counts["mine"] != "0")
    query = narrowed(queries[chosen.scope], chosen).select_related(
        "case__applicant", "case__commune", "case__enterprise", "assignee"
    )
    items, following = _page(query, after)
    version = reference_version()
    tomorrow = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Worklist(
        chosen=chosen,
        groups=tuple(_grouped(_rows(items, user, held, rulebook(version).calendar, at), following)),
        counts=counts,
        late_here=counts["late"],
        today=capped(queries["office"].filter(status=WorkItem.Status.OPEN, due_at__gte=at, due_at__lt=tomorrow)),
        after=following,
        steps=_steps(held, version, items),
        late_free="0" if items else capped(queries["late"].filter(assignee=None)),
    )


def capped(query: QuerySet[WorkItem]) -> str:
    """Return how many there are, counted no further than a tag can show."""
    count = query[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def resolved(chosen: Chosen, *, has_own: bool) -> Chosen:
    """Return the choice with its scope: without one, her own work if she holds any; a search looks everywhere."""
    scope = chosen.scope
    if scope not in SCOPES:
        scope = "mine" if has_own and not chosen.tim else "office"
    return Chosen(scope, chosen.service, chosen.step, chosen.tim)


def narrowed(items: QuerySet[WorkItem], chosen: Chosen) -> QuerySet[WorkItem]:
    """Return the items of the service and step that were chosen, and that a search finds."""
    if chosen.service:
        items = items.filter(case__service=chosen.service)
    if chosen.step:
        items = items.filter(node=chosen.step)
    # No search finds a sealed case.
    return items.filter(case__in=meant(Case.objects.listed(), chosen.tim)) if chosen.tim.strip() else items


def items_in(user: User, held: Posts, scope: str, at: datetime) -> QuerySet[WorkItem]:
    """Return the unfinished items in a scope. Nobody works on a case of her own, nor on one she is too near to."""
    items = WorkItem.objects.filter(status__in=(WorkItem.Status.OPEN, WorkItem.Status.WAITING))
    items = items.exclude(case__applicant=user).filter(~shut(user, case="case"))
    # By name only for as long as she works where the item is; an adviser's item is at no agency.
    agencies = {agency for agency, role in held if role in WORKING_ROLES}
    listed = any(role == Role.EXPERT for _agency, role in held)
    by_name = Q(assignee=user) & (Q(agency_id__in=agencies) | (Q(agency__isnull=True) if listed else _NOTHING))
    by_name |= lent_to(held)
    if scope == "mine":
        return items.filter(by_name)
    items = items.filter(by_name | _of_office(held))
    return items.filter(status=WorkItem.Status.OPEN, due_at__lt=at) if scope == "late" else items


def lent_to(held: Posts) -> Q:
    """Return the items that colleagues hold who are away, and that she does in their place; no sealed ones."""
    wanted = _NOTHING
    for (agency, role), people in held.instead.items():
        wanted |= Q(agency_id=agency, assignee__in=sorted(people), case__sealed=False) & _steps_for({role})
    return wanted


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


def _steps(held: Posts, version: int, items: list[WorkItem]) -> tuple[tuple[str, str | Promise], ...]:
    """Return the steps that she does where she works, for the filter, and those that were handed on to her office."""
    offices = {agency.pk: Place(agency.kind, agency.level) for agency in directory(version).agencies.values()}
    does = {(offices.get(agency), role) for agency, role in held}
    by_name = {role for _agency, role in held}
    steps = {
        name: human.label
        for service, released in FLOWS
        for name, human in graph_for(service, released).human_steps.items()
        if any((place, human.role) in does for place in human.places) or (human.named and human.role in by_name)
    }
    handed_on = (item for item in items if item.passed_on)
    steps |= {item.node: graph_for(item.case.service, item.case.version).human(item.node).label for item in handed_on}
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


def _rows(items: list[WorkItem], user: User, held: Posts, calendar: Calendar, at: datetime) -> list[Row]:
    latest = {
        event.case_id: event
        for event in TimelineEvent.objects.filter(
            case__in={item.case_id for item in items}, position=F("case__event_count")
        )
    }
    waiting = unanswered(item.case_id for item in items)
    handed = [item for item in items if _human(item).part == Involvement.Part.RECEIVES]
    offices = {item.agency_id for item in handed if item.agency_id is not None}
    of_theirs = unanswered_by([item.case_id for item in handed], offices) if handed else waiting
    rows = []
    for item in items:
        case, event = item.case, latest.get(item.case_id)
        graph, human = graph_for(case.service, case.version), _human(item)
        is_handed = human.part == Involvement.Part.RECEIVES
        if event is not None and is_handed and item.opened_at != event.at and not is_theirs(event, offices):
            # What others do about it is not among what was handed over.
            event = None
        rows.append(
            Row(
                item=item,
                tag=due_tag(item, calendar, at=at),
                name=name_of(case),
                place=place_of(case),
                service=service_of(case).title,
                step=human.label,
                news=news(event, graph) if event and (not is_handed or is_theirs(event, offices)) else "",
                news_at=_when(event.at, at) if event else "",
                is_new=event is not None and event.actor_id != user.pk and event.at > at - NEW_FOR,
                arrived=event is not None and item.opened_at == event.at,
                in_place_of=_in_place_of(item, human.role, held),
                unanswered=(of_theirs if is_handed else waiting)[item.case_id] if human.speaks_to_her else 0,
            )
        )
    return rows


def _human(item: WorkItem) -> HumanStep:
    return graph_for(item.case.service, item.case.version).human(item.node)


def _in_place_of(item: WorkItem, role: str, held: Posts) -> str:
    if item.agency_id is None or item.case.sealed or item.assignee is None:
        return ""
    return str(item.assignee) if item.assignee_id in held.lent((item.agency_id, role)) else ""


def _when(moment: datetime, at: datetime) -> str:
    moment, now = timezone.localtime(moment), timezone.localtime(at)
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%d/%m}"


def _grouped(rows: Iterable[Row], following: str) -> Iterable[Group]:
    groups = [(nearness, tuple(members)) for nearness, members in groupby(rows, key=lambda row: row.tag.nearness)]
    for number, (nearness, members) in enumerate(groups, start=1):
        yield Group(nearness, members, goes_on=bool(following) and number == len(groups))
