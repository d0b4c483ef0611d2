"""The forms of an absence: from when to when, and who acts meanwhile in each place."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Membership, Role, User
from cases.policy import Standing
from cases.queries.naming import office_name
from cases.services.fields import DateField
from workflows.actions.absence import colleagues, field_of


class ActingForm(forms.Form):
    """Who acts for a person in each of her places."""

    use_required_attribute = False

    def __init__(
        self,
        posted: Any = None,
        *,
        places: Iterable[Membership],
        acting: Mapping[Standing, int] | None = None,
    ) -> None:
        super().__init__(posted, label_suffix="")
        self._people: dict[Standing, dict[str, User]] = {}
        for place in places:
            where: Standing = (place.agency_id, place.role)
            people = {str(person.pk): person for person in colleagues(place.agency_id, place.user)}
            self._people[where] = people
            said = {"agency": office_name(place.agency), "role": Role(place.role).label}
            self.fields[field_of(where)] = forms.ChoiceField(
                label=_("Who acts meanwhile at %(agency)s, as %(role)s") % said,
                choices=[("", _("Nobody")), *((pk, str(person)) for pk, person in people.items())],
                required=False,
                initial=str((acting or {}).get(where, "")),
                error_messages={"invalid_choice": _("This colleague does not work there today. Choose another.")},
            )

    def acting(self) -> dict[Standing, User | None]:
        """Return who acts in each place; None where nobody does."""
        return {
            where: people.get(self.cleaned_data.get(field_of(where)) or "") for where, people in self._people.items()
        }


class AbsenceForm(ActingForm):
    """Asks also for the days."""

    since = DateField(label=gettext_lazy("First day away"), not_before_today=True)
    until = DateField(label=gettext_lazy("Last day away"), not_before_today=True)

    def days(self) -> tuple[date, date]:
        """Return the first and the last day."""
        return date.fromisoformat(self.cleaned_data["since"]), date.fromisoformat(self.cleaned_data["until"])
