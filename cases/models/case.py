"""A case and its lifecycle."""

import secrets
import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition
from stdnum import luhn

from cases.models.agency import Agency, Commune, Province
from cases.models.enterprise import Enterprise, SmeClass
from cases.models.people import User
from cases.models.sealed import SealedJSONField


class CaseState(models.TextChoices):
    """The public state of a case. Waiting for her is no state but a fact: an open information request."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Sent")
    IN_REVIEW = "in_review", _("Being handled")
    DECIDED = "decided", _("There is a result")
    CLOSED = "closed", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Closed: papers did not come in time")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")


# While a case is in one of these it has a next thing to do.
MOVING = (CaseState.SUBMITTED, CaseState.IN_REVIEW, CaseState.DECIDED)
# She may withdraw, and we may ask her, only while nothing is decided (Circular 03/2025 Art. 7 [V11]).
UNDECIDED = (CaseState.SUBMITTED, CaseState.IN_REVIEW)


class Outcome(models.TextChoices):
    """What came of a case."""

    NONE = "", "–"
    INFORMED = "informed", _("Answered from published answers")
    ANSWERED = "answered", _("Answered in writing")
    REFERRED = "referred", _("Advised by a listed adviser")
    COST_SUPPORTED = "cost_supported", _("Advised, and the fee supported")
    HELPED = "helped", _("Helped directly")
    # Help by us and the result outside are two facts: what a lender or a register concluded stands here, too.
    GUIDED = "guided", _("Advised and guided")
    GRANTED = "granted", _("The lender agreed")
    DISBURSED = "disbursed", _("The loan has reached her")
    NOT_GRANTED = "not_granted", _("Advised; the lender did not agree")
    REGISTERED = "registered", _("Registered as an enterprise")
    NOT_REGISTERED = "not_registered", _("Guided; the register did not agree")
    REFUSED = "refused", _("Not supported this time")


class PromiseAlarm(models.IntegerChoices):
    """What was said of the day she was promised."""

    NONE = 0, _("nothing yet")
    ENDANGERED = 1, _("it may not be kept")
    MISSED = 2, _("it has passed")


class StateField(FSMField):
    """A protected django-fsm state that migrations see as an ordinary text field."""

    def deconstruct(self) -> Any:
        """Return a plain CharField, so that no migration imports django_fsm."""
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs


# Crockford's 32 signs: no I, L, O, U, so that a code survives being read aloud and copied by hand.
CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")
# Of the seven signs of a short code, so many name a case; fewer are as likely a short name.
_SHORTEST_END, _SHORTEST_BEGINNING, _SHORT_CODE = 3, 4, 7


def new_code(prefix: str, year: int) -> str:
    """Return a fresh case code such as HPG-26-7QK4M2-D: random, with a check sign, telling nothing of the service."""
    part = "".join(secrets.choice(CODE_SIGNS) for _sign in range(6))
    return f"{prefix}-{year % 100:02d}-{part}-{luhn.calc_check_digit(part, alphabet=CODE_SIGNS)}"


def read_code(text: str) -> str:
    """Return the case code as stored, from whatever spacing, case and look-alike letters she typed; '' if none."""
    signs = _signs(text)
    if len(signs) != 12:
        return ""
    prefix, year, part, check = signs[:3], signs[3:5].translate(_MISREAD), signs[5:11], signs[11]
    part, check = part.translate(_MISREAD), check.translate(_MISREAD)
    if not set(part + check) <= set(CODE_SIGNS) or luhn.calc_check_digit(part, alphabet=CODE_SIGNS) != check:
        return ""
    return f"{prefix}-{year}-{part}-{check}"


def read_end(text: str) -> str:
    """Return the end of a case code as stored, 7QK4M2-D or less of it, however she typed it; '' if it is none."""
    signs = _signs(text).translate(_MISREAD)
    fits = _SHORTEST_END <= len(signs) <= _SHORT_CODE and set(signs) <= set(CODE_SIGNS)
    return f"{signs[:-1]}-{signs[-1]}" if fits else ""


def read_beginning(text: str) -> str:
    """Return the first signs of a short code, 7QK4M2 or less of it, however she typed them; '' if they are none."""
    signs = _signs(text).translate(_MISREAD)
    return signs if _SHORTEST_BEGINNING <= len(signs) < _SHORT_CODE and set(signs) <= set(CODE_SIGNS) else ""


def _signs(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


class CaseQuerySet(models.QuerySet["Case"]):
    """Rules about many cases."""

    def moving(self) -> Self:
        """Return the cases that still have a next thing to do."""
        return self.filter(state__in=MOVING)

    def listed(self) -> Self:
        """Return the cases that may stand in a register, an export or a count: filed and not sealed."""
        return self.exclude(state=CaseState.DRAFT).filter(sealed=False)

    def locked(self) -> Self:
        """Return the cases locked against every other step.

        Whatever else a step needs is read afterwards: a statement that had to wait for the lock shows every
        other table as it was before it waited.
        """
        return self.select_for_update(no_key=True)


class Case(models.Model):
    """One request for one support service, from its first saved answer to its end."""

    # Names the case in addresses, from the draft on; the code comes with the submission.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("case code"), max_length=16, unique=True, null=True, blank=True)
    service = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="cases")
    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="case")
    # Where her business is, not where she filed: it decides who handles the case.
    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The Union desk that answers for the case as a whole.
    desk = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # At the counter an officer fills it in for her: who, and where. What was sent says so on the timeline too.
    filled_in_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    counter = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The day on which a paper request reached the counter: from then on the clock runs.
    received_on = models.DateField(_("received on paper"), null=True, blank=True)
    resubmission_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="resubmissions"
    )
    # The case from whose result this one was begun: her conversion, for the loan that comes after it.
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")

    # Law: where the case stands in public.
    state = StateField(choices=CaseState.choices, default=CaseState.DRAFT, protected=True, max_length=14)
    # Route: the open tokens of the flow, [[node, token], …]. Nothing else says where a case is.
    marking = models.JSONField(default=list, blank=True)
    # Codes the route depends on: verdicts, declared facts, who decided which node.
    facts = models.JSONField(default=dict, blank=True)
    stage = models.CharField(max_length=30, blank=True)
    # What she was told; may be empty. The due dates of work items are another thing.
    promised_on = models.DateField(_("promised on"), null=True, blank=True)
    # Since when she counts on that day, and the law that it follows; without one it is a target of our own.
    promised_at = models.DateTimeField(null=True, blank=True)
    promised_under = models.CharField(max_length=200, blank=True, default="")
    # How often this promise was put off with an apology, and what was said of its present day: see PromiseAlarm.
    apologies = models.PositiveSmallIntegerField(default=0)
    promise_alarm = models.PositiveSmallIntegerField(choices=PromiseAlarm.choices, default=PromiseAlarm.NONE)

    # The clock by holder: the seconds that were each one's, whose they are now, and since when.
    shares = models.JSONField(default=dict, blank=True)
    held_by = models.CharField(max_length=30, blank=True, default="")
    held_since = models.DateTimeField(null=True, blank=True)
    # When the worker must look at the case again: a reminder, an escalation, a promise that is running out.
    look_at = models.DateTimeField(null=True, blank=True)

    # A sealed case stands in no register, search, export or count, and is read by name only.
    sealed = models.BooleanField(default=False)
    priority = models.BooleanField(_("priority"), default=False)
    women_owned = models.BooleanField(_("owned by women"), default=False)
    sme_class = models.CharField(max_length=8, choices=SmeClass.choices, blank=True, default="")

    # Her name and that of her business without accents, for those who look it up in the register.
    plain_name = models.CharField(max_length=420, blank=True, default="", editable=False)

    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True, default="")
    # One tap on the closed case: 1 not helped … 3 helped.
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)

    # Memory: how many events there are, the MAC of the last one, and a seal over both.
    event_count = models.PositiveIntegerField(default=0)
    chain_head = models.CharField(max_length=64, blank=True, default="")
    chain_seal = models.CharField(max_length=70, blank=True, default="")

    objects: ClassVar[models.Manager["Case"]] = models.Manager.from_queryset(CaseQuerySet)()

    class Meta:
        verbose_name = _("case")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(code__isnull=False, submitted_at__isnull=False, commune__isnull=False),
                name="filed_case_has_code_and_place",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "in_review", "decided"], ended_at__isnull=True)
                | Q(state__in=["closed", "withdrawn", "expired", "not_accepted"], ended_at__isnull=False),
                name="ended_case_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "closed"]) | (Q(decided_at__isnull=False) & ~Q(outcome="")),
                name="decided_case_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__in=[1, 2, 3], state="closed"),
                name="satisfaction_is_of_a_closed_case",
            ),
            models.CheckConstraint(
                condition=Q(filled_in_by__isnull=True, counter__isnull=True)
                | Q(filled_in_by__isnull=False, counter__isnull=False),
                name="counter_case_has_officer_and_office",
            ),
            models.CheckConstraint(
                condition=Q(filled_in_by__isnull=True) | ~Q(filled_in_by=F("applicant")),
                name="nobody_is_her_own_counter",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "in_review", "decided"])
                | (Q(held_since__isnull=False) & ~Q(held_by="")),
                name="every_second_of_a_moving_case_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True) | Q(counter__isnull=False), name="paper_is_received_at_a_counter"
            ),
            models.CheckConstraint(condition=Q(promise_alarm__in=[0, 1, 2]), name="promise_alarm_is_known"),
            models.CheckConstraint(
                condition=Q(event_count=0, chain_head="") | (Q(event_count__gt=0) & ~Q(chain_head="")),
                name="chain_head_goes_with_its_count",
            ),
        ]
        indexes = [
            models.Index(fields=["applicant", "-created_at"], name="cases_of_an_applicant"),
            models.Index(fields=["province", "-submitted_at", "-id"], name="register_of_a_province"),
            models.Index(fields=["look_at", "id"], condition=Q(look_at__isnull=False), name="cases_to_look_at"),
            models.Index(
                fields=["filled_in_by", "-created_at"],
                condition=Q(filled_in_by__isnull=False, state="draft"),
                name="drafts_at_a_counter",
            ),
        ]

    def __str__(self) -> str:
        return self.code or f"({self.get_state_display()})"

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read the row again; the protected state is dropped first, or django-fsm would refuse its new value."""
        fields = kwargs.get("fields")
        if fields is None or "state" in fields:
            self.__dict__.pop("state", None)
        super().refresh_from_db(*args, **kwargs)

    def clean_fields(self, exclude: Any = None) -> None:
        """Validate all fields but the state, which only transitions may write."""
        super().clean_fields(exclude={*(exclude or ()), "state"})

    # --- lifecycle ------------------------------------------------------------------------------------

    @transition(field=state, source=CaseState.DRAFT, target=CaseState.SUBMITTED)
    def submit(self) -> None:
        """She sent it."""

    @transition(field=state, source=CaseState.SUBMITTED, target=CaseState.IN_REVIEW)
    def accept(self) -> None:
        """The commune Women's Union accepted it."""

    @transition(field=state, source=CaseState.SUBMITTED, target=CaseState.NOT_ACCEPTED)
    def not_accept(self) -> None:
        """It is in the wrong place or outside what we do."""

    @transition(field=state, source=CaseState.IN_REVIEW, target=CaseState.DECIDED)
    def decide(self) -> None:
        """The result is settled; from here on it can no longer be withdrawn."""

    @transition(field=state, source=CaseState.DECIDED, target=CaseState.CLOSED)
    def close(self) -> None:
        """The result has reached her."""

    @transition(field=state, source=list(UNDECIDED), target=CaseState.WITHDRAWN)
    def withdraw(self) -> None:
        """She took it back."""

    @transition(field=state, source=list(UNDECIDED), target=CaseState.EXPIRED)
    def expire(self) -> None:
        """She did not answer in time. This is no refusal."""

    @classmethod
    def lifecycle(cls) -> dict[tuple[str, str], str]:
        """Return the lifecycle as plain data: (state, move) -> next state."""
        field = cls._meta.get_field("state")
        assert isinstance(field, StateField)
        return {(str(move.source), move.name): str(move.target) for move in field.get_all_transitions(cls)}

    # --- facts about one case --------------------------------------------------------------------------

    @property
    def is_moving(self) -> bool:
        """Whether somebody still has something to do."""
        return self.state in MOVING

    @property
    def is_undecided(self) -> bool:
        """Whether she may still withdraw and we may still ask."""
        return self.state in UNDECIDED

    def judge_ownership(self) -> dict[str, Any]:
        """Label the case anew by what is declared now; return what changed and why, empty where nothing did."""
        enterprise, was = self.enterprise, self.women_owned
        if enterprise is None or enterprise.women_owned == was:
            return {}
        self.women_owned = enterprise.women_owned
        return {
            "was": was,
            "is": self.women_owned,
            "women_capital_pct": str(enterprise.women_capital_pct),
            "woman_manager": enterprise.woman_manager,
        }

    @property
    def promises(self) -> str:
        """What she hears by the promised day: the day moves once the case is accepted, so the words say which."""
        if self.state == CaseState.SUBMITTED:
            return gettext("You hear whether the case is accepted, at the latest on")
        return gettext("You get an answer at the latest on")

    @property
    def released_answers(self) -> list[int]:
        """The ids of the passages she may read as the result, oldest stage first; empty until it is decided.

        The step that writes words to her notes them among the facts as stage -> [node, passage id].
        """
        if self.state not in (CaseState.DECIDED, CaseState.CLOSED, CaseState.NOT_ACCEPTED):
            return []
        return sorted(passage for _node, passage in self.facts.get("answers", {}).values())

    @property
    def short_code(self) -> str:
        """The last part of the code, which people use: 7QK4M2-D."""
        return "-".join((self.code or "").split("-")[2:])


class Answers(models.Model):
    """What she filled in, page by page. Sealed whole: any free text may turn out to be the most sensitive."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="answers")
    data = SealedJSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answers")

    def __str__(self) -> str:
        return str(self.case)
