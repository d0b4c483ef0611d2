"""The number on the identity card: what is taken, and what is worth a second look."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.services.fields import TypedField

# Of its twelve digits the fourth tells century and sex.
_DIGITS, _OF_SEX = 12, 3


class PersonalIdField(TypedField):
    """The 12 digits of the citizen's identity number; optional at first contact."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-20"}),
        )
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the digits; more is not checked, for old numbers are no fault of hers."""
        digits = "".join(sign for sign in super().clean(value) if not sign.isspace() and sign not in ".-")
        if digits and not (digits.isascii() and digits.isdigit() and len(digits) == _DIGITS):
            raise ValidationError(_("The number on the identity card has 12 digits."), code="personal_id")
        return digits

    def doubt(self, number: str) -> str:
        """Return what to look at again in a number that is taken all the same; empty where nothing is odd.

        The fourth digit of a woman's number is odd.
        """
        if len(number) != _DIGITS or int(number[_OF_SEX]) % 2:
            return ""
        return gettext("A woman's number usually has an odd fourth digit. Look at the card once more.")
