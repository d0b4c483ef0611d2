"""The form of a question back to her."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Involvement
from cases.models.knowledge import ReplyTemplate
from cases.queries.handed import handed_fields
from cases.services import service_of
from cases.services.base import SupportService
from cases.services.fields import TextField
from workflows.flows.registry import graph_for
from workflows.forms.step import Choices, StepForm
from workflows.models import WorkItem
from workflows.queries.further import asked_before

# Answers that no question back may change: where the case belongs, and why she asks for priority.
NEVER_ASKED_AGAIN = frozenset({"province", "commune", "priority", "priority_reason"})


class AskForm(StepForm):
    """One complete question back to her: in words, with the answers to correct and the papers that are missing."""

    words_field = "question"
    question = TextField(
        label=gettext_lazy("Question to her"),
        most=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Ask once, and for everything. Until she answers, the due date stands still."),
        error_messages={"required": gettext_lazy("Write the question.")},
    )
    missing_papers = forms.MultipleChoiceField(
        label=gettext_lazy("Papers that are missing"), required=False, widget=forms.CheckboxSelectMultiple
    )
    asked_fields = forms.MultipleChoiceField(
        label=gettext_lazy("Answers she may correct"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, posted: Any = None, *, item: WorkItem) -> None:
        super().__init__(posted, item=item)
        # How often she was asked in this step; another question says why, and an approver must agree.
        self.asked_before = asked_before(item.case, item.node, item.stage, item.agency_id).count()
        if self.asked_before:
            self.fields["why_again"] = TextField(
                label=_("Why she must be asked again"),
                most=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("The approver reads it; the applicant does not."),
                error_messages={"required": _("Write why one more question is needed.")},
            )
            self.order_fields(["question", "why_again"])
        service, data = service_of(item.case), item.case.answers.data
        step = graph_for(item.case.service, item.case.version).human(item.node)
        # A body outside asks about what it reads.
        asks_about = handed_fields(service) if step.part == Involvement.Part.RECEIVES else None
        self._offer(
            "asked_fields",
            [(name, label) for name, label in _questions(service, data) if asks_about is None or name in asks_about],
        )
        self._offer("missing_papers", [(paper.kind, paper.label) for paper in service.papers])
        templates = ReplyTemplate.objects.filter(service=item.case.service, node__in=("", item.node), verdict="")
        self.offer_templates(templates)

    def _offer(self, name: str, choices: Choices) -> None:
        offered = self.fields[name]
        assert isinstance(offered, forms.MultipleChoiceField)
        offered.choices = choices

    @property
    def number(self) -> int:
        """The how-manieth question of this step it would be."""
        return self.asked_before + 1

    def asked(self) -> list[str]:
        """Return the names of the answers and papers that are asked for."""
        return [*self.cleaned_data["asked_fields"], *self.cleaned_data["missing_papers"]]


def _questions(service: SupportService, data: Mapping[str, Any]) -> list[tuple[str, str | Promise]]:
    return [
        (name, question.label or name)
        for page in service.asked(data)
        for name, question in page.form.base_fields.items()
        if name not in NEVER_ASKED_AGAIN
    ]
