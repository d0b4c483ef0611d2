"""The forms of the administrators: a new version of a deadline rule, a day of the calendar, an announced year."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.services.fields import DateField, LineField, OneOfField, TextField, WholeNumberField, YesNoField
from workflows.actions.rules import Wording
from workflows.models import CalendarDay, DeadlineRule

_MOST_DAYS = 3650
_SATURDAY = 5
_LONGEST_SOURCE, _LONGEST_NAME = 200, 120
_YEARS_AHEAD = 10


class RuleForm(forms.Form):
    """A new version of one rule, filled in as the present one stands."""

    use_required_attribute = False
    days = WholeNumberField(
        label=_("How many days"),
        least=1,
        most=_MOST_DAYS,
        required=False,
        help_text=_("Leave it empty where no number was read: then no day is promised."),
    )
    unit = OneOfField(label=_("Which days count"), choices=DeadlineRule.Unit.choices)
    clock_start = OneOfField(label=_("Counted from"), choices=DeadlineRule.Start.choices)
    pauses = YesNoField(label=_("Does it stand still while we wait for her?"))
    legal_source = LineField(
        label=_("Source"),
        max_length=_LONGEST_SOURCE,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=_("The text with its number and article, or whose target it is."),
        example="Nghị định 55/2019/NĐ-CP, Điều 8",
    )
    source_status = OneOfField(
        label=_("How sure is it?"),
        choices=DeadlineRule.SourceStatus.choices,
        help_text=_("Only what was read in the text itself is shown to her as law."),
    )
    valid_from = DateField(
        label=_("From which day it holds"),
        help_text=_("Tomorrow at the earliest. Cases accepted before go on by the version of their day."),
        example="1 1 2027",
    )

    def __init__(self, posted: Any = None, *, basis: DeadlineRule, today: date) -> None:
        self.today = today
        super().__init__(
            posted,
            label_suffix="",
            initial={
                "days": basis.days,
                "unit": basis.unit,
                "clock_start": basis.clock_start,
                "pauses": "yes" if basis.pauses else "no",
                "legal_source": basis.legal_source,
                "source_status": basis.source_status,
            },
        )

    def clean_valid_from(self) -> str:
        """A version begins tomorrow at the earliest."""
        written: str = self.cleaned_data["valid_from"]
        if date.fromisoformat(written) <= self.today:
            raise ValidationError(_("A new version begins tomorrow at the earliest."), code="past")
        return written

    def clean(self) -> dict[str, Any]:
        """What was read in the text names the text."""
        said = super().clean() or {}
        if said.get("source_status") == DeadlineRule.SourceStatus.VERIFIED and not said.get("legal_source"):
            self.add_error("legal_source", _("Name the text and the article that was read."))
        return said

    def wording(self) -> Wording:
        """Return what was written; only of a form that is right."""
        said = dict(self.cleaned_data)
        return Wording(
            **{
                **said,
                "pauses": said["pauses"] == "yes",
                "valid_from": date.fromisoformat(said["valid_from"]),
            }
        )


class DeclineRuleForm(forms.Form):
    """Why a colleague's proposal is not approved."""

    use_required_attribute = False
    words = TextField(
        label=_("Why it is not approved"),
        most=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write why it is not approved, in a sentence.")},
    )

    def __init__(self, posted: Any = None) -> None:
        super().__init__(posted, label_suffix="", auto_id="decline-%s")


class DayForm(forms.Form):
    """How one day differs from every week."""

    use_required_attribute = False
    day = DateField(label=_("Which day?"), example="2 1 2026")
    kind = OneOfField(label=_("How is it?"), choices=CalendarDay.Kind.choices)
    name = LineField(
        label=_("What the day is called"),
        max_length=_LONGEST_NAME,
        example="Tết Nguyên đán",
        error_messages={"required": _("Write what the day is called.")},
    )
    source = LineField(
        label=_("Source"),
        max_length=_LONGEST_SOURCE,
        help_text=_("Who announced it, in which paper of which day."),
        error_messages={"required": _("Name who announced it, and in which paper.")},
    )

    def __init__(self, posted: Any = None, *, today: date, initial: dict[str, Any] | None = None) -> None:
        self.years = (today.year - 1, today.year + _YEARS_AHEAD)
        super().__init__(posted, label_suffix="", initial=initial)

    def clean_day(self) -> str:
        """The calendar reaches so far and no further."""
        written: str = self.cleaned_data["day"]
        first, last = self.years
        if not first <= date.fromisoformat(written).year <= last:
            words = gettext("The calendar reaches from %(first)s to %(last)s. Look at the year again.")
            raise ValidationError(words % {"first": first, "last": last}, code="year")
        return written

    def clean(self) -> dict[str, Any]:
        """Only a Saturday or a Sunday can be worked in exchange: the other days are worked every week."""
        said = super().clean() or {}
        day = date.fromisoformat(said["day"]) if said.get("day") else None
        if day is not None and day.weekday() < _SATURDAY and said.get("kind") == CalendarDay.Kind.WORKED:
            words = _("This day is worked every week. Choose “as every week”, or another day.")
            self.add_error("kind", ValidationError(words, code="weekday"))
        return said


class AnnouncedForm(forms.Form):
    """Which year the government has announced, and where."""

    use_required_attribute = False
    year = forms.ChoiceField(
        label=_("Year"), error_messages={"invalid_choice": _("This year is already noted as announced.")}
    )
    source = LineField(
        label=_("Source"),
        max_length=_LONGEST_SOURCE,
        help_text=_("Who announced it, in which paper of which day."),
        error_messages={"required": _("Name who announced it, and in which paper.")},
    )

    def __init__(self, posted: Any = None, *, years: list[int], first: int | None) -> None:
        super().__init__(posted, label_suffix="", initial={"year": first})
        offered = self.fields["year"]
        assert isinstance(offered, forms.ChoiceField)
        offered.choices = [(year, str(year)) for year in years]
