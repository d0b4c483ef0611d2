"""The form of a conclusion, built from what the step offers and asks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, PublishedAnswer
from cases.models.knowledge import ReplyTemplate
from cases.services import service_of
from cases.services.fields import TextField
from workflows.actions import SHORTEST_REFUSAL, is_offered, reasons_for
from workflows.asks import (
    OTHER_REASON,
    Amount,
    Ask,
    Checklist,
    Enter,
    Flags,
    Option,
    PickAnswer,
    PickPlace,
    SealedChoice,
)
from workflows.flows.registry import graph_for
from workflows.forms.asked import asked_field, suggestion_for
from workflows.forms.step import Choices, StepForm
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.queries.preview import goes_to


@dataclass(frozen=True)
class Choice:
    """One verdict, its radio button, and the first reason of its list: by it the keys know which list is meant."""

    option: Option
    radio: Any
    reasons: str
    # The office that has the case next, where it is another one.
    goes_to: str


@dataclass
class Verdicts:
    """Verdicts that stand together, and what is asked with exactly these."""

    choices: list["Choice"] = field(default_factory=list)
    asks: list[forms.BoundField] = field(default_factory=list)


class DecisionForm(StepForm):
    """A conclusion: verdict, what is asked with it, the reason, and the words to her."""

    words_field = "answer"

    def __init__(self, posted: Any = None, *, item: WorkItem, at: datetime) -> None:
        super().__init__(posted, item=item)
        self.case: Case = item.case
        self.service = service_of(self.case)
        self.step: HumanStep = graph_for(self.case.service, self.case.version).human(item.node)
        # What can be concluded by whoever has the item now.
        self.options = [option for option in self.step.options if is_offered(option, item)]
        self.at = at
        # Which fields an ask has, by the ask's place among the step's asks.
        self._names: list[str] = []
        self._add_verdict()
        for ask in self.step.asks:
            self._add(ask)
        self._add_reason()
        if self._with_words():
            self._add_words()
            templates = ReplyTemplate.objects.filter(service=self.case.service, node=item.node).exclude(verdict="")
            self.offer_templates(templates)

    # --- what is asked ----------------------------------------------------------------------------------

    def _with_words(self) -> list[Option]:
        return [option for option in self.options if option.answers or option.refuses]

    def _add_verdict(self) -> None:
        options = self.options
        self.fields["verdict"] = forms.ChoiceField(
            label=gettext_lazy("Conclusion"),
            choices=[(option.verdict, option.label) for option in options],
            widget=forms.RadioSelect,
            error_messages={"required": gettext_lazy("Choose a conclusion.")},
        )
        if len(options) == 1:
            self.initial["verdict"] = options[0].verdict

    def _add(self, ask: Ask) -> None:
        name = getattr(ask, "name", "flags")
        if name in self.fields:
            name = f"{name}_{len(self._names)}"
        asked = asked_field(ask, self.case, at=self.at)
        self.fields[name], self.initial[name] = asked.field, asked.initial
        self._names.append(name)

    def _add_reason(self) -> None:
        lists: dict[tuple[Any, ...], list[str]] = {}
        for option in self.options:
            lists.setdefault(reasons_for(option, self.service, self.item.node), []).append(str(option.label))
        # Each list is numbered from 1, for the keys; the name of its group says to which conclusions it belongs.
        groups: Choices = [
            (", ".join(labels), [(code, f"{number}. {label}") for number, (code, label) in enumerate(reasons, start=1)])
            for reasons, labels in lists.items()
        ]
        if len(groups) > 1 and len(self.options) > len(groups):
            # Many conclusions share a list: name the others, this one is the usual.
            usual = max(range(len(groups)), key=lambda place: len(list(lists.values())[place]))
            groups[usual] = (_("Usual reasons"), groups[usual][1])
        self.fields["reason_code"] = forms.ChoiceField(
            label=gettext_lazy("Reason"),
            choices=[("", _("Choose one")), *(groups if len(groups) > 1 else groups[0][1])],
            error_messages={"required": gettext_lazy("Choose a reason.")},
        )
        self.fields["reason"] = TextField(
            label=gettext_lazy("Reason in words, for colleagues"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def _add_words(self) -> None:
        to_her = self.step.speaks_to_her
        label = gettext_lazy("Words to her") if to_her else gettext_lazy("Opinion, for the office that answers")
        if to_her and any(option.answers for option in self.options):
            label = gettext_lazy("Answer to the applicant")
        self.fields["answer"] = TextField(
            label=label,
            most=20_000,
            error_messages={"required": gettext_lazy("Write the words to go with this conclusion.")},
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.initial["answer"] = self._words_sent_back()

    def _words_sent_back(self) -> str:
        """Return this office's words if they were just sent back, so that they are mended and not typed anew."""
        graph = graph_for(self.case.service, self.case.version)
        decisions = list(self.case.decisions.select_related("answer").order_by("-pk"))
        if not decisions:
            return ""
        option = graph.human(decisions[0].node).option(decisions[0].verdict)
        if option is None or not option.returns:
            return ""
        ours = (each for each in decisions[1:] if each.answer is not None and each.agency_id == self.item.agency_id)
        said = next(ours, None)
        return said.answer.body if said is not None and said.answer is not None else ""

    # --- how it is laid out -----------------------------------------------------------------------------

    def _needed_with(self, option: Option) -> tuple[str, ...]:
        names = [name for name, ask in zip(self._names, self.step.asks, strict=True) if option.verdict in ask.verdicts]
        return (*names, *(["answer"] if option in self._with_words() else []))

    def _inside(self) -> set[str]:
        """Return the fields that stand at their verdicts: needed by one row of neighbours, and not by all."""
        runs: list[tuple[str, ...]] = []
        for option in self.options:
            if not runs or runs[-1] != self._needed_with(option):
                runs.append(self._needed_with(option))
        every = [name for run in runs for name in run]
        return {name for name in every if every.count(name) == 1} if len(runs) > 1 else set()

    def verdicts(self) -> Iterable[Verdicts]:
        """Yield the verdicts in groups: neighbours that ask the same beside, and what they ask."""
        inside = self._inside()
        group, needed = Verdicts(), None
        for option, radio in zip(self.options, self["verdict"].subwidgets, strict=True):
            if needed is not None and self._needed_with(option) != needed:
                yield group
                group = Verdicts()
            needed = self._needed_with(option)
            reasons = reasons_for(option, self.service, self.item.node)
            group.choices.append(Choice(option, radio, reasons[0][0], goes_to(self.item, option)))
            group.asks = [self[name] for name in needed if name in inside]
        yield group

    def others(self) -> Iterable[forms.BoundField]:
        """Yield the fields that stand below the verdicts."""
        inside = self._inside()
        # Who chooses a body may have to say why: that stands right below, and open.
        last = ("reason", "reason_code", "answer") if self._picks_place() else ("reason_code", "answer", "reason")
        for name in (*self._names, *last):
            if name in self.fields and name not in inside:
                yield self[name]

    def _picks_place(self) -> bool:
        return any(isinstance(ask, PickPlace) for ask in self.step.asks)

    @property
    def is_explained(self) -> bool:
        """Whether a conclusion must be explained in words: it hands the work back, or chooses another body."""
        return self._picks_place() or any(option.returns for option in self.options)

    # --- what was sent ----------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Hold the parts against the verdict; what another verdict would ask is let be."""
        cleaned = super().clean() or {}
        option = self.option
        needed = self._needed_with(option) if option else ()
        for name in {*self._names, "answer"} - set(needed):
            self.errors.pop(name, None)
        if option is None:
            return cleaned
        code = cleaned.get("reason_code")
        if code and code not in {known for known, _label in reasons_for(option, self.service, self.item.node)}:
            self.add_error("reason_code", _("This reason does not go with “%(verdict)s”.") % {"verdict": option.label})
        if code and (code == OTHER_REASON or option.returns) and not cleaned.get("reason"):
            self.add_error("reason", _("Write the reason in words."))
        for name, ask in zip(self._names, self.step.asks, strict=True):
            if isinstance(ask, PickAnswer) and name in needed and cleaned.get(name) and not cleaned.get("answer"):
                self._fill_in(PublishedAnswer.objects.get(pk=cleaned[name]), cleaned)
            if isinstance(ask, PickPlace) and name in needed:
                self._hold_against_the_table(ask, cleaned.get(name), cleaned)
        words = cleaned.get("answer") or ""
        if option.refuses and words and len(words) < SHORTEST_REFUSAL:
            self.add_error(
                "answer",
                _("Explain it to her in at least %(least)s letters: why, and what she can do.")
                % {"least": SHORTEST_REFUSAL},
            )
        return cleaned

    def _hold_against_the_table(self, ask: PickPlace, kind: str | None, cleaned: dict[str, Any]) -> None:
        """Ask for a reason in words where another body is chosen than the table suggests."""
        fits = suggestion_for(ask, self.case, at=self.at)
        if kind and fits is not None and kind != fits.kind and not cleaned.get("reason"):
            self.add_error("reason", _("Say in words why another body fits better."))

    def _fill_in(self, published: PublishedAnswer, cleaned: dict[str, Any]) -> None:
        """Put the published text where she can read and change it."""
        cleaned["answer"] = published.answer
        self.errors.pop("answer", None)
        posted = QueryDict(mutable=True)
        posted.update(self.data)
        posted["answer"] = published.answer
        self.data = posted

    @property
    def option(self) -> Option | None:
        """The option that was chosen."""
        verdict = self.cleaned_data.get("verdict", "")
        return next((option for option in self.options if option.verdict == verdict), None)

    def so_far(self) -> dict[str, Any]:
        """Return what she would read as it stands now, finished or not."""
        details: dict[str, Any] = {}
        for name, ask in zip(self._names, self.step.asks, strict=True):
            if isinstance(ask, Flags):
                ticked = self.fields[name].widget.value_from_datadict(self.data, self.files, name)
                details |= {flag: flag in ticked for flag, _label in ask.choices}
            elif isinstance(ask, PickPlace) and self.data.get(name) in dict(ask.choices):
                details[ask.name] = self.data[name]
        needs_words = self.option is not None and "answer" in self._needed_with(self.option)
        return {
            "reason_code": self.data.get("reason_code", ""),
            "answer": self.data.get("answer", "").strip() if needs_words else "",
            "details": details,
        }

    def fill_in_template(self) -> None:
        """Put the chosen template into the words, and choose the conclusion it belongs to if none is chosen."""
        super().fill_in_template()
        if self.chosen_template is not None and not self.initial.get("verdict"):
            self.initial["verdict"] = self.chosen_template.verdict

    def conclusion(self) -> dict[str, Any]:
        """Return what the action `decide` is told."""
        option = self.option
        assert option is not None
        needed, cleaned = self._needed_with(option), self.cleaned_data
        details: dict[str, Any] = {}
        sealed = ""
        for name, ask in zip(self._names, self.step.asks, strict=True):
            if name not in needed:
                continue
            if isinstance(ask, Flags):
                details |= {flag: flag in cleaned[name] for flag, _label in ask.choices}
            elif isinstance(ask, SealedChoice):
                sealed = cleaned[name]
            elif isinstance(ask, Amount | Enter | Checklist | PickPlace):
                details[ask.name] = cleaned[name]
            elif cleaned[name]:
                details[name] = int(cleaned[name])
        return {
            "verdict": option.verdict,
            "reason_code": cleaned["reason_code"],
            "reason": cleaned.get("reason") or "",
            "answer": cleaned.get("answer") or "" if "answer" in needed else "",
            "details": details,
            "sealed": sealed,
            "seen_version": cleaned["seen_version"],
            "key": cleaned["key"],
        }
