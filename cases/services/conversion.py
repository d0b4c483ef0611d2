"""A household business becomes an enterprise (the plans' workflow 3)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models.enterprise import ENTERPRISES, EntityType
from cases.services import common, results, usual
from cases.services.base import (
    ConsentText,
    Data,
    FollowUpAnswer,
    FollowUps,
    HerStep,
    Page,
    Paper,
    Reason,
    Stage,
    SupportService,
)
from cases.services.common import Priority, Questions
from cases.services.fields import (
    MOST_STAFF,
    DateField,
    LineField,
    MoneyField,
    OneOfField,
    TextField,
    WholeNumberField,
    YesNoField,
)
from cases.services.hints import household_under_age
from cases.services.members import WHOLE, MembersField, share_of_women

FORMS = tuple((str(form), form.label) for form in EntityType if form in ENTERPRISES)
# Forms with one owner: nobody else holds capital.
OWNED_ALONE = frozenset({EntityType.PRIVATE, EntityType.LLC1})


class Wish(Questions):
    """Why she wants it, in her own words."""

    need = TextField(
        label=_("Why do you want to become an enterprise?"),
        least=20,
        most=5000,
        help_text=_("What you do today, and what you want to do as an enterprise. From 20 to 5.000 letters."),
        error_messages={"required": _("Write it in your own words.")},
        widget=forms.Textarea(attrs={"rows": 7}),
    )


class NameLine(LineField):
    """A name that an enterprise may get, of 2 to 200 letters."""

    default_error_messages = {"min_length": _("A name has at least %(limit_value)d letters.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=2, max_length=200, **kwargs)


class NewEnterprise(Questions):
    """The household business, and the enterprise that it is to become."""

    household_code = LineField(
        label=_("Number of the household business"),
        required=False,
        max_length=50,
        help_text=_("On the registration paper. You may leave it empty now."),
    )
    started_on = DateField(
        label=_("Since when have you been in business without a break?"), not_after_today=True, example="15 3 2022"
    )
    form_wanted = OneOfField(
        label=_("What kind of enterprise do you want?"),
        choices=FORMS,
        help_text=_("In a partnership, at least two people answer for its debts with all they own."),
    )
    name_1 = NameLine(
        label=_("Name you want most"),
        help_text=_("If another enterprise has it already, the next one is looked at."),
        error_messages={"required": _("Write at least one name.")},
    )
    name_2 = NameLine(label=_("Second name"), required=False)
    name_3 = NameLine(label=_("Third name"), required=False)
    capital = MoneyField(label=_("Capital of the new enterprise"), least=1, example="500.000.000")

    def prepare(self) -> None:
        """Tell whoever has an enterprise already that this is made for household businesses."""
        if common.is_enterprise(self.answers):
            self.fields["form_wanted"].help_text = _(
                "You wrote that you have an enterprise already. This help is for household businesses. "
                "You can still send it, and we tell you what fits."
            )


class Members(Questions):
    """Who holds the capital of the new enterprise with her."""

    members = MembersField(
        label=_("Who holds the capital?"),
        help_text=_("Yourself first. All shares together make 100. More than ten? Put the rest into the last line."),
    )


class Conditions(Questions):
    """What brings another office into it."""

    conditional_sector = YesNoField(
        label=_("Does your line of business need a permit?"),
        help_text=_("For example food, pharmacy, lodging, transport. Not sure? Choose “yes”."),
    )
    foreign_capital = YesNoField(label=_("Does somebody from abroad put in capital?"))
    tax_debt = YesNoField(
        label=_("Do you owe tax or fees now?"), help_text=_("If so you get advice. Your case is read all the same.")
    )
    staff = WholeNumberField(
        label=_("How many people will work in the enterprise?"),
        most=MOST_STAFF,
        unit=_("people"),
        help_text=_("Count yourself, too."),
    )


def has_members(data: Data) -> bool:
    """Whether several people are to hold the capital."""
    return bool(data.get("form_wanted")) and data["form_wanted"] not in OWNED_ALONE


def facts(data: Data, _is_sme: bool) -> dict[str, bool]:
    """Return the declared facts on which the route depends."""
    return {name: data.get(name) == "yes" for name in ("conditional_sector", "foreign_capital")}


def profile_after(data: Data, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a registration makes of her answers: her business is an enterprise now."""
    if not result.get("enterprise_code"):
        return {}
    women = share_of_women(data.get("members") or ()) if has_members(data) else WHOLE
    return {
        "entity_type": data["form_wanted"],
        "entity_name": data["name_1"],
        "tax_code": result["enterprise_code"],
        "registered_on": result["granted_on"],
        "total_capital": data["capital"],
        "women_capital_pct": str(women.quantize(Decimal("0.01"))),
    }


