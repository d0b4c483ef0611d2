"""W1, legal advice: from the commune Women's Union to the answer of the Department of Justice."""

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow.flow import End, If, Join, Split, StartHandle, Switch

from cases.models import Role
from workflows.asks import Amount, Flags, Option, PickAnswer, PickExpert, Place, SealedChoice
from workflows.conditions import Fact, Verdict
from workflows.nodes import (
    AGRICULTURE,
    CITY_UNION,
    COMMUNE_UNION,
    FINANCE,
    JUSTICE,
    SCIENCE,
    TAX,
    About,
    ByFact,
    ByVerdict,
    CaseFlow,
    Consult,
    Ending,
    ExpertStep,
    ExternalStep,
    Moves,
    Review,
)

WRITTEN = ("general", "complex", "non_sme")
ADVISERS = Place("MLTV")
# Decree 55/2019 Art. 8 [V1] for small and medium enterprises; our own target for everybody else [A].
ANSWER_TIME = ByVerdict("triage", {"general": "LEGAL_GENERAL", "complex": "LEGAL_COMPLEX", "non_sme": "LEGAL_NONSME"})
# Decree 55/2019 Art. 9 [V1]: per cent of the adviser's fee, and đồng a year.
COST_CEILINGS = {"micro": (100, 3_000_000), "small": (30, 5_000_000), "medium": (10, 10_000_000)}


