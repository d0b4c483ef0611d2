"""The fields of what a step asks beside the verdict: one field for each ask."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, PublishedAnswer
from cases.queries.directory import directory, reference_version
from cases.services.base import Words
from cases.services.fields import MoneyField, thousands
from workflows.actions import advisers, ceiling
from workflows.asks import (
    Amount,
    Ask,
    Checklist,
    Enter,
    Entry,
    Flags,
    PickAnswer,
    PickExpert,
    PickPlace,
    SealedChoice,
)
from workflows.forms.step import Choices
from workflows.models import DeadlineRule
from workflows.queries.entering import came_on, field_for
from workflows.queries.routing import Suggestion, chosen_so_far, rules_in_force, suggested

# What is said where a result was not entered, by what it is.
_MISSING: Mapping[Entry, Callable[[], str]] = {
    Entry.MONEY: lambda: _("Write the amount, more than 0 đồng."),
    Entry.PERCENT: lambda: _("Write the rate of one year, for example 6,6."),
    Entry.MONTHS: lambda: _("Write for how many months, for example 36."),
    Entry.DAY: lambda: _("Write the day, month and year."),
    Entry.ENTERPRISE_CODE: lambda: _("Write the enterprise code of 10 digits, as it stands on the certificate."),
}


@dataclass(frozen=True)
class Asked:
    """One ask as its form shows it."""

    field: forms.Field
    initial: Any = None


class EveryLineField(forms.MultipleChoiceField):
    """Lines that must all be ticked; which of them are open is said in words."""

    def __init__(self, *, lines: Iterable[tuple[str, Words]], **kwargs: Any) -> None:
        self.lines = tuple(lines)
        super().__init__(choices=self.lines, widget=forms.CheckboxSelectMultiple, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """Return every line's code; refuse while one is open."""
        ticked = self.to_python(value)
        left = [str(label) for code, label in self.lines if code not in ticked]
        if len(left) == len(self.lines):
            raise ValidationError(_("No line is ticked yet. Tick each one that is so."), code="open")
        if left:
            raise ValidationError(_("Not ticked yet: %(lines)s") % {"lines": "; ".join(left)}, code="open")
        return [code for code, _label in self.lines]


def asked_field(ask: Ask, case: Case, *, at: datetime) -> Asked:
    """Return the field of one ask, and what stands in it at first."""
    match ask:
        case Flags():
            boxes = forms.MultipleChoiceField(
                label=ask.label, choices=ask.choices, required=False, widget=forms.CheckboxSelectMultiple
            )
            return Asked(boxes, list(ask.presets.get(str(case.answers.data.get(ask.preset_by)), ())))
        case PickExpert():
            people = [(person.pk, str(person)) for person in advisers(case, ask, directory(reference_version()))]
            return Asked(
                forms.ChoiceField(
                    label=ask.label,
                    choices=[("", _("Choose one")), *people],
                    error_messages={"required": _("Choose an adviser from the list.")},
                )
            )
        case PickAnswer():
            return Asked(
                forms.ChoiceField(
                    label=ask.label,
                    required=False,
                    choices=[("", _("None, I write it myself")), *_published(case, at)],
                    help_text=_("Left without words of your own, its text is filled in below."),
                )
            )
        case Amount():
            most = ceiling(case, ask, at=at)
            return Asked(
                MoneyField(
                    label=ask.label,
                    least=1,
                    most=most,
                    error_messages={"required": _("Write the amount, more than 0 đồng.")},
                    help_text=_("At most %(most)s đồng this year.") % {"most": thousands(most)},
                )
            )
        case SealedChoice():
            return Asked(
                forms.ChoiceField(
                    label=ask.label,
                    choices=ask.choices,
                    widget=forms.RadioSelect,
                    error_messages={"required": _("Choose the kind of help.")},
                )
            )
        case Enter():
            entered = field_for(ask, since=came_on(case), on=timezone.localdate(at))
            entered.error_messages["required"] = _MISSING[ask.entry]()
            return Asked(entered)
        case Checklist():
            return Asked(EveryLineField(label=ask.label, lines=ask.choices))
        case PickPlace():
            return _bodies(ask, case, at)


def suggestion_for(ask: PickPlace, case: Case, *, at: datetime) -> Suggestion | None:
    """Return which body the routing table suggests today; None where it says nothing, or one not on offer.

    A body that was chosen before is not suggested again: it refused, or she declined it.
    """
    today, version, had = timezone.localdate(at), reference_version(), chosen_so_far(ask.name, case.facts)
    fits = suggested(case.service, ask.name, case.answers.data, on=today, version=version, without=had)
    return fits if fits is not None and fits.kind in dict(ask.choices) else None


def _bodies(ask: PickPlace, case: Case, at: datetime) -> Asked:
    """Return the bodies to choose from; what the table suggests is chosen already."""
    fits = suggestion_for(ask, case, at=at)
    field = forms.ChoiceField(
        label=ask.label,
        choices=ask.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who gets the case.")},
    )
    if fits is None:
        field.help_text = (
            _("The routing table suggests no body that was not chosen before. Choose by what you know.")
            if chosen_so_far(ask.name, case.facts)
            else _("The routing table has no word for these answers. Choose by what you know.")
        )
        return Asked(field)
    said = _("May fit: %(body)s, %(product)s. Why: %(why)s") % {
        "body": dict(ask.choices)[fits.kind],
        "product": fits.product,
        "why": fits.why,
    }
    # A sentence of the table may bring its own full stop.
    no_decision = _("It is no decision. Who chooses another body says why, in words.")
    field.help_text = " ".join((said.rstrip(".") + ".", _source_of(fits, ask, case, at), no_decision))
    return Asked(field, fits.kind)


def _source_of(fits: Suggestion, ask: PickPlace, case: Case, at: datetime) -> str:
    """Return where it stands, if somebody read it there; otherwise say that nobody has."""
    rules = rules_in_force(case.service, ask.name, on=timezone.localdate(at), version=reference_version())
    rule = next((rule for rule in rules if rule.pk == fits.rule), None)
    if rule is not None and rule.source and rule.source_status == DeadlineRule.SourceStatus.VERIFIED:
        return _("Source: %(source)s.") % {"source": rule.source.rstrip(".")}
    return _("This is our own guidance, not checked against a law.")


def _published(case: Case, at: datetime) -> Choices:
    today = timezone.localdate(at)
    answers = PublishedAnswer.objects.filter(published_on__lte=today).filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=today)
    )
    law_field = case.answers.data.get("law_field")
    rows = [(answer.law_field == law_field, (answer.pk, answer.question)) for answer in answers]
    near = [row for same, row in rows if same]
    rest = [row for same, row in rows if not same]
    if not near or not rest:
        return near or rest
    return [(_("About the same field"), near), (_("About other fields"), rest)]
