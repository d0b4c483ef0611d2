"""The one rule book: who may see which case, and who may do what. Deny by default."""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise

from cases.extent import WHOLE as WHOLE
from cases.extent import Extent as Extent
from cases.extent import Reading as Reading
from cases.extent import read_in_part as read_in_part
from cases.extent import reading as reading
from cases.extent import readings as readings
from cases.models.access import Involvement
from cases.models.agency import Province
from cases.models.case import Case, CaseState
from cases.models.enterprise import Enterprise
from cases.models.follow_up import FollowUp
from cases.models.people import Membership, Role, User
from cases.models.recusal import Recusal, Relation
from cases.standing import READING_ROLES as READING_ROLES
from cases.standing import WORKING_ROLES as WORKING_ROLES
from cases.standing import Posts as Posts
from cases.standing import Standing as Standing
from cases.standing import places_of as places_of

# What a person does about a case that is not her own; a door that is shut to her ends it. `submit` is none of them:
# it happens in a step only, which looks at the door itself.
_BEHIND_THE_DOOR = frozenset(
    (
        *("decide", "request_information", "claim", "release", "assign", "transfer", "recuse", "read_sealed"),
        *("write_to_her", "note", "supervise", "fill_in", "hand_over"),
        *("approve_request", "put_off", "put_off_again", "publish_answer", "follow_up"),
    )
)
# As what one does something at an office, where not in the role of the step.
_AS = {
    **dict.fromkeys(("write_to_her", "note", "recuse"), WORKING_ROLES),
    **dict.fromkeys(("release", "transfer"), WORKING_ROLES),
    "assign": (Role.APPROVER,),
}


def roles_for(action: str, role: str) -> tuple[str, ...]:
    """Return the roles of an office that let somebody do this to a step for this role."""
    return _AS.get(action, (role,))


