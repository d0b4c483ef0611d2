"""What she is asked about a loan: how much and for what, how she pays it back, and who may lend to her."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.services.common import Priority, Questions
from cases.services.fields import DateField, LineField, MoneyField, OneOfField, TextField, WholeNumberField, YesNoField

LEAST_LOAN, MOST_LOAN = 1_000_000, 100_000_000_000
LONGEST_TERM, MOST_JOBS = 240, 500
PURPOSES = (
    ("work", _("To make work for me or for others")),
    ("farming", _("Farming, forestry, fishing")),
    ("equipment", _("Machines, a workshop, a shop")),
    ("innovation", _("A new product or a new technology")),
    ("stock", _("Buying goods and materials")),
    ("other", _("Something else")),
)
COLLATERAL = (
    ("none", _("Nothing")),
    ("land", _("Land or a house")),
    ("asset", _("A machine, a vehicle or another thing")),
    ("guarantee", _("Somebody vouches for me")),
)


class Loan(Questions):
    """How much she wants to borrow, for what, and for how long."""

    amount = MoneyField(
        label=_("How much do you want to borrow?"),
        least=LEAST_LOAN,
        most=MOST_LOAN,
        help_text=_("From 1 million to 100 billion đồng."),
        example="80.000.000",
    )
    purpose_kind = OneOfField(label=_("What is the loan for, above all?"), choices=PURPOSES)
    purpose = TextField(
        label=_("Tell us what you will do with the money"),
        least=20,
        most=1000,
        help_text=_("What you buy or build, and how it earns money. From 20 to 1.000 letters."),
        error_messages={"required": _("Write in your own words what the money is for.")},
    )
    term_months = WholeNumberField(
        label=_("Over how many months do you want to pay it back?"),
        least=1,
        most=LONGEST_TERM,
        unit=_("months"),
        help_text=_("Three years are 36 months."),
        example="36",
    )


class PayingBack(Questions):
    """With what she pays it back, and what she owes already; she declares it herself."""

    own_capital = MoneyField(
        label=_("How much of your own money goes into it?"), help_text=_("Nothing? Write 0."), example="20.000.000"
    )
    jobs = WholeNumberField(
        label=_("How many people get work from it?"),
        most=MOST_JOBS,
        unit=_("people"),
        help_text=_("Yourself too. None? Write 0."),
    )
    collateral = OneOfField(
        label=_("What can stand as security for the loan?"),
        choices=COLLATERAL,
        help_text=_("If you cannot pay, the lender takes the thing, or the other person pays for you."),
    )
    existing_debts = MoneyField(
        label=_("What do you owe already?"),
        required=False,
        help_text=_("To banks and others, all together. You may leave it empty."),
    )
    debt_overdue = YesNoField(
        label=_("Is a debt of yours past its day?"),
        help_text=_("A “yes” does not end your case. It helps us advise you."),
    )


class Sources(Questions):
    """What tells which lender may fit."""

    in_savings_group = YesNoField(
        label=_("Are you in a savings and credit group?"),
        help_text=_("The group of the Women's Union or of another association."),
    )
    savings_group = LineField(label=_("Name of the group"), required=False, max_length=200)
    rural = YesNoField(label=_("Is the work on the land, or in a rural commune?"))
    startup = YesNoField(
        label=_("Do you begin with a new technology or a new way of business?"),
        help_text=_("Such a start-up can ask other funds than banks."),
    )
    wants_foreign_fund = YesNoField(label=_("Do you look for a fund from abroad?"))

    def clean(self) -> dict[str, Any]:
        """Keep no name of a group where she is in none."""
        answers = super().clean() or {}
        if answers.get("in_savings_group") == "no":
            answers["savings_group"] = ""
        return answers


class Wishes(Priority):
    """By when she needs it, whether a lawyer looks at it too, and whether she wants priority."""

    urgent_until = DateField(
        label=_("Is there a day by which you need the money?"),
        required=False,
        not_before_today=True,
        help_text=_("For example the day a season begins. No such day? Leave it empty."),
    )
    wants_legal_check = YesNoField(
        label=_("Shall the Department of Justice look at your contract or security?"),
        help_text=_("It costs nothing."),
    )

    field_order = ("urgent_until", "wants_legal_check", "priority", "priority_reason")
