"""W3, a household business becomes an enterprise: guided by four offices, registered outside, followed for years."""

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow.flow import End, If, Join, Split, StartHandle, Switch

from cases.models import Role
from workflows.asks import AGAIN, Checklist, Enter, Entry, Option, Place
from workflows.conditions import Fact, Verdict
from workflows.nodes import (
    CITY_UNION,
    COMMUNE_COMMITTEE,
    COMMUNE_UNION,
    FINANCE,
    JUSTICE,
    TAX,
    About,
    ApplicantStep,
    CaseFlow,
    Consult,
    Ending,
    ExternalStep,
    Moves,
    OwnTarget,
    Review,
)

BUSINESSWOMEN = Place("HNDN")
# What she has looked at before she files: the law asks for the papers, the rest saves her a correction.
READINESS = (
    ("papers", _("The papers are copied")),
    ("debts", _("I have looked whether I owe tax or fees")),
    ("name", _("The name is chosen")),
    ("capital", _("The capital is agreed, and with members their shares")),
    ("changes", _("I know what changes in tax and accounting")),
    ("correct", _("What I wrote in this case is correct")),
)


class Conversion(CaseFlow):
    """From a household business to an enterprise."""

    about = About(
        service="conversion",
        version=1,
        facts=frozenset({"conditional_sector", "foreign_capital"}),
        outcomes=(
            Ending(Verdict("eligibility").is_("refuse"), "refused"),
            Ending(Verdict("ext_register").is_("granted"), "registered"),
            Ending(Verdict("ext_register").is_("refused"), "not_registered"),
            # What a register did not conclude is help that stands for itself.
            Ending(Verdict("eligibility").is_("go_on"), "guided"),
        ),
        targets=(
            OwnTarget("CONV_COMPANION", _("A businesswoman talks with her"), 10),
            # The law's three days bind whoever gives the permit; when she asks for it is hers.
            OwnTarget("CONV_PERMIT", _("The permit that her line of business needs"), 10),
            OwnTarget("CONV_READY", _("She goes through the list before filing"), 15),
            OwnTarget("CONV_CHECK", _("Looking at what she says is ready"), 2),
            OwnTarget("CONV_ASIDE", _("Settling what happens with a plan that rests"), 5),
            OwnTarget("CONV_CORRECT", _("She corrects what the register asks for"), 10),
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
    take_in = Moves("accept").Next(this.eligibility)

    eligibility = Review(
        agency=CITY_UNION,
        within="VERIFY",
        promises="VERIFY",
        stage="checking",
        label=_("Check whether it can become an enterprise"),
        options=(
            Option("go_on", _("Guide her")),
            Option("refuse", _("Cannot be supported"), refuses=True),
        ),
    ).Next(this.eligible)
    eligible = If(Verdict("eligibility").is_("go_on")).Then(this.split).Else(this.approve_refusal)
    approve_refusal = Review(
        agency=CITY_UNION,
        role=Role.APPROVER,
        not_by=("eligibility",),
        within="APPROVE_REFUSAL",
        stage="checking",
        label=_("Approve the refusal"),
        options=(
            Option("approve", _("Approve the refusal")),
            Option("return", _("Return to be checked again"), returns=True),
        ),
    ).Next(this.refusal_approved)
    refusal_approved = If(Verdict("approve_refusal").is_("approve")).Then(this.decided).Else(this.eligibility)

    split = (
        Split()
        .Next(this.guide)
        .Next(this.tax_ready)
        .Next(this.conditional_permit, case=Fact("conditional_sector"))
        .Next(this.foreign_capital, case=Fact("foreign_capital"))
        .Next(this.companion)
    )
    guide = Review(
        agency=FINANCE,
        within="CONV_GUIDE",
        promises="CONV_GUIDE",
        stage="guiding",
        label=_("Guide her on registering"),
        options=(Option("guided", _("She has been guided"), answers=True, at_once=True),),
    ).Next(this.join)
    tax_ready = Consult(agency=TAX, within="CONSULT", stage="guiding", label=_("Opinion on tax and accounting")).Next(
        this.join
    )
    conditional_permit = ExternalStep(
        agency=FINANCE,
        within="CONV_PERMIT",
        stage="guiding",
        label=_("Permit for a conditional line of business"),
        options=(
            Option("obtained", _("She has the permit")),
            Option("not_obtained", _("She does not have the permit yet")),
        ),
    ).Next(this.join)
    foreign_capital = Consult(
        agency=JUSTICE, within="CONSULT", stage="guiding", label=_("Opinion on foreign capital")
    ).Next(this.join)
    companion = Review(
        agency=BUSINESSWOMEN,
        within="CONV_COMPANION",
        stage="accompanying",
        label=_("A businesswoman at her side"),
        options=(Option("met", _("They have talked"), answers=True, at_once=True),),
    ).Next(this.join)
    join = Join().Next(this.readiness)

    readiness = ApplicantStep(
        within="CONV_READY",
        stage="preparing",
        label=_("She says whether she is ready"),
        options=(
            Option("ready", _("She is ready"), hers=True),
            Option("not_yet", _("She is not ready yet"), hers=True),
            AGAIN,
            Option("unreached", _("She could not be reached"), desks=True),
        ),
        asks=(Checklist("checked", _("What she has looked at"), READINESS, ("ready",)),),
    ).Next(this.is_ready)
    is_ready = (
        Switch()
        .Case(this.check_readiness, Verdict("readiness").is_("ready"))
        .Case(this.readiness, Verdict("readiness").is_("again"))
        .Default(this.put_aside)
    )
    check_readiness = Review(
        agency=CITY_UNION,
        within="CONV_CHECK",
        promises="CONV_CHECK",
        stage="preparing",
        label=_("Look at what is ready"),
        options=(
            Option("confirmed", _("It is ready to be filed"), answers=True, at_once=True),
            Option("return", _("Something is still missing"), answers=True, at_once=True),
        ),
    ).Next(this.readiness_confirmed)
    readiness_confirmed = If(Verdict("check_readiness").is_("confirmed")).Then(this.ext_register).Else(this.readiness)
    put_aside = Review(
        agency=CITY_UNION,
        within="CONV_ASIDE",
        promises="CONV_ASIDE",
        stage="preparing",
        label=_("Settle how it goes on"),
        options=(
            Option("try_again", _("She tries again"), answers=True, at_once=True),
            Option("finish", _("End it with the guidance given"), answers=True),
        ),
    ).Next(this.tried_again)
    tried_again = If(Verdict("put_aside").is_("try_again")).Then(this.readiness).Else(this.decided)

    ext_register = ExternalStep(
        agency=FINANCE,
        within="ERC",
        promises="ERC",
        stage="registering",
        label=_("Registration as an enterprise"),
        options=(
            Option("granted", _("The enterprise is registered")),
            Option("corrections", _("The register asks for corrections"), answers=True, at_once=True),
            Option("refused", _("The register refused"), refuses=True),
        ),
        asks=(
            Enter("enterprise_code", _("Enterprise code"), Entry.ENTERPRISE_CODE, ("granted",)),
            Enter("granted_on", _("Day of the certificate"), Entry.DAY, ("granted",)),
        ),
    ).Next(this.registered)
    registered = (
        Switch()
        .Case(this.decided_registered, Verdict("ext_register").is_("granted"))
        .Case(this.correct, Verdict("ext_register").is_("corrections"))
        .Default(this.decided)
    )
    correct = ApplicantStep(
        within="CONV_CORRECT",
        stage="registering",
        label=_("She corrects her papers"),
        options=(
            Option("corrected", _("She has corrected them"), hers=True),
            Option("given_up", _("She does not go on"), hers=True),
            AGAIN,
            Option("unreached", _("She could not be reached"), desks=True),
        ),
    ).Next(this.is_corrected)
    is_corrected = (
        Switch()
        .Case(this.ext_register, Verdict("correct").is_("corrected"))
        .Case(this.correct, Verdict("correct").is_("again"))
        .Default(this.put_aside)
    )

    decided_registered = Moves("decide").Next(this.ext_close_household)
    ext_close_household = ExternalStep(
        agency=COMMUNE_COMMITTEE,
        within="HH_CLOSE",
        stage="closing",
        label=_("Closing of the household business"),
        options=(
            Option("closed", _("The household business is closed")),
            Option("kept_open", _("It is not closed yet"), answers=True),
        ),
        may_ask=False,
    ).Next(this.closed)

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
    closed = Moves("close").Next(this.end)
    end = End()
