"""Our words over viewflow's nodes: who does a step, by when, and what may be concluded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from viewflow.workflow.flow import Flow, Function, View
from viewflow.workflow.lock import SelectForUpdateLock

from cases.models import Case, Role
from cases.models.access import Involvement
from cases.services.base import Words
from workflows.asks import Ask, ChosenPlace, Flags, Option, PickExpert, PickPlace, Place, description_of
from workflows.conditions import Condition, Facts, verdict_key
from workflows.models import WorkItem

COMMUNE_UNION = Place("HPN", "commune")
CITY_UNION = Place("HPN")
JUSTICE = Place("STP")
FINANCE = Place("STC")
COMMUNE_COMMITTEE = Place("UBND", "commune")
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


class HumanStep(View):
    """A step that waits for somebody. Subclasses say who."""

    holder: WorkItem.Holder = WorkItem.Holder.AGENCY
    part: Involvement.Part = Involvement.Part.HANDLES

    def __init__(
        self,
        *,
        agency: Place | ChosenPlace | None = None,
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

    def place(self, facts: Facts) -> Place | None:
        """Return at which kind of agency it is done, as far as these facts say; None where a person has it by name."""
        return self.agency.place(facts) if isinstance(self.agency, ChosenPlace) else self.agency

    @property
    def places(self) -> tuple[Place, ...]:
        """Every kind of agency at which it can be done."""
        if isinstance(self.agency, ChosenPlace):
            return tuple(Place(kind) for kind in self.agency.kinds)
        return (self.agency,) if self.agency else ()

    @property
    def speaks_to_her(self) -> bool:
        """Whether the words written here are for her, and not for the office that asked."""
        return self.part in (Involvement.Part.HANDLES, Involvement.Part.RECEIVES)

    @property
    def reads_all(self) -> bool:
        """Whether who does it reads what colleagues wrote, and her phone."""
        return self.part == Involvement.Part.HANDLES

    def option(self, verdict: str) -> Option | None:
        """Return the option of this verdict."""
        return next((option for option in self.options if option.verdict == verdict), None)

    def asked_with(self, verdict: str) -> list[Ask]:
        """Return what else is asked with this verdict."""
        return [ask for ask in self.asks if verdict in ask.verdicts]

    def declared_facts(self) -> set[str]:
        """Return the names of the facts this step can set."""
        facts = {name for ask in self.asks if isinstance(ask, Flags) for name, _label in ask.choices}
        return facts | {ask.name for ask in self.asks if isinstance(ask, PickExpert | PickPlace)}

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
            [option.description for option in self.options],
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


class Confirm(HumanStep):
    """An office confirms what only it can know: that she lives here, that the place is hers."""

    part = Involvement.Part.CONFIRMS

    def __init__(self, *, agency: Place, within: Rule, stage: str, label: Words) -> None:
        super().__init__(
            agency=agency,
            within=within,
            stage=stage,
            label=label,
            options=(
                Option("confirmed", _("Confirm"), answers=True),
                Option("not_confirmed", _("Cannot confirm it"), answers=True),
            ),
        )


class ReceivedStep(HumanStep):
    """A body outside reads the part that was handed to it, and says what it concluded."""

    holder = WorkItem.Holder.OUTSIDE
    part = Involvement.Part.RECEIVES


class ExpertStep(HumanStep):
    """A listed adviser, chosen by name, decides for herself."""

    holder = WorkItem.Holder.EXPERT


class ExternalStep(HumanStep):
    """Something happens outside; a named person records the result with evidence."""

    holder = WorkItem.Holder.OUTSIDE


class ApplicantStep(HumanStep):
    """She does it herself, and nobody else can; what she does not do in time her case's Union desk takes over."""

    holder = WorkItem.Holder.APPLICANT

    def __init__(
        self, *, within: Rule, stage: str, label: Words, options: tuple[Option, ...], asks: tuple[Ask, ...] = ()
    ) -> None:
        # The role is that of whoever takes it over. Nothing can be asked of her from a step that waits for her anyway.
        super().__init__(within=within, stage=stage, label=label, options=options, asks=asks, may_ask=False)

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
class OwnTarget:
    """A deadline that no law says: its rule, what it is for, and how many working days from when the step opens."""

    code: str
    words: Words
    days: int


@dataclass(frozen=True)
class About:
    """What a flow says of itself beside its graph."""

    service: str
    version: int
    outcomes: tuple[Ending, ...]
    # Facts that come from her answers; those that reviewers choose are declared by their steps.
    facts: frozenset[str] = field(default_factory=frozenset)
    # The deadlines of our own that this flow brings; the office changes them as it changes all others.
    targets: tuple[OwnTarget, ...] = ()


class CaseFlow(Flow):  # noqa: D101 - a docstring here would become every service's title
    lock_impl = SelectForUpdateLock(nowait=False)
    about: About
