"""Who asked again and again for what she may not see: what those who supervise are warned of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from cases.models import Membership, RefusedAccess, User
from cases.policy import supervised_provinces
from cases.queries.readings import Readers

# So often within so long; and for so long it stands where supervisors see it.
WITHIN = timedelta(hours=24)
SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Warned:
    """One person who asked too often: how often within a day at most, and when last. Never for which cases."""

    person: User
    office: str
    times: int
    last: datetime


def warnings(user: User, *, at: datetime) -> tuple[Warned, ...]:
    """Return who of the reader's provinces asked too often of late, the latest first. Five queries at most."""
    there = Membership.objects.filter(agency__province__in=supervised_provinces(user)).values("user")
    refused = RefusedAccess.objects.filter(person__in=there, at__gt=at - SHOWN_FOR - WITHIN, at__lte=at).order_by("at")
    moments: dict[int, list[datetime]] = defaultdict(list)
    for person, moment in refused.values_list("person", "at"):
        moments[person].append(moment)
    most = {person: _most_within(each, since=at - SHOWN_FOR) for person, each in moments.items()}
    too_often = {person: times for person, times in most.items() if times > settings.REFUSALS_BEFORE_WARNING}
    if not too_often:
        return ()
    readers = Readers.of(too_often)
    found = [
        Warned(
            person=person,
            office=readers.office(person.pk, timezone.localdate(moments[person.pk][-1])),
            times=too_often[person.pk],
            last=moments[person.pk][-1],
        )
        for person in User.objects.filter(pk__in=too_often)
    ]
    return tuple(sorted(found, key=lambda each: each.last, reverse=True))


def _most_within(moments: Sequence[datetime], *, since: datetime) -> int:
    """Return how many of these moments lie within one day at most, where that day ended after `since`."""
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] > WITHIN:
            first += 1
        if moment > since:
            most = max(most, last - first + 1)
    return most
