"""What the approver of an office does with its work: give a work item to somebody who can do it."""

from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import User
from cases.policy import WrongState
from workflows.conflicts import Repeated, already_done
from workflows.models import WorkItem
from workflows.moving import moving


def assign(
    item: WorkItem, *, manager: User, to: User, seen_version: int | None = None, key: UUID, at: datetime
) -> WorkItem:
    """Give a work item to somebody of the office who may do it, whoever held it until now.

    Raises NotFoundForYou where the manager may not, WrongState where the item or the person does not fit.
    """
    try:
        with moving(item, "work_item_assigned", actor=manager, key=key, at=at) as step:
            step.require("assign")
            step.require_open()
            if seen_version is not None and seen_version != step.item.version:
                raise already_done(step.item)
            if step.human.named:
                raise WrongState(_("This work item is held by name and stays with its holder."))
            if step.item.assignee_id == to.pk:
                raise WrongState(_("%(who)s holds this work item now.") % {"who": to})
            if not policy.can(
                to,
                "decide",
                step.case,
                agency_id=step.item.agency_id,
                role=step.human.role,
                assignee_id=to.pk,
                barred=step.barred(step.human),
            ):
                raise WrongState(_("%(who)s may not do this step.") % {"who": to})
            held_before, step.item.assignee = step.item.assignee_id, to
            WorkItem.objects.filter(pk=step.item.pk).update(assignee=to, version=F("version") + 1)
            step.record(item=step.item.pk, held_before=held_before, assigned=step.described(step.item))
    except Repeated:
        pass
    item.refresh_from_db()
    return item
