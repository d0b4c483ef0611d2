"""Access to credit: a plan for the loan, and a lender that may fit (the plans' workflow 2).

Nothing here computes whether she gets a loan: a lender "may fit", and the lender decides. No fee is asked anywhere.
"""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

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
    always,
)
from cases.services.loan_questions import Loan, PayingBack, Sources, Wishes


def offers_collateral(data: Data) -> bool:
    """Whether something or somebody stands as security."""
    return data.get("collateral") in ("land", "asset", "guarantee")


def facts(_data: Data, _is_sme: bool) -> dict[str, bool]:
    """Return the declared facts on which the route depends: none, it is the officers who choose."""
    return {}


LOAN = _("The loan")

CREDIT_ACCESS = SupportService(
    code="credit_access",
    title=_("A loan for the business"),
    invitation=_("Finding a source, preparing the papers"),
    icon="coins",
    at_hand=(_("What you buy, and what it earns"), _("Roughly: how much you need, and what you owe already")),
    minutes=15,
    pages=(
        common.ABOUT_YOU,
        common.BUSINESS,
        common.STAFF_AND_MONEY,
        common.HOLDERS,
        common.PLACE,
        Page(
            "khoan-vay",
            _("The loan you wish for"),
            Loan,
            group=LOAN,
            why=_("From the amount and the purpose we see which lender may fit."),
        ),
        Page(
            "nguon-tra",
            _("Paying it back"),
            PayingBack,
            group=LOAN,
            hint=_("You declare it yourself; no paper is needed now."),
            why=_("A lender asks this first. With it we make a plan that you can keep."),
        ),
        Page(
            "noi-vay",
            _("Who may lend to you"),
            Sources,
            group=LOAN,
            why=_("Each lender has its own groups of borrowers. Your answers tell whom we ask with you."),
        ),
        Page(
            "uu-tien",
            _("Time and priority"),
            Wishes,
            group=LOAN,
            why=_("Of a near date the officer should know. Why you ask for priority no lender reads."),
        ),
    ),
    papers=(
        Paper(
            "plan",
            _("Plan for the loan"),
            hint=_("One or two pages by hand are enough: what you buy, what it costs, what it earns."),
            required_when=always,
        ),
        Paper(
            "registration", common.REGISTRATION.label, hint=common.REGISTRATION.hint, asked_when=common.is_registered
        ),
        Paper(
            "collateral",
            _("List of what stands as security"),
            hint=_("Copies are enough. Never give anybody the originals here."),
            asked_when=offers_collateral,
        ),
        common.OTHER_PAPER,
    ),
    stages=(
        usual.READING,
        Stage(
            "checking",
            _("The city Women's Union looks which lender may fit"),
            _("The city Women's Union is looking which lender may fit"),
            _("Completeness and lender"),
        ),
        Stage(
            "preparing",
            _("You get help with your plan"),
            _("You are getting help with your plan"),
            _("Preparing the plan"),
        ),
        Stage(
            "agreeing",
            _("You say whether the lender may read your case"),
            _("The lender reads nothing before you agree to it"),
            _("Her word on the lender"),
        ),
        Stage(
            "handing",
            _("Your case is handed to the lender"),
            _("The city Women's Union is handing your case to the lender"),
            _("Handing over"),
        ),
        Stage(
            "lending",
            _("The lender reads and answers"),
            _("The lender is looking at your request"),
            _("The lender's answer"),
            doing_by=_("%(office)s is looking at your request"),
        ),
        Stage(
            "money",
            _("You say whether the money has come"),
            _("The lender agreed. You say whether the money has come"),
            _("The money"),
            doing_by=_("%(office)s is asking about the money"),
        ),
        replace(usual.DELIVERING, usual=False),
    ),
    consents=(
        usual.HANDLE,
        ConsentText(
            "consult",
            "HNDN STP UBND",
            _(
                "I allow the Women's Union to show this case to who helps with my plan. "
                "No lender gets it before I am asked again."
            ),
        ),
        usual.SENSITIVE,
    ),
    consent_version="2026-11.1",
    refusal_reasons=(
        Reason(
            "NOT_TARGET",
            _("The loan is not for this group of borrowers"),
            _("Another lender may fit. Call us: we look for it together with you."),
        ),
        Reason(
            "DEBT_OVERDUE",
            _("A debt is past its day"),
            _("Speak with the lender about a new plan for the old debt. We can go with you."),
            only_at=("lender_result",),
        ),
        Reason(
            "LENDER_REFUSED",
            _("The lender does not agree to this loan"),
            _("Ask the lender what to change. You can try again, there or at another lender."),
            only_at=("lender_result",),
        ),
        usual.OUT_OF_SCOPE,
        Reason(
            "REPEATED",
            _("The same loan has already been asked for"),
            _("Open the earlier case to see how far it is. Something new? Send it with what has changed."),
        ),
    ),
    told={
        "intake.accept": _("%(office)s received your case."),
        "intake.not_accept": _("%(office)s could not accept your case."),
        "completeness.complete": _("%(office)s read your papers. Next you get help with your plan."),
        "approve_refusal.approve": _("%(office)s concluded that it cannot support this matter."),
        "plan_help.helped": _("%(office)s helped you with your plan."),
        "agree.yes": _("You agreed that the lender may read your case."),
        "agree.no": _("You did not agree to the lender. It reads nothing of your case."),
        "agree.again": _("%(office)s reached you. It asks you once more."),
        "agree.unreached": _("%(office)s could not reach you. No lender reads your case."),
        "handover.handed_over": _("%(office)s handed your case to the lender you agreed to."),
        "lender_result.approved": _("%(office)s agreed to the loan."),
        "lender_result.appraising": _("%(office)s is still looking at your request and wrote to you."),
        "lender_result.refused": _("%(office)s did not agree to the loan. The city Women's Union looks further."),
        "next_lender.another": _("%(office)s found another lender that may fit. It asks you first."),
        "next_lender.finish": _("The result is ready."),
        "confirm_disbursed.received": _("You said that the money has come. The case is done."),
        "confirm_disbursed.not_received": _(
            "You said that the money has not come. The city Women's Union asks the lender."
        ),
        "confirm_disbursed.again": _("%(office)s reached you. It asks you once more."),
        "confirm_disbursed.unreached": _("%(office)s could not reach you about the money. We ask you again later."),
        "chase.ask_again": _("%(office)s asked the lender and asks you once more."),
        "chase.finish": _("%(office)s wrote to you about the money. The case is done."),
        "deliver.delivered": _("The result was handed to you. The case is done."),
    },
    step_names={
        "intake": _("First reading"),
        "completeness": _("Completeness, and which lender may fit"),
        "approve_refusal": _("Approve the refusal"),
        "plan_help": _("Help with the plan"),
        "legal_check": _("Legal look at the contract or the collateral"),
        "commune_confirm": _("The commune confirms"),
        "agree": _("She agrees to the lender"),
        "handover": _("Hand over to the lender"),
        "lender_result": _("The lender's answer"),
        "next_lender": _("Look for another lender"),
        "confirm_disbursed": _("She says whether the money has come"),
        "chase": _("Ask the lender about the money"),
        "deliver": _("Deliver the result"),
    },
    facts=facts,
    her_steps={
        "agree": HerStep(
            _("May a lender that may fit read your case?"),
            _(
                "It may fit your loan. If you agree, it reads your name and phone, your business and the loan. "
                "Why you ask for priority it never reads."
            ),
            {"yes": _("I agree"), "no": _("I do not agree")},
        ),
        "confirm_disbursed": HerStep(
            _("Has the money come?"),
            _(
                "The lender agreed to your loan. Tell us when the money is with you. "
                "It is not yet there? Say so too: we ask the lender."
            ),
            {"received": _("The money has come"), "not_received": _("The money has not come")},
        ),
    },
    results={"lender_result": results.LOAN},
    follow_ups=FollowUps(
        outcomes=("granted", "disbursed"),
        rules=("FOLLOWUP_3", "FOLLOWUP_12"),
        question=_("How is it going with the loan?"),
        answers=(
            FollowUpAnswer("going", _("It goes well")),
            FollowUpAnswer("difficult", _("It is difficult to pay it back"), wants_help=True),
            FollowUpAnswer("stopped", _("I have stopped this business")),
            FollowUpAnswer("money_came", _("The money has come since"), makes={"granted": "disbursed"}),
        ),
    ),
    # Who she is, what she does and where, and the loan: not her staff, and not why she asks for priority. That she does
    # ask for it stands on the lender's work list, for it says what is done first.
    handed_pages=("ve-chi", "viec-kinh-doanh", "xa-phuong", "khoan-vay", "nguon-tra", "noi-vay"),
    handed_papers=("plan", "registration", "collateral"),
    counted=("disbursed", "granted", "not_granted", "guided"),
    refused_in_part=_("The lender did not agree this time"),
    told_apart_by="purpose_kind",
    asks_in="purpose",
    asks_words=_("What you asked for"),
)
