"""Places and the agencies that sit in them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def plain(text: str) -> str:
    """Return the text as one types it without accents: lower case, no marks, `đ` as `d`."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()


class ReferenceVersion(models.Model):
    """One row whose number grows when agencies, deadline rules or the calendar change.

    Every process reads those tables once and keeps them; the number travels with the lock of a case, so a
    process notices at its next step that it must read again.
    """

    number = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_reference_version")]

    @classmethod
    def bump(cls) -> None:
        """Tell every process to read the reference tables again."""
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            cls.objects.create(pk=1, number=2)


class ReferenceRow(models.Model):
    """A row of a table that processes keep in memory: saving it makes them read again."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and make every process read again."""
        super().save(*args, **kwargs)
        ReferenceVersion.bump()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete, and make every process read again."""
        deleted = super().delete(*args, **kwargs)
        ReferenceVersion.bump()
        return deleted


class Province(models.Model):
    """One of the 34 provinces and centrally run cities since July 2025."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    # Three letters that open every case code of the province; empty where Đồng Hành is not yet open.
    prefix = models.CharField(_("prefix"), max_length=3, blank=True)

    class Meta:
        verbose_name = _("province")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune, ward or special zone (xã, phường, đặc khu)."""

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="communes")
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    plain_name = models.CharField(max_length=80, editable=False)
    # What it was made of in July 2025, as people still say it: old communes, and their district in brackets.
    formerly = models.CharField(_("formerly"), max_length=400, blank=True, default="")

    class Meta:
        verbose_name = _("commune")
        ordering = ["plain_name"]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Places:
    """Where a business can be, as her form offers it: (code, name) of the provinces and of today's communes."""

    provinces: tuple[tuple[str, str], ...]
    open_provinces: frozenset[str]
    communes: Mapping[str, tuple[tuple[str, str], ...]]
    # The former names of a commune, by its code.
    formerly: Mapping[str, str]

    def province_of(self, commune: str) -> str:
        """Return the province in which a commune lies; empty where we are not open."""
        return next((code for code, offered in self.communes.items() if commune in dict(offered)), "")

    @classmethod
    def read(cls) -> Self:
        """Return the places of today; communes only of the provinces where Đồng Hành is open, which come first."""
        provinces = list(Province.objects.values_list("code", "name", "prefix"))
        communes = Commune.objects.filter(valid_to__isnull=True).exclude(province__prefix="")
        rows = list(communes.order_by("province", "plain_name").values_list("province", "code", "name", "formerly"))
        return cls(
            provinces=tuple((code, name) for code, name, prefix in sorted(provinces, key=lambda row: not row[2])),
            open_provinces=frozenset(code for code, _name, prefix in provinces if prefix),
            communes={
                province: tuple((code, name) for _province, code, name, _formerly in of_it)
                for province, of_it in groupby(rows, key=lambda row: row[0])
            },
            formerly={code: formerly for _province, code, _name, formerly in rows if formerly},
        )


class Agency(ReferenceRow):
    """An office that handles, is consulted on, confirms or supervises cases."""

    class Level(models.TextChoices):
        """How far an agency's remit reaches."""

        CENTRAL = "central", _("central")
        PROVINCE = "province", _("province")
        COMMUNE = "commune", _("commune")

    code = models.CharField(_("code"), max_length=20, unique=True)
    # What the agency is, the same in every province: HPN Women's Union, STP Justice, STC Finance …
    kind = models.CharField(_("kind"), max_length=10)
    name = models.CharField(_("name"), max_length=160)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="agencies", null=True, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="agencies", null=True, blank=True)
    # S: named in a plan. K: general knowledge, not in the plans.
    evidence = models.CharField(max_length=2, default="S")
    # Whether the applicant reads the name of the officer who has her case.
    names_officers = models.BooleanField(_("names its officers"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("agency")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level="commune", commune__isnull=False) | ~Q(level="commune") & Q(commune__isnull=True),
                name="commune_agency_has_commune",
            ),
            models.UniqueConstraint(
                fields=["kind", "province"],
                condition=Q(valid_to__isnull=True, commune__isnull=True),
                name="one_agency_of_a_kind_in_a_province",
            ),
            models.UniqueConstraint(
                fields=["kind", "commune"],
                condition=Q(valid_to__isnull=True, commune__isnull=False),
                name="one_agency_of_a_kind_in_a_commune",
            ),
        ]

    def __str__(self) -> str:
        return self.name
