"""The numbers that the plans promised, against what was reached and against even pace."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Case as When
from django.db.models import CharField, Count, F, QuerySet, Value, Window
from django.db.models import When as If
from django.db.models.functions import Cast, Concat, RowNumber
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Outcome, Target
from cases.services import SERVICES
from cases.services.base import SupportService

# Of even pace: from here on it is ahead, on pace, a little slow; below it is slow.
_AHEAD, _ON_PACE, _A_LITTLE_SLOW = Decimal("1.2"), Decimal("0.95"), Decimal("0.8")
_ONE_DAY = timedelta(days=1)

# The same in a few words, for a table; a target that is not here stands under its own name.
SHORT: dict[str, str | Promise] = {
    "legal_advice": _("Legal support"),
    "business_skills": _("Business skills"),
    "credit_access": _("Access to credit"),
    "conversion": _("Household to enterprise"),
    "restructuring": _("Restructuring"),
    "transformation": _("Green, digital, sustainable"),
    "intensive": _("Models supported in depth"),
    "mentors": _("Mentors"),
}
_WORDS: dict[str, tuple[str | Promise, str]] = {
    "ahead": (_("Ahead of pace"), "jade"),
    "on_pace": (_("On pace"), "jade"),
    "a_little_slow": (_("A little slow"), "amber"),
    "slow": (_("Slow"), "brick"),
    "none_yet": (_("None yet"), ""),
    "not_counted": (_("Not counted yet"), ""),
}


@dataclass(frozen=True)
class Counted:
    """How many units of a target came to one outcome. What is counted apart is no part of the number reached."""

    outcome: str
    number: int
    apart: bool

    @property
    def words(self) -> str | Promise:
        """The outcome in words."""
        return Outcome(self.outcome).label


@dataclass(frozen=True)
class Standing:
    """One target: what was promised, what was reached, and where even pace would be by now."""

    target: Target
    # None where the cases of Đồng Hành do not tell it, so that no 0 stands where we do not know.
    reached: int | None
    pace: Decimal
    # The share of its time that has passed, in per cent.
    passed: int
    # The same units by the most that was given to each, and those whose help is counted apart.
    parts: tuple["Counted", ...] = ()

    @property
    def name(self) -> str | Promise:
        """The target in a few words."""
        return SHORT.get(self.target.code, self.target.name)

    @property
    def verdict(self) -> str:
        """How it stands against even pace."""
        if self.reached is None:
            return "not_counted"
        if not self.reached:
            return "none_yet"
        share = self.reached / self.pace if self.pace else _AHEAD
        if share >= _AHEAD:
            return "ahead"
        return "on_pace" if share >= _ON_PACE else "a_little_slow" if share >= _A_LITTLE_SLOW else "slow"

    @property
    def words(self) -> str | Promise:
        """The same in words."""
        return _WORDS[self.verdict][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return _WORDS[self.verdict][1]

    @property
    def bar(self) -> str:
        """How far it has come, in per cent of the drawing."""
        return f"{min(Decimal(100), 100 * (self.reached or 0) / self.target.amount):.2f}%"

    @property
    def tick(self) -> str:
        """Where even pace stands, in per cent of the drawing."""
        return f"{self.passed}%"


def targets(cases: QuerySet[Case], provinces: list[str], *, at: datetime) -> list[Standing]:
    """Return the targets of the running stage of the provinces' plans. A query, and one for each that we count."""
    today = timezone.localdate(at)
    promised = list(
        Target.objects.filter(
            programme__province__in=provinces,
            programme__historic=False,
            year_from__lte=today.year,
            year_to__gte=today.year,
        )
        .exclude(unit__startswith="%")
        .select_related("programme")
        .order_by("programme", "pk")
    )
    # First the plans of which something is counted here.
    ours = {target.programme_id for target in promised if target.service in SERVICES}
    promised.sort(key=lambda target: target.programme_id not in ours)
    return [_standing(target, cases, today) for target in promised]


def reaching(target: Target, cases: QuerySet[Case], *, outcome: str = "") -> QuerySet[Case]:
    """Return the cases that count for a target, one for each business or woman: the one for which the unit stands.

    What counts is help that was given, by the day of its decision; the service says which outcomes are. With an
    `outcome`, those of them with this one, or, where it is counted apart, the units that stand with it and with nothing
    that counts. The list that a number opens is this one, too.
    """
    service = SERVICES.get(target.service)
    if service is None:
        return cases.none()
    return _one_each(target, service, cases).filter(outcome__in=(outcome,) if outcome else service.counted)


def _one_each(target: Target, service: SupportService, cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return one case for each unit that was helped in the target's stage: that of the most that was given to it.

    Of several with the same outcome the first that was decided. What counts goes before what is counted apart, so that
    no unit stands in both.
    """
    begin, end = (
        timezone.make_aware(datetime.combine(date(year, 1, 1), time.min))
        for year in (target.year_from, target.year_to + 1)
    )
    outcomes = (*service.counted, *service.counted_apart)
    given = When(*(If(outcome=outcome, then=Value(rank)) for rank, outcome in enumerate(outcomes)))
    helped = cases.filter(
        service=target.service, decided_at__gte=begin, decided_at__lt=end, outcome__in=outcomes
    ).order_by()
    nth = Window(RowNumber(), partition_by=_unit(target), order_by=(given, F("decided_at"), F("pk")))
    return cases.filter(pk__in=helped.annotate(nth=nth).filter(nth=1).values("pk"))


def _unit(target: Target) -> F | When:
    """Return what is counted once: a woman, or a business; one without a tax code is told apart by its owner."""
    if target.unit.startswith("phụ nữ"):
        return F("applicant")
    owner = Concat(Value("u"), Cast("applicant_id", CharField()))
    return When(
        If(enterprise__isnull=True, then=owner),
        If(enterprise__tax_code="", then=owner),
        default=F("enterprise__tax_code"),
        output_field=CharField(),
    )


def _standing(target: Target, cases: QuerySet[Case], today: date) -> Standing:
    begin, end = date(target.year_from, 1, 1), date(target.year_to, 12, 31)
    share = Decimal((today - begin).days + 1) / Decimal((end - begin).days + 1)
    service = SERVICES.get(target.service)
    pace, passed = target.amount * share, round(100 * share)
    if service is None:
        return Standing(target, None, pace, passed)
    found = _one_each(target, service, cases).order_by().values_list("outcome").annotate(many=Count("pk"))
    by_outcome = dict(found.values_list("outcome", "many"))
    parts = [
        Counted(outcome, by_outcome.get(outcome, 0), apart=outcome in service.counted_apart)
        for outcome in (*service.counted, *service.counted_apart)
    ]
    reached = sum(part.number for part in parts if not part.apart)
    return Standing(target, reached, pace, passed, tuple(part for part in parts if part.number))