NEW_ENTERPRISE = _("The new enterprise")
WISH = _("What you want")

CONVERSION = SupportService(
    code="conversion",
    title=_("Becoming an enterprise"),
    invitation=_("From a household business"),
    icon="shop",
    at_hand=(
        _("The name, the capital and the kind of enterprise you want"),
        _("Who puts in capital with you, and how much"),
    ),
    minutes=15,
    pages=(
        common.ABOUT_YOU,
        common.BUSINESS,
        common.STAFF_AND_MONEY,
        common.PLACE,
        Page(
            "mong-muon",
            WISH,
            Wish,
            group=NEW_ENTERPRISE,
            why=_("Who guides you reads this first. Write as you would tell a friend."),
        ),
        Page(
            "doanh-nghiep-moi",
            NEW_ENTERPRISE,
            NewEnterprise,
            group=NEW_ENTERPRISE,
            why=_("The register asks for the same. Whoever guides you looks at it with you before you file."),
        ),
        Page(
            "thanh-vien",
            _("Members"),
            Members,
            group=NEW_ENTERPRISE,
            why=_("The register asks who holds how much. Each share has to be agreed before you file."),
            asked_when=has_members,
        ),
        Page(
            "dieu-kien",
            _("Permit, capital from abroad, tax"),
            Conditions,
            group=NEW_ENTERPRISE,
            why=_("From these answers we see which office has to help as well."),
        ),
        Page(
            "uu-tien",
            _("Priority"),
            Priority,
            group=NEW_ENTERPRISE,
            why=_("Whoever needs help first can say so here."),
        ),
    ),
    papers=(
        Paper(
            "household_certificate",
            _("Registration paper of the household business"),
            hint=common.REGISTRATION.hint,
            required_when=lambda _data: True,
        ),
        Paper("tax_receipts", _("Receipts for tax and fees"), hint=_("If you have any.")),
        Paper(
            "tax_returns", _("Tax returns of the last year"), hint=_("Of the last 12 months, as far as you have them.")
        ),
        common.OTHER_PAPER,
    ),
    stages=(
        usual.READING,
        Stage(
            "checking",
            _("The city Women's Union looks at what you need"),
            _("The city Women's Union is looking at what you need"),
            _("Check"),
        ),
        Stage(
            "guiding",
            _("The Department of Finance guides you, the tax authority advises"),
            _("The Department of Finance and the tax authority are preparing guidance for you"),
            _("Guidance"),
        ),
        Stage(
            "accompanying",
            _("A businesswoman talks with you"),
            _("A businesswoman is going to talk with you"),
            _("Companion"),
        ),
        Stage(
            "preparing",
            _("You get your papers ready"),
            _("Your papers are being made ready to be filed"),
            _("Getting ready"),
        ),
        Stage(
            "registering",
            _("The Department of Finance registers the enterprise"),
            _("Your enterprise is being registered"),
            _("Registration"),
        ),
        Stage(
            "closing",
            _("The People's Committee of the commune closes the household business"),
            _("Your enterprise is registered. The household business is being closed"),
            _("Closing of the household business"),
        ),
        # Only where it ends without a registration.
        replace(usual.DELIVERING, usual=False),
    ),
    consents=(
        usual.HANDLE,
        ConsentText(
            "consult",
            "STC THUE HNDN STP UBND",
            _(
                "I allow the Women's Union to hand this case to who helps with it. "
                "These are Finance, tax, Justice, my commune's People's Committee and the Businesswomen's Association. "
                "Each gets only what it needs."
            ),
        ),
        usual.SENSITIVE,
    ),
    consent_version="2026-11.2",
    refusal_reasons=(
        Reason(
            "NOT_REGISTERED",
            _("There is no registered household business"),
            _("Register your household business at your commune first. Then begin a new case here."),
        ),
        Reason(
            "ALREADY_ENTERPRISE",
            _("The business is already an enterprise"),
            _("You can ask us about law, tax and contracts. We answer you as an enterprise."),
        ),
        Reason(
            "TAX_BLOCK",
            _("A debt of tax or fees has to be settled first"),
            _("Ask the tax authority how to pay it in parts. Afterwards begin a new case here."),
        ),
        usual.OUT_OF_SCOPE,
        Reason(
            "REPEATED",
            _("The same request is already being handled"),
            _("Open the earlier case to see how far it is. Something new? Write it there."),
        ),
        Reason(
            "REGISTER_REFUSED",
            _("The register refused the enterprise"),
            _("Read the reason in the register's paper. When it is put right you can file anew."),
            only_at=("ext_register",),
        ),
    ),
    told={
        "intake.accept": _("%(office)s received your case."),
        "intake.not_accept": _("%(office)s could not accept your case."),
        "eligibility.go_on": _("%(office)s asks the offices that guide you."),
        "approve_refusal.approve": _("%(office)s concluded that it cannot support this matter."),
        "guide.guided": _("%(office)s has guided you."),
        "companion.met": _("A businesswoman has talked with you."),
        "readiness.again": _("%(office)s reached you. It asks you once more."),
        "check_readiness.confirmed": _("Your papers are ready. Now you can file them with the register."),
        "check_readiness.return": _("Something is still missing before you can file."),
        "put_aside.try_again": _("You can go through the list once more."),
        "put_aside.finish": _("The result is ready."),
        "ext_register.granted": _("Your enterprise is registered."),
        "ext_register.corrections": _("The register asks you to correct your papers."),
        "correct.again": _("%(office)s reached you. It asks you once more."),
        "ext_register.refused": _("The register did not agree. The result is ready."),
        "ext_close_household.closed": _("Your household business is closed. The case is done."),
        "ext_close_household.kept_open": _("Your household business is not closed yet. The case is done."),
        "deliver.delivered": _("The result was handed to you. The case is done."),
    },
    step_names={
        "intake": _("First reading"),
        "eligibility": _("Check whether it can become an enterprise"),
        "approve_refusal": _("Approve the refusal"),
        "guide": _("Guide her on registering"),
        "tax_ready": _("Opinion on tax and accounting"),
        "conditional_permit": _("Permit for a conditional line of business"),
        "foreign_capital": _("Opinion on foreign capital"),
        "companion": _("A businesswoman at her side"),
        "readiness": _("She says whether she is ready"),
        "check_readiness": _("Look at what is ready"),
        "put_aside": _("Settle how it goes on"),
        "ext_register": _("Registration as an enterprise"),
        "correct": _("She corrects her papers"),
        "ext_close_household": _("Closing of the household business"),
        "deliver": _("Deliver the result"),
    },
    facts=facts,
    hints=(household_under_age(),),
    her_steps={
        "readiness": HerStep(
            _("Are you ready to file?"),
            _("Go through the list and tick each line. Then we look at it with you before you file."),
            {"ready": _("I am ready"), "not_yet": _("Not yet")},
        ),
        "correct": HerStep(
            _("The register asks for corrections"),
            _("The register wrote to you what to correct. File the corrected papers, then tell us here."),
            {"corrected": _("I have filed the corrected papers"), "given_up": _("I do not want to go on")},
        ),
    },
    results={"ext_register": results.ENTERPRISE},
    follow_ups=FollowUps(
        outcomes=("registered",),
        rules=("FOLLOWUP_3", "FOLLOWUP_6", "FOLLOWUP_12", "FOLLOWUP_24", "FOLLOWUP_36"),
        question=_("How is your enterprise doing?"),
        answers=(
            FollowUpAnswer("going", _("It is going on well")),
            FollowUpAnswer("difficult", _("It is going on, but it is difficult"), wants_help=True),
            FollowUpAnswer("stopped", _("It has stopped")),
        ),
    ),
    counted=("registered",),
    counted_apart=("guided", "not_registered"),
    leads_to={"registered": "credit_access"},
    refused_in_part=_("The register did not agree this time"),
    profile_after=profile_after,
    told_apart_by="form_wanted",
    asks_in="need",
    asks_words=_("What you asked for"),
)
