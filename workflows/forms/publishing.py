"""The form by which an answer is published."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import PublishedAnswer
from cases.services.fields import TextField
from workflows.actions.publishing import what_is_left
from workflows.queries.traces import Traces


class PublishForm(forms.Form):
    """The question and the answer as everybody reads them, and the source that was read."""

    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    question = TextField(
        label=_("The question, for everybody"),
        most=PublishedAnswer._meta.get_field("question").max_length or 0,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the question.")},
    )
    answer = TextField(
        label=_("The answer, for everybody"),
        most=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Write the answer.")},
    )
    source = TextField(
        label=_("The law it follows"),
        most=PublishedAnswer._meta.get_field("source").max_length or 0,
        widget=forms.TextInput(),
        help_text=_("Name and article, as you read it at its source."),
        error_messages={"required": _("Write the source.")},
    )

    def __init__(self, posted: Any = None, *, question: str, answer: str, traces: Traces) -> None:
        initial = {
            "key": uuid4(),
            "question": traces.removed_from(question),
            "answer": traces.removed_from(answer),
        }
        super().__init__(posted, label_suffix="", initial=initial)
        self._traces = traces

    def clean(self) -> dict[str, Any]:
        """Say at each text which data still stands in it."""
        cleaned = super().clean() or {}
        for name in ("question", "answer", "source"):
            if wrong := what_is_left(self._traces, str(cleaned.get(name) or "")):
                self.add_error(name, wrong)
        return cleaned
