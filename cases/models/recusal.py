"""Who must keep away from a case, because she or he is too near to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.people import User


class Relation(models.Model):
    """Something near to a person of an office: a relative's phone, a business she has a part in.

    Registered by the person herself. Her door to every case that carries it is closed.
    """

    class Kind(models.TextChoices):
        """By what a case is recognised."""

        PHONE = "phone", _("phone number")
        TAX_CODE = "tax_code", _("tax code of a business")

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="relations")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=20)
    registered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("relation")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "value"], name="one_relation_of_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=["phone", "tax_code"]), name="relation_kind_is_known"),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="relations_by_value")]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"


class Recusal(models.Model):
    """One person who takes no part in one case. Nothing opens that door again."""

    class Ground(models.TextChoices):
        """Why."""

        FAMILY = "family", _("a relative or a close friend")
        BUSINESS = "business", _("a partner or a competitor")
        MENTOR = "mentor", _("has advised or taught her")
        RELATION = "relation", _("found by a registered relation")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recusals")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recusals")
    ground = models.CharField(_("why"), max_length=10, choices=Ground.choices)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("recusal")
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="one_recusal_of_a_person"),
            models.CheckConstraint(
                condition=Q(ground__in=["family", "business", "mentor", "relation"]), name="recusal_ground_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.person}"
