"""People and where they work."""

import re
from typing import Any, ClassVar, Self

import phonenumbers
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Agency

# A mobile of Viet Nam, for a code is sent to it: 0 and nine digits, of which the first is one of these.
_MOBILE = re.compile(r"\+84[35789][0-9]{8}")


def normal_phone(text: str) -> str:
    """Return a Vietnamese phone number as +84…; raises ValidationError in words she understands."""
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        number = None
    known = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number else ""
    if not _MOBILE.fullmatch(known):
        raise ValidationError(
            _("Write a Vietnamese phone number of 10 digits, for example 0912 345 678."), code="phone"
        )
    return known


class UserManager(BaseUserManager["User"]):
    """Makes people, known by their phone."""

    def create_user(self, phone: str, full_name: str = "", **fields: Any) -> "User":
        """Return a new person; she signs in by a code sent to the phone and has no password."""
        user = self.model(phone=normal_phone(phone), full_name=full_name, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, full_name: str = "", password: str | None = None, **fields: Any) -> "User":
        """Return a new administrator of the reference tables."""
        return self.create_user(phone, full_name, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person: an applicant, or somebody who works for an agency. Anonymised at erasure, never deleted."""

    phone = models.CharField(_("phone"), max_length=16, unique=True)
    phone_verified = models.BooleanField(default=False)
    full_name = models.CharField(_("full name"), max_length=100, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "phone"
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")

    def __str__(self) -> str:
        return self.full_name or self.phone_as_read

    def get_full_name(self) -> str:
        """Return the name on screen."""
        return self.full_name

    @property
    def phone_as_read(self) -> str:
        """The phone as one reads it aloud: 0912 345 678."""
        national = "0" + self.phone.removeprefix("+84")
        return f"{national[:4]} {national[4:7]} {national[7:]}"


class Role(models.TextChoices):
    """What a person does for an agency."""

    OFFICER = "officer", _("officer")
    APPROVER = "approver", _("approver")
    EXPERT = "expert", _("adviser")
    SUPERVISOR = "supervisor", _("supervisor")
    AUDITOR = "auditor", _("auditor")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Rules about many memberships."""

    def today(self) -> Self:
        """Return the memberships that hold today; the only clock that the rule book reads."""
        day = timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class Membership(models.Model):
    """One person's role in one agency, from a day to a day."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    # Whose work it is that the person does meanwhile; empty where it is her own.
    acting_for = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="delegations", verbose_name=_("acting for")
    )

    objects: ClassVar[models.Manager["Membership"]] = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        verbose_name = _("membership")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_is_known"),
            models.UniqueConstraint(
                fields=["user", "agency", "role"], condition=Q(until__isnull=True), name="one_open_membership"
            ),
            models.CheckConstraint(
                condition=Q(acting_for__isnull=True) | Q(until__isnull=False), name="acting_for_another_ends_by_itself"
            ),
            models.CheckConstraint(
                condition=Q(acting_for__isnull=True) | ~Q(acting_for=F("user")), name="nobody_acts_for_herself"
            ),
        ]
        indexes = [models.Index(fields=["agency", "role"], condition=Q(until__isnull=True), name="member_of_agency")]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}, {self.agency}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Rules about many absences."""

    def today(self) -> Self:
        """Return the absences of today."""
        day = timezone.localdate()
        return self.filter(since__lte=day, until__gte=day)


class Absence(models.Model):
    """Days on which a person does no work; who acts for her meanwhile is a membership of that person."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Absence"]] = models.Manager.from_queryset(AbsenceQuerySet)()

    class Meta:
        verbose_name = _("absence")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "since"], name="one_absence_from_a_day"),
        ]
        indexes = [models.Index(fields=["person", "until"], name="absences_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.since:%d/%m/%Y}–{self.until:%d/%m/%Y}"
