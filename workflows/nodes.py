"""Our words over viewflow's nodes: who does a step, by when, and what may be concluded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow.workflow.flow import Flow, Function, View
from viewflow.workflow.lock import SelectForUpdateLock

from cases.models import Case, Role
from cases.models.access import Involvement
from cases.services.base import Words
from workflows.conditions import Condition, Facts, verdict_key
from workflows.models import WorkItem


@dataclass(frozen=True)
class Place:
    """A kind of agency at a level; the case's place of business says which one."""

    kind: str
    level: str = "province"

    def __repr__(self) -> str:
        return f"{self.kind}@{self.level}"


COMMUNE_UNION = Place("HPN", "commune")
CITY_UNION = Place("HPN")
JUSTICE = Place("STP")
FINANCE = Place("STC")
SCIENCE = Place("SKHCN")
AGRICULTURE = Place("SNNMT")
TAX = Place("THUE")


@dataclass(frozen=True)
class ByVerdict:
    """A deadline rule that depends on what an earlier step concluded."""

    node: str
    rules: Mapping[str, str]

    def rule(self, facts: Facts) -> str:
        """Return the rule's code for these facts."""
        return self.rules.get(str(facts.get(verdict_key(self.node))), next(iter(self.rules.values())))

    def __repr__(self) -> str:
        return f"by {self.node}: " + ", ".join(f"{verdict}={rule}" for verdict, rule in self.rules.items())


@dataclass(frozen=True)
class ByFact:
    """A deadline rule that depends on a condition."""

    condition: Condition
    then: str
    otherwise: str

    def rule(self, facts: Facts) -> str:
        """Return the rule's code for these facts."""
        return self.then if self.condition.holds(facts) else self.otherwise

    def __repr__(self) -> str:
        return f"{self.then} if {self.condition!r} else {self.otherwise}"


Rule = str | ByVerdict | ByFact


def rule_code(rule: Rule, facts: Facts) -> str:
    """Return the code of the deadline rule that holds for these facts."""
    return rule if isinstance(rule, str) else rule.rule(facts)


# The short lists from which a reason is taken; a refusal takes it from the service's own list.
OTHER_REASON = "OTHER"
PLAIN_REASONS: tuple[tuple[str, Words], ...] = (
    ("FACTS_CLEAR", _("The facts are clear and complete")),
    ("IN_SCOPE", _("It is within our task")),
    (OTHER_REASON, _("Another reason, in words")),
)
RETURN_REASONS: tuple[tuple[str, Words], ...] = (
    ("UNCLEAR", _("Not clear enough for her")),
    ("INCOMPLETE", _("A part of the question is not answered")),
    ("WRONG_GROUND", _("The ground is not right")),
    ("BUSY_OR_INVOLVED", _("Too busy, or personally involved")),
    (OTHER_REASON, _("Another reason, in words")),
)


@dataclass(frozen=True)
class Option:
    """One verdict a reviewer can give."""

    verdict: str
    label: Words
    # Whether words to her must be written with it.
    answers: bool = False
    # Whether it ends her hope: then a reason from the service's list and words of 30 letters are asked.
    refuses: bool = False
    # Whether it hands the work back: then the reason must be put in words.
    returns: bool = False


@dataclass(frozen=True)
class Flags:
    """Ask, with some verdicts, which of these facts hold: which offices to consult."""

    label: Words
    choices: tuple[tuple[str, Words], ...]
    verdicts: tuple[str, ...]
    # What is usually ticked, by one of her answers; the reviewer changes it with one tap.
    preset_by: str = ""
    presets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class PickExpert:
    """Ask, with some verdicts, which listed adviser takes the case. The fact holds the person's id."""

    name: str
    label: Words
    place: Place
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class PickAnswer:
    """Offer, with some verdicts, the published answers to start from."""

    name: str
    label: Words
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class Amount:
    """Ask, with some verdicts, for an amount in đồng up to a yearly ceiling by size of business."""

    name: str
    label: Words
    ceilings: Mapping[str, tuple[int, int]]  # SME class -> (per cent of the fee, đồng a year)
    fee_field: str
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class SealedChoice:
    """Ask, with some verdicts, for a kind that is stored sealed; giving such a verdict seals the case."""

    name: str
    label: Words
    choices: tuple[tuple[str, Words], ...]
    verdicts: tuple[str, ...]


Ask = Flags | PickExpert | PickAnswer | Amount | SealedChoice

# What of an ask is only shown, so that it may change without a new version of the flow.
_SHOWN = ("label", "preset_by", "presets")


def description_of(ask: Ask) -> list[Any]:
    """Return everything about an ask that the route and the record depend on: all but its words."""
    parts: list[Any] = [type(ask).__name__]
    for part in fields(ask):
        value = getattr(ask, part.name)
        if part.name == "choices":
            value = [code for code, _words in value]
        if part.name not in _SHOWN:
            parts.append([part.name, repr(value)])
    return parts


