"""The questions that every support service shares: about her, her business, its place, and priority."""

import re
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Places, plain
from cases.models.enterprise import ENTERPRISES, Enterprise, EntityType, Sector, SmeClass
from cases.services.base import Data, Page, Paper
from cases.services.fields import (
    MOST_STAFF,
    DateField,
    DerivedField,
    LineField,
    MoneyField,
    NameField,
    OneOfField,
    PercentField,
    TaxCodeField,
    TextField,
    WholeNumberField,
    YesNoField,
)
from cases.services.personal_id import PersonalIdField

UNREGISTERED = frozenset({EntityType.IDEA, EntityType.INDIVIDUAL})
CO_OPERATIVES = frozenset({EntityType.COOP, EntityType.COOP_UNION})
# Numbers of hers of which colleagues see only the end, until one asks for the whole, which is written down.
MASKED = ("personal_id", "tax_code")
_PERSONAL_DIGITS, _SHOWN_DIGITS = 12, 3
# Farther than any commune that has the words looked for.
FAR = 9
_KIND_OF_COMMUNE, _NO_LETTER = re.compile(r"^(xa|phuong|dac khu) "), re.compile(r"\W+")


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


def size_of(data: Data) -> SmeClass | None:
    """Return the size that the law makes of what she declared; None where no size is asked or it is not known yet."""
    if not is_enterprise(data) or data.get("employees_insured") is None:
        return None
    counted = ("entity_type", "employees_insured", "revenue_last_year", "total_capital")
    return Enterprise(sector=data.get("sector") or "", **{name: data.get(name) for name in counted}).sme_class


def wants_priority(data: Data) -> bool:
    """Whether she asked for priority."""
    return data.get("priority") == "yes"


def gave_priority_reason(data: Data) -> bool:
    """Whether she wrote why."""
    return wants_priority(data) and bool(data.get("priority_reason"))


def personal_numbers(data: Data) -> dict[str, str]:
    """Return the numbers that name her as a person, whole, by the names of their questions."""
    numbers = {name: str(data.get(name) or "") for name in MASKED}
    # A household's tax code of as many digits may be its holder's identity number.
    return {
        name: number
        for name, number in numbers.items()
        if number and (name == "personal_id" or len(number) == _PERSONAL_DIGITS)
    }


def masked(number: str) -> str:
    """Return of a number as much as tells it from another."""
    return "•" * (len(number) - _SHOWN_DIGITS) + number[-_SHOWN_DIGITS:]


class AboutYou(Questions):
    """Who she is and what kind of business she has."""

    full_name = NameField(label=_("Your full name"), help_text=_("As on your identity card."), example="Trần Thị Mai")
    personal_id = PersonalIdField(
        label=_("Number on your identity card"),
        required=False,
        help_text=_("12 digits. You may leave it empty now."),
    )
    entity_type = OneOfField(
        label=_("What kind of business do you have?"),
        choices=EntityType.choices,
        help_text=_(
            "A co-operative group: people who work together by contract. "
            "In a partnership, at least two people answer for its debts with all they own."
        ),
    )


