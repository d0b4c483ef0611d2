"""The forms of the routing table: a rule, built from the questions that the service really asks, and the end of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.services.fields import DateField, LineField, MoneyField, OneOfField, WholeNumberField
from workflows.actions.routing import RouteWording
from workflows.models import DeadlineRule, RoutingRule
from workflows.queries.routes import SURENESS, Question, Route
from workflows.queries.routing import SHARE

_LAST_PLACE, _MOST_COUNTED, _WHOLE = 999, 10**9, 100
_LONGEST_PRODUCT, _LONGEST_WHY, _LONGEST_SOURCE = 200, 300, 200


@dataclass(frozen=True)
class Condition:
    """One question of the service, and the boxes that say for which of its answers the rule holds."""

    question: Question
    fields: tuple[forms.BoundField, ...]

    @property
    def is_open(self) -> bool:
        """Whether something stands in it, so that it is not hidden."""
        return any(field.errors or field.value() for field in self.fields)


class _FromADay(forms.Form):
    """What begins on a day that is to come."""

    use_required_attribute = False
    valid_from = DateField(
        label=_("From which day it holds"),
        help_text=_("Tomorrow at the earliest. What was suggested before stays as it was."),
        example="1 1 2027",
    )
    why = LineField(
        label=_("Why"),
        max_length=_LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write why, in one sentence.")},
    )

    def __init__(self, posted: Any = None, *, today: date, initial: dict[str, Any] | None = None) -> None:
        self.today = today
        super().__init__(posted, label_suffix="", initial=initial)

    def clean_valid_from(self) -> str:
        """A rule begins, or ends, tomorrow at the earliest."""
        written: str = self.cleaned_data["valid_from"]
        if date.fromisoformat(written) <= self.today:
            raise ValidationError(_("A new rule begins tomorrow at the earliest."), code="past")
        return written


class EndRouteForm(_FromADay):
    """From which day a rule says nothing any more, and why."""

    field_order = ("why", "valid_from")

    def __init__(self, posted: Any = None, *, today: date) -> None:
        super().__init__(posted, today=today)
        self.fields["valid_from"].label = _("From which day it no longer holds")

    def wording(self, ended: RoutingRule) -> RouteWording:
        """Return what was written; only of a form that is right."""
        return RouteWording(
            position=ended.position,
            kind="",
            product="",
            why=self.cleaned_data["why"],
            source="",
            source_status=DeadlineRule.SourceStatus.ASSUMED,
            valid_from=date.fromisoformat(self.cleaned_data["valid_from"]),
        )


class RouteForm(_FromADay):
    """A rule: for which answers it holds, which body it suggests, and on whose word."""

    kind = forms.ChoiceField(
        label=_("Which body may fit?"),
        error_messages={
            "required": _("Choose a body."),
            "invalid_choice": _("The flow does not offer this body. Choose another one."),
        },
    )
    product = LineField(
        label=_("What of it"), max_length=_LONGEST_PRODUCT, error_messages={"required": _("Name the loan or the fund.")}
    )
    position = WholeNumberField(
        label=_("Its place in the order"),
        least=1,
        most=_LAST_PLACE,
        help_text=_("The first rule that holds counts: a small number comes before a large one."),
    )
    source = LineField(
        label=_("Source"),
        max_length=_LONGEST_SOURCE,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=_("The text with its number and article, or whose rule it is."),
    )
    source_status = OneOfField(label=_("How sure is it?"), choices=SURENESS)
    field_order = ("kind", "product", "why", "position", "source", "source_status", "valid_from")

    def __init__(self, posted: Any = None, *, route: Route, today: date, rule: RoutingRule | None = None) -> None:
        self.route = route
        super().__init__(posted, today=today, initial=_as_it_stands(rule, route) if rule else None)
        self._plain = list(self.fields)
        offered = self.fields["kind"]
        assert isinstance(offered, forms.ChoiceField)
        offered.choices = [("", _("Choose one")), *route.kinds.items()]
        self.fields["why"].help_text = _("In one sentence that she and the officers read.")
        for question in route.questions.values():
            self.fields.update(_boxes(question, route))

    @property
    def conditions(self) -> list[Condition]:
        """The questions by whose answers the rule can go, each with its boxes."""
        return [
            Condition(question, tuple(self[name] for name in _boxes(question, self.route)))
            for question in self.route.questions.values()
        ]

    @property
    def plain(self) -> list[forms.BoundField]:
        """What is asked of every rule, whatever its service asks."""
        return [self[name] for name in self._plain]

    def clean(self) -> dict[str, Any]:
        """Hold what belongs together against each other; what was read in the text names the text."""
        said = super().clean() or {}
        if said.get("source_status") == DeadlineRule.SourceStatus.VERIFIED and not said.get("source"):
            self.add_error("source", _("Name the text and the article that was read."))
        for name in self.route.questions:
            least, most = said.get(f"least_{name}"), said.get(f"most_{name}")
            if least is not None and most is not None and least > most:
                self.add_error(f"most_{name}", _("This is less than the least. Look at both numbers."))
            share, whole = said.get(f"share_{name}"), said.get(f"of_{name}")
            if share is not None and not whole:
                self.add_error(f"of_{name}", _("Choose the amount of which it is a share."))
            elif whole and share is None and f"share_{name}" not in self.errors:
                self.add_error(f"share_{name}", _("Write the share in per cent, for example 20."))
        return said

    def wording(self) -> RouteWording:
        """Return what was written; only of a form that is right."""
        said = self.cleaned_data
        return RouteWording(
            position=said["position"],
            kind=said["kind"],
            product=said["product"],
            why=said["why"],
            source=said["source"],
            source_status=said["source_status"],
            valid_from=date.fromisoformat(said["valid_from"]),
            conditions=[list(condition) for name in self.route.questions for condition in self._said_of(name)],
        )

    def _said_of(self, name: str) -> Iterator[tuple[str, str, Any]]:
        said = self.cleaned_data
        if ticked := said.get(f"is_{name}"):
            yield (name, "is", ticked[0]) if len(ticked) == 1 else (name, "one_of", ticked)
        for box, sign in (("least", "at_least"), ("most", "at_most")):
            if said.get(f"{box}_{name}") is not None:
                yield name, sign, said[f"{box}_{name}"]
        if said.get(f"share_{name}") is not None:
            yield name, SHARE, [said[f"of_{name}"], said[f"share_{name}"]]


def _boxes(question: Question, route: Route) -> dict[str, forms.Field]:
    """Return the boxes of one question: its answers to tick, or the least and the most of a number."""
    name = question.name
    if not question.is_number:
        return {
            f"is_{name}": forms.MultipleChoiceField(
                label=question.label,
                choices=list(question.choices.items()),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": _("The form does not offer this answer. Choose another one.")},
            )
        }
    boxes: dict[str, forms.Field] = {
        f"least_{name}": _number_box(question, _("At least")),
        f"most_{name}": _number_box(question, _("At most")),
    }
    others = [other for other in route.questions.values() if other.is_amount and other.name != name]
    if question.is_amount and others:
        boxes[f"share_{name}"] = WholeNumberField(
            label=_("At least so many per cent"), least=1, most=_WHOLE, unit="%", required=False
        )
        boxes[f"of_{name}"] = forms.ChoiceField(
            label=_("of this amount"),
            choices=[("", _("Choose one")), *((other.name, other.label) for other in others)],
            required=False,
        )
    return boxes


def _number_box(question: Question, label: Any) -> forms.Field:
    if question.is_amount:
        return MoneyField(label=label, required=False)
    return WholeNumberField(label=label, most=_MOST_COUNTED, unit=question.unit, required=False)


def _as_it_stands(rule: RoutingRule, route: Route) -> dict[str, Any]:
    """Return what stands in the form of a rule that is changed."""
    plain = ("kind", "product", "why", "position", "source", "source_status")
    stands: dict[str, Any] = {name: getattr(rule, name) for name in plain}
    for name, sign, value in rule.conditions:
        question = route.questions.get(name)
        match sign:
            case "at_least":
                stands[f"least_{name}"] = value
            case "at_most":
                stands[f"most_{name}"] = value
            case "share_at_least":
                stands[f"of_{name}"], stands[f"share_{name}"] = value
            case "is_not" if question is not None:
                stands[f"is_{name}"] = [code for code in question.choices if code != value]
            case _:
                stands[f"is_{name}"] = value if isinstance(value, list) else [value]
    return stands
