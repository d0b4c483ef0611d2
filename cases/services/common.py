"""The questions that every support service shares: about her, her business, its place, and priority."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Places
from cases.models.enterprise import ENTERPRISES, EntityType, Sector
from cases.services.base import Data, Page, Paper
from cases.services.fields import (
    MOST_STAFF,
    DateField,
    LineField,
    MoneyField,
    NameField,
    OneOfField,
    PercentField,
    PersonalIdField,
    TaxCodeField,
    TextField,
    WholeNumberField,
    YesNoField,
)

UNREGISTERED = frozenset({EntityType.IDEA, EntityType.INDIVIDUAL})
CO_OPERATIVES = frozenset({EntityType.COOP, EntityType.COOP_UNION})


class Questions(forms.Form):
    """The form of one page. It knows her answers so far; what she saves is what JSON can keep."""

    use_required_attribute = False

    def __init__(self, *args: Any, answers: Data | None = None, places: Places | None = None, **kwargs: Any) -> None:
        self.answers: Data = answers or {}
        # Given by who keeps them in memory; otherwise the page that asks reads them.
        self.places = places
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Adjust the questions to her answers so far."""

    def amend(self, name: str, message: Any) -> None:
        """Say at one question what to change, unless something is already said there."""
        if name not in self.errors:
            self.add_error(name, ValidationError(message, code="amend"))


def is_registered(data: Data) -> bool:
    """Whether her business stands in a register."""
    return bool(data.get("entity_type")) and data["entity_type"] not in UNREGISTERED


def has_shares(data: Data) -> bool:
    """Whether several people can hold the capital of her business."""
    return data.get("entity_type") in ENTERPRISES | CO_OPERATIVES


def is_enterprise(data: Data) -> bool:
    """Whether her business is an enterprise, which alone can be small or medium by law."""
    return data.get("entity_type") in ENTERPRISES


def wants_priority(data: Data) -> bool:
    """Whether she asked for priority."""
    return data.get("priority") == "yes"


def gave_priority_reason(data: Data) -> bool:
    """Whether she wrote why."""
    return wants_priority(data) and bool(data.get("priority_reason"))


class AboutYou(Questions):
    """Who she is and what kind of business she has."""

    full_name = NameField(label=_("Your full name"), help_text=_("As on your identity card."))
    personal_id = PersonalIdField(
        label=_("Number on your identity card"),
        required=False,
        help_text=_("12 digits. You may leave it empty now."),
    )
    entity_type = OneOfField(label=_("What kind of business do you have?"), choices=EntityType.choices)


