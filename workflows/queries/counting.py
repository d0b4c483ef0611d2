"""What takes longer to count: once a minute for everybody who supervises the same provinces; the pages say when.

The worker counts it anew before it is too old, so that no reader waits. Where it does not, the first reader counts.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Avg, Count, Exists, F, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from cases.models import Case, Membership, Recusal, Relation, User
from cases.policy import READING_ROLES, supervised_cases
from cases.queries.directory import reference_version
from cases.queries.register import CHECKED as CASES_CHECKED
from cases.queries.register import asked_this_month
from cases.queries.register import standing_so as cases_standing_so
from cases.queries.targets import Standing, targets
from cases.services import SERVICES
from workflows.flows.registry import FLOWS, graph_for
from workflows.models import WorkItem
from workflows.queries.held import days_in_words
from workflows.queries.rulebook import rulebook
from workflows.queries.stuck import Promise, promise
from workflows.queries.ways import CHECKED, WAYS, items_of_this_month, standing_so

# Counted anew when it is so old, kept a little longer: meanwhile readers are shown what there is. In seconds.
COUNTED_ANEW, KEPT = 50, 90
SLOWEST = 3
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Slow:
    """A step that took long this month. Days are those of the wall calendar."""

    name: str | Words
    service: str | Words
    days: int
    # How many work items; where she was waited for, how many cases.
    many: int
    # Which list shows its items: those of a step, or the cases in which she was asked.
    step: str = ""
    of: str = ""

    @property
    def took(self) -> str:
        """Its days in words."""
        return days_in_words(self.days)


@dataclass(frozen=True)
class Snapshot:
    """What is counted once a minute."""

    promise: Promise
    # How many work items stand in each of the ways, and how many cases do.
    items: Mapping[str, int]
    cases: Mapping[str, int]
    targets: tuple[Standing, ...]
    slowest: tuple[Slow, ...]


def snapshot(user: User, provinces: Sequence[str], *, at: datetime) -> Snapshot:
    """Return what is counted once a minute for those who supervise the same provinces.

    It is the same for all of them, but for those to whom a case there is shut because it is their own or too near to
    them: for each of these it is counted without it.
    """
    key = _key(provinces, user if _misses_some(user) else None)
    # While the cache is away it is counted anew for every page.
    with suppress(RedisError):
        known = cache.get(key)
        if isinstance(known, Snapshot):
            return known
    return _count(supervised_cases(user), provinces, key, at=at)


def count_anew(at: datetime) -> int:
    """Count again what is old, for all who supervise anything; return how many countings it took.

    Whichever worker comes first does it, so that the others have nothing to do.
    """
    try:
        if not cache.add("overview:counted", True, COUNTED_ANEW):
            return 0
    except RedisError:
        return 0
    done = set()
    for user, provinces in _readers().items():
        key = _key(provinces, user if _misses_some(user) else None)
        if key not in done:
            done.add(key)
            _count(supervised_cases(user), provinces, key, at=at)
    return len(done)


def _count(cases: QuerySet[Case], provinces: Sequence[str], key: str, *, at: datetime) -> Snapshot:
    calendar = rulebook(reference_version()).calendar
    items = WorkItem.objects.filter(finished_at__isnull=True, case__in=cases)
    # One by one: the database finds each by an index, or reads what is open once.
    found = Snapshot(
        promise=promise(cases, at=at),
        items={which: items.filter(standing_so(which, calendar, at=at)).count() for which in (*WAYS, *CHECKED)},
        cases={which: cases.filter(cases_standing_so(which, at=at)).count() for which in CASES_CHECKED},
        targets=tuple(targets(cases, list(provinces), at=at)),
        slowest=tuple(_slowest(cases, at)),
    )
    with suppress(RedisError):
        cache.set(key, found, KEPT)
    return found


def _key(provinces: Sequence[str], user: User | None) -> str:
    return ":".join(["overview", "+".join(sorted(provinces)), *([str(user.pk)] if user else [])])


def _misses_some(user: User) -> bool:
    """Return whether a case may be shut to this reader. One query, whatever the number of cases."""
    hers = Case.objects.listed().filter(applicant=OuterRef("pk"))
    recused, near = Recusal.objects.filter(person=OuterRef("pk")), Relation.objects.filter(person=OuterRef("pk"))
    return User.objects.filter(Q(Exists(hers)) | Q(Exists(recused)) | Q(Exists(near)), pk=user.pk).exists()


def _readers() -> dict[User, list[str]]:
    """Return everybody who supervises, with the provinces."""
    there = Membership.objects.today().filter(role__in=READING_ROLES, user__is_active=True)
    readers: dict[User, list[str]] = {}
    for membership in there.select_related("user", "agency").order_by("pk"):
        provinces = readers.setdefault(membership.user, [])
        if (province := membership.agency.province_id) is not None and province not in provinces:
            provinces.append(province)
    return readers


def _slowest(cases: QuerySet[Case], at: datetime) -> list[Slow]:
    """Return the steps that took longest this month, her answers among them."""
    steps = (
        items_of_this_month(cases, at=at)
        .order_by()
        .values("case__service", "node")
        .annotate(
            took=Avg(Coalesce("finished_at", Value(at)) - F("opened_at")),
            many=Count("pk"),
            version=Max("case__version"),
        )
        .order_by("-took")[:SLOWEST]
    )
    found = [_slow(row) for row in steps]
    asked = (
        asked_this_month(at)
        .filter(case__in=cases)
        .aggregate(took=Avg(Coalesce("ended_at", Value(at)) - F("asked_at")), many=Count("case", distinct=True))
    )
    if asked["many"]:
        found.append(Slow(_("Waiting for the applicant's answer"), "", asked["took"] // _ONE_DAY, asked["many"]))
    return sorted(found, key=lambda slow: -slow.days)[:SLOWEST]


def _slow(row: Mapping[str, object]) -> Slow:
    service, node, took = str(row["case__service"]), str(row["node"]), row["took"]
    assert isinstance(took, timedelta)
    of = (service, int(str(row["version"])))
    # A case whose flow is gone is stuck, and this must be seen: it does not break the page.
    label = graph_for(*of).human(node).label if of in FLOWS else node
    return Slow(label, SERVICES[service].title, took // _ONE_DAY, int(str(row["many"])), node, service)
