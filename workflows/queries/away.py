"""Who is away and who acts meanwhile, as its page shows it. A constant number of queries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.functional import Promise

from cases.models import Absence, Membership, Role, User
from cases.policy import WORKING_ROLES, Standing
from cases.queries.naming import office_name
from workflows.queries.hands import with_absence


@dataclass(frozen=True)
class Place:
    """One place of somebody who is away, and who acts there."""

    office: str
    role: str | Promise
    acting: str


@dataclass(frozen=True)
class Away:
    """One absence that is not over."""

    absence: Absence
    places: tuple[Place, ...]
    has_begun: bool


def absences_of(person: User, places: Collection[Membership], *, today: date) -> list[Away]:
    """Return the absences of a person that are not over, the nearest first; two queries."""
    absences = list(person.absences.filter(until__gte=today).order_by("since"))
    acting = list(person.delegations.filter(until__gte=today).select_related("user").order_by("since", "pk"))
    return [
        Away(
            absence,
            tuple(
                Place(
                    office_name(place.agency),
                    Role(place.role).label,
                    next((str(one.user) for one in acting if _is_of(one, place) and _during(one, absence)), ""),
                )
                for place in places
            ),
            absence.since <= today,
        )
        for absence in absences
    ]


def away_today(person: User, *, today: date) -> tuple[date, str] | None:
    """Return until when a person who is away today is away, and who acts meanwhile. Two queries at most."""
    absence = person.absences.filter(since__lte=today, until__gte=today).order_by("-until").first()
    if absence is None:
        return None
    acting = person.delegations.filter(since__lte=today, until__gte=today).select_related("user")
    return absence.until, ", ".join(dict.fromkeys(str(one.user) for one in acting.order_by("since", "pk")))


def acting_now(absence: Absence, *, today: date) -> dict[Standing, int]:
    """Return who acts, or will act, in each place of a person during an absence, by agency and role."""
    rows = Membership.objects.filter(
        acting_for=absence.person_id, since__lte=absence.until, until__gte=max(today, absence.since)
    )
    return {(agency, role): user for agency, role, user in rows.values_list("agency_id", "role", "user_id")}


def acts_for(user: User, *, today: date) -> QuerySet[Membership]:
    """Return in whose place a person acts, or will act."""
    rows = Membership.objects.filter(user=user, acting_for__isnull=False, until__gte=today)
    return rows.select_related("acting_for", "agency").order_by("since", "pk")


def staff_of(agencies: Collection[int], *, but: User) -> QuerySet[User]:
    """Return who works at these offices in their own right, each with whether she is away and who acts."""
    there = Membership.objects.today().filter(agency__in=agencies, role__in=WORKING_ROLES, acting_for__isnull=True)
    people = User.objects.filter(pk__in=there.values("user")).exclude(pk=but.pk)
    return with_absence(people).order_by("full_name", "pk")


def approvers_of(agency_id: int, *, but: User) -> list[str]:
    """Return the names of the approvers of an office, but of one who is away."""
    there = Membership.objects.today().filter(agency=agency_id, role=Role.APPROVER, acting_for__isnull=True)
    people = User.objects.filter(pk__in=there.values("user")).exclude(pk=but.pk)
    return [str(person) for person in people.order_by("full_name", "pk")]


def _is_of(acting: Membership, place: Membership) -> bool:
    return (acting.agency_id, acting.role) == (place.agency_id, place.role)


def _during(acting: Membership, absence: Absence) -> bool:
    return acting.since <= absence.until and acting.until is not None and acting.until >= absence.since
