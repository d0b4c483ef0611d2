"""What she allows, each with a box that is never ticked for her."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.services.base import Data, SupportService


class TickBox(forms.CheckboxInput):
    """A box with its words beside it."""

    template_name = "components/tick.html"
    label_beside = True

    def __init__(self, words: Any) -> None:
        super().__init__()
        self.words = words

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Hand the words to the template."""
        return {**super().get_context(name, value, attrs), "words": self.words}


class ConsentForm(forms.Form):
    """One box for each thing the service asks her to allow."""

    use_required_attribute = False

    def __init__(self, *args: Any, service: SupportService, data: Data, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for consent in service.consents:
            if consent.asked_when(data):
                self.fields[consent.purpose] = forms.BooleanField(
                    label=consent.text,
                    required=consent.required,
                    widget=TickBox(consent.text),
                    error_messages={"required": _("Tick this box if you agree. Without it we cannot handle the case.")},
                )

    @property
    def given(self) -> list[str]:
        """The purposes she ticked."""
        return [purpose for purpose, ticked in self.cleaned_data.items() if ticked]
