"""The forms of a promise that cannot be kept, and of what an approver says to a further question."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.queries.promise import REASONS
from cases.services.fields import DateField, OneOfField, TextField
from workflows import actions
from workflows.queries.rulebook import Rulebook


class PutOffForm(forms.Form):
    """A new day, why, and words to her."""

    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    new_day = DateField(label=_("The new day"))
    reason_code = OneOfField(
        label=_("Why the day cannot be kept; she reads it"),
        choices=list(REASONS.items()),
        error_messages={"required": _("Choose one.")},
    )
    words = TextField(
        label=_("Words to her"),
        least=actions.SHORTEST_APOLOGY,
        most=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is done already, what is missing, what comes next."),
        error_messages={"required": _("Write to her why, in a sentence or two.")},
    )

    def __init__(self, posted: Any = None, *, was: date, proposed: date, book: Rulebook, today: date) -> None:
        initial = {"key": uuid4(), "new_day": proposed.isoformat()}
        super().__init__(posted, label_suffix="", initial=initial)
        self._was, self._book, self._today = was, book, today
        after = max(was, today)
        hint = gettext("A working day after %(first)s, at the latest %(last)s. The due dates of the offices stay.")
        last = book.calendar.after(after, actions.LATEST)
        self.fields["new_day"].help_text = hint % {"first": f"{after:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}

    def clean_new_day(self) -> date:
        """Return the day, where a promise can be put off to it."""
        day = date.fromisoformat(self.cleaned_data["new_day"])
        wrong = actions.why_not_that_day(day, self._was, self._book, today=self._today)
        if wrong:
            raise ValidationError(wrong, code="day")
        return day


class DeclineForm(forms.Form):
    """Why a further question is not asked."""

    use_required_attribute = False
    words = TextField(
        label=_("Why not, to whoever wants to ask"),
        most=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write why, in a sentence or two.")},
    )

    def __init__(self, posted: Any = None) -> None:
        super().__init__(posted, label_suffix="", auto_id="decline-%s")