class HumanStep(View):
    """A step that waits for somebody. Subclasses say who."""

    holder: WorkItem.Holder = WorkItem.Holder.AGENCY
    part: Involvement.Part = Involvement.Part.HANDLES

    def __init__(
        self,
        *,
        agency: Place | None = None,
        named: str = "",
        role: str = Role.OFFICER,
        within: Rule,
        stage: str,
        label: Words,
        options: tuple[Option, ...],
        asks: tuple[Ask, ...] = (),
        not_by: tuple[str, ...] = (),
        promises: Rule | None = None,
        may_ask: bool = True,
        unseals: tuple[str, ...] = (),
    ) -> None:
        super().__init__(view=None)
        self.agency = agency
        # The fact that holds the id of the person who has it by name.
        self.named = named
        self.role = role
        self.within = within
        self.stage = stage
        self.label = label
        self.options = options
        self.asks = asks
        # Nobody who decided one of these nodes may decide this one.
        self.not_by = not_by
        # The rule by which she is told a date when this step opens.
        self.promises = promises
        # Whether she may be asked for information from here.
        self.may_ask = may_ask
        # The sealed passages of the case that the holder of this step, by name, may open.
        self.unseals = unseals

    def person(self, case: Case) -> int | None:
        """Return the id of the person who has this step by name; None where it is an office's."""
        return case.facts.get(self.named) if self.named else None

    def option(self, verdict: str) -> Option | None:
        """Return the option of this verdict."""
        return next((option for option in self.options if option.verdict == verdict), None)

    def asked_with(self, verdict: str) -> list[Ask]:
        """Return what else is asked with this verdict."""
        return [ask for ask in self.asks if verdict in ask.verdicts]

    def declared_facts(self) -> set[str]:
        """Return the names of the facts this step can set."""
        facts = {name for ask in self.asks if isinstance(ask, Flags) for name, _label in ask.choices}
        return facts | {ask.name for ask in self.asks if isinstance(ask, PickExpert)}

    def description(self) -> list[Any]:
        """Return everything about this step that the route depends on: part of the flow's fingerprint."""
        return [
            type(self).__name__,
            repr(self.agency) if self.agency else "",
            self.named,
            str(self.role),
            repr(self.within),
            repr(self.promises),
            self.stage,
            [[option.verdict, option.answers, option.refuses, option.returns] for option in self.options],
            [description_of(ask) for ask in self.asks],
            list(self.not_by),
            self.may_ask,
            list(self.unseals),
        ]


class Review(HumanStep):
    """An agency reads and concludes."""


class Consult(HumanStep):
    """Another agency is asked for its opinion; it sees what it needs for that."""

    part = Involvement.Part.CONSULTED

    def __init__(self, *, agency: Place, within: Rule, stage: str, label: Words) -> None:
        super().__init__(
            agency=agency,
            within=within,
            stage=stage,
            label=label,
            options=(Option("opinion", _("Give an opinion"), answers=True),),
        )


class ExpertStep(HumanStep):
    """A listed adviser, chosen by name, decides for herself."""

    holder = WorkItem.Holder.EXPERT


class ExternalStep(HumanStep):
    """Something happens outside; a named person records the result with evidence."""

    holder = WorkItem.Holder.OUTSIDE


class ApplicantStep(HumanStep):
    """She does it herself, and nobody else can; what she does not do in time her case's Union desk takes over."""

    holder = WorkItem.Holder.APPLICANT

    def __init__(self, *, within: Rule, stage: str, label: Words, options: tuple[Option, ...]) -> None:
        # The role is that of whoever takes it over. Nothing can be asked of her from a step that waits for her anyway.
        super().__init__(within=within, stage=stage, label=label, options=options, may_ask=False)

    def person(self, case: Case) -> int | None:
        """Return her id."""
        return case.applicant_id


class Moves(Function):
    """Names one move of the case's lifecycle and does nothing else."""

    def __init__(self, move: str) -> None:
        super().__init__(self.do_nothing)
        self.move = move

    @staticmethod
    def do_nothing(_activation: Any) -> None:
        """Nothing: the executor reads `move`; viewflow's own runtime only passes."""


@dataclass(frozen=True)
class Ending:
    """The outcome of a case, under a condition; the first that holds counts."""

    condition: Condition
    outcome: str


@dataclass(frozen=True)
class About:
    """What a flow says of itself beside its graph."""

    service: str
    version: int
    outcomes: tuple[Ending, ...]
    # Facts that come from her answers; those that reviewers choose are declared by their steps.
    facts: frozenset[str] = field(default_factory=frozenset)


class CaseFlow(Flow):  # noqa: D101 - a docstring here would become every service's title
    lock_impl = SelectForUpdateLock(nowait=False)
    about: About
