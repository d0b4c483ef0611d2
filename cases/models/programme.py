"""The government's plans and the numbers they promised."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Province


class Programme(models.Model):
    """One plan of one province or of the nation."""

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("name"), max_length=250)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    # Plans older than the reform of July 2025 are kept as history.
    historic = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("programme")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="programme_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """One number a programme promised for one stage."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="targets")
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    # The support service whose cases count; empty where the number comes from elsewhere.
    service = models.CharField(max_length=40, blank=True)
    year_from = models.PositiveSmallIntegerField(_("from"))
    year_to = models.PositiveSmallIntegerField(_("to"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=40)

    class Meta:
        verbose_name = _("target")
        ordering = ["programme", "year_from", "code"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code", "year_from"], name="one_target_per_stage"),
            models.CheckConstraint(condition=Q(year_to__gte=F("year_from")), name="target_stage_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year_from}–{self.year_to}"
