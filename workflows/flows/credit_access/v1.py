"""W2, access to credit: from the commune Women's Union to a lender's answer and the money in her hand."""

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow.flow import End, If, Join, Split, StartHandle, Switch

from cases.models import Role
from workflows.asks import AGAIN, ChosenPlace, Enter, Entry, Flags, Option, PickPlace, Place
from workflows.conditions import Fact, Verdict
from workflows.nodes import (
    CITY_UNION,
    COMMUNE_COMMITTEE,
    COMMUNE_UNION,
    JUSTICE,
    About,
    ApplicantStep,
    CaseFlow,
    Confirm,
    Consult,
    Ending,
    Moves,
    OwnTarget,
    ReceivedStep,
    Review,
)

# Banks lend themselves; a department or the alliance is the door to the fund that it looks after.
LENDERS = (
    ("NHCSXH", _("Bank for Social Policies")),
    ("AGRI", _("Bank for Agriculture and Rural Development")),
    ("LMHTX", _("Fund for co-operatives, through the Co-operative Alliance")),
    ("STC", _("Fund for small and medium enterprises, through the Department of Finance")),
    ("SKHCN", _("Venture fund, through the Department of Science and Technology")),
    ("SNGV", _("Foreign fund, through the Department of Foreign Affairs")),
    ("NHNN", _("None of these fits: the State Bank's branch")),
)
ENTREPRENEURS = Place("HNDN")


