"""What every support service declares: its questions, its public stages and its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    # Text on screen: plain, or translated when it is shown.
    Words = str | StrPromise
else:
    Words = str | Promise
# All of her answers so far, by field name, as JSON keeps them.
Data = Mapping[str, Any]


def always(_data: Data) -> bool:
    """Ask this page of everybody."""
    return True


def nothing_new(_data: Data, _result: Mapping[str, Any]) -> dict[str, Any]:
    """Take nothing of a result into the next answers."""
    return {}


@dataclass(frozen=True)
class Page:
    """One question, or one small group of questions that belong together."""

    slug: str
    title: Words
    form: type[forms.Form]
    # The heading under which it stands in the list of parts.
    group: Words = ""
    # A line above the questions: where on which paper the answer stands.
    hint: Words = ""
    # What she reads when she opens "Why do we ask this?".
    why: Words = ""
    # A way out for whom no answer fits: a question and what to do.
    way_out: tuple[Words, Words] | None = None
    asked_when: Callable[[Data], bool] = always


@dataclass(frozen=True)
class Stage:
    """A place on the path that she sees."""

    code: str
    # The name on the path: "The Women's Union reads and accepts".
    label: Words
    # One sentence for now: "The Women's Union of your commune is reading your request."
    doing: Words
    # The name where colleagues read of it.
    name: Words
    # Whether she may expect it as long as nothing else is known.
    usual: bool = True
    # The same with the one office that does it: "%(office)s is reading your request."
    doing_by: Words = ""
    # The same once somebody from outside, whom she knows by name, has taken it.
    doing_outside: Words = ""


@dataclass(frozen=True)
class Reason:
    """One entry of the list from which a reviewer takes the reason of a refusal."""

    code: str
    label: Words
    # What she can do next: every refusal says it.
    next_step: Words = ""
    # At which steps it is offered, by their node; empty: wherever a refusal is.
    only_at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A kind of paper she can add."""

    kind: str
    label: Words
    # Where she finds it, or which page of it we need.
    hint: Words = ""
    # Missing papers are asked for once, all together.
    required_when: Callable[[Data], bool] = field(default=lambda _data: False)
    asked_when: Callable[[Data], bool] = always


@dataclass(frozen=True)
class Hint:
    """Something that her answers give rise to and that she and the reviewers should know. It refuses nothing."""

    code: str
    words: Words
    # The deadline rule that says how long, and on whose word: only what was read at its source is shown.
    rule: str
    # By her answers and the rule's days: from which day on it no longer holds; None where it does not concern her.
    until: Callable[[Data, int], date | None]
    # For her alone: what it changes for her now.
    to_her: Words = ""

    def when(self, data: Data, days: int, today: date) -> date | None:
        """Return from which day on it no longer holds; None where it does not hold today."""
        until = self.until(data, days)
        return until if until is not None and today < until else None


@dataclass(frozen=True)
class ConsentText:
    """One thing she is asked to allow, in the words she reads."""

    purpose: str
    recipient: str
    text: Words
    required: bool = True
    asked_when: Callable[[Data], bool] = always


@dataclass(frozen=True)
class HerStep:
    """A step that she does herself: what it asks her, and what her buttons say, by verdict."""

    title: Words
    # One or two sentences: what it is about, and what follows.
    words: Words
    choices: Mapping[str, Words]


@dataclass(frozen=True)
class Entered:
    """One figure, day or code of a result outside: the detail of the conclusion that holds it, and what she reads."""

    name: str
    label: Words
    # How it is read.
    kind: Literal["money", "percent_a_year", "months", "day", "code"]


@dataclass(frozen=True)
class FollowUpAnswer:
    """One answer to a follow-up, and the outcome that it makes of another one."""

    code: str
    label: Words
    # Outcome before -> outcome from now on.
    makes: Mapping[str, str] = field(default_factory=dict)
    # It does not go well: the Union of her commune is told and calls her.
    wants_help: bool = False


