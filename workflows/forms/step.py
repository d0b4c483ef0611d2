"""What every form on a work item carries, and the words that a step often needs."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.models.knowledge import ReplyTemplate
from workflows.models import WorkItem

Choices = list[tuple[Any, Any]]


class StepForm(forms.Form):
    """A form on a work item: its own key, the version of the item that was seen, and one box of words to write.

    `typed` is what stood in the form when a button beside it was pressed: it is shown again, and not judged yet.
    """

    use_required_attribute = False
    # The box into which a reply template is filled.
    words_field = ""
    key = forms.UUIDField(widget=forms.HiddenInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, posted: Any = None, *, item: WorkItem) -> None:
        super().__init__(
            posted,
            label_suffix="",
            initial={"key": uuid.uuid4(), "seen_version": item.version},
        )
        self.item = item
        self.templates: list[ReplyTemplate] = []

    def offer_templates(self, templates: Any) -> None:
        """Offer words that this step often needs, if there are any."""
        self.templates = list(templates)
        if self.templates:
            self.fields["template"] = forms.ChoiceField(
                label=_("Reply template"),
                required=False,
                choices=[("", _("No template")), *((template.code, template.title) for template in self.templates)],
            )

    def show_again(self, typed: QueryDict) -> None:
        """Show what was typed, without judging it."""
        for name, field in self.fields.items():
            self.initial[name] = field.widget.value_from_datadict(typed, {}, name)

    def fill_in_template(self) -> None:
        """Put the chosen template into the box of words; what somebody typed there stays, above it."""
        chosen = self.chosen_template
        if chosen is None:
            return
        typed = str(self.initial.get(self.words_field) or "").replace("\r\n", "\n").strip()
        untouched = not typed or typed in {template.body for template in self.templates}
        self.initial[self.words_field] = chosen.body if untouched else f"{typed}\n\n{chosen.body}"

    @property
    def chosen_template(self) -> ReplyTemplate | None:
        """The template that was chosen before the button was pressed."""
        code = self.initial.get("template")
        return next((template for template in self.templates if template.code == code), None)
