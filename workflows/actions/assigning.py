"""What the approver of an office does with its work: give a work item to somebody who can do it."""

from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, F
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Involvement, Role, User
from cases.policy import NotFoundForYou, WrongState
from workflows.actions.reviewing import listed_advisers
from workflows.conflicts import Repeated, already_done
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.queries.hands import managers_of, picking, with_absence
from workflows.step import Step


def assign(
    item: WorkItem, *, manager: User, to: User, seen_version: int | None = None, key: UUID, at: datetime
) -> WorkItem:
    """Give a work item to somebody of the office who may do it, whoever held it until now.

    A step that an adviser has by name goes to another listed adviser. Raises NotFoundForYou where the manager may
    not, WrongState where the item or the person does not fit.
    """
    try:
        with moving(item, "work_item_assigned", actor=manager, key=key, at=at) as step:
            if step.human.named:
                _require_manager(step)
            else:
                step.require("assign")
            step.require_open()
            if seen_version is not None and seen_version != step.item.version:
                raise already_done(step.item)
            if step.item.assignee_id == to.pk:
                raise WrongState(_("%(who)s holds this work item now.") % {"who": to})
            if step.human.named:
                _require_listed(step, to)
            else:
                _require_able(step, to)
            held_before, step.item.assignee = step.item.assignee_id, to
            WorkItem.objects.filter(pk=step.item.pk).update(assignee=to, version=F("version") + 1)
            if step.human.named:
                _name(step, held_before, to)
            step.record(item=step.item.pk, held_before=held_before, assigned=step.described(step.item))
            item.assignee, item.version = to, step.item.version + 1
    except Repeated:
        item.refresh_from_db()
    return item


def _require_manager(step: Step) -> None:
    """Pass when the actor is the approver of the office that chose the holder, or of the desk."""
    assert step.actor is not None
    held = policy.standing(step.actor)
    for agency in sorted(managers_of(step.item)):
        if policy.can(step.actor, "assign", step.case, agency_id=agency, held=held, is_shut=False):
            step.agency_id = agency
            step.on_behalf_of = held.acted_for((Role.APPROVER,), agency_id=agency, assignee_id=None)
            return
    raise NotFoundForYou


def _require_able(step: Step, to: User) -> None:
    """Pass when this person of the office could do the step, and is there to do it."""
    shut = ExpressionWrapper(policy.shut_out_of(step.case), output_field=BooleanField())
    people = with_absence(User.objects.filter(pk=to.pk), agency_id=step.item.agency_id).annotate(is_shut=shut)
    found = people.get()
    if found.is_shut:
        raise WrongState(_("%(who)s keeps away from this case.") % {"who": to})
    if not policy.can(
        to,
        "decide",
        step.case,
        agency_id=step.item.agency_id,
        role=step.human.role,
        assignee_id=to.pk,
        barred=step.barred(step.human),
        is_shut=False,
    ):
        raise WrongState(_("%(who)s may not do this step.") % {"who": to})
    _require_there(found)


def _require_listed(step: Step, to: User) -> None:
    """Pass when this person is a listed adviser who may take the case, and is there to do it."""
    listed = listed_advisers(step.case, picking(step.case, step.human.named), step.directory)
    found = with_absence(listed.filter(pk=to.pk)).first()
    if found is None:
        raise WrongState(_("%(who)s may not do this step.") % {"who": to})
    _require_there(found)


def _require_there(to: User) -> None:
    until = getattr(to, "away_until", None)
    if until is None:
        return
    said = {"who": to, "day": f"{until:%d/%m/%Y}", "acting": getattr(to, "stand_in", None)}
    if said["acting"]:
        raise WrongState(_("%(who)s is away until %(day)s. %(acting)s acts meanwhile.") % said)
    raise WrongState(_("%(who)s is away until %(day)s, and nobody acts meanwhile.") % said)


def _name(step: Step, before: int | None, to: User) -> None:
    """Let the new person have the step by name, and nobody else any more."""
    step.case.facts[step.human.named] = to.pk
    Involvement.objects.filter(case=step.case, person=before, until__isnull=True).update(until=step.at)
    Involvement.objects.bulk_create(
        [Involvement(case=step.case, person=to, part=step.human.part, since=step.at)], ignore_conflicts=True
    )
    step.now_open = step.open_items()
