"""Legal advice: questions about law, tax, contracts (the plans' workflow 1)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models.case import Outcome
from cases.services import common, usual
from cases.services.base import ConsentText, Data, Page, Paper, Reason, Stage, SupportService
from cases.services.common import Priority, Questions
from cases.services.fields import DateField, MoneyField, OneOfField, TextField, YesNoField
from cases.services.hints import household_under_age

LAW_FIELDS = (
    ("registration", _("Registering the business")),
    ("tax", _("Tax")),
    ("credit", _("Loans")),
    ("labour", _("Workers, wages, insurance")),
    ("land", _("Land and premises")),
    ("ip", _("Names, brands, designs")),
    ("contract", _("Contracts, buying and selling")),
    ("other", _("Something else")),
)
KINDS = (
    ("general", _("A general question: how the law applies")),
    ("specific", _("One matter of mine: a contract, a dispute, a paper I received")),
)


class Need(Questions):
    """The question itself, and where it belongs."""

    need = TextField(
        label=_("What do you need to ask?"),
        least=20,
        most=5000,
        help_text=_("Who, what, when, and what you need. From 20 to 5.000 letters."),
        error_messages={"required": _("Write your question in your own words.")},
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    law_field = OneOfField(label=_("What is your question about?"), choices=LAW_FIELDS)
    question_kind = OneOfField(label=_("What kind of question is it?"), choices=KINDS)


class Circumstances(Priority):
    """How urgent it is, who else handles it, and whether she wants priority."""

    urgent_until = DateField(
        label=_("Is there a day by which you need the answer?"),
        required=False,
        not_before_today=True,
        help_text=_("For example the day a contract ends. No such day? Leave it empty."),
    )
    at_court = YesNoField(label=_("Is a court or another authority already handling it?"))

    field_order = ("urgent_until", "at_court", "priority", "priority_reason")


class Cost(Questions):
    """Whether she asks for support with an adviser's fee."""

    wants_cost_support = YesNoField(
        label=_("Do you ask for support with an adviser's fee?"),
        help_text=_("Only if you pay a legal adviser. The part that can be supported depends on your size."),
    )
    adviser_fee = MoneyField(
        label=_("The fee in the contract with the adviser"),
        required=False,
        help_text=_("Only if you chose yes."),
        example="3.000.000",
    )

    def clean(self) -> dict[str, Any]:
        """A wish for support needs a fee above zero."""
        answers = super().clean() or {}
        if answers.get("wants_cost_support") == "yes":
            if not answers.get("adviser_fee"):
                self.amend("adviser_fee", _("Write the fee in the contract, more than 0 đồng."))
        else:
            answers["adviser_fee"] = None
        return answers


def may_want_cost_support(data: Data) -> bool:
    """Whether the fee can be supported at all: one matter of an enterprise (Decree 55/2019 Art. 9 [V1])."""
    return data.get("question_kind") == "specific" and common.is_enterprise(data)


def wants_cost_support(data: Data) -> bool:
    """Whether she asks for support with the fee and may."""
    return may_want_cost_support(data) and data.get("wants_cost_support") == "yes"


def asks_about_registering(data: Data) -> bool:
    """Whether her question is about registering a business, or converting one."""
    return data.get("law_field") == "registration"


def facts(data: Data, is_sme: bool) -> dict[str, bool]:
    """Return the declared facts on which the route depends."""
    return {"is_sme": is_sme, "wants_cost_support": is_sme and wants_cost_support(data)}


MATTER = _("Your question")
UNION_HELPS = _("The city Women's Union is helping you")

