"""An office that is the wrong one hands its work item to the right one. Nothing goes round in circles."""

from copy import copy
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import Agency, Involvement, Membership, Passage, User
from cases.policy import WrongState
from workflows.asks import SealedChoice
from workflows.conflicts import Repeated, already_done
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.queries.rulebook import end_of
from workflows.step import MAY_READ, Step

# So many times a work item is passed on; the last time it goes to the Union desk, whatever was chosen, and stays.
MOST_TRANSFERS = 3
# What of a work item changes when it goes to another office.
HANDED_ON = ("agency", "assignee", "passed_on", "due_at", "days", "reminded", "version")


def transfer(
    item: WorkItem,
    *,
    reviewer: User,
    to: Agency,
    words: str,
    seen_version: int | None = None,
    key: UUID,
    at: datetime,
) -> WorkItem:
    """Hand a work item on to the office that it is for, with words to the colleagues there; its clock goes on.

    Raises NotFoundForYou where the reviewer may not, WrongState where the item or the office does not fit.
    """
    fits = Exists(receivers(item).filter(pk=to.pk))
    try:
        with moving(item, "item_transferred", actor=reviewer, key=key, at=at, asking={"fits": fits}) as step:
            step.require("transfer")
            step.require_unchanged(seen_version)
            _require_movable(step)
            _require_new(step, to)
            if not getattr(step.item, "fits", False):
                raise WrongState(_("%(agency)s cannot take this step.") % {"agency": to})
            last = len(step.item.passed_on) + 1 == MOST_TRANSFERS
            moved = to_the_desk(step, step.item) if last else handed_on(step.item, to)
            note = step.write(Passage.Kind.NOTE, words)
            note.save(force_insert=True)
            as_read = WorkItem.objects.filter(
                pk=moved.pk, status=WorkItem.Status.OPEN, version=step.item.version, agency=step.item.agency_id
            )
            if as_read.update(**{name: getattr(moved, name) for name in HANDED_ON}) != 1:
                raise already_done(step.item)
            involve(step, [moved])
            step.now_open = step.open_items()
            # `from` is no name that a call could give.
            step.facts["from"] = step.item.agency_id
            step.record(
                passages=[note],
                to=moved.agency_id,
                number=len(moved.passed_on),
                assigned=step.described(moved),
            )
            for name in HANDED_ON:
                setattr(item, name, getattr(moved, name))
    except Repeated:
        item.refresh_from_db()
    return item


def receivers(item: WorkItem) -> QuerySet[Agency]:
    """Return the offices that a work item could be handed on to.

    Those of the province which she allowed to read the case and where somebody works in the role of the step; from
    the step of a commune only its like. Never one that had it before, nor a body to which only a part may be handed.
    """
    case, human = item.case, graph_for(item.case.service, item.case.version).human(item.node)
    can_do_it = Membership.objects.today().filter(agency=OuterRef("pk"), role=human.role)
    offices = Agency.objects.filter(
        Exists(can_do_it), valid_to__isnull=True, province=case.province_id, kind__in=case.facts.get(MAY_READ, ())
    )
    steps = graph_for(case.service, case.version).human_steps.values()
    outside = (place.kind for step in steps if step.part == Involvement.Part.RECEIVES for place in step.places)
    offices = offices.exclude(kind__in=set(outside))
    of_a_commune = next((place for place in human.places if place.level == Agency.Level.COMMUNE), None)
    like = Q(kind=of_a_commune.kind) if of_a_commune else Q(level=Agency.Level.PROVINCE)
    return offices.filter(like).exclude(pk__in=[item.agency_id, *item.passed_on]).order_by("level", "name", "pk")


def can_be_transferred(item: WorkItem) -> bool:
    """Return whether a work item is one that goes to other offices at all; never where a case is, or may be, sealed."""
    human = graph_for(item.case.service, item.case.version).human(item.node)
    return (
        item.status == WorkItem.Status.OPEN
        and item.holder == WorkItem.Holder.AGENCY
        and human.part != Involvement.Part.RECEIVES
        and not item.case.sealed
        and not any(isinstance(ask, SealedChoice) for ask in human.asks)
        and len(item.passed_on) < MOST_TRANSFERS
    )


def handed_on(item: WorkItem, to: Agency) -> WorkItem:
    """Return a work item as it is at another office, unsaved; its clock goes on, and its people are reminded anew."""
    moved = copy(item)
    moved.passed_on = [*item.passed_on, item.agency_id]
    moved.agency, moved.assignee, moved.version = to, None, item.version + 1
    moved.reminded = 0
    return moved


def to_the_desk(step: Step, item: WorkItem) -> WorkItem:
    """Return a work item as it is at the Union desk, to be done soon; unsaved."""
    moved, days = handed_on(item, desk_of(step)), step.book.days("TRANSFER", step.today)
    soon = end_of(step.book.calendar.after(step.today, days))
    if soon < moved.due_at:
        moved.due_at, moved.days = soon, days
    return moved


def desk_of(step: Step) -> Agency:
    """Return the Union desk that answers for the case as a whole."""
    offices = step.directory
    desk = next((agency for agency in offices.agencies.values() if agency.pk == step.case.desk_id), None)
    # Where the desk is no more, the one that does its work today.
    return desk or offices.agency("HPN", Agency.Level.PROVINCE, step.case)


def involve(step: Step, moved: list[WorkItem]) -> None:
    """Let the new offices take part; the part of one that has nothing open any more is over. Needs the items saved."""
    parts = [(item, step.graph.human(item.node).part) for item in moved]
    Involvement.objects.bulk_create(
        [Involvement(case=step.case, agency_id=item.agency_id, part=part, since=step.at) for item, part in parts],
        ignore_conflicts=True,
    )
    left = [Q(agency=item.passed_on[-1], part=part) for item, part in parts]
    still = WorkItem.objects.filter(case=step.case, agency=OuterRef("agency"), finished_at__isnull=True)
    over = Involvement.objects.filter(~Exists(still), case=step.case, until__isnull=True)
    over.filter(reduce(or_, left)).update(until=step.at)


def _require_movable(step: Step) -> None:
    if len(step.item.passed_on) >= MOST_TRANSFERS:
        raise WrongState(_("This step was passed on three times. The Union desk decides it now."))
    if not can_be_transferred(step.item):
        raise WrongState(_("This step does not go to another office."))
    if getattr(step.item, "proposal", None) is not None:
        raise WrongState(_("A question to the applicant waits for the approver. Settle it first."))


def _require_new(step: Step, to: Agency) -> None:
    """Pass unless it would come back to an office that had it."""
    item = step.item
    if to.pk in (item.agency_id, *item.passed_on):
        raise WrongState(_("%(agency)s had this step before. It does not come back.") % {"agency": to})
    if len(item.passed_on) + 1 == MOST_TRANSFERS and item.agency_id == step.case.desk_id:
        raise WrongState(_("This step was passed on before. The Union desk decides it now."))
