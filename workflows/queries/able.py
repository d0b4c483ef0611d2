"""Who can do a work item today: as conditions in the database, so that they hold for one item and for all of them."""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.models import Absence, Decision, Membership, Recusal, Relation, Role
from workflows.flows.registry import FLOWS, graph_for
from workflows.models import WorkItem

_RUNNING = Q(status=WorkItem.Status.OPEN)
_NOTHING = Q(pk__in=())
# A step as far as it matters here: the role that does it, and whose deciders are barred from it.
_Kind = tuple[str, tuple[str, ...]]


def away_alone() -> Q:
    """Return the running items whose holder is away today without anybody who acts for her."""
    away = Absence.objects.today().filter(person=OuterRef("assignee"))
    acting = Membership.objects.today().filter(acting_for=OuterRef("assignee"), user__is_active=True)
    there = Q(agency=OuterRef("agency")) | Q(role=Role.EXPERT)
    return _RUNNING & Q(assignee__isnull=False) & Exists(away) & ~Exists(acting.filter(there))


def kept_from_holder() -> Q:
    """Return the running items that their holder cannot do today, nor anybody who acts for her.

    She is away, keeps away from the case, or works there no more.
    """
    acting = _kept_near().filter(acting_for=OuterRef("assignee"))
    there = Q(agency=OuterRef("agency")) | Q(role=Role.EXPERT)
    # Nobody takes up a sealed case in another's place.
    lent = Q(case__sealed=False) & Q(Exists(acting.filter(there)))
    able = Q(Exists(_kept_near().filter(there, user=OuterRef("assignee"))))
    by_name = Q(assignee__isnull=False) & ~Q(holder=WorkItem.Holder.APPLICANT)
    return _RUNNING & by_name & ~able & ~lent


def nobody_can() -> Q:
    """Return the running items that no active person can do today.

    Nobody has the role there, or all who have it are away, kept away from the case, or barred because they decided
    what the step judges.
    """
    in_office = Q(agency__isnull=False) & ~Q(holder=WorkItem.Holder.APPLICANT)
    by_name = Q(agency__isnull=True, assignee__isnull=False) & ~Q(holder=WorkItem.Holder.APPLICANT)
    open_cases = [
        steps & _nobody_there(Membership.objects.filter(role=role), not_by)
        for (role, not_by), steps in _kinds().items()
    ]
    # What is sealed is done by whoever holds it by name, or taken over by the approver of the office.
    insiders = _kept_near().filter(Q(user=OuterRef("assignee")) | Q(role=Role.APPROVER), agency=OuterRef("agency"))
    advisers = _kept_near().filter(user=OuterRef("assignee"), role=Role.EXPERT)
    return _RUNNING & (
        (in_office & Q(case__sealed=False) & reduce(or_, open_cases, _NOTHING))
        | (in_office & Q(case__sealed=True) & ~Exists(insiders))
        | (by_name & ~Exists(advisers))
    )


def _nobody_there(those: QuerySet[Membership], not_by: tuple[str, ...]) -> Q:
    """Return the items of an office where none of those of a role can do it.

    Where somebody is there at all, only what can keep people away from the very case is looked at case by case: this
    is asked of a hundred thousand items.
    """
    empty = ~Q(agency__in=_there(those).values("agency"))
    doubtful = Q() if not_by else _somebody_kept_away()
    able = _kept_near(those).filter(agency=OuterRef("agency")).exclude(_barred(not_by))
    return empty | (doubtful & ~Q(Exists(able)))


def _somebody_kept_away() -> Q:
    """Return the items of cases that may be shut to somebody who works in an office."""
    phones = Relation.objects.filter(kind=Relation.Kind.PHONE)
    tax_codes = Relation.objects.filter(kind=Relation.Kind.TAX_CODE)
    return (
        Q(case__in=Recusal.objects.values("case"))
        | Q(case__applicant__in=Membership.objects.today().values("user"))
        | Q(case__applicant__phone__in=phones.values("value"))
        | Q(case__enterprise__tax_code__in=tax_codes.values("value"))
    )


def _kinds() -> dict[_Kind, Q]:
    """Return the steps of every flow by what matters here."""
    kinds: dict[_Kind, Q] = {}
    for service, version in FLOWS:
        nodes: dict[_Kind, list[str]] = {}
        for name, human in graph_for(service, version).human_steps.items():
            nodes.setdefault((str(human.role), tuple(human.not_by)), []).append(name)
        for kind, names in nodes.items():
            steps = Q(case__service=service, case__version=version, node__in=names)
            kinds[kind] = kinds.get(kind, _NOTHING) | steps
    return kinds


def _there(those: QuerySet[Membership]) -> QuerySet[Membership]:
    """Return which of these memberships hold today and are of people who are there."""
    away = Absence.objects.today().filter(person=OuterRef("user"))
    return those.filter(~Exists(away), pk__in=Membership.objects.today(), user__is_active=True)


def _kept_near(those: QuerySet[Membership] | None = None) -> QuerySet[Membership]:
    """Return, of those who are there, whoever may touch the case of an item."""
    recused = Recusal.objects.filter(person=OuterRef("user"), case=OuterRef(OuterRef("case")))
    near = Relation.objects.filter(
        Q(kind=Relation.Kind.PHONE, value=OuterRef(OuterRef("case__applicant__phone")))
        | Q(kind=Relation.Kind.TAX_CODE, value=OuterRef(OuterRef("case__enterprise__tax_code"))),
        person=OuterRef("user"),
    )
    there = _there(Membership.objects.all() if those is None else those)
    return there.exclude(user=OuterRef("case__applicant")).filter(~Exists(recused), ~Exists(near))


def _barred(not_by: tuple[str, ...]) -> Q:
    """Return the memberships that cannot be used: she, or she in whose place she acts, decided what is judged."""
    if not not_by:
        return _NOTHING
    decided = Decision.objects.filter(case=OuterRef(OuterRef("case")), node__in=not_by)
    return Q(Exists(decided.filter(reviewer=OuterRef("user")))) | Q(
        Exists(decided.filter(reviewer=OuterRef("acting_for")))
    )
