"""The numbers that the plans promised, against what was reached and against even pace."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Case as When
from django.db.models import CharField, Count, F, QuerySet, Value
from django.db.models import When as If
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Outcome, Target
from cases.services import SERVICES

# What came of a case that counts as help given.
HELPED = (Outcome.INFORMED, Outcome.ANSWERED, Outcome.REFERRED, Outcome.COST_SUPPORTED, Outcome.HELPED)
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
class Standing:
    """One target: what was promised, what was reached, and where even pace would be by now."""

    target: Target
    # None where the cases of Đồng Hành do not tell it, so that no 0 stands where we do not know.
    reached: int | None
    pace: Decimal
    # The share of its time that has passed, in per cent.
    passed: int

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
    """Return the targets of the running stage of the provinces' plans. Two queries.

    What counts is help that was given, by the day of its decision; a business or a woman counts once a stage.
    """
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
    counted = _counted(cases, min((target.year_from for target in promised), default=today.year))
    # First the plans of which something is counted here.
    ours = {target.programme_id for target in promised if target.service in SERVICES}
    promised.sort(key=lambda target: target.programme_id not in ours)
    return [_standing(target, counted, today) for target in promised]


def _counted(cases: QuerySet[Case], since: int) -> Mapping[str, Mapping[str, int]]:
    begin = timezone.make_aware(datetime.combine(date(since, 1, 1), time.min))
    # A business without a tax code is told apart by its owner.
    owner = Concat(Value("u"), Cast("applicant_id", CharField()))
    unit = When(
        If(enterprise__isnull=True, then=owner),
        If(enterprise__tax_code="", then=owner),
        default=F("enterprise__tax_code"),
        output_field=CharField(),
    )
    rows = (
        cases.filter(decided_at__gte=begin, outcome__in=HELPED)
        .order_by()
        .values("service")
        .annotate(units=Count(unit, distinct=True), women=Count("applicant", distinct=True))
    )
    return {row["service"]: {"units": row["units"], "women": row["women"]} for row in rows}


def _standing(target: Target, counted: Mapping[str, Mapping[str, int]], today: date) -> Standing:
    begin, end = date(target.year_from, 1, 1), date(target.year_to, 12, 31)
    share = Decimal((today - begin).days + 1) / Decimal((end - begin).days + 1)
    reached: int | None = None
    if target.service in SERVICES:
        women = target.unit.startswith("phụ nữ")
        reached = counted.get(target.service, {}).get("women" if women else "units", 0)
    return Standing(target, reached, target.amount * share, round(100 * share))
