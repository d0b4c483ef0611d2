"""Questions every service asks alike: a phone, money, a date in three boxes, a name, yes or no."""

import datetime
import re
import unicodedata
from calendar import monthrange
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as NumberError
from stdnum.vn import mst

from cases.models.people import normal_phone
from cases.services.amounts import amount, whole_number

YES_NO = (("yes", _("Yes")), ("no", _("No")))
MOST_MONEY = 10**15
MOST_STAFF = 1_000_000
# As it is typed, with dots, spaces and a unit.
LONGEST_NUMBER = 40
# Digits of our own, parted once at most: no 1e1, and no digits of other scripts.
A_PERCENTAGE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)%?")
DATE_PARTS = ("day", "month", "year")


def thousands(number: int | str) -> str:
    """Return a whole number as one reads it: 1.234.567."""
    return f"{int(number):,}".replace(",", ".")


def one_line(text: str) -> str:
    """Return the text in composed letters, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


class TypedField(forms.CharField):
    """Something typed into one box; too much of it is said in plain words."""

    default_error_messages = {
        "max_length": _("This has %(show_value)d letters. Shorten it to %(limit_value)d."),
    }

    def __init__(self, *, example: str = "", **kwargs: Any) -> None:
        # How an answer looks, shown beside the hint.
        self.example = example
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the text in composed letters: a letter and its marks count as one."""
        text = super().to_python(value)
        return unicodedata.normalize("NFC", text) if isinstance(text, str) else text


class PhoneField(TypedField):
    """A Vietnamese phone number, however it is typed; kept as +84…."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number"))
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "type": "tel",
                    "inputmode": "tel",
                    "autocomplete": "tel",
                    "class": "govuk-input--width-20",
                }
            ),
        )
        kwargs.setdefault("error_messages", {"required": _("Write your phone number, for example 0912 345 678.")})
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the number as +84…."""
        text = super().clean(value)
        return normal_phone(text) if text else ""


class NameField(TypedField):
    """A person's name: letters, spaces, ' and -."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "name"}))
        kwargs.setdefault("error_messages", {"required": _("Write the first and last name.")})
        super().__init__(max_length=100, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the composed name, small or capital throughout as names are written; refuse what no name contains."""
        name = one_line(super().clean(value))
        if not name:
            return name
        if len(name) < 2 or not all(letter.isalpha() or letter in " '’-" for letter in name):
            raise ValidationError(_("Write the name in letters only, for example Trần Thị Mai."), code="name")
        return name.title() if name.islower() or name.isupper() else name


