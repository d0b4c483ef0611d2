"""What the page of a work item offers beside the conclusion: to keep away, to hand it on, to give it to another."""

from dataclasses import dataclass

from cases import policy
from cases.models import User
from cases.policy import Posts
from workflows import actions
from workflows.forms.hands import RecuseForm
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.queries.hands import managers_of


@dataclass(frozen=True)
class Hands:
    """What this person may do about whose hands the item is in."""

    recusing: RecuseForm | None
    transfers: bool
    reassigns: bool
    # In whose place she would conclude; None in her own right.
    acts_for: User | None


def hands_of(user: User, item: WorkItem, step: HumanStep, *, barred: set[int], held: Posts) -> Hands:
    """Return what the page offers; nothing where the item is over."""
    if not item.is_open:
        return Hands(None, False, False, None)
    taken_up = None if item.case.sealed else item.assignee_id
    return Hands(
        recusing=RecuseForm() if allows(user, "recuse", item, step, held=held) else None,
        transfers=actions.can_be_transferred(item) and allows(user, "transfer", item, step, held=held),
        reassigns=manages(user, item, step, held=held),
        acts_for=held.acted_for(
            policy.roles_for("decide", step.role), agency_id=item.agency_id, assignee_id=taken_up, barred=barred
        ),
    )


def allows(user: User, action: str, item: WorkItem, step: HumanStep, *, held: Posts) -> bool:
    """Return whether the rule book lets somebody, who may read the case, do this to a work item."""
    return policy.can(
        user,
        action,
        item.case,
        agency_id=item.agency_id,
        role=step.role,
        assignee_id=item.assignee_id,
        part=step.part,
        held=held,
        is_shut=False,
    )


def manages(user: User, item: WorkItem, step: HumanStep, *, held: Posts) -> bool:
    """Return whether a step held by name may be given to another person by this one."""
    if not step.named or not item.is_open:
        return False
    return any(
        policy.can(user, "assign", item.case, agency_id=agency, held=held, is_shut=False)
        for agency in managers_of(item)
    )


def takes_up(item: WorkItem, step: HumanStep, *, barred: set[int], held: Posts) -> bool:
    """Return whether somebody may do what its holder, who is away, has by name."""
    if item.case.sealed or item.agency_id is None:
        return False
    return item.assignee_id in held.lent((item.agency_id, step.role), barred)
