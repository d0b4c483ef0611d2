"""Who answers for a case towards her: those who handle it now, and who may put off what she was promised."""

from collections.abc import Sequence

from cases import policy
from cases.models import Case, Role, User
from cases.policy import Posts
from cases.queries.promise import first_to_apologise
from workflows.flows.registry import graph_for
from workflows.graph import Graph
from workflows.models import WorkItem


def handling(graph: Graph, items: Sequence[WorkItem]) -> list[WorkItem]:
    """Return what is open with those who handle the case, or their last item while only opinions are awaited."""
    theirs = [item for item in items if graph.human(item.node).reads_all]
    return [item for item in theirs if item.is_open] or theirs[-1:]


def office_putting_off(
    user: User, case: Case, items: Sequence[WorkItem], *, held: Posts, is_shut: bool | None = None
) -> tuple[int | None, User | None]:
    """Return for which office she may put off a promise, and in whose place; no office where she may not.

    `items` are all those of the case, the oldest first.
    """
    graph = graph_for(case.service, case.version)
    for item in handling(graph, items):
        human = graph.human(item.node)
        may = policy.can(
            user,
            "put_off",
            case,
            agency_id=item.agency_id,
            role=human.role,
            assignee_id=item.assignee_id,
            part=human.part,
            held=held,
            is_shut=is_shut,
        )
        if may:
            office = item.agency_id if any(agency == item.agency_id for agency, _role in held) else case.desk_id
            roles = (human.role, Role.APPROVER)
            return office, held.acted_for(roles, agency_id=office, assignee_id=item.assignee_id)
    return None, None


def may_put_off_again(user: User, case: Case, *, held: Posts | None = None, is_shut: bool | None = None) -> bool:
    """Return whether a day that was put off already is for this person to put off. Three queries at most.

    Those who supervise may; of a sealed case, an approver of the desk who did not apologise the first time.
    """
    barred = first_to_apologise(case) if case.sealed else ()
    return policy.can(user, "put_off_again", case, barred=barred, held=held, is_shut=is_shut)


def may_put_off(user: User, case: Case) -> bool:
    """Return whether it is for this person to promise her a new day now. Four queries at most."""
    if not case.is_undecided or case.promised_on is None:
        return False
    if case.apologies:
        may = may_put_off_again(user, case)
        return may and not case.work_items.filter(status=WorkItem.Status.WAITING).exists()
    items = list(case.work_items.order_by("pk"))
    if any(item.status == WorkItem.Status.WAITING for item in items) or policy.is_shut_out(user, case):
        return False
    return office_putting_off(user, case, items, held=policy.standing(user), is_shut=False)[0] is not None