class WholeNumberField(TypedField):
    """A whole number of zero or more; dots and spaces between the digits do no harm."""

    unit: Any = ""
    # How an answer looks, said beside a wrong one where the question gives no example of its own.
    looks_like = "8"

    def __init__(self, *, most: int, least: int = 0, unit: Any = "", **kwargs: Any) -> None:
        self.most, self.least, self.unit = most, least, unit
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-20"}),
        )
        super().__init__(max_length=LONGEST_NUMBER, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a number with its dots, saved or typed; leave what is no number as it was."""
        number = self.read(value) if isinstance(value, str) and len(value) <= LONGEST_NUMBER else value
        return thousands(number) if isinstance(number, int) else value

    def read(self, text: str) -> int | None:
        """Return the number somebody typed, however she parted the digits; None if it is none."""
        return whole_number(one_line(text))

    def how_to_write(self) -> str:
        """Return what is said of something that is no number."""
        return gettext("Write digits only, for example %(example)s.")

    def clean(self, value: Any) -> int | None:
        """Return the number."""
        text = super().clean(value)
        if not text:
            return None
        number = self.read(text)
        if number is None:
            raise ValidationError(self.how_to_write() % {"example": self.example or self.looks_like}, code="digits")
        if number < self.least:
            raise ValidationError(
                gettext("Write a number of at least %(least)s.") % {"least": thousands(self.least)}, code="least"
            )
        if number > self.most:
            raise ValidationError(
                gettext("This number is too large. Write at most %(most)s.") % {"most": thousands(self.most)},
                code="most",
            )
        return number


class MoneyField(WholeNumberField):
    """An amount of đồng, in digits or as one says it: 500 triệu, 1,5 tỷ."""

    looks_like = "500.000.000"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("most", MOST_MONEY)
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "class": "govuk-input--width-20",
                    # JavaScript parts the digits as she types.
                    "data-thousands": True,
                }
            ),
        )
        super().__init__(unit="đồng", **kwargs)

    def read(self, text: str) -> int | None:
        """Return the amount, exactly; None if it can be read in two ways or is no whole number of đồng."""
        return amount(one_line(text))

    def how_to_write(self) -> str:
        """Return what is said of something that is no amount."""
        return gettext("Write the amount in digits, for example %(example)s, or like this: 500 triệu; 1,5 tỷ.")


class PercentField(TypedField):
    """A percentage with at most two places, kept exactly: 50.99 is not 51."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "govuk-input--width-5"}),
        )
        super().__init__(max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show the comma of Vietnamese numbers, and no places that hold nothing."""
        return value.removesuffix(".00").replace(".", ",") if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """Return the percentage as text with two places, as JSON keeps it."""
        text = super().clean(value)
        if not text:
            return ""
        typed = A_PERCENTAGE.fullmatch(text.replace(" ", ""))
        share = Decimal(typed[1].replace(",", ".")) if typed else None
        if share is None or share > 100 or share != share.quantize(Decimal("0.01")):
            raise ValidationError(_("Write a number from 0 to 100, for example 51 or 50,99."), code="percent")
        return str(share.quantize(Decimal("0.01")))


class DateWidget(forms.MultiWidget):
    """Day, month and year in three boxes."""

    template_name = "components/date.html"
    use_fieldset = True
    # Which boxes are wrong; the others keep a calm border.
    wrong: tuple[str, ...] = DATE_PARTS

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "autocomplete": "off"}
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput(attrs={**box, "maxlength": 4}) for name in DATE_PARTS
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Return the three parts of a saved date."""
        if isinstance(value, str) and value:
            value = datetime.date.fromisoformat(value)
        return [value.day, value.month, value.year] if value else ["", "", ""]

    def id_for_label(self, id_: str) -> str:
        """Return the id of the first wrong box, to which the error summary links."""
        return f"{id_}_{DATE_PARTS.index(self.wrong[0])}" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Leave the boxes alone that hold no mistake."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for part, box in zip(DATE_PARTS, context["widget"]["subwidgets"], strict=True):
            if part not in self.wrong:
                box["attrs"]["aria-invalid"] = "false"
        return context


class DateField(forms.Field):
    """A date; what is wrong is said in words that help."""

    widget: Any = DateWidget
    # What the summary of errors says instead of the question and the whole sentence.
    in_short = ""

    def __init__(
        self, *, not_after_today: bool = False, not_before_today: bool = False, example: str = "", **kwargs: Any
    ) -> None:
        self.example = example
        self.not_after_today, self.not_before_today = not_after_today, not_before_today
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Return the date as ISO text, as JSON keeps it."""
        parts = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(parts):
            if self.required:
                raise ValidationError(_("Write the day, month and year."), code="required")
            return ""
        unread = [
            name
            for name, part in zip(DATE_PARTS, parts, strict=True)
            if not (part.isascii() and part.isdigit() and len(part) <= 4)
        ]
        if unread:
            self._mark(*unread)
            raise ValidationError(_("Write the day, month and year in digits, for example 15 3 2022."), code="digits")
        day, month, year = (int(part) for part in parts)
        if year < 100:
            year += 2000
        if not 1 <= month <= 12:
            self._mark("month")
            raise ValidationError(_("The month is a number from 1 to 12."), code="month")
        if not 1900 <= year <= 2100:
            self._mark("year")
            raise ValidationError(_("Write the year in 4 digits, for example 2022."), code="year")
        last = monthrange(year, month)[1]
        if not 1 <= day <= last:
            self._mark("day", "month")
            self.in_short = gettext("There is no day %(day)s") % {"day": f"{day:02d}/{month:02d}/{year}"}
            words = gettext("Month %(month)s of %(year)s has only %(last)s days. Look at the day and the month again.")
            raise ValidationError(words % {"month": month, "year": str(year), "last": last}, code="day")
        date = datetime.date(year, month, day)
        today = timezone.localdate()
        if self.not_after_today and date > today:
            raise ValidationError(_("This day has not come yet. Write a day up to today."), code="future")
        if self.not_before_today and date < today:
            raise ValidationError(_("This day is over. Write today or a later day."), code="past")
        return date.isoformat()

    def _mark(self, *wrong: str) -> None:
        self.widget.wrong = wrong


class YesNoField(forms.ChoiceField):
    """Yes or no."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": _("Choose yes or no.")})
        super().__init__(choices=YES_NO, widget=forms.RadioSelect, **kwargs)


class DerivedField(forms.ChoiceField):
    """An answer that follows from another one: nobody is asked, the form fills it in."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> str:
        """Take nothing from outside."""
        return ""


class OneOfField(forms.ChoiceField):
    """One of a few, each with its button."""

    def __init__(self, *, choices: Any, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": _("Choose one line.")})
        super().__init__(choices=choices, widget=forms.RadioSelect, **kwargs)


class TextField(TypedField):
    """Some sentences."""

    def __init__(self, *, least: int = 0, most: int = 5000, **kwargs: Any) -> None:
        self.least, self.most = least, most
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 6}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Return the text in composed letters; say how long it is when it does not fit."""
        text = unicodedata.normalize("NFC", super().clean(value)).replace("\r\n", "\n").strip()
        if text and len(text) < self.least:
            raise ValidationError(
                gettext("Write a little more, at least %(least)s letters, so that we understand you.")
                % {"least": self.least},
                code="short",
            )
        if len(text) > self.most:
            raise ValidationError(
                gettext("The text has %(length)s letters. Shorten it to %(most)s.")
                % {"length": thousands(len(text)), "most": thousands(self.most)},
                code="long",
            )
        return text


class LineField(TypedField):
    """One line of text."""

    def clean(self, value: Any) -> str:
        """Return the line in composed letters."""
        return one_line(super().clean(value))


class TaxCodeField(TypedField):
    """A tax code of 10 digits, 10-3 digits, or the 12 digits of a household's holder."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-20"}),
        )
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the code in its usual form; a household may use its holder's identity number since July 2025."""
        text = super().clean(value)
        if not text:
            return ""
        digits = "".join(sign for sign in text if sign not in " .-–" and not sign.isspace())
        # With a dash it is the code of a branch that lacks a digit.
        if digits.isascii() and digits.isdigit() and len(digits) == 12 and not {"-", "–"} & set(text):
            return digits
        try:
            return str(mst.format(mst.validate(digits)))
        except InvalidChecksum as wrong:
            words = _("One digit is not right yet. Look at the paper again, or leave it empty.")
            raise ValidationError(words, code="tax_code") from wrong
        except NumberError as wrong:
            raise ValidationError(
                _("The tax code has 10 digits, or 10 and 3. Look at the paper again, digit by digit."),
                code="tax_code",
            ) from wrong
