"""The forms by which work comes into other hands: kept away from, handed on, given to another adviser."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Recusal, Relation
from cases.models.people import normal_phone
from cases.queries.directory import directory, reference_version
from cases.queries.naming import office_name
from cases.services.fields import LineField, OneOfField, TaxCodeField, TextField
from workflows import actions
from workflows.forms.step import StepForm
from workflows.models import WorkItem
from workflows.queries.hands import picking, with_absence


class RecuseForm(forms.Form):
    """Why somebody keeps away from a case; what is found by a registered relation, nobody has to declare."""

    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    ground = OneOfField(
        label=gettext_lazy("How are you near to the applicant?"),
        choices=[(ground.value, ground.label) for ground in Recusal.Ground if ground != Recusal.Ground.RELATION],
    )

    def __init__(self, posted: Any = None) -> None:
        super().__init__(posted, label_suffix="", auto_id="recuse-%s", initial={"key": uuid.uuid4()})


class _OfficeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return office_name(obj)


class TransferForm(StepForm):
    """To which office a work item goes, and what its people must know."""

    to = _OfficeField(
        label=gettext_lazy("Which office is it for?"),
        queryset=None,
        empty_label=gettext_lazy("Choose an office"),
        error_messages={
            "required": gettext_lazy("Choose an office."),
            "invalid_choice": gettext_lazy("This office cannot take the step. Choose another."),
        },
    )
    words = TextField(
        label=gettext_lazy("Why it is for them"),
        help_text=gettext_lazy("Colleagues there read it. The applicant does not."),
        least=10,
        most=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write in a sentence why it is for them.")},
    )

    def __init__(self, posted: Any = None, *, item: WorkItem) -> None:
        super().__init__(posted, item=item)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset = actions.receivers(item)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A colleague, by name; beside it that she is away, and who acts for her."""

    reader: int | None = None

    def label_from_instance(self, obj: Any) -> str:
        """Return how she stands in the list."""
        name = _("%(who)s (myself)") % {"who": obj} if obj.pk == self.reader else str(obj)
        until = getattr(obj, "away_until", None)
        if until is None:
            return name
        said = {"who": name, "day": f"{until:%d/%m}", "acting": getattr(obj, "stand_in", None)}
        if said["acting"]:
            return _("%(who)s – away until %(day)s, %(acting)s acts") % said
        return _("%(who)s – away until %(day)s") % said


class ReassignForm(StepForm):
    """Which other listed adviser takes a step that one has by name."""

    to = PersonField(
        label=gettext_lazy("Which adviser takes it?"),
        queryset=None,
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose an adviser.")},
    )

    def __init__(self, posted: Any = None, *, item: WorkItem, named: str) -> None:
        super().__init__(posted, item=item)
        ask, offices = picking(item.case, named), directory(reference_version())
        listed = actions.listed_advisers(item.case, ask, offices).exclude(pk=item.assignee_id or 0)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset = with_absence(listed)


class RelationForm(forms.Form):
    """The phone of somebody near to the reader, or the tax code of a business she has a part in."""

    use_required_attribute = False
    kind = OneOfField(label=gettext_lazy("What do you register?"), choices=Relation.Kind.choices)
    value = LineField(
        label=gettext_lazy("The number"),
        help_text=gettext_lazy("Look at every digit: you cannot take it back yourself."),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={"required": gettext_lazy("Write the number.")},
    )

    def __init__(self, posted: Any = None, *, person: Any) -> None:
        super().__init__(posted, label_suffix="")
        self.person = person

    def clean(self) -> dict[str, Any]:
        """Return the number as cases carry it."""
        given = super().clean() or {}
        if not (given.get("kind") and given.get("value")):
            return given
        try:
            if given["kind"] == Relation.Kind.PHONE:
                given["value"] = normal_phone(given["value"])
            else:
                given["value"] = TaxCodeField().clean(given["value"])
        except ValidationError as wrong:
            self.add_error("value", wrong)
            return given
        if given["value"] == self.person.phone:
            self.add_error("value", _("This is your own number. Your own cases are kept from you already."))
        elif Relation.objects.filter(person=self.person, kind=given["kind"], value=given["value"]).exists():
            self.add_error("value", _("You registered this number before."))
        return given
