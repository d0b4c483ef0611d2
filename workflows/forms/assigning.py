"""The form by which work items are handed out: which ones, and to whom."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases import policy
from cases.models import Membership, Role, User
from cases.queries.naming import name_of
from cases.queries.paging import read_number
from workflows.flows.registry import graph_for
from workflows.forms.hands import PersonField
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.queries.hands import with_absence
from workflows.queries.worklist import PAGE


@dataclass(frozen=True)
class Ticked:
    """One ticked work item, and its version as it was seen; none before it was shown."""

    item: WorkItem
    seen: int | None

    @property
    def sent(self) -> str:
        """What the form sends of it."""
        return f"{self.item.pk}:{self.item.version if self.seen is None else self.seen}"

    @property
    def name(self) -> str:
        """Under what name its case stands in lists."""
        return name_of(self.item.case)

    @property
    def human(self) -> HumanStep:
        """What the flow says about its step."""
        return graph_for(self.item.case.service, self.item.case.version).human(self.item.node)


class AssignForm(forms.Form):
    """To whom the ticked items go: the reader alone, or anybody of the offices whose approver the reader is."""

    use_required_attribute = False
    key = forms.UUIDField(widget=forms.HiddenInput)
    to = PersonField(
        label=gettext_lazy("Who takes it"),
        queryset=User.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose who takes it.")},
    )

    def __init__(self, user: User, sent: Iterable[str], *, posted: Any = None) -> None:
        super().__init__(posted, label_suffix="", initial={"key": uuid.uuid4()})
        held = policy.standing(user)
        self.ticked = _ticked(user, held, sent)
        open_ones = [ticked for ticked in self.ticked if not ticked.item.case.sealed]
        manages = {agency for agency, role in held if role == Role.APPROVER} & {one.item.agency_id for one in open_ones}
        roles = {ticked.human.role for ticked in open_ones}
        people = set(
            Membership.objects.today().filter(agency__in=manages, role__in=roles).values_list("user_id", flat=True)
        )
        who = self.fields["to"]
        assert isinstance(who, PersonField)
        who.reader = user.pk
        who.queryset = with_absence(User.objects.filter(pk__in=people or {user.pk})).order_by("full_name", "pk")
        if not manages:
            self.initial["to"] = user.pk


def _ticked(user: User, held: Iterable[policy.Standing], sent: Iterable[str]) -> list[Ticked]:
    """Return the ticked items that this person may read where she works, in the order of a worklist."""
    seen: dict[int, int | None] = {}
    for text in list(sent)[:PAGE]:
        pk, _sep, version = text.partition(":")
        if (number := read_number(pk)) is not None:
            seen[number] = read_number(version)
    works = {agency for agency, role in held if role in policy.WORKING_ROLES}
    items = (
        WorkItem.objects.filter(pk__in=seen, agency__in=works, case__in=policy.visible_cases(user))
        .exclude(case__applicant=user)
        .select_related("case__applicant", "case__commune", "case__enterprise", "assignee")
        .order_by("due_at", "pk")
    )
    return [Ticked(item, seen[item.pk]) for item in items]