class CreditAccess(CaseFlow):
    """Access to credit."""

    about = About(
        service="credit_access",
        version=1,
        outcomes=(
            Ending(Verdict("completeness").is_("refuse"), "refused"),
            Ending(Verdict("confirm_disbursed").is_("received"), "disbursed"),
            Ending(Verdict("lender_result").is_("approved"), "granted"),
            Ending(Verdict("lender_result").is_("refused"), "not_granted"),
            Ending(Verdict("completeness").is_("complete"), "guided"),
        ),
        targets=(
            OwnTarget("LENDER_REACHED", _("Loan: until her case is with a lender"), 20),
            OwnTarget("PLAN_HELP", _("Loan: help with the plan"), 10),
            OwnTarget("COMMUNE_CONFIRM", _("Loan: the commune confirms"), 3),
            OwnTarget("AGREE", _("Loan: she says whether a lender may read her case"), 5),
            OwnTarget("HAND_OVER", _("Loan: her case is handed to the lender"), 1),
            OwnTarget("NEXT_LENDER", _("Loan: another lender is looked for"), 2),
            OwnTarget("CONFIRM_DISBURSED", _("Loan: she says whether the money has come"), 10),
            OwnTarget("CHASE", _("Loan: the lender is asked where the money is"), 5),
        ),
    )

    received = StartHandle().Next(this.intake)

    intake = Review(
        agency=COMMUNE_UNION,
        within="INTAKE",
        promises="INTAKE",
        stage="reading",
        label=_("First reading"),
        unseals=("priority_reason",),
        options=(
            Option("accept", _("Accept")),
            Option("not_accept", _("Cannot accept"), refuses=True),
        ),
    ).Next(this.accepted)
    accepted = If(Verdict("intake").is_("accept")).Then(this.take_in).Else(this.turn_away)
    turn_away = Moves("not_accept").Next(this.end)
    take_in = Moves("accept").Next(this.completeness)

    completeness = Review(
        agency=CITY_UNION,
        within="VERIFY",
        promises="LENDER_REACHED",
        stage="checking",
        label=_("Completeness, and which lender may fit"),
        options=(
            Option("complete", _("Complete: help with the plan")),
            Option("refuse", _("Cannot be supported"), refuses=True),
        ),
        asks=(
            PickPlace("lender", _("Which lender may fit?"), LENDERS, ("complete",)),
            Flags(
                _("What is done beside it"),
                (
                    ("legal_check", _("The Department of Justice looks at the contract or the collateral")),
                    ("commune_confirm", _("The commune's People's Committee confirms her place")),
                ),
                ("complete",),
                preset_by="wants_legal_check",
                presets={"yes": ("legal_check",)},
            ),
        ),
    ).Next(this.complete)
    complete = If(Verdict("completeness").is_("complete")).Then(this.split).Else(this.approve_refusal)

    approve_refusal = Review(
        agency=CITY_UNION,
        role=Role.APPROVER,
        not_by=("completeness",),
        within="APPROVE_REFUSAL",
        stage="checking",
        label=_("Approve the refusal"),
        options=(
            Option("approve", _("Approve the refusal")),
            Option("return", _("Return to be looked at again"), returns=True),
        ),
    ).Next(this.refusal_approved)
    refusal_approved = If(Verdict("approve_refusal").is_("approve")).Then(this.decided).Else(this.completeness)

    split = (
        Split()
        .Next(this.plan_help)
        .Next(this.legal_check, case=Fact("legal_check"))
        .Next(this.commune_confirm, case=Fact("commune_confirm"))
    )
    plan_help = Review(
        agency=ENTREPRENEURS,
        within="PLAN_HELP",
        stage="preparing",
        label=_("Help with the plan"),
        options=(Option("helped", _("Help was given"), answers=True, at_once=True),),
    ).Next(this.join)
    legal_check = Consult(
        agency=JUSTICE, within="CONSULT", stage="preparing", label=_("Legal look at the contract or the collateral")
    ).Next(this.join)
    commune_confirm = Confirm(
        agency=COMMUNE_COMMITTEE, within="COMMUNE_CONFIRM", stage="preparing", label=_("The commune confirms")
    ).Next(this.join)
    join = Join().Next(this.agree)

    # Nothing reaches a lender before she has said yes to this very one.
    agree = ApplicantStep(
        within="AGREE",
        stage="agreeing",
        label=_("She agrees to the lender"),
        options=(
            Option("yes", _("She agrees"), hers=True, allows="lender"),
            Option("no", _("She does not agree"), hers=True),
            AGAIN,
            Option("unreached", _("She could not be reached"), desks=True),
        ),
    ).Next(this.agreed)
    agreed = (
        Switch()
        .Case(this.handover, Verdict("agree").is_("yes"))
        .Case(this.agree, Verdict("agree").is_("again"))
        .Default(this.next_lender)
    )

    handover = Review(
        agency=CITY_UNION,
        within="HAND_OVER",
        stage="handing",
        label=_("Hand over to the lender"),
        options=(Option("handed_over", _("Hand it over")),),
    ).Next(this.lender_result)

    lender_result = ReceivedStep(
        agency=ChosenPlace("lender", tuple(kind for kind, _words in LENDERS)),
        within="BANK_UPDATE",
        promises="BANK_UPDATE",
        stage="lending",
        label=_("The lender's answer"),
        options=(
            Option("approved", _("The loan is approved"), answers=True),
            Option("appraising", _("Still being appraised"), answers=True, at_once=True, goes_on=True),
            Option("refused", _("The loan is refused"), refuses=True, at_once=True),
        ),
        asks=(
            Enter("amount", _("Amount approved (đồng)"), Entry.MONEY, ("approved",)),
            Enter("rate", _("Interest, per cent a year"), Entry.PERCENT, ("approved",)),
            Enter("term", _("Term in months"), Entry.MONTHS, ("approved",)),
        ),
    ).Next(this.lender_said)
    lender_said = (
        Switch()
        .Case(this.decided_granted, Verdict("lender_result").is_("approved"))
        .Case(this.lender_result, Verdict("lender_result").is_("appraising"))
        .Default(this.next_lender)
    )

    next_lender = Review(
        agency=CITY_UNION,
        within="NEXT_LENDER",
        # A new round begins, with a day of its own.
        promises="LENDER_REACHED",
        stage="checking",
        label=_("Look for another lender"),
        options=(
            Option("another", _("Another lender may fit")),
            Option("finish", _("No other lender fits"), answers=True),
        ),
        asks=(PickPlace("lender", _("Which lender may fit?"), LENDERS, ("another",)),),
    ).Next(this.another_round)
    another_round = If(Verdict("next_lender").is_("another")).Then(this.agree).Else(this.decided)

    decided_granted = Moves("decide").Next(this.confirm_disbursed)
    confirm_disbursed = ApplicantStep(
        within="CONFIRM_DISBURSED",
        stage="money",
        label=_("She says whether the money has come"),
        options=(
            Option("received", _("The money has come"), hers=True),
            Option("not_received", _("The money has not come"), hers=True),
            AGAIN,
            Option("unreached", _("She could not be reached"), desks=True),
        ),
    ).Next(this.money_came)
    money_came = (
        Switch()
        .Case(this.chase, Verdict("confirm_disbursed").is_("not_received"))
        .Case(this.confirm_disbursed, Verdict("confirm_disbursed").is_("again"))
        .Default(this.closed)
    )
    # A loan that was agreed to and not paid out is somebody's to ask about; the lender is outside.
    chase = Review(
        agency=CITY_UNION,
        within="CHASE",
        stage="money",
        label=_("Ask the lender about the money"),
        options=(
            Option("ask_again", _("Ask her again whether it has come"), answers=True, at_once=True),
            Option("finish", _("End it: nothing more can be done"), answers=True),
        ),
        may_ask=False,
    ).Next(this.chased)
    chased = If(Verdict("chase").is_("ask_again")).Then(this.confirm_disbursed).Else(this.closed)
    closed = Moves("close").Next(this.end)

    decided = Moves("decide").Next(this.deliver)
    deliver = Review(
        agency=CITY_UNION,
        within="DELIVER",
        stage="delivering",
        label=_("Deliver the result"),
        options=(Option("delivered", _("She has received it")),),
        may_ask=False,
    ).Next(this.closed_helped)
    closed_helped = Moves("close").Next(this.end)
    end = End()
