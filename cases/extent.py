"""How much of a case somebody reads who may see it. Every page that shows a case asks here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from django.db.models import Exists, OuterRef, Q

from cases.models.access import Involvement
from cases.models.case import Case, CaseState
from cases.models.people import User
from cases.standing import READING_ROLES, WORKING_ROLES, places_of


class Extent(IntEnum):
    """How much of a case somebody reads who may see it, from the least to the most."""

    NOTHING = 0
    # A part of it was with her office, which has it no longer: that it was there, and what the office itself said.
    OVER = 1
    # The part that was handed to her office.
    HANDED = 2
    # Her answers and papers, but nothing that colleagues wrote.
    CONSULTED = 3
    WHOLE = 4


@dataclass(frozen=True)
class Reading:
    """How much of one case one person reads, for which bodies outside, and since when it is with them."""

    extent: Extent = Extent.NOTHING
    offices: frozenset[int] = frozenset()
    since: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is kept from her but what is sealed."""
        return self.extent is Extent.WHOLE

    @property
    def is_over(self) -> bool:
        """Whether a part of it was with her office, which has it no longer."""
        return self.extent is Extent.OVER

    @property
    def is_in_part(self) -> bool:
        """Whether she reads no more than what was handed to her office."""
        return self.extent <= Extent.HANDED


WHOLE = Reading(Extent.WHOLE)
_READS = {
    Involvement.Part.HANDLES: Extent.WHOLE,
    Involvement.Part.SUPERVISES: Extent.WHOLE,
    Involvement.Part.CONSULTED: Extent.CONSULTED,
    Involvement.Part.CONFIRMS: Extent.CONSULTED,
    Involvement.Part.RECEIVES: Extent.HANDED,
}


def reading(user: User, case: Case) -> Reading:
    """Return how much this person reads of a case that she may see. Two queries."""
    return readings(user, [case])[case.pk]


def readings(user: User, cases: Collection[Case]) -> dict[int, Reading]:
    """Return how much this person reads of each of these cases, all of which she may see. Two queries.

    Once an office handles or is consulted it may go on reading so; what was handed to it, only until that is over.
    """
    places = list(places_of(user).values_list("agency_id", "role", "agency__province"))
    works = {agency for agency, role, _province in places if role in WORKING_ROLES}
    supervised = {province for _agency, role, province in places if role in READING_ROLES}
    parts: dict[int, list[Involvement]] = {}
    hers = Q(person=user) | Q(agency__in=works)
    for part in Involvement.objects.filter(hers, case__in=[case.pk for case in cases]):
        parts.setdefault(part.case_id, []).append(part)
    found = {}
    for case in cases:
        of_case = parts.get(case.pk, [])
        # A draft is seen by those alone who fill it in.
        whole = case.applicant_id == user.pk or case.state == CaseState.DRAFT
        if whole or (case.province_id in supervised and not case.sealed):
            found[case.pk] = WHOLE
            continue
        extent = max((_extent(part, case) for part in of_case), default=Extent.NOTHING)
        handed = [part for part in of_case if part.part == Involvement.Part.RECEIVES]
        if extent is not Extent.OVER:
            # Who works at two bodies reads nothing that was said to the one which lost the case.
            handed = [part for part in handed if not _is_over(part, case)]
        found[case.pk] = Reading(
            extent,
            frozenset(part.agency_id for part in handed if part.agency_id is not None),
            max((part.since for part in handed), default=None),
        )
    return found


def _extent(part: Involvement, case: Case) -> Extent:
    extent = _READS[Involvement.Part(part.part)]
    return Extent.OVER if extent is Extent.HANDED and _is_over(part, case) else extent


def _is_over(part: Involvement, case: Case) -> bool:
    """Return whether a body outside reads no longer: another has the case, or it ended, however it did."""
    return part.until is not None or not case.is_moving


def read_in_part(user: User) -> Q:
    """Return the condition under which a case of her offices is one of which this person reads a part alone."""
    works = places_of(user).filter(role__in=WORKING_ROLES).values("agency")
    hers = Involvement.objects.filter(Q(person=user) | Q(agency__in=works), case=OuterRef("pk"))
    supervises = places_of(user).filter(role__in=READING_ROLES, agency__province=OuterRef("province"))
    handed = hers.filter(part=Involvement.Part.RECEIVES)
    more = hers.exclude(part=Involvement.Part.RECEIVES)
    return Q(Exists(handed)) & ~Exists(more) & ~Exists(supervises) & ~Q(applicant=user.pk)
