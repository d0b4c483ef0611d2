"""The numbers that the plans promised, against what was reached and against even pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Case as When
from django.db.models import CharField, Count, F, Min, Q, QuerySet, Value
from django.db.models import When as If
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Outcome, Target
from cases.services import SERVICES

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
    # The same units by what came of their first case that counts, and those whose help is counted apart.
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
    """Return the targets of the running stage of the provinces' plans. A query, and a few for each that we count."""
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
    """Return the cases that count for a target, one for each business or woman: her first of that stage.

    What counts is help that was given, by the day of its decision; the service says which outcomes are. With an
    `outcome`, those of them with this one, or, where it is counted apart, each unit's first with it. The list that a
    number opens is this one, too.
    """
    service = SERVICES.get(target.service)
    counted = service.counted if service is not None else ()
    if service is not None and outcome in service.counted_apart:
        # Apart stands who has nothing that counts: nobody is counted in both.
        reached = reaching(target, cases).annotate(unit=_unit(target)).values("unit")
        return _firsts(target, cases.annotate(unit=_unit(target)).exclude(unit__in=reached), (outcome,))
    firsts = _firsts(target, cases, counted)
    return firsts.filter(outcome=outcome) if outcome else firsts


def _firsts(target: Target, cases: QuerySet[Case], outcomes: Sequence[str]) -> QuerySet[Case]:
    """Return each unit's first case of the target's stage with one of these outcomes."""
    begin, end = (
        timezone.make_aware(datetime.combine(date(year, 1, 1), time.min))
        for year in (target.year_from, target.year_to + 1)
    )
    helped = Q(service=target.service, decided_at__gte=begin, decided_at__lt=end, outcome__in=outcomes)
    counted = cases.filter(helped)
    firsts = counted.order_by().annotate(unit=_unit(target)).values("unit").annotate(first=Min("pk")).values("first")
    return cases.filter(pk__in=firsts)


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
    found = reaching(target, cases).order_by().values_list("outcome").annotate(many=Count("pk"))
    by_outcome = dict(found.values_list("outcome", "many"))
    parts = [Counted(outcome, by_outcome.get(outcome, 0), apart=False) for outcome in service.counted]
    for outcome in service.counted_apart:
        parts.append(Counted(outcome, reaching(target, cases, outcome=outcome).count(), apart=True))
    return Standing(target, sum(by_outcome.values()), pace, passed, tuple(part for part in parts if part.number))