class Business(Questions):
    """The business as it is registered."""

    entity_name = LineField(
        label=_("Name of the business"),
        max_length=200,
        help_text=_("As on the registration paper."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Write the name of the business.")},
    )
    tax_code = TaxCodeField(
        label=_("Tax code"), required=False, help_text=_("On the registration paper."), example="0200 123 457"
    )
    registered_on = DateField(
        label=_("Day of the first registration"),
        required=False,
        not_after_today=True,
        help_text=_("The line “First registration” on the registration paper."),
        example="15 3 2022",
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
    revenue_last_year = MoneyField(label=_("Revenue of last year"), required=False, example="1.500.000.000")
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
        label=_("Share of the capital held by women"), help_text=_("All women together."), example="51"
    )
    woman_manager = YesNoField(
        label=_("Does a woman manage the business?"), help_text=_("For example as director or deputy director.")
    )


class CommuneSelect(forms.Select):
    """A plain list of communes; each line carries the names it had before, for the search that JavaScript adds."""

    def __init__(self) -> None:
        super().__init__(
            attrs={
                "data-search": _("Type the name, old or new. Marks are not needed."),
                "data-formerly-word": _("formerly"),
                "data-nothing": _("Nothing found. Try another name, or call us."),
                "data-found": _("communes found"),
            }
        )
        self.formerly: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the former names to a line."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        formerly = self.formerly.get(str(value))
        if formerly:
            option["attrs"]["data-formerly"] = formerly
        return option


def nearness(wanted: str, name: str, before: str) -> int:
    """Return how near a commune is to the plain words looked for, 0 being its very name; FAR where it has them not.

    Words are found from their beginning on, so that "an duong" is not found in "Trấn Dương". What JavaScript finds
    in the list (project/static/filing.js) has the same order.
    """
    today, former = f" {plain(name)} ", f" {_NO_LETTER.sub(' ', plain(before))} "
    if wanted in (today.strip(), _KIND_OF_COMMUNE.sub("", today.strip())):
        return 0
    places = (f" {wanted} " in today, f" {wanted}" in today, f" {wanted} " in former, f" {wanted}" in former)
    return places.index(True) + 1 if True in places else FAR


class InPlace(Questions):
    """The commune of the business: it decides which office reads first. The province follows from it."""

    province = DerivedField(label=_("Province or city"))
    commune = forms.ChoiceField(
        label=_("In which commune or ward is your business?"),
        help_text=_("By its name since 1 July 2025, for example Xã Kiến Thụy."),
        widget=CommuneSelect,
        error_messages={
            "required": _("Choose the commune or ward."),
            "invalid_choice": _("This commune is not in the list. Choose again."),
        },
    )

    # What was looked for in the list without JavaScript, and how many lines have it.
    looked_for = ""
    found = 0

    def prepare(self) -> None:
        """Offer today's communes of the provinces where we are open."""
        self.places = self.places or Places.read()
        names = dict(self.places.provinces)
        province, commune = self.fields["province"], self.fields["commune"]
        assert isinstance(province, forms.ChoiceField)
        assert isinstance(commune, forms.ChoiceField)
        province.choices = self.places.provinces
        lists = [(names[code], list(offered)) for code, offered in self.places.communes.items()]
        commune.choices = [("", _("Choose")), *(lists[0][1] if len(lists) == 1 else lists)]
        assert isinstance(commune.widget, CommuneSelect)
        commune.widget.formerly = self.places.formerly

    def look_for(self, words: str) -> None:
        """Offer only the communes whose name of today or of before has these words in it, the nearest first.

        The one that is chosen stays. Marks are not needed. What is found nowhere leaves the list as it is.
        """
        self.looked_for, wanted = words.strip(), " ".join(plain(words).split())
        if not wanted or self.places is None:
            return
        chosen, before = str(self["commune"].value() or ""), self.places.formerly
        ranked = [
            (nearness(wanted, name, before.get(code, "")), code, name)
            for offered in self.places.communes.values()
            for code, name in offered
        ]
        self.found = sum(near < FAR for near, _code, _name in ranked)
        found = [
            (code, f"{name} ({_('formerly')} {before[code]})" if code in before else name)
            for near, code, name in sorted(ranked, key=itemgetter(0))
            if near < FAR or code == chosen
        ]
        commune = self.fields["commune"]
        assert isinstance(commune, forms.ChoiceField)
        if self.found:
            commune.choices = [("", _("Choose")), *found]

    def clean(self) -> dict[str, Any]:
        """Name the province of the commune."""
        answers = super().clean() or {}
        if self.places and answers.get("commune"):
            answers["province"] = self.places.province_of(answers["commune"])
        return answers


class Priority(Questions):
    """Whether she wants priority. She need not say why."""

    priority = YesNoField(
        label=_("Do you want to be helped first?"),
        help_text=_("You do not have to say why. Whatever you choose, your case is read."),
    )
    priority_reason = TextField(
        label=_("Why, if you want to say"),
        required=False,
        most=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the officer who receives your case can read it. Whoever opens it leaves a trace."),
    )

    def clean(self) -> dict[str, Any]:
        """Keep no reason where no priority is wanted."""
        answers = super().clean() or {}
        if answers.get("priority") == "no":
            answers["priority_reason"] = ""
        return answers


ABOUT_HER, HER_BUSINESS = _("About you"), _("Your business")

ABOUT_YOU = Page(
    "ve-chi",
    _("Your name and kind of business"),
    AboutYou,
    group=ABOUT_HER,
    why=_("Your name stands on the receipt. The kind of business tells which law helps you."),
)
BUSINESS = Page(
    "viec-kinh-doanh",
    _("Your registered business"),
    Business,
    group=HER_BUSINESS,
    hint=_("All of it stands on the registration paper. No paper at hand? The name alone is enough."),
    why=_("With the name and the code an office finds your business, and need not ask you again."),
    asked_when=is_registered,
)
STAFF_AND_MONEY = Page(
    "quy-mo",
    _("Staff and money"),
    StaffAndMoney,
    group=HER_BUSINESS,
    hint=_("You declare the numbers yourself; no paper is needed now."),
    why=_("The law counts staff, revenue and capital to tell which support fits."),
    asked_when=is_registered,
)
HOLDERS = Page(
    "von-cua-phu-nu",
    _("Women in the business"),
    Holders,
    group=HER_BUSINESS,
    why=_("The law has a part of its own for enterprises owned by women. These two answers tell whether yours is one."),
    asked_when=has_shares,
)
PLACE = Page(
    "xa-phuong",
    _("Commune or ward"),
    InPlace,
    group=HER_BUSINESS,
    why=_("The Women's Union of this commune reads your case first."),
    way_out=(
        _("Your business is in another province?"),
        _("Đồng Hành is not yet open there. The Women's Union of your commune can help you now."),
    ),
)

# What is asked alike whatever she needs: a new draft of hers begins with her last answers to it.
PROFILE_PAGES = (ABOUT_YOU, BUSINESS, STAFF_AND_MONEY, HOLDERS, PLACE)
PROFILE = frozenset(name for page in PROFILE_PAGES for name in page.form.base_fields)

REGISTRATION = Paper(
    "registration", _("Copy of the registration paper"), hint=_("The page with the name and the code of the business.")
)
OTHER_PAPER = Paper("other", _("Another paper"))
# Filled in at a counter: the sheet on which she signed what she allows.
COUNTER_CONSENT = Paper("counter_consent", _("The sheet of consent that she signed"))
