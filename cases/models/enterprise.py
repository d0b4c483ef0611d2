"""Her business, as she declares it."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Commune
from cases.models.people import User


class EntityType(models.TextChoices):
    """Legal forms a business can have."""

    IDEA = "idea", _("An idea, not yet registered")
    INDIVIDUAL = "individual", _("I work on my own, not registered")
    HOUSEHOLD = "household", _("Household business")
    COOP_GROUP = "coop_group", _("Co-operative group")
    COOP = "coop", _("Co-operative")
    COOP_UNION = "coop_union", _("Union of co-operatives")
    PRIVATE = "private", _("Private enterprise")
    LLC1 = "llc1", _("Limited company with one member")
    LLC2 = "llc2", _("Limited company with two or more members")
    JSC = "jsc", _("Joint-stock company")
    PARTNERSHIP = "partnership", _("Partnership")


# Forms that the law on enterprises knows: only these can be small or medium enterprises (domain 0.3).
ENTERPRISES = frozenset({"private", "llc1", "llc2", "jsc", "partnership"})


class Sector(models.TextChoices):
    """The three sectors in which Decree 80/2021 counts."""

    AGRICULTURE = "agriculture", _("Farming, forestry, fishing")
    INDUSTRY = "industry", _("Making and building")
    TRADE = "trade", _("Selling and services")


class SmeClass(models.TextChoices):
    """Size by Decree 80/2021 Art. 5 [V2]; always shown as declared by her."""

    NONE = "", _("not a small or medium enterprise")
    MICRO = "micro", _("micro")
    SMALL = "small", _("small")
    MEDIUM = "medium", _("medium")


_BILLION = 10**9
# class: (insured staff, revenue, capital) for production, then for trade and services.
_SIZES: dict[str, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    "micro": ((10, 3 * _BILLION, 3 * _BILLION), (10, 10 * _BILLION, 3 * _BILLION)),
    "small": ((100, 50 * _BILLION, 20 * _BILLION), (50, 100 * _BILLION, 50 * _BILLION)),
    "medium": ((200, 200 * _BILLION, 100 * _BILLION), (100, 300 * _BILLION, 100 * _BILLION)),
}


class Enterprise(models.Model):
    """The business a case is about."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="enterprises")
    entity_type = models.CharField(_("kind of business"), max_length=12, choices=EntityType.choices)
    name = models.CharField(_("name of the business"), max_length=200, blank=True)
    tax_code = models.CharField(_("tax code"), max_length=14, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    sector = models.CharField(_("sector"), max_length=12, choices=Sector.choices, blank=True)
    employees_insured = models.PositiveIntegerField(_("insured staff"), null=True, blank=True)
    female_employees = models.PositiveIntegerField(_("women among the staff"), null=True, blank=True)
    disabled_employees = models.PositiveIntegerField(_("disabled people among the staff"), null=True, blank=True)
    revenue_last_year = models.PositiveBigIntegerField(_("revenue last year"), null=True, blank=True)
    total_capital = models.PositiveBigIntegerField(_("total capital"), null=True, blank=True)
    women_capital_pct = models.DecimalField(
        _("share of capital held by women"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    woman_manager = models.BooleanField(_("a woman manages"), null=True, blank=True)

    class Meta:
        verbose_name = _("business")
        constraints = [
            models.CheckConstraint(
                condition=Q(women_capital_pct__isnull=True) | Q(women_capital_pct__gte=0, women_capital_pct__lte=100),
                name="women_capital_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(female_employees__isnull=True)
                | Q(employees_insured__isnull=True)
                | Q(female_employees__lte=models.F("employees_insured")),
                name="women_are_among_the_staff",
            ),
            models.CheckConstraint(condition=Q(entity_type__in=EntityType.values), name="entity_type_is_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.get_entity_type_display()

    @property
    def sme_class(self) -> SmeClass:
        """The size class of Decree 80/2021 Art. 5 [V2] from what she declared; NONE where it does not apply."""
        if self.entity_type not in ENTERPRISES or self.employees_insured is None:
            return SmeClass.NONE
        services = self.sector == Sector.TRADE
        for name, (production, trade) in _SIZES.items():
            staff, revenue, capital = trade if services else production
            fits_money = (self.revenue_last_year is not None and self.revenue_last_year <= revenue) or (
                self.total_capital is not None and self.total_capital <= capital
            )
            if self.employees_insured <= staff and fits_money:
                return SmeClass(name)
        return SmeClass.NONE

    @property
    def women_owned(self) -> bool:
        """Whether women hold at least 51 % of the capital and one of them manages (Law 04/2017 Art. 3(1) [V3])."""
        if self.entity_type == EntityType.HOUSEHOLD:
            return True  # the woman who files is the holder on the registration (domain 3.4)
        return (
            self.women_capital_pct is not None
            and self.women_capital_pct >= Decimal("51.00")
            and self.woman_manager is True
        )
