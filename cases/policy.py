"""The one rule book: who may see which case, and who may do what. Deny by default."""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise

from cases.models.access import Involvement
from cases.models.agency import Province
from cases.models.case import Case, CaseState
from cases.models.people import Membership, Role, User

Standing = tuple[int, str]

# Roles that work on cases, and roles that read everything in their province without deciding anything.
WORKING_ROLES = (Role.OFFICER, Role.APPROVER)
READING_ROLES = (Role.SUPERVISOR, Role.AUDITOR)


class WrongState(Exception):
    """The right person came too late, or too early. `message` says who did what when: 409."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class NotFoundForYou(Http404):
    """The wrong person asked. The answer is the same as if there were nothing."""


def visible_cases(user: User | AnonymousUser) -> QuerySet[Case]:
    """Return the cases this person may see.

    Her own; those routed to her agency or to her by name; for supervisors and auditors, those of their
    province. A draft is seen by its applicant alone, and by the officer who fills it in for her at a counter.
    A sealed case is seen by its applicant, by those
    who hold it by name, and by the approvers of the office that answers for it.
    """
    if not user.is_authenticated:
        return Case.objects.none()
    works = Membership.objects.today().filter(user=user)
    works_there = works.filter(role__in=WORKING_ROLES, agency__involvements__case=OuterRef("pk"))
    answers_for_it = works.filter(
        role=Role.APPROVER,
        agency__involvements__case=OuterRef("pk"),
        agency__involvements__part=Involvement.Part.HANDLES,
        agency__involvements__until__isnull=True,
    )
    reads_the_province = works.filter(role__in=READING_ROLES, agency__province=OuterRef("province"))
    by_name = Involvement.objects.filter(case=OuterRef("pk"), person=user, until__isnull=True)
    filed = ~Q(state=CaseState.DRAFT)
    at_the_counter = works.filter(role__in=WORKING_ROLES, agency=OuterRef("counter"))
    return Case.objects.filter(
        Q(applicant=user)
        | (~filed & Q(filled_in_by=user) & Exists(at_the_counter))
        | (filed & Q(sealed=False) & (Exists(works_there) | Exists(reads_the_province)))
        | (filed & Exists(by_name) & (Exists(works_there) | Exists(works.filter(role=Role.EXPERT))))
        | (filed & Q(sealed=True) & Exists(answers_for_it))
    )


def supervised_provinces(user: User | AnonymousUser) -> list[Province]:
    """Return the provinces whose cases this person reads without working on them."""
    if not user.is_authenticated:
        return []
    there = Membership.objects.today().filter(user=user, role__in=READING_ROLES)
    return list(Province.objects.filter(pk__in=there.values("agency__province")))


def supervised_cases(user: User | AnonymousUser) -> QuerySet[Case]:
    """Return the cases whose whole story this person may read: all of which `can` allows her to supervise."""
    provinces = [province.pk for province in supervised_provinces(user)]
    return Case.objects.listed().filter(province__in=provinces).exclude(applicant_id=user.pk)


def office_cases(user: User | AnonymousUser) -> QuerySet[Case]:
    """Return the cases that are, or were, at an office this person works for, or with her by name."""
    if not user.is_authenticated:
        return Case.objects.none()
    works = Membership.objects.today().filter(user=user, role__in=WORKING_ROLES)
    there = Involvement.objects.filter(case=OuterRef("pk"), agency__in=works.values("agency"))
    by_name = Involvement.objects.filter(case=OuterRef("pk"), person=user)
    visible = visible_cases(user).filter(Exists(there) | Exists(by_name), sealed=False)
    return visible.exclude(state=CaseState.DRAFT).exclude(applicant_id=user.pk)


def handles(user: User, case: Case) -> bool:
    """Return whether her office, or she by name, handles or handled the case, and is not only consulted on it."""
    works = Membership.objects.today().filter(user=user, role__in=WORKING_ROLES)
    hers = Q(person=user) | Q(agency__in=works.values("agency"))
    return case.involvements.filter(hers, part=Involvement.Part.HANDLES).exists()


def find_case(user: User | AnonymousUser, **lookup: object) -> Case:
    """Return the one visible case with this key, code or id; raises NotFoundForYou."""
    case = (
        visible_cases(user)
        .select_related("applicant", "commune", "province", "desk", "enterprise")
        .filter(**lookup)
        .first()
    )
    if case is None:
        raise NotFoundForYou
    return case


def standing(user: User | AnonymousUser) -> frozenset[Standing]:
    """Return the (agency id, role) pairs the person holds today. One query."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(places_of(user).values_list("agency_id", "role"))


