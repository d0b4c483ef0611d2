"""Who holds the capital together: some lines of name, number, share and woman or not, whose shares make exactly 100."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.services.fields import NameField, PercentField, YesNoField
from cases.services.personal_id import PersonalIdField

MOST_MEMBERS = 10
# So many lines stand open from the beginning; the others are opened one by one.
FIRST_LINES = 2
WHOLE = Decimal(100)
_SHOWN_DIGITS = 3

Member = Mapping[str, Any]


class MemberForm(forms.Form):
    """One line: one holder of capital."""

    use_required_attribute = False

    name = NameField(label=_("Full name"))
    personal_id = PersonalIdField(label=_("Number on the identity card"), required=False)
    share = PercentField(
        label=_("Share of the capital, in per cent"),
        error_messages={"required": _("Write the share, for example 50 or 33,33.")},
    )
    woman = YesNoField(label=_("Is this member a woman?"))


class TypedLines(list[Member]):
    """The lines as they were just typed, nothing of them checked."""


class MembersWidget(forms.Widget):
    """Ten lines; those that are empty wait closed, so that it works without JavaScript and stays short."""

    template_name = "components/members.html"
    use_fieldset = True
    # The first box that holds a mistake: the summary of errors leads there.
    wrong = "0-name"

    def id_for_label(self, id_: str) -> str:
        """Return the id of the first box to look at."""
        return f"{id_}-{self.wrong}" if id_ else id_

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> TypedLines:
        """Return the lines as they were typed, in their places."""
        return TypedLines(
            {part: data.get(f"{name}-{number}-{part}") or "" for part in MemberForm.base_fields}
            for number in range(MOST_MEMBERS)
        )

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether nothing of it was sent."""
        return not any(key.startswith(f"{name}-") for key in data)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Show each line as a form of its own, with what is wrong in its place."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        lines = list(value or ())
        lines += [{}] * (MOST_MEMBERS - len(lines))
        forms_in_order = list(forms_of(name, lines, value))
        if isinstance(value, TypedLines):
            _leave_alone_what_is_right(forms_in_order)
        context["lines"] = [
            (form, number < FIRST_LINES or is_written(line))
            for number, (line, form) in enumerate(zip(lines, forms_in_order, strict=True))
        ]
        return context


class MembersField(forms.Field):
    """All who hold the capital, with their shares to two places, exactly 100 together."""

    widget: Any = MembersWidget
    default_error_messages = {"required": _("Write who holds the capital, one line for each.")}

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Return the lines that hold something, each as JSON keeps it."""
        typed = list(value or ())
        lines = [(number, line) for number, line in enumerate(typed) if is_written(line)]
        if not lines:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        checked = [(number, _bound("members", number, line)) for number, line in lines]
        wrong = [(number, form) for number, form in checked if not form.is_valid()]
        if wrong:
            number, form = wrong[0]
            self._mark(number, next(iter(form.errors)))
            raise ValidationError(_("Look at the marked lines again."), code="line")
        together = sum((Decimal(form.cleaned_data["share"]) for _number, form in checked), Decimal())
        if together != WHOLE:
            self._mark(lines[0][0], "share")
            raise ValidationError(
                gettext("The shares make %(sum)s %% together. Change them so that they make exactly 100 %%.")
                % {"sum": percent(together)},
                code="sum",
            )
        return [form.cleaned_data for _number, form in checked]

    def so_far(self, value: Any) -> list[dict[str, Any]]:
        """Return the lines that are right by themselves, whatever they make together: she goes on later."""
        checked = [_bound("members", number, line) for number, line in enumerate(value or ()) if is_written(line)]
        return [form.cleaned_data for form in checked if form.is_valid()]

    def posted(self, name: str, value: Sequence[Member]) -> dict[str, str]:
        """Return the kept lines as the form would post them."""
        return {
            f"{name}-{number}-{part}": line.get(part) or ""
            for number, line in enumerate(value)
            for part in MemberForm.base_fields
        }

    def shown(self, value: Sequence[Member]) -> str:
        """Return the lines as one reads them; of a person's number only the end."""
        return "; ".join(" · ".join(_said_of(line)) for line in value)

    def _mark(self, number: int, part: str) -> None:
        self.widget.wrong = f"{number}-{part}"


def forms_of(name: str, lines: Sequence[Member], value: Any) -> Iterator[MemberForm]:
    """Yield the form of each line: a typed one says what is wrong with it, a kept or an empty one says nothing."""
    for number, line in enumerate(lines):
        if isinstance(value, TypedLines) and is_written(line):
            yield _bound(name, number, line)
        else:
            yield MemberForm(initial=dict(line), prefix=f"{name}-{number}")


def _leave_alone_what_is_right(lines: Sequence[MemberForm]) -> None:
    """Mark the boxes that hold no mistake; where every line is right by itself, the shares do not fit together."""
    each_is_right = not any(line.errors for line in lines)
    for line in lines:
        wrong = {"share"} if each_is_right and line.is_bound else set(line.errors)
        for part, field in line.fields.items():
            if part not in wrong:
                field.widget.attrs["aria-invalid"] = "false"


def is_written(line: Member) -> bool:
    """Return whether something stands in a line."""
    return any(str(part).strip() for part in line.values())


def percent(share: Decimal) -> str:
    """Return a share as one reads it, with a comma and no places that hold nothing."""
    text: str = PercentField().prepare_value(str(share.quantize(Decimal("0.01"))))
    return text


def share_of_women(members: Sequence[Member]) -> Decimal:
    """Return how much of the capital women hold, all together."""
    return sum((Decimal(line["share"]) for line in members if line["woman"] == "yes"), Decimal())


def _bound(name: str, number: int, line: Member) -> MemberForm:
    prefix = f"{name}-{number}"
    return MemberForm({f"{prefix}-{part}": text for part, text in line.items()}, prefix=prefix)


def _said_of(line: Member) -> Iterator[str]:
    yield line["name"]
    yield f"{percent(Decimal(line['share']))} %"
    yield gettext("a woman") if line["woman"] == "yes" else gettext("a man")
    if line["personal_id"]:
        yield "•••" + line["personal_id"][-_SHOWN_DIGITS:]
