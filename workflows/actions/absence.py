"""Being away: from a day to a day, with a colleague who acts meanwhile in each place; it ends by itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Absence, Membership, Role, User
from cases.policy import NotFoundForYou, Standing, WrongState

# Longer than a year nobody is away; she works elsewhere then.
LONGEST = timedelta(days=365)
_ONE_DAY = timedelta(days=1)


class NotAnAbsence(WrongState):
    """These days, or this colleague, do not fit; `field` is which answer to mend."""

    def __init__(self, message: str | Promise, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class FallenBack:
    """Work that a colleague gave somebody who is away now, too, and that waits for another."""

    absent: User
    membership: Membership


def field_of(place: Standing) -> str:
    """Return under which name a form asks who acts in this place."""
    return f"acting_{place[0]}_{place[1]}"


def places(person: User) -> QuerySet[Membership]:
    """Return where this person works today in her own right and somebody else could act for her."""
    own = Membership.objects.today().filter(user=person, acting_for__isnull=True, role__in=policy.WORKING_ROLES)
    return own.select_related("agency").order_by("agency__name", "-role", "pk")


def colleagues(agency_id: int, person: User) -> QuerySet[User]:
    """Return who could act for this person at an agency: those who work there in their own right."""
    there = Membership.objects.today().filter(agency=agency_id, acting_for__isnull=True, role__in=policy.WORKING_ROLES)
    return User.objects.filter(pk__in=there.values("user"), is_active=True).exclude(pk=person.pk).order_by("full_name")


def managed_by(user: User) -> set[int]:
    """Return the agencies whose approver this person is today."""
    return {agency for agency, role in policy.standing(user) if role == Role.APPROVER}


def require_may_record(by: User, person: User) -> None:
    """Pass for the person herself, if she works for an agency, and for the approver of an office of hers."""
    works = Membership.objects.today().filter(user=person)
    if by != person:
        works = works.filter(agency__in=managed_by(by), acting_for__isnull=True, role__in=policy.WORKING_ROLES)
    if not works.exists():
        raise NotFoundForYou


def record_absence(
    *, person: User, by: User, since: date, until: date, acting: Mapping[Standing, User | None], at: datetime
) -> list[FallenBack]:
    """Record that a person is away, and who acts in her places; return what she did for others and now cannot.

    Raises NotFoundForYou where `by` may not record it, NotAnAbsence where the days or a colleague do not fit.
    """
    require_may_record(by, person)
    today = timezone.localdate(at)
    if since < today:
        raise NotAnAbsence(_("The first day is over. Write today or a later day."), "since")
    if until < since:
        raise NotAnAbsence(_("The last day is before the first. Look at both days again."), "until")
    if until - since > LONGEST:
        raise NotAnAbsence(_("Nobody is away for more than a year. Write an earlier last day."), "until")
    with transaction.atomic():
        _lock([person, *(colleague for colleague in acting.values() if colleague is not None)])
        there = Absence.objects.filter(_on(since, until), person=person).first()
        if there is not None and (there.since, there.until) == (since, until):
            # The same form again: only who acts may be another.
            let_act(there, by=by, acting=acting, at=at)
            return []
        if there is not None:
            days = {"since": f"{there.since:%d/%m/%Y}", "until": f"{there.until:%d/%m/%Y}"}
            raise NotAnAbsence(_("From %(since)s to %(until)s an absence is recorded already.") % days, "since")
        absence = Absence.objects.create(person=person, since=since, until=until, recorded_by=by, recorded_at=at)
        fallen_back = _cut_what_she_does_for_others(absence)
        for place, colleague in acting.items():
            _let_act(absence, place, colleague, by=by, since=since)
    return fallen_back


def let_act(absence: Absence, *, by: User, acting: Mapping[Standing, User | None], at: datetime) -> None:
    """Say anew who acts in some places of a person who is away: from today, or from her first day."""
    require_may_record(by, absence.person)
    today = timezone.localdate(at)
    with transaction.atomic():
        _lock([absence.person, *(colleague for colleague in acting.values() if colleague is not None)])
        absence.refresh_from_db()
        if absence.until < today:
            raise WrongState(_("This absence is over."))
        for place, colleague in acting.items():
            running = acting_in(absence).filter(agency=place[0], role=place[1])
            if colleague is not None and running.filter(user=colleague).exists():
                continue
            _end(running, today)
            _let_act(absence, place, colleague, by=by, since=max(today, absence.since))


def end_absence(absence: Absence, *, by: User, at: datetime) -> None:
    """End an absence early: from today she is back, and nobody acts for her any more."""
    require_may_record(by, absence.person)
    today = timezone.localdate(at)
    with transaction.atomic():
        _lock([absence.person])
        absence = Absence.objects.filter(pk=absence.pk).first() or absence
        if absence.until < today:
            return
        _end(acting_in(absence), today)
        if absence.since >= today:
            Absence.objects.filter(pk=absence.pk).delete()
        else:
            Absence.objects.filter(pk=absence.pk).update(until=today - _ONE_DAY)


def acting_in(absence: Absence) -> QuerySet[Membership]:
    """Return who acts, acted or will act for a person during one absence."""
    within = Q(since__gte=absence.since, since__lte=absence.until, until__lte=absence.until)
    return Membership.objects.filter(within, acting_for=absence.person_id)


def _let_act(absence: Absence, place: Standing, colleague: User | None, *, by: User, since: date) -> None:
    """Let a colleague act in one place of hers until the absence ends; judged under the locks."""
    person, (agency_id, role) = absence.person, place
    own_place = places(person).filter(agency=agency_id, role=role).first()
    if own_place is None:
        raise NotFoundForYou
    if by != person and agency_id not in managed_by(by):
        if colleague is None:
            return
        raise NotFoundForYou
    if colleague is None:
        return
    field, said = field_of(place), {"who": str(colleague)}
    own = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=absence.until),
        user=colleague,
        agency=agency_id,
        role__in=policy.WORKING_ROLES,
        since__lte=since,
        acting_for__isnull=True,
    )
    if colleague == person or not colleague.is_active or not own.exists():
        raise NotAnAbsence(
            _("%(who)s does not work there on all of these days. Choose another colleague.") % said, field
        )
    away = Absence.objects.filter(_on(since, absence.until), person=colleague).first()
    if away is not None:
        said |= {"since": f"{away.since:%d/%m/%Y}", "until": f"{away.until:%d/%m/%Y}"}
        raise NotAnAbsence(_("%(who)s is away from %(since)s to %(until)s. Choose another colleague.") % said, field)
    until = min(absence.until, own_place.until or absence.until)
    Membership.objects.create(
        user=colleague, agency_id=agency_id, role=role, since=since, until=until, acting_for=person
    )


def _cut_what_she_does_for_others(absence: Absence) -> list[FallenBack]:
    """End what she does in the place of others on the day before she is away herself."""
    during = _on(absence.since, absence.until)
    hers = Membership.objects.filter(during, user=absence.person, acting_for__isnull=False)
    fallen_back = [
        FallenBack(membership.acting_for, membership)
        for membership in hers.select_related("acting_for", "agency").order_by("pk")
        if membership.acting_for is not None
    ]
    _end(hers, absence.since)
    return fallen_back


def _end(memberships: QuerySet[Membership], day: date) -> None:
    """End these on the day before; those that would begin on it or later never were."""
    memberships.filter(since__gte=day).delete()
    memberships.filter(since__lt=day, until__gte=day).update(until=day - _ONE_DAY)


def _on(since: date, until: date) -> Q:
    """Return the condition under which something from a day to a day falls on one of these days."""
    return Q(since__lte=until, until__gte=since)


def _lock(people: Iterable[User]) -> Sequence[User]:
    """Let nobody else change when these people are away, or who acts for them, in the meantime."""
    keys = {person.pk for person in people}
    return list(User.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True))
