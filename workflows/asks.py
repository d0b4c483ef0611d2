"""What a step offers to conclude, and what it asks beside: plain declarations, in the order in which they are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.services.base import Words
from workflows.conditions import Facts


@dataclass(frozen=True)
class Place:
    """A kind of agency at a level; the case's place of business says which one."""

    kind: str
    level: str = "province"

    def __repr__(self) -> str:
        return f"{self.kind}@{self.level}"


# The short lists from which a reason is taken; a refusal takes it from the service's own list.
OTHER_REASON = "OTHER"
PLAIN_REASONS: tuple[tuple[str, Words], ...] = (
    ("FACTS_CLEAR", _("The facts are clear and complete")),
    ("IN_SCOPE", _("It is within our task")),
    (OTHER_REASON, _("Another reason, in words")),
)
# What she says in a step of hers needs no other reason: the form puts it there, and nobody is asked for it.
HER_REASONS: tuple[tuple[str, Words], ...] = (("HER_WORD", _("She says so herself")),)
RETURN_REASONS: tuple[tuple[str, Words], ...] = (
    ("UNCLEAR", _("Not clear enough for her")),
    ("INCOMPLETE", _("A part of the question is not answered")),
    ("WRONG_GROUND", _("The ground is not right")),
    ("BUSY_OR_INVOLVED", _("Too busy, or personally involved")),
    (OTHER_REASON, _("Another reason, in words")),
)


@dataclass(frozen=True)
class ChosenPlace:
    """The agency that an earlier step chose: the fact holds its kind, one of these."""

    fact: str
    kinds: tuple[str, ...]

    def place(self, facts: Facts) -> Place:
        """Return the place that was chosen; the first one where nothing is chosen yet."""
        kind = str(facts.get(self.fact) or "")
        return Place(kind if kind in self.kinds else self.kinds[0])

    def __repr__(self) -> str:
        return f"{self.fact} of {' '.join(self.kinds)}"


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
    # In a step of hers: what only she herself can say, and what only the desk can that took the step over.
    hers: bool = False
    desks: bool = False
    # Saying it, she allows that the case is handed to the body that this fact names.
    allows: str = ""
    # Whether she reads the words now, in her thread: nobody has to approve them, and they are not the result yet.
    at_once: bool = False
    # Whether it only says that it goes on: said twice running, it keeps no promise, so that her day is not put off for
    # ever without an apology.
    goes_on: bool = False

    @property
    def description(self) -> list[Any]:
        """What of it the route and the record depend on; what is as usual stays unsaid."""
        said: list[Any] = [self.verdict, self.answers, self.refuses, self.returns]
        if self.hers or self.desks or self.allows:
            said.append([self.hers, self.desks, self.allows])
        if self.at_once:
            said.append("at once")
        return [*said, "goes on"] if self.goes_on else said


# The desk that took a step of hers over has spoken with her: what only she can say is hers to say again.
AGAIN = Option("again", _("She can be reached: ask her again"), desks=True)


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


class Entry(StrEnum):
    """What can be entered of a result outside, and how it is read."""

    MONEY = "money"
    PERCENT = "percent"
    MONTHS = "months"
    DAY = "day"
    ENTERPRISE_CODE = "enterprise_code"


@dataclass(frozen=True)
class Enter:
    """Ask, with some verdicts, for one figure, day or code of a result outside."""

    name: str
    label: Words
    entry: Entry
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class Checklist:
    """Ask, with some verdicts, to tick every line: with one left open the verdict is not taken."""

    name: str
    label: Words
    choices: tuple[tuple[str, Words], ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class PickPlace:
    """Ask, with some verdicts, which body gets the case next. The fact holds its kind.

    The routing table says which may fit; who chooses another says why.
    """

    name: str
    label: Words
    choices: tuple[tuple[str, Words], ...]
    verdicts: tuple[str, ...]


Ask = Flags | PickExpert | PickAnswer | Amount | SealedChoice | Enter | Checklist | PickPlace

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