class Business(Questions):
    """The business as it is registered."""

    entity_name = LineField(
        label=_("Name of the business"),
        max_length=200,
        help_text=_("As on the registration paper."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    tax_code = TaxCodeField(
        label=_("Tax code"), required=False, help_text=_("On the registration paper, for example 0200 123 456.")
    )
    registered_on = DateField(
        label=_("Day of the first registration"),
        required=False,
        not_after_today=True,
        help_text=_("On the registration paper, for example 15 3 2022."),
    )
    sector = OneOfField(label=_("What does the business mainly do?"), choices=Sector.choices)


class StaffAndMoney(Questions):
    """How large the business is; it decides which support the law gives."""

    employees_insured = WholeNumberField(
        label=_("People with social insurance"), most=MOST_STAFF, unit=_("people"), help_text=_("None? Write 0.")
    )
    female_employees = WholeNumberField(label=_("Women among them"), most=MOST_STAFF, unit=_("people"), required=False)
    disabled_employees = WholeNumberField(
        label=_("People with a disability among them"), most=MOST_STAFF, unit=_("people"), required=False
    )
    revenue_last_year = MoneyField(
        label=_("Revenue of last year"), required=False, help_text=_("For example 1.500.000.000.")
    )
    total_capital = MoneyField(label=_("Total capital"), required=False)

    def clean(self) -> dict[str, Any]:
        """Hold the parts against the whole; ask for one of the two amounts."""
        answers = super().clean() or {}
        staff = answers.get("employees_insured")
        for part in ("female_employees", "disabled_employees"):
            if staff is not None and (answers.get(part) or 0) > staff:
                self.amend(part, _("This is more than all the people with insurance. Look at both numbers."))
        amounts = (answers.get("revenue_last_year"), answers.get("total_capital"))
        if not self.errors and amounts == (None, None) and is_enterprise(self.answers):
            self.amend("revenue_last_year", _("Write the revenue or the capital: one of the two is enough."))
        return answers


class Holders(Questions):
    """Who holds the capital and who manages."""

    women_capital_pct = PercentField(
        label=_("Share of the capital held by women"), help_text=_("All women together, for example 51 or 50,99.")
    )
    woman_manager = YesNoField(
        label=_("Does a woman manage the business?"), help_text=_("For example as director or deputy director.")
    )


class InProvince(Questions):
    """The province of the business."""

    province = forms.ChoiceField(
        label=_("Province or city of your business"),
        help_text=_("Where you do business, by the names since 1 July 2025."),
        error_messages={"required": _("Choose the province or city.")},
    )

    def prepare(self) -> None:
        """Offer all provinces; those where we are open are known by their prefix."""
        places = self.places or Places.read()
        self.open_provinces = places.open_provinces
        self.field("province").choices = [("", _("Choose")), *places.provinces]

    def field(self, name: str) -> forms.ChoiceField:
        """Return one choice question."""
        question = self.fields[name]
        assert isinstance(question, forms.ChoiceField)
        return question

    def clean_province(self) -> str:
        """Say clearly where Đồng Hành is not yet open."""
        code: str = self.cleaned_data["province"]
        if code not in self.open_provinces:
            raise ValidationError(
                _("Đồng Hành is not yet open there. The Women's Union of your commune can help you now."),
                code="not_open",
            )
        return code


class InCommune(Questions):
    """The commune of the business: it decides which office reads first."""

    commune = forms.ChoiceField(
        label=_("Commune or ward of your business"),
        help_text=_("The new name since 1 July 2025. Not sure? Call us."),
        error_messages={
            "required": _("Choose the commune or ward."),
            "invalid_choice": _("This commune is not in the province you chose. Choose again."),
        },
    )

    def prepare(self) -> None:
        """Offer today's communes of the province she chose."""
        places = self.places or Places.read()
        question = self.fields["commune"]
        assert isinstance(question, forms.ChoiceField)
        question.choices = [("", _("Choose")), *places.communes.get(self.answers.get("province") or "", ())]


class Priority(Questions):
    """Whether she wants priority. She need not say why."""

    priority = YesNoField(label=_("Do you want to be helped first?"))
    priority_reason = TextField(
        label=_("Why, if you want to say"),
        required=False,
        most=2000,
        help_text=_("Only the officer who receives your case can read it. Whoever opens it leaves a trace."),
    )

    def clean(self) -> dict[str, Any]:
        """Keep no reason where no priority is wanted."""
        answers = super().clean() or {}
        if answers.get("priority") == "no":
            answers["priority_reason"] = ""
        return answers


ABOUT_YOU = Page("ve-chi", _("About you"), AboutYou)
BUSINESS = Page("viec-kinh-doanh", _("Your business"), Business, asked_when=is_registered)
STAFF_AND_MONEY = Page(
    "quy-mo",
    _("Staff and money"),
    StaffAndMoney,
    hint=_("Your numbers decide which support fits. You declare them yourself; no paper is needed now."),
    asked_when=is_registered,
)
HOLDERS = Page("von-cua-phu-nu", _("Women in the business"), Holders, asked_when=has_shares)
PROVINCE = Page("tinh-thanh", _("Province or city"), InProvince)
COMMUNE = Page("xa-phuong", _("Commune or ward"), InCommune)
PRIORITY = Page(
    "uu-tien",
    _("Priority"),
    Priority,
    hint=_("You want priority? You do not have to say why. Whatever you choose, your case is read."),
)

REGISTRATION = Paper("registration", _("Copy of the registration paper"))
OTHER_PAPER = Paper("other", _("Another paper"))