def places_of(user: User) -> QuerySet[Membership]:
    """Return where the person works today, for a statement that asks for more than her standing."""
    return Membership.objects.filter(user=user, until__isnull=True)


def can(
    user: User | AnonymousUser,
    action: str,
    case: Case,
    *,
    agency_id: int | None = None,
    role: str = Role.OFFICER,
    assignee_id: int | None = None,
    part: str = Involvement.Part.HANDLES,
    still_works: bool = True,
    barred: Collection[int] = (),
    held: Iterable[Standing] | None = None,
) -> bool:
    """Return whether this person may do this to this case.

    `agency_id`, `role`, `assignee_id` and `part` describe the work item, `still_works` whether its holder still
    works anywhere; `barred` are those who decided the steps that this one must judge (nobody judges her own case);
    `held` is `standing(user)` where it is known.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    hers = case.applicant_id == user.pk
    if action in ("answer", "withdraw", "resubmit", "rate", "write"):
        return hers
    if action in ("fill_in", "submit", "hand_over"):
        # Hers, and the officer's who fills it in for her at a counter; he also hands over the code and the date,
        # until the case is sealed.
        if hers or case.filled_in_by_id != user.pk or case.sealed:
            return hers
        where = {agency for agency, of in (standing(user) if held is None else held) if of in WORKING_ROLES}
        return case.counter_id in where
    if action == "view":
        return visible_cases(user).filter(pk=case.pk).exists()
    if action == "read_sealed":
        # Told to one person: whoever holds the step by name, not her office.
        works_here = {agency for agency, _role in (standing(user) if held is None else held)}
        return not hers and assignee_id == user.pk and agency_id in works_here
    if action in ("decide", "request_information", "claim", "release"):
        if hers or user.pk in barred:
            return False
        if agency_id is None:
            # An adviser decides by name, for as long as she is listed.
            return assignee_id == user.pk and still_works
        roles = {held_role for agency, held_role in (standing(user) if held is None else held) if agency == agency_id}
        if Role.APPROVER in roles and (action == "release" or (case.sealed and action == "claim")):
            return True
        if case.sealed:
            return bool(roles & set(WORKING_ROLES)) and (
                assignee_id == user.pk or (role == Role.APPROVER and role in roles)
            )
        return role in roles
    if action == "assign":
        # The approver of an office hands out its work; what is sealed stays with its holder.
        places = standing(user) if held is None else held
        return not hers and not case.sealed and agency_id is not None and (agency_id, Role.APPROVER) in places
    if action in ("write_to_her", "note"):
        # Whoever handles it, and her colleagues; an office that is only consulted speaks to the one that asked.
        if hers or part != Involvement.Part.HANDLES:
            return False
        if agency_id is None:
            return assignee_id == user.pk and still_works
        roles = {held_role for agency, held_role in (standing(user) if held is None else held) if agency == agency_id}
        by_name = assignee_id == user.pk or (role == Role.APPROVER and role in roles)
        return bool(roles & set(WORKING_ROLES)) and (by_name or not case.sealed)
    if action == "supervise":
        return (
            not hers
            and not case.sealed
            and Membership.objects.today()
            .filter(user=user, role__in=READING_ROLES, agency__province=case.province_id)
            .exists()
        )
    raise ValueError(f"The rule book does not know the action {action!r}")


def require(
    user: User | AnonymousUser,
    action: str,
    case: Case,
    *,
    agency_id: int | None = None,
    role: str = Role.OFFICER,
    assignee_id: int | None = None,
    part: str = Involvement.Part.HANDLES,
    still_works: bool = True,
    barred: Collection[int] = (),
    held: Iterable[Standing] | None = None,
) -> None:
    """Pass when this person may do this; otherwise raise NotFoundForYou."""
    if not can(
        user,
        action,
        case,
        agency_id=agency_id,
        role=role,
        assignee_id=assignee_id,
        part=part,
        still_works=still_works,
        barred=barred,
        held=held,
    ):
        raise NotFoundForYou
