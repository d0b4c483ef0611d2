"""The form of a step of her own: what it asks, what she allows with it, and her buttons."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.forms.consents import TickBox
from cases.models import Agency
from cases.services import service_of
from cases.services.base import Words
from workflows.actions import is_offered, reasons_for
from workflows.asks import Option
from workflows.flows.registry import graph_for
from workflows.forms.asked import asked_field
from workflows.models import WorkItem

CONSENT = "allowed"


class HerStepForm(forms.Form):
    """One question to her. Each verdict is a button; what another button would ask is let be."""

    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    # The kind of the body she was shown; empty where her case is handed to nobody.
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, posted: Any = None, *, item: WorkItem, reading: Agency | None, at: datetime) -> None:
        initial = {"key": uuid.uuid4(), "seen_version": item.version, "shown": reading.kind if reading else ""}
        super().__init__(posted, label_suffix="", initial=initial)
        self.item = item
        self.service = service_of(item.case)
        self.step = graph_for(item.case.service, item.case.version).human(item.node)
        self.options = [option for option in self.step.options if is_offered(option, item)]
        self.fields["verdict"] = forms.ChoiceField(
            label=gettext_lazy("Your answer"),
            choices=[(option.verdict, option.label) for option in self.options],
            widget=forms.HiddenInput,
            error_messages={"required": gettext_lazy("Press one of the buttons below.")},
        )
        # With which verdicts each field is asked.
        self._asked: dict[str, tuple[str, ...]] = {}
        for ask in self.step.asks:
            name = getattr(ask, "name", "flags")
            asked = asked_field(ask, item.case, at=at)
            self.fields[name], self.initial[name], self._asked[name] = asked.field, asked.initial, ask.verdicts
        allowing = tuple(option.verdict for option in self.options if option.allows)
        if reading is not None and allowing:
            words = _("I agree that %(office)s reads these parts of my case.") % {"office": reading}
            self.fields[CONSENT] = forms.BooleanField(
                label=words,
                widget=TickBox(words),
                error_messages={"required": _("Tick this box if you agree. Otherwise press the other button.")},
            )
            self._asked[CONSENT] = allowing

    def buttons(self) -> list[tuple[str, Words]]:
        """Return the verdicts and what their buttons say, the first one being the usual."""
        said = self.service.her_steps.get(self.item.node)
        words = said.choices if said else {}
        return [(option.verdict, words.get(option.verdict, option.label)) for option in self.options]

    def questions(self) -> list[forms.BoundField]:
        """Return what is asked of her beside the button."""
        return [self[name] for name in self._asked if name != CONSENT]

    @property
    def consent(self) -> forms.BoundField | None:
        """The box by which she allows that her case is handed on; never ticked for her."""
        return self[CONSENT] if CONSENT in self.fields else None

    def clean(self) -> dict[str, Any]:
        """Let be what another button would ask."""
        cleaned = super().clean() or {}
        for name, verdicts in self._asked.items():
            if cleaned.get("verdict") not in verdicts:
                self.errors.pop(name, None)
        return cleaned

    def conclusion(self) -> dict[str, Any]:
        """Return what the action `decide` is told; the reason is always that she says so."""
        cleaned = self.cleaned_data
        option: Option = next(option for option in self.options if option.verdict == cleaned["verdict"])
        asked = {ask.name: cleaned[ask.name] for ask in self.step.asked_with(option.verdict) if hasattr(ask, "name")}
        if option.allows:
            asked[option.allows] = cleaned["shown"]
        return {
            "verdict": option.verdict,
            "reason_code": reasons_for(option, self.service, self.item.node)[0][0],
            "details": asked,
            "seen_version": cleaned["seen_version"],
            "key": cleaned["key"],
        }
