"""Words that were written once and may be used again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.people import User


class PublishedAnswer(models.Model):
    """A pre-approved answer to a question that many ask, with the source that was read."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    law_field = models.CharField(_("field of law"), max_length=20)
    question = models.CharField(_("question"), max_length=300)
    answer = models.TextField(_("answer"))
    # Only text that was read at its source ([V] in the plans' study) may be shown to her as law.
    source = models.CharField(_("source"), max_length=200)
    published_on = models.DateField(_("published on"))
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    # Which case it was first given in, without her data; empty where it was written for everybody.
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="published", null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("published answer")
        ordering = ["law_field", "question"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(case__isnull=False), name="one_published_answer_of_a_case"
            ),
        ]

    def __str__(self) -> str:
        return self.question


class ReplyTemplate(models.Model):
    """Words to her that a step often needs: a reviewer takes them over, and may change them."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    service = models.CharField(max_length=40)
    # The step and the conclusion whose words these are; without a conclusion, a question to her.
    node = models.CharField(max_length=60)
    verdict = models.CharField(max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("words"))

    class Meta:
        verbose_name = _("reply template")
        ordering = ["service", "node", "verdict", "title"]

    def __str__(self) -> str:
        return self.title
