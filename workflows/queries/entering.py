"""How a figure, a day or a code of a result outside is typed and read: one field for the form and for the record."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.services.fields import DateField, DateWidget, MoneyField, PercentField, TaxCodeField, WholeNumberField
from workflows.asks import Enter, Entry

LONGEST_TERM = 600
ENTERPRISE_DIGITS = 10


class EnterpriseCodeField(TaxCodeField):
    """The code of an enterprise: ten digits, of which the last one checks the others."""

    def clean(self, value: Any) -> str:
        """Return the digits as they stand on the certificate."""
        words = _("The enterprise code has 10 digits. Look at the certificate again, digit by digit.")
        try:
            code = super().clean(value)
        except ValidationError as wrong:
            # What the field's own checks find comes as a list, which has no code of its own.
            if wrong.error_list[0].code == "required":
                raise
            raise ValidationError(words, code="enterprise_code") from wrong
        if code and len(code) != ENTERPRISE_DIGITS:
            raise ValidationError(words, code="enterprise_code")
        return code


class DayUntilField(DateField):
    """A day from the one on which the case came up to the one on which it is entered."""

    def __init__(self, *, since: date, until: date, **kwargs: Any) -> None:
        self.since, self.until = since, until
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Return the day as ISO text."""
        day = super().clean(value)
        if day and date.fromisoformat(day) > self.until:
            raise ValidationError(_("This day has not come yet. Write a day up to today."), code="future")
        if day and date.fromisoformat(day) < self.since:
            words = gettext("This day is before the case was received, on %(day)s. Look at the paper again.")
            raise ValidationError(words % {"day": f"{self.since:%d/%m/%Y}"}, code="before")
        return day


def came_on(case: Case) -> date:
    """Return the day on which a filed case reached us, on paper or sent, be it a working day or not."""
    assert case.submitted_at is not None
    return case.received_on or timezone.localdate(case.submitted_at)


def field_for(ask: Enter, *, since: date, on: date) -> forms.Field:
    """Return the field in which it is entered on a day, for a case that came on another."""
    match ask.entry:
        case Entry.MONEY:
            return MoneyField(least=1, label=ask.label)
        case Entry.PERCENT:
            return PercentField(label=ask.label)
        case Entry.MONTHS:
            return WholeNumberField(least=1, most=LONGEST_TERM, unit=_("months"), label=ask.label)
        case Entry.DAY:
            return DayUntilField(since=since, until=on, label=ask.label)
        case Entry.ENTERPRISE_CODE:
            return EnterpriseCodeField(label=ask.label)


def typed_as(ask: Enter, value: Any) -> Any:
    """Return a kept value as its field would be sent it."""
    if ask.entry is Entry.DAY:
        return DateWidget().decompress(value)
    return "" if value is None else str(value)
