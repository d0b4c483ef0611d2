"""Keeping away from a case that one is too near to: declared on its page, or found by what somebody registered."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from cases.models import Decision, Involvement, Recusal, Relation, Role, User
from cases.policy import NotFoundForYou, WrongState, places_of
from workflows.actions.reviewing import keep
from workflows.actions.transferring import HANDED_ON, desk_of, involve, to_the_desk
from workflows.asks import Option
from workflows.conflicts import Repeated
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.queries.hands import Colleagues, managers_of
from workflows.step import Step

# The reason that stands at the decision of an adviser who keeps away.
TOO_NEAR = "BUSY_OR_INVOLVED"


def recuse(item: WorkItem, *, person: User, ground: str, key: UUID | None, at: datetime) -> Recusal:
    """Keep away from a case from now on: what she holds goes back to her office, and the case is shut to her.

    What nobody else of the office could do goes to the Union desk; an adviser declines by it. Nothing undoes it.
    """
    found = ground == Recusal.Ground.RELATION
    try:
        with moving(item, "person_recused", actor=person, key=key, at=at, past_the_door=found) as step:
            colleagues = Colleagues(step.case) if step.item.agency_id is not None else None
            step.require("recuse", held=colleagues.held_by(person) if colleagues else None)
            step.require_open()
            # She does it for herself, whoever lent her the place she works at.
            step.on_behalf_of = None
            recusal = Recusal.objects.create(case=step.case, person=person, ground=ground, recorded_at=at)
            if colleagues is not None:
                facts = _leave_the_office(step, person, colleagues)
            else:
                facts = _leave_by_name(step, person)
            step.record(person=person.pk, ground=str(ground), **facts)
            return recusal
    except Repeated:
        return Recusal.objects.get(case=item.case_id, person=person)


def register_relation(*, person: User, kind: str, value: str, at: datetime) -> Relation:
    """Register what is near to a person; she leaves every open case of her offices that carries it.

    The door is shut first, so that nothing new reaches her meanwhile.
    """
    try:
        with transaction.atomic():
            relation = Relation.objects.create(person=person, kind=kind, value=value, registered_at=at)
    except IntegrityError:
        relation = Relation.objects.get(person=person, kind=kind, value=value)
    for item in _near_to(relation):
        # What was finished meanwhile, or is sealed and none of hers, she does not have to leave.
        with suppress(NotFoundForYou, WrongState):
            recuse(item, person=person, ground=Recusal.Ground.RELATION, key=uuid4(), at=at)
    return relation


def _near_to(relation: Relation) -> Sequence[WorkItem]:
    """Return one open work item, hers or of an office of hers, of each case that carries what she registered."""
    carries = {
        Relation.Kind.PHONE: Q(case__applicant__phone=relation.value),
        Relation.Kind.TAX_CODE: Q(case__enterprise__tax_code=relation.value),
    }[Relation.Kind(relation.kind)]
    works = places_of(relation.person).filter(role__in=(Role.OFFICER, Role.APPROVER)).values("agency")
    recused = Recusal.objects.filter(case=OuterRef("case"), person=relation.person)
    items = (
        WorkItem.objects.filter(carries, ~Exists(recused), finished_at__isnull=True)
        .filter(Q(agency__in=works) | Q(agency__isnull=True, assignee=relation.person))
        .exclude(case__applicant=relation.person)
        .select_related("case", "agency")
        .order_by("case_id", "pk")
    )
    # Hers before another of the same case: only who holds a sealed step, or answers for it, may leave it.
    by_case: dict[int, WorkItem] = {}
    for item in items:
        if item.case_id not in by_case or item.assignee_id == relation.person_id:
            by_case[item.case_id] = item
    return list(by_case.values())


def _leave_the_office(step: Step, person: User, colleagues: Colleagues) -> dict[str, Any]:
    """Give back what she holds, and pass on to the desk what nobody else here could do; return what to say of it."""
    hers = {agency for agency, _role in colleagues.held_by(person)}
    desk = desk_of(step).pk
    now_open, released, moved, stuck = step.open_items(), [], [], False
    for place, item in enumerate(now_open):
        if item.agency_id not in hers or item.assignee_id not in (None, person.pk):
            continue
        human = step.graph.human(item.node)
        role, barred = Role.APPROVER if step.case.sealed else human.role, {*step.barred(human), person.pk}
        here, at_the_desk = (colleagues.can_do(agency, role, barred=barred) for agency in (item.agency_id, desk))
        if not here and at_the_desk and not step.case.sealed:
            now_open[place] = to_the_desk(step, item)
            moved.append(now_open[place])
            continue
        stuck = stuck or not here
        if item.assignee_id == person.pk:
            item.assignee, item.version = None, item.version + 1
            released.append(item)
    if changed := [*released, *moved]:
        WorkItem.objects.bulk_update(changed, HANDED_ON)
    if moved:
        involve(step, moved)
    if step.case.sealed:
        Involvement.objects.filter(case=step.case, person=person, until__isnull=True).update(until=step.at)
    step.now_open = now_open
    told = [_supervisors(step)] if stuck and not step.case.sealed else []
    return {
        "released": [_told(step, item) for item in released],
        "reassigned": [_told(step, item) for item in moved],
        "read_by": [*(_told(step, item) for item in changed), *told],
    }


def _leave_by_name(step: Step, person: User) -> dict[str, Any]:
    """Decline what an adviser has by name; where the step cannot be declined, its managers give it to another."""
    declines = next((option for option in step.human.options if option.returns), None)
    if declines is None:
        step_of_hers = {**step.described(step.item), "person": None, "role": Role.APPROVER}
        # Whose it is does not change before they do so.
        step_of_hers.pop("holder")
        return {"read_by": [{**step_of_hers, "agency": agency} for agency in sorted(managers_of(step.item))]}
    decision = _declined(step, person, declines)
    step.close(decision)
    keep(step, declines, decision, {})
    step.advance()
    Involvement.objects.filter(case=step.case, person=person, until__isnull=True).update(until=step.at)
    return {"verdict": decision.verdict, "reason_code": decision.reason_code, "decision": decision.pk}


def _declined(step: Step, person: User, option: Option) -> Decision:
    decision = Decision(
        case=step.case,
        node=step.item.node,
        token=step.item.token,
        verdict=option.verdict,
        reason_code=TOO_NEAR,
        reviewer=person,
        decided_at=step.at,
    )
    decision.save(force_insert=True)
    return decision


def _told(step: Step, item: WorkItem) -> dict[str, Any]:
    """Return what is said of an item that is free again; of a sealed one only approvers hear, who take it over."""
    described = {**step.described(item), "person": None}
    described.pop("acting", None)
    return {**described, "role": Role.APPROVER} if step.case.sealed else described


def _supervisors(step: Step) -> dict[str, Any]:
    """Return the supervisors of the province as an event describes them: nobody at the desk could do it either."""
    return {"person": None, "agency": None, "province": step.case.province_id, "role": Role.SUPERVISOR}