@dataclass(frozen=True)
class FollowUps:
    """What is asked some months after a case is closed, by which rules, and after which outcomes."""

    outcomes: tuple[str, ...]
    rules: tuple[str, ...]
    question: Words
    answers: tuple[FollowUpAnswer, ...]


@dataclass(frozen=True)
class SupportService:
    """One kind of help a woman can ask for."""

    code: str
    title: Words
    # In her own words, on the first page.
    invitation: Words
    icon: str
    # What she should have at hand before she begins, and how long it takes her.
    at_hand: tuple[Words, ...]
    minutes: int
    pages: tuple[Page, ...]
    papers: tuple[Paper, ...]
    stages: tuple[Stage, ...]
    consents: tuple[ConsentText, ...]
    consent_version: str
    refusal_reasons: tuple[Reason, ...]
    # What she is told when a step ends: "node.verdict" -> one sentence. What is not here is not told.
    told: Mapping[str, Words]
    # The declared facts of the route, from her answers and whether her business is a small or medium enterprise.
    facts: Callable[[Data, bool], dict[str, bool]]
    # What colleagues call each step, by its node: the very words that its route has for it.
    step_names: Mapping[str, Words] = field(default_factory=dict)
    # What is worth knowing with some answers.
    hints: tuple[Hint, ...] = ()
    # The steps of its way that are hers, by their node.
    her_steps: Mapping[str, HerStep] = field(default_factory=dict)
    # What is entered of a result outside, by the step that enters it: it stands in her result.
    results: Mapping[str, tuple[Entered, ...]] = field(default_factory=dict)
    follow_ups: FollowUps | None = None
    # What a body outside reads of a case that was handed to it: these pages, and these kinds of paper.
    handed_pages: tuple[str, ...] = ()
    handed_papers: tuple[str, ...] = ()
    # Which outcomes reach the number that a plan promised, and which are help that is counted beside it; the most that
    # is given stands first, and a woman or business with several cases stands with that.
    counted: tuple[str, ...] = ()
    counted_apart: tuple[str, ...] = ()
    # Which service is offered next with which outcome, and what of its result goes into the new answers: by her answers
    # and all that was written with the conclusions.
    leads_to: Mapping[str, str] = field(default_factory=dict)
    profile_after: Callable[[Data, Mapping[str, Any]], dict[str, Any]] = nothing_new
    # What stands above a refusal that is only a part of her result.
    refused_in_part: Words = ""
    # The answer, one of a list, that tells a woman's cases of this service apart.
    told_apart_by: str = ""
    # The answer in which she asks, in her own words.
    asks_in: str = ""
    # What that answer is called beside the result.
    asks_words: Words = ""
    # The version of the route that new cases follow.
    version: int = 1

    def stage(self, code: str) -> Stage | None:
        """Return the public stage of this code."""
        return next((stage for stage in self.stages if stage.code == code), None)

    def step_name(self, node: str, stage: str) -> Words:
        """Return what colleagues call a step; without a name, what they call its stage; empty where none is known."""
        known = self.stage(stage)
        return self.step_names.get(node) or (known.name if known else "")

    def asked(self, data: Data) -> list[Page]:
        """Return the pages that her answers so far call for, in order."""
        return [page for page in self.pages if page.asked_when(data)]

    def page(self, slug: str, data: Data) -> Page | None:
        """Return the page of this slug if her answers call for it."""
        return next((page for page in self.asked(data) if page.slug == slug), None)

    def follow_up_answer(self, code: str) -> FollowUpAnswer | None:
        """Return the answer to a follow-up of this code."""
        answers = self.follow_ups.answers if self.follow_ups else ()
        return next((answer for answer in answers if answer.code == code), None)

    def reasons_at(self, node: str) -> tuple[Reason, ...]:
        """Return the reasons for which a step can refuse."""
        return tuple(reason for reason in self.refusal_reasons if not reason.only_at or node in reason.only_at)

    def reason(self, code: str) -> Reason | None:
        """Return the refusal reason of this code."""
        return next((reason for reason in self.refusal_reasons if reason.code == code), None)
