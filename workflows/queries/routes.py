"""The routing table in words: which questions of a flow it answers, by which answers, and what each rule says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import User
from cases.services import SERVICES
from cases.services.base import Words
from cases.services.fields import OneOfField, WholeNumberField, YesNoField, thousands
from workflows.asks import PickPlace
from workflows.flows.registry import FLOWS, graph_for
from workflows.models import DeadlineRule, RoutingRule
from workflows.queries.routing import COMPARISONS, SHARE, routing_table

# What no rule may look at: which body was suggested must never show why she is helped first, nor what she owes.
NEVER_COMPARED = frozenset({"priority", "priority_reason", "disabled_employees", "existing_debts", "debt_overdue"})
# How sure a rule is; what is ours is no target here.
SURENESS: Sequence[tuple[str, Words]] = [
    *[(each.value, each.label) for each in DeadlineRule.SourceStatus if each != DeadlineRule.SourceStatus.ASSUMED],
    (DeadlineRule.SourceStatus.ASSUMED.value, gettext_lazy("our own rule")),
]

_WHOLE = 100


@dataclass(frozen=True)
class Question:
    """An answer of hers by which a rule may go: one of a few, or a number."""

    name: str
    label: Words
    choices: Mapping[str, Words]
    unit: Words = ""

    @property
    def is_number(self) -> bool:
        """Whether it is answered with a number."""
        return not self.choices

    @property
    def is_amount(self) -> bool:
        """Whether it is answered with an amount, of which another one can be a share."""
        return self.unit == "đồng"


@dataclass(frozen=True)
class Route:
    """One question of a flow that the table answers: which body gets a case of this service next."""

    service: str
    name: str
    kinds: Mapping[str, Words]

    @property
    def title(self) -> Words:
        """What the service is called."""
        return SERVICES[self.service].title

    @property
    def questions(self) -> dict[str, Question]:
        """The answers by which its rules may go."""
        return questions_of(self.service)

    def body(self, kind: str) -> str:
        """Return what a body is called; of one that the flow no longer offers, its code."""
        return str(self.kinds.get(kind, kind))


@dataclass
class Listed:
    """The rules of one route: what holds today in its order, what comes, what is proposed, what is over."""

    route: Route
    today: list[RoutingRule] = field(default_factory=list)
    coming: list[RoutingRule] = field(default_factory=list)
    proposed: list[RoutingRule] = field(default_factory=list)
    over: list[RoutingRule] = field(default_factory=list)

    @property
    def rows(self) -> Iterator[tuple[RoutingRule, Words, str]]:
        """Yield each rule with its tag: what holds today first, what is over last."""
        for rules, words, colour in (
            (self.today, _("Holds today"), "jade"),
            (self.coming, _("Comes"), "sky"),
            (self.proposed, _("Waits for approval"), "amber"),
            (self.over, _("Over"), ""),
        ):
            for rule in rules:
                yield rule, words, colour


@dataclass(frozen=True)
class Line:
    """One line of a rule; `before` is what stood there in the rule that it replaces, None where it replaces none."""

    label: str
    after: list[str]
    before: list[str] | None

    @property
    def is_changed(self) -> bool:
        """Whether it replaces other words."""
        return self.before is not None and self.before != self.after


def routes() -> dict[tuple[str, str], Route]:
    """Return every question that a flow puts to the table, by service and name; cases run on any of its versions."""
    found: dict[tuple[str, str], dict[str, Words]] = {}
    for service, version in sorted(FLOWS):
        for ask in _places_asked(service, version):
            found.setdefault((service, ask.name), {}).update(ask.choices)
    return {(service, name): Route(service, name, kinds) for (service, name), kinds in found.items()}


def questions_of(service: str) -> dict[str, Question]:
    """Return the answers by which a rule may go: one of a few, or a number; never why she is helped first."""
    return {
        name: Question(name, asked.label or name, _choices(asked), getattr(asked, "unit", ""))
        for page in SERVICES[service].pages
        for name, asked in page.form.base_fields.items()
        if name not in NEVER_COMPARED and (_is_number(asked) or isinstance(asked, OneOfField | YesNoField))
    }


def listed(*, today: date) -> list[Listed]:
    """Return every rule of every route that a flow asks for. One query."""
    found = {key: Listed(route) for key, route in routes().items()}
    people = ("proposed_by", "approved_by", "replaces")
    for rule in RoutingRule.objects.select_related(*people).order_by("position", "valid_from", "pk"):
        lines = found.get((rule.service, rule.name))
        if lines is not None:
            _place_of(rule, lines, today).append(rule)
    return list(found.values())


def proposed_by_others(user: User) -> int:
    """Return how many rules wait for an administrator other than whoever proposed them. One query."""
    return RoutingRule.objects.filter(proposed_by__isnull=False, approved_at=None).exclude(proposed_by=user).count()


def rule_words(pk: int | None, *, version: int) -> str:
    """Return what a rule of the table says, for the record of a decision; empty where none spoke."""
    return next((said_by(rule) for rule in routing_table(version) if rule.pk == pk), "") if pk else ""


def said_by(rule: RoutingRule) -> str:
    """Return what a rule suggests and why, in one line."""
    route = routes().get((rule.service, rule.name))
    body = route.body(rule.kind) if route else rule.kind
    return f"{body} · {rule.product}: {rule.why}" if rule.product else f"{body}: {rule.why}"


def source_words(rule: RoutingRule) -> str:
    """Return on whose word a rule stands, and how sure that is."""
    return " · ".join(str(part) for part in (rule.source, dict(SURENESS)[rule.source_status]) if part)


def conditions_in_words(rule: RoutingRule) -> list[str]:
    """Return each condition of a rule in the words of the questions that she is asked."""
    known = questions_of(rule.service) if rule.service in SERVICES else {}
    return [_condition(known, name, sign, value) for name, sign, value in rule.conditions]


def lines_of(rule: RoutingRule, route: Route) -> list[Line]:
    """Return what a rule says, line by line, each beside what the rule says in whose place it stands."""
    after, before = _said(rule, route), _said(rule.replaces, route) if rule.replaces else {}
    return [Line(label, words, before.get(label)) for label, words in after.items()]


def _said(rule: RoutingRule, route: Route) -> dict[str, list[str]]:
    return {
        _("Body that may fit"): [f"{rule.position}. {route.body(rule.kind)} · {rule.product}"],
        _("Holds when"): conditions_in_words(rule) or [_("Always")],
        _("Why"): [rule.why],
        _("Source"): [source_words(rule)],
    }


def problems_of(rule: RoutingRule) -> list[str]:
    """Return in words what of a rule fits no flow and no form; nothing where all of it does."""
    route = routes().get((rule.service, rule.name))
    if route is None:
        return [_("No flow asks the table this: %(service)s, %(name)s.") % {"service": rule.service, "name": rule.name}]
    found = [_problem(route.questions, name, sign, value) for name, sign, value in rule.conditions]
    if rule.kind and rule.kind not in route.kinds:
        found.append(_("The flow does not offer this body: %(body)s.") % {"body": rule.kind})
    return [str(words) for words in found if words]


def misfits(*, today: date) -> list[str]:
    """Return the rules that are not over and fit no flow, each with what does not fit. One query."""
    lasting = [rule for rule in RoutingRule.objects.all() if rule.valid_to is None or rule.valid_to >= today]
    return [f"{rule} ({rule.pk}): {words}" for rule in lasting for words in problems_of(rule)]


def _places_asked(service: str, version: int) -> Iterator[PickPlace]:
    for human in graph_for(service, version).human_steps.values():
        yield from (ask for ask in human.asks if isinstance(ask, PickPlace))


def _is_number(asked: forms.Field) -> bool:
    return isinstance(asked, WholeNumberField)


def _choices(asked: Any) -> dict[str, Words]:
    return {} if _is_number(asked) else {str(code): words for code, words in asked.choices}


def _place_of(rule: RoutingRule, lines: Listed, today: date) -> list[RoutingRule]:
    if not rule.holds:
        return lines.proposed
    if rule.valid_from > today:
        return lines.coming
    # What ended another rule has done so on its first day, and says nothing any more.
    is_over = not rule.kind or (rule.valid_to is not None and rule.valid_to < today)
    return lines.over if is_over else lines.today


def _condition(known: Mapping[str, Question], name: str, sign: str, value: Any) -> str:
    question = known.get(name)
    if question is None:
        return f"{name} {sign} {value}"
    label, words = str(question.label), _compared(known, question, sign, value)
    return f"{label} {words}" if label.endswith("?") else f"{label}: {words}"


def _compared(known: Mapping[str, Question], question: Question, sign: str, value: Any) -> str:
    match sign:
        case "is_not":
            return _("not %(answer)s") % {"answer": _answers(question, [value])}
        case "at_least":
            return _("at least %(number)s") % {"number": _answers(question, [value])}
        case "at_most":
            return _("at most %(number)s") % {"number": _answers(question, [value])}
        case "share_at_least":
            whole = known.get(value[0])
            return _("at least %(percent)s%% of “%(question)s”") % {
                "percent": value[1],
                "question": str(whole.label).rstrip("?") if whole else value[0],
            }
        case _:
            return _answers(question, value if isinstance(value, list) else [value])


def _answers(question: Question, values: Iterable[Any]) -> str:
    if question.is_number:
        return " / ".join(f"{thousands(value)} {question.unit}".rstrip() for value in values)
    return " / ".join(str(question.choices.get(str(value), value)) for value in values)


def _problem(known: Mapping[str, Question], name: str, sign: str, value: Any) -> str:
    """Return what is wrong with one condition; empty where nothing is."""
    question = known.get(name)
    if question is None:
        return _("The form does not ask this: %(answer)s.") % {"answer": name}
    if sign not in COMPARISONS:
        return _("Nobody knows this comparison: %(sign)s.") % {"sign": sign}
    if not _fits(known, question, sign, value):
        return _("This cannot be compared: %(condition)s.") % {"condition": f"{question.label} {sign} {value}"}
    return ""


def _fits(known: Mapping[str, Question], question: Question, sign: str, value: Any) -> bool:
    if sign == SHARE:
        whole, percent = value
        other = known.get(str(whole))
        is_of_another = other is not None and other.is_amount and other.name != question.name
        return question.is_amount and is_of_another and isinstance(percent, int) and 1 <= percent <= _WHOLE
    if question.is_number:
        return sign in ("is", "is_not", "at_least", "at_most") and isinstance(value, int)
    if sign == "one_of":
        return isinstance(value, list) and bool(value) and set(value) <= set(question.choices)
    return sign in ("is", "is_not") and value in question.choices