class WrongState(Exception):
    """The right person came too late, or too early. `message` says who did what when: 409."""

    def __init__(self, message: str | Promise, *, way_back: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        # The address at which the case can be read, where a page knows it.
        self.way_back = way_back


class NotFoundForYou(Http404):
    """The wrong person asked. The answer is the same as if there were nothing."""


def shut(user: User, *, case: str = "") -> Q:
    """Return the condition under which a case, or whatever has its case under this name, is shut to a person.

    She declared herself too near to it, or it carries a phone or a tax code that she registered as near to her. Her
    own case as an applicant is never shut to her.
    """
    of = f"{case}__" if case else ""
    recused = Recusal.objects.filter(person=user, case=OuterRef(case or "pk"))
    near = Relation.objects.filter(
        Q(kind=Relation.Kind.PHONE, value=OuterRef(f"{of}applicant__phone"))
        | Q(kind=Relation.Kind.TAX_CODE, value=OuterRef(f"{of}enterprise__tax_code")),
        person=user,
    )
    return ~Q(**{f"{of}applicant": user.pk}) & (Q(Exists(recused)) | Q(Exists(near)))


def shut_out_of(case: Case, *, person: str = "pk") -> Q:
    """Return the condition under which a person, or whatever has a person under this name, is shut out of a case."""
    phone = User.objects.filter(cases=case.pk).values("phone")
    tax_code = Enterprise.objects.filter(case=case.pk).values("tax_code")
    near = Relation.objects.filter(
        Q(kind=Relation.Kind.PHONE, value__in=phone) | Q(kind=Relation.Kind.TAX_CODE, value__in=tax_code),
        person=OuterRef(person),
    )
    recused = Recusal.objects.filter(case=case.pk, person=OuterRef(person))
    hers = Q(**{person: case.applicant_id})
    return ~hers & (Q(Exists(recused)) | Q(Exists(near)))


def is_shut_out(user: User, case: Case) -> bool:
    """Return whether this case is shut to a person. One query."""
    return User.objects.filter(shut_out_of(case), pk=user.pk).exists()


def visible_cases(user: User | AnonymousUser) -> QuerySet[Case]:
    """Return the cases this person may see.

    Her own; those routed to her agency or to her by name; for supervisors and auditors, those of their
    province. A draft is seen by its applicant alone, and by the officer who fills it in for her at a counter.
    A sealed case is seen by its applicant, by those who hold it by name, and by the approvers of the office that
    answers for it. Whoever is too near to a case that is not her own sees nothing of it.
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
    return Case.objects.filter(~shut(user)).filter(
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
    if not user.is_authenticated:
        return Case.objects.none()
    provinces = [province.pk for province in supervised_provinces(user)]
    return Case.objects.listed().filter(~shut(user), province__in=provinces).exclude(applicant_id=user.pk)


def office_cases(user: User | AnonymousUser) -> QuerySet[Case]:
    """Return the cases that are, or were, at an office this person works for, or with her by name."""
    if not user.is_authenticated:
        return Case.objects.none()
    works = Membership.objects.today().filter(user=user, role__in=WORKING_ROLES)
    there = Involvement.objects.filter(case=OuterRef("pk"), agency__in=works.values("agency"))
    by_name = Involvement.objects.filter(case=OuterRef("pk"), person=user)
    visible = visible_cases(user).filter(Exists(there) | Exists(by_name), sealed=False)
    return visible.exclude(state=CaseState.DRAFT).exclude(applicant_id=user.pk)


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


def standing(user: User | AnonymousUser) -> Posts:
    """Return the (agency id, role) pairs the person holds today, her own or in another's place. One query."""
    return Posts.of(places_of(user).select_related("acting_for") if user.is_authenticated else ())


def _roles_at(agency_id: int, held: Iterable[Standing], barred: Collection[int] = ()) -> set[str]:
    """Return the roles in which somebody may do something at an agency that some are barred from."""
    usable = held.usable(barred) if isinstance(held, Posts) else held
    return {role for agency, role in usable if agency == agency_id}


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
    is_shut: bool | None = None,
) -> bool:
    """Return whether this person may do this to this case.

    `agency_id`, `role`, `assignee_id` and `part` describe the work item, `still_works` whether its holder still
    works anywhere; `barred` are those who decided the steps that this one must judge (nobody judges her own case);
    `held` is `standing(user)` and `is_shut` whether the case is shut to her, where either is known.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    hers = case.applicant_id == user.pk
    if is_shut is None and not hers and action in _BEHIND_THE_DOOR:
        is_shut = is_shut_out(user, case)
    if is_shut and not hers:
        return False
    if action in ("answer", "withdraw", "resubmit", "begin_next", "rate", "write", "take_back", "follow_up"):
        return hers or (action == "follow_up" and FollowUp.objects.kept_by(user).filter(case=case).exists())
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
    if action == "decide" and agency_id is None and assignee_id == case.applicant_id:
        # A step of her own: nobody else has it, and it is no judgement of her case.
        return hers
    if action in ("decide", "request_information", "claim", "release"):
        if hers or user.pk in barred:
            return False
        if agency_id is None:
            # An adviser decides by name, for as long as she is listed.
            return assignee_id == user.pk and still_works
        roles = _roles_at(agency_id, standing(user) if held is None else held, barred)
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
    if action == "publish_answer":
        # An approver of the office that answered; nothing of a sealed case is ever made public.
        if hers or case.sealed or agency_id is None:
            return False
        return Role.APPROVER in _roles_at(agency_id, standing(user) if held is None else held)
    if action == "transfer":
        # Whoever does the step, or the approver of the office; what is sealed, or held by name, goes nowhere else.
        if hers or case.sealed or agency_id is None:
            return False
        return bool(_roles_at(agency_id, standing(user) if held is None else held) & {role, Role.APPROVER})
    if action in ("write_to_her", "note", "recuse"):
        # Whoever handles it, and her colleagues; an office that is only consulted speaks to the one that asked, one
        # that was handed a part of it to her alone, but too near to a case one can be anywhere.
        to_her = action == "write_to_her" and part == Involvement.Part.RECEIVES
        if hers or (part != Involvement.Part.HANDLES and action != "recuse" and not to_her):
            return False
        if agency_id is None:
            return assignee_id == user.pk and still_works
        roles = _roles_at(agency_id, standing(user) if held is None else held)
        answers = role == Role.APPROVER or action == "recuse"
        by_name = assignee_id == user.pk or (answers and Role.APPROVER in roles)
        return bool(roles & set(WORKING_ROLES)) and (by_name or not case.sealed)
    if action == "approve_request":
        # An approver of the office that asks, or of the desk that answers for the case; nobody her own (`barred`).
        if hers or user.pk in barred:
            return False
        places = standing(user) if held is None else held
        offices = (agency_id,) if case.sealed else (agency_id, case.desk_id)
        return any(office and Role.APPROVER in _roles_at(office, places, barred) for office in offices)
    if action == "put_off":
        # Whoever may conclude a step that handles the case for an office, an approver of that office or of the desk.
        places = standing(user) if held is None else held
        if hers or (not case.sealed and case.desk_id and Role.APPROVER in _roles_at(case.desk_id, places)):
            return not hers
        if agency_id is None or part != Involvement.Part.HANDLES:
            return False
        roles = _roles_at(agency_id, places)
        by_name = assignee_id == user.pk and bool(roles & set(WORKING_ROLES))
        return Role.APPROVER in roles or (by_name if case.sealed else role in roles)
    if action == "put_off_again":
        if case.sealed:
            # Nobody supervises it: an approver of its desk, but not who apologised the first time (`barred`).
            places = standing(user) if held is None else held
            roles = _roles_at(case.desk_id, places, barred) if case.desk_id else set()
            return not hers and user.pk not in barred and Role.APPROVER in roles
        # Once more only by those who supervise; an auditor reads and writes nothing.
        there = Membership.objects.today().filter(user=user, role=Role.SUPERVISOR)
        return not hers and there.filter(agency__province=case.province_id).exists()
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
    is_shut: bool | None = None,
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
        is_shut=is_shut,
    ):
        raise NotFoundForYou


def keeps_the_rules(user: User | AnonymousUser) -> bool:
    """Return whether this person keeps the deadline rules and the calendar: an administrator, who reads no case."""
    return user.is_authenticated and user.is_active and user.is_staff