LEGAL_ADVICE = SupportService(
    code="legal_advice",
    title=_("Questions about law, tax, contracts"),
    invitation=_("You get an answer in writing"),
    icon="scales",
    at_hand=(
        _("What you want to ask, in your own words"),
        _("Roughly: how many people work for you, last year's revenue"),
    ),
    minutes=10,
    pages=(
        common.ABOUT_YOU,
        common.BUSINESS,
        common.STAFF_AND_MONEY,
        common.HOLDERS,
        common.PLACE,
        Page(
            "cau-hoi",
            MATTER,
            Need,
            group=MATTER,
            why=_("From your words we see which office can answer. Write as you would tell a friend."),
        ),
        Page(
            "chi-phi",
            _("Support with the fee"),
            Cost,
            group=MATTER,
            why=_("A small or medium enterprise can get back a part of an adviser's fee. Few know it, so we ask."),
            asked_when=may_want_cost_support,
        ),
        Page(
            "uu-tien",
            _("Time and priority"),
            Circumstances,
            group=MATTER,
            why=_(
                "If a court handles the matter, we tell you how to ask there. Of a near date the officer should know."
            ),
        ),
    ),
    papers=(
        Paper(
            "registration", common.REGISTRATION.label, hint=common.REGISTRATION.hint, required_when=wants_cost_support
        ),
        Paper(
            "contract",
            _("Contract or papers of the dispute"),
            hint=_("What your question is about: a contract, a letter, a bill."),
        ),
        Paper(
            "sme_declaration",
            _("Declaration of a small or medium enterprise"),
            hint=_("No declaration yet? Send the case now, we help you fill it in."),
            required_when=wants_cost_support,
            asked_when=wants_cost_support,
        ),
        Paper(
            "adviser_contract",
            _("Contract with the legal adviser"),
            required_when=wants_cost_support,
            asked_when=wants_cost_support,
        ),
        common.OTHER_PAPER,
    ),
    stages=(
        usual.READING,
        Stage(
            "sorting",
            _("The city Women's Union chooses who answers"),
            _("The city Women's Union is choosing who answers you"),
            _("Sorting"),
        ),
        Stage(
            "answering",
            _("The answer is written"),
            _("The answer for you is being written"),
            _("Writing and approving the answer"),
            doing_by=_("%(office)s is writing the answer for you"),
        ),
        Stage(
            "advising",
            _("A legal adviser advises you"),
            _("A legal adviser is being found for you or is advising you"),
            _("Advice by a legal adviser"),
            usual=False,
            doing_outside=_("A legal adviser is advising you"),
        ),
        # Deliberately the ordinary sentence: nobody may tell from it what kind of help it is.
        Stage("helping", UNION_HELPS, UNION_HELPS, _("Help by the Women's Union"), usual=False),
        Stage(
            "cost",
            _("Support with the fee is considered"),
            _("Support with the adviser's fee is being considered"),
            _("Support with the fee"),
            usual=False,
        ),
        usual.DELIVERING,
    ),
    consents=(
        usual.HANDLE,
        ConsentText(
            "consult",
            "STP STC SKHCN SNNMT THUE MLTV",
            _(
                "I allow the Women's Union to hand this case to who answers it. "
                "That is an office or a legal adviser, and gets only what it needs."
            ),
        ),
        usual.SENSITIVE,
    ),
    consent_version="2026-11.2",
    refusal_reasons=(
        usual.OUT_OF_SCOPE,
        Reason(
            "AT_COURT",
            _("A court or another authority is already handling it"),
            _("You can ask that office how far it is. Free legal aid may help you there; call us for the address."),
        ),
        Reason(
            "NO_FACTS",
            _("There is too little to answer from"),
            _("Begin a new case with what happened, when, and photos of the papers."),
        ),
        Reason(
            "CEILING_USED",
            _("This year's support for your business is used up"),
            _("You can ask again next year. A general question can still be answered free of charge."),
        ),
        Reason(
            "REPEATED",
            _("The same question has already been answered"),
            _("Open the earlier case to read the answer. Something new? Send it with what has changed."),
        ),
    ),
    told={
        "intake.accept": _("%(office)s received your case."),
        "intake.not_accept": _("%(office)s could not accept your case."),
        "triage.kb": _("%(office)s found an answer that fits your question."),
        "triage.general": _("%(office)s handed your question to the Department of Justice."),
        "triage.complex": _(
            "%(office)s handed your question to the Department of Justice. It takes longer than usual."
        ),
        "triage.non_sme": _("%(office)s handed your question to the Department of Justice."),
        "triage.adviser": _("%(office)s asks the Department of Justice to find you a legal adviser."),
        # The neutral sentence: nothing tells what kind of help it is.
        "triage.direct_help": _("%(office)s is helping you."),
        "kb_answer.answer": _("The answer is ready."),
        "approve.approve": _("%(office)s approved the answer."),
        "refer_adviser.refer": _("%(office)s found you a legal adviser."),
        "adviser_accept.accept": _("The legal adviser took your case."),
        "ext_advice.done": _("The legal adviser has advised you."),
        "cost_approve.approve": _("%(office)s concluded on support with the fee."),
        "ext_payment.paid": _("The support with the fee was paid."),
        "direct_help.helped": _("The result is ready."),
        "approve_refusal.approve": _("%(office)s concluded that it cannot support this matter."),
        "deliver.delivered": _("The result was handed to you. The case is done."),
    },
    step_names={
        "intake": _("First reading"),
        "triage": _("Sorting"),
        "kb_answer": _("Answer from published answers"),
        "draft": _("Draft the answer"),
        "consult_finance": _("Opinion of Finance"),
        "consult_tech": _("Opinion of Science and Technology"),
        "consult_agri": _("Opinion of Agriculture and Environment"),
        "consult_tax": _("Opinion of the tax authority"),
        "approve": _("Approve the answer"),
        "redraft": _("Redraft the answer"),
        "refer_adviser": _("Choose an adviser"),
        "adviser_accept": _("Adviser accepts"),
        "ext_advice": _("Advice given outside"),
        "cost_propose": _("Propose support for the fee"),
        "cost_approve": _("Approve support for the fee"),
        "ext_payment": _("Payment outside"),
        "direct_help": _("Direct help"),
        "approve_refusal": _("Approve the refusal"),
        "deliver": _("Deliver the result"),
    },
    facts=facts,
    hints=(household_under_age(asks_about_registering),),
    # The plan counts who was told, advised or supported; who was told is shown apart from who was advised.
    counted=(
        Outcome.COST_SUPPORTED,
        Outcome.REFERRED,
        Outcome.HELPED,
        Outcome.ANSWERED,
        Outcome.INFORMED,
    ),
    refused_in_part=_("The adviser's fee could not be supported this time"),
    told_apart_by="law_field",
    asks_in="need",
    asks_words=MATTER,
)
