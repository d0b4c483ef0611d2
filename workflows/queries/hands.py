"""Whose hands a work item can come into: who could do it, and who may say so."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from cases import policy
from cases.models import Absence, Case, Decision, Membership, TimelineEvent, User
from workflows.asks import PickExpert
from workflows.flows.registry import graph_for
from workflows.models import WorkItem


@dataclass(frozen=True)
class Post:
    """One person in one role at one office today, seen from one case."""

    user_id: int
    agency_id: int
    role: str
    acting_for_id: int | None
    # She is away, or too near to the case: then she does nothing.
    is_there: bool

    def can_do(self, agency_id: int | None, role: str, barred: Collection[int]) -> bool:
        """Return whether she could do a step at this office for this role."""
        free = self.is_there and self.user_id not in barred and self.acting_for_id not in barred
        return free and (self.agency_id, self.role) == (agency_id, role)


class Colleagues:
    """Everybody at the offices where a case has open work, and at its desk. One query."""

    def __init__(self, case: Case) -> None:
        open_at = WorkItem.objects.filter(case=case, agency__isnull=False, finished_at__isnull=True).values("agency")
        away = Absence.objects.today().filter(person=OuterRef("user"))
        near = ExpressionWrapper(policy.shut_out_of(case, person="user"), output_field=BooleanField())
        there = Membership.objects.today().filter(Q(agency__in=open_at) | Q(agency=case.desk_id))
        self._memberships = list(there.select_related("acting_for").annotate(is_near=near, is_away=Exists(away)))
        self.posts = [
            Post(
                user_id=each.user_id,
                agency_id=each.agency_id,
                role=each.role,
                acting_for_id=each.acting_for_id,
                is_there=not (_says(each, "is_near") or _says(each, "is_away") or each.user_id == case.applicant_id),
            )
            for each in self._memberships
        ]

    def held_by(self, user: User) -> policy.Posts:
        """Return where one of them works."""
        return policy.Posts.of(each for each in self._memberships if each.user_id == user.pk)

    def can_do(self, agency_id: int | None, role: str, *, barred: Iterable[int]) -> bool:
        """Return whether somebody who is not barred could do a step at this office for this role."""
        kept_away = set(barred)
        return any(post.can_do(agency_id, role, kept_away) for post in self.posts)


def _says(membership: Membership, annotation: str) -> bool:
    return bool(getattr(membership, annotation))


def was_sent(verb: str, person: User, key: UUID) -> bool:
    """Return whether somebody did this with this form already: the item may be out of her sight since."""
    return TimelineEvent.objects.filter(key=key, actor=person, verb=verb).exists()


def picking(case: Case, name: str) -> PickExpert:
    """Return what the flow asks to choose the person who has a step by this name."""
    return next(ask for _node, ask in _pickers(case) if ask.name == name)


def _pickers(case: Case) -> Iterable[tuple[str, PickExpert]]:
    for node, human in graph_for(case.service, case.version).human_steps.items():
        yield from ((node, ask) for ask in human.asks if isinstance(ask, PickExpert))


def managers_of(item: WorkItem) -> set[int]:
    """Return the agencies whose approvers may give a step held by name to another person.

    The office that chose its holder, and the desk that answers for the case. One query.
    """
    case = item.case
    named = graph_for(case.service, case.version).human(item.node).named
    nodes = [node for node, ask in _pickers(case) if ask.name == named]
    chose = Decision.objects.filter(case=case, node__in=nodes).order_by("-pk").values_list("agency", flat=True).first()
    return {agency for agency in (chose, case.desk_id) if agency is not None}


def managers_of_many(items: Iterable[WorkItem]) -> dict[int, set[int]]:
    """Return the same for many items at once, by the id of the item. At most one query."""
    wanted = {item.pk: item for item in items}
    if not wanted:
        return {}
    cases = {item.case_id for item in wanted.values()}
    chosen = Decision.objects.filter(case__in=cases, agency__isnull=False).order_by("pk")
    last = {(case, node): (pk, agency) for pk, case, node, agency in chosen.values_list("pk", "case", "node", "agency")}
    managers: dict[int, set[int]] = {}
    for pk, item in wanted.items():
        named = graph_for(item.case.service, item.case.version).human(item.node).named
        nodes = (node for node, ask in _pickers(item.case) if ask.name == named)
        chose = max((last.get((item.case_id, node), (0, None)) for node in nodes), default=(0, None))[1]
        managers[pk] = {agency for agency in (chose, item.case.desk_id) if agency is not None}
    return managers


def with_absence(people: QuerySet[User], *, agency_id: int | None = None) -> QuerySet[User]:
    """Return these people, each with `away_until` where she is away today, and `stand_in` who acts for her."""
    away = Absence.objects.today().filter(person=OuterRef("pk")).order_by("-until")
    acting = Membership.objects.today().filter(acting_for=OuterRef("pk"))
    if agency_id is not None:
        acting = acting.filter(agency=agency_id)
    return people.annotate(
        away_until=Subquery(away.values("until")[:1]), stand_in=Subquery(acting.values("user__full_name")[:1])
    )


def acting_for_holder() -> Subquery:
    """Return who does today the work of the person who holds an item of an office, if she is away."""
    acting = Membership.objects.today().filter(acting_for=OuterRef("assignee"), agency=OuterRef("agency"))
    return Subquery(acting.values("user")[:1])