class LegalAdvice(CaseFlow):
    """Legal advice."""

    about = About(
        service="legal_advice",
        version=1,
        facts=frozenset({"is_sme", "wants_cost_support"}),
        outcomes=(
            Ending(Verdict("triage").is_("refuse"), "refused"),
            Ending(Verdict("ext_payment").is_("paid"), "cost_supported"),
            Ending(Verdict("triage").is_("kb"), "informed"),
            Ending(Verdict("triage").is_(*WRITTEN), "answered"),
            Ending(Verdict("triage").is_("adviser"), "referred"),
            Ending(Verdict("triage").is_("direct_help"), "helped"),
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
    take_in = Moves("accept").Next(this.triage)

    triage = Review(
        agency=CITY_UNION,
        within="VERIFY",
        promises=ByFact(Fact("is_sme"), "LEGAL_GENERAL", "LEGAL_NONSME"),
        stage="sorting",
        label=_("Sorting"),
        options=(
            Option("kb", _("Answer from published answers")),
            Option("general", _("General question of a small or medium enterprise")),
            Option("complex", _("General question that takes longer")),
            Option("non_sme", _("Question of a household, a co-operative or a woman on her own")),
            Option("adviser", _("One dispute or contract: a listed adviser")),
            Option("direct_help", _("Direct help by the Union")),
            Option("refuse", _("Cannot be supported"), refuses=True),
        ),
        asks=(
            Flags(
                _("Offices to ask as well"),
                (
                    ("consult_finance", _("Department of Finance")),
                    ("consult_tech", _("Department of Science and Technology")),
                    ("consult_agri", _("Department of Agriculture and Environment")),
                    ("consult_tax", _("Tax authority")),
                ),
                WRITTEN,
                preset_by="law_field",
                presets={
                    "registration": ("consult_finance",),
                    "tax": ("consult_tax",),
                    "credit": ("consult_finance",),
                    "land": ("consult_agri",),
                    "ip": ("consult_tech",),
                },
            ),
            SealedChoice(
                "help_kind",
                _("Kind of direct help (sealed)"),
                (("legal_aid", _("Free legal aid")), ("safe_referral", _("Safe referral"))),
                ("direct_help",),
            ),
        ),
    ).Next(this.route)
    route = (
        Switch()
        .Case(this.kb_answer, Verdict("triage").is_("kb"))
        .Case(this.split, Verdict("triage").is_(*WRITTEN))
        .Case(this.refer_adviser, Verdict("triage").is_("adviser"))
        .Case(this.direct_help, Verdict("triage").is_("direct_help"))
        .Default(this.approve_refusal)
    )

    kb_answer = Review(
        agency=CITY_UNION,
        within="KB_ANSWER",
        stage="answering",
        label=_("Answer from published answers"),
        options=(Option("answer", _("Send this answer"), answers=True),),
        asks=(PickAnswer("published_answer", _("Published answer"), ("answer",)),),
    ).Next(this.decided)

    split = (
        Split()
        .Next(this.draft)
        .Next(this.consult_finance, case=Fact("consult_finance"))
        .Next(this.consult_tech, case=Fact("consult_tech"))
        .Next(this.consult_agri, case=Fact("consult_agri"))
        .Next(this.consult_tax, case=Fact("consult_tax"))
    )
    draft = Review(
        agency=JUSTICE,
        within=ANSWER_TIME,
        promises=ANSWER_TIME,
        stage="answering",
        label=_("Draft the answer"),
        options=(Option("drafted", _("Draft is ready"), answers=True),),
    ).Next(this.join)
    consult_finance = Consult(agency=FINANCE, within="CONSULT", stage="answering", label=_("Opinion of Finance")).Next(
        this.join
    )
    consult_tech = Consult(
        agency=SCIENCE, within="CONSULT", stage="answering", label=_("Opinion of Science and Technology")
    ).Next(this.join)
    consult_agri = Consult(
        agency=AGRICULTURE,
        within="CONSULT",
        stage="answering",
        label=_("Opinion of Agriculture and Environment"),
    ).Next(this.join)
    consult_tax = Consult(
        agency=TAX, within="CONSULT", stage="answering", label=_("Opinion of the tax authority")
    ).Next(this.join)
    join = Join().Next(this.approve)

    approve = Review(
        agency=JUSTICE,
        role=Role.APPROVER,
        not_by=("draft", "redraft"),
        within="APPROVE",
        stage="answering",
        label=_("Approve the answer"),
        options=(
            Option("approve", _("Approve")),
            Option("return", _("Return to be redrafted"), returns=True),
        ),
    ).Next(this.approved)
    approved = If(Verdict("approve").is_("approve")).Then(this.decided).Else(this.redraft)
    redraft = Review(
        agency=JUSTICE,
        within="REDRAFT",
        stage="answering",
        label=_("Redraft the answer"),
        options=(Option("redrafted", _("New draft is ready"), answers=True),),
    ).Next(this.approve)

    refer_adviser = Review(
        agency=JUSTICE,
        within="REFER",
        stage="advising",
        label=_("Choose an adviser"),
        options=(
            Option("refer", _("Refer to this adviser")),
            # When every listed adviser has declined, the city desk must find another way.
            Option("none_free", _("No adviser can take it"), returns=True),
        ),
        asks=(PickExpert("adviser", _("Adviser"), ADVISERS, ("refer",)),),
    ).Next(this.referred)
    referred = If(Verdict("refer_adviser").is_("refer")).Then(this.adviser_accept).Else(this.triage)
    adviser_accept = ExpertStep(
        named="adviser",
        role=Role.EXPERT,
        within="ADVISER_ACCEPT",
        stage="advising",
        label=_("Adviser accepts"),
        options=(
            Option("accept", _("Take the case")),
            Option("decline", _("Decline"), returns=True),
        ),
        may_ask=False,
    ).Next(this.adviser_accepted)
    adviser_accepted = If(Verdict("adviser_accept").is_("accept")).Then(this.ext_advice).Else(this.refer_adviser)
    ext_advice = ExternalStep(
        named="adviser",
        role=Role.EXPERT,
        within="EXT_ADVICE",
        stage="advising",
        label=_("Advice given outside"),
        options=(Option("done", _("Advice was given"), answers=True),),
    ).Next(this.cost_check)
    cost_check = If(Fact("wants_cost_support")).Then(this.cost_propose).Else(this.decided)
    cost_propose = Review(
        agency=JUSTICE,
        within="LEGAL_COST_DECISION",
        promises="LEGAL_COST_DECISION",
        stage="cost",
        label=_("Propose support for the fee"),
        options=(
            Option("propose", _("Propose an amount"), answers=True),
            Option("decline", _("Propose not to support the fee"), refuses=True),
        ),
        asks=(Amount("amount", _("Amount (đồng)"), COST_CEILINGS, "adviser_fee", ("propose",)),),
    ).Next(this.cost_approve)
    cost_approve = Review(
        agency=JUSTICE,
        role=Role.APPROVER,
        not_by=("cost_propose",),
        within="COST_APPROVE",
        stage="cost",
        label=_("Approve support for the fee"),
        options=(
            Option("approve", _("Approve")),
            Option("return", _("Return"), returns=True),
        ),
    ).Next(this.cost_approved)
    cost_approved = If(Verdict("cost_approve").is_("approve")).Then(this.cost_granted).Else(this.cost_propose)
    cost_granted = If(Verdict("cost_propose").is_("propose")).Then(this.ext_payment).Else(this.decided)
    ext_payment = ExternalStep(
        agency=JUSTICE,
        within="LEGAL_COST_PAY",
        stage="cost",
        label=_("Payment outside"),
        options=(Option("paid", _("The fee support was paid")),),
        may_ask=False,
    ).Next(this.decided)

    # One node with a neutral name; what kind of help it is stands sealed.
    direct_help = Review(
        agency=CITY_UNION,
        within="DIRECT_HELP",
        stage="helping",
        label=_("Direct help"),
        unseals=("help_kind",),
        options=(Option("helped", _("Help was given"), answers=True),),
    ).Next(this.decided)

    approve_refusal = Review(
        agency=CITY_UNION,
        role=Role.APPROVER,
        not_by=("triage",),
        within="APPROVE_REFUSAL",
        stage="answering",
        label=_("Approve the refusal"),
        options=(
            Option("approve", _("Approve the refusal")),
            Option("return", _("Return to be sorted again"), returns=True),
        ),
    ).Next(this.refusal_approved)
    refusal_approved = If(Verdict("approve_refusal").is_("approve")).Then(this.decided).Else(this.triage)

    decided = Moves("decide").Next(this.deliver)
    deliver = Review(
        agency=CITY_UNION,
        within="DELIVER",
        stage="delivering",
        label=_("Deliver the result"),
        options=(Option("delivered", _("She has received it")),),
        may_ask=False,
    ).Next(this.closed)
    closed = Moves("close").Next(this.end)
    end = End()
