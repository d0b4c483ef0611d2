"""What is checked of every open case of a province: is any stuck, and what may come to be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from cases.models import User
from cases.policy import supervised_provinces
from cases.queries.refusals import warnings
from cases.queries.register import ENDANGERED, LATE, OVERSLEPT, PROPOSED
from workflows.queries.counting import Snapshot, snapshot
from workflows.queries.rulebook import calendar_warning
from workflows.queries.stuck import Promise

_ITEMS, _CASES = "workflows:supervised_items", "cases:register"


@dataclass(frozen=True)
class Check:
    """One number, the list that it opens, and whether somebody should look at it when it is not 0."""

    name: str | Words
    hint: str | Words
    number: int
    address: str
    presses: bool = True


@dataclass(frozen=True)
class Checking:
    """Everything that was checked, at one moment."""

    provinces: str
    promise: Promise
    # Work items first, then whole cases.
    items: tuple[Check, ...]
    cases: tuple[Check, ...]
    # Cases at which the worker should have looked.
    overslept: Check
    # People who asked often for what is not for them.
    refused: Check
    # The year whose holidays nobody has announced yet.
    unannounced: int | None


_OF_ITEMS: tuple[tuple[str, str | Words, str | Words, bool], ...] = (
    ("late", _("Overdue"), _("The day of the step has passed."), True),
    ("risk", _("Soon overdue"), _("80% of the time is used up, or it is due by the next working day."), True),
    ("paused", _("Waiting for the applicant"), _("She was asked; the clock stands still."), False),
    ("outside", _("Outside"), _("An office watches over it."), False),
    ("away", _("The holder is away, nobody acts for her"), _("Name somebody who acts, or assign it."), True),
    ("nobody", _("Nobody of the office can do it today"), _("All are away, kept away or barred."), True),
)
_OF_CASES: tuple[tuple[str, str | Words, str | Words, bool], ...] = (
    (LATE, _("The promised day has passed"), _("The applicant still has no answer."), True),
    (ENDANGERED, _("The promised day may not be kept"), _("It was put off before, with an apology."), True),
    (PROPOSED, _("A further question waits for an approver"), _("The applicant has not been asked yet."), True),
)
_UNSEEN = (
    OVERSLEPT,
    _("The worker has not looked for over an hour"),
    _("Reminders and apologies do not go out. Tell the administrator."),
    True,
)
_REFUSED = _("Asked often for what is not for them")


def checking(user: User, *, at: datetime) -> Checking:
    """Return what was checked of the cases that this person supervises. A constant number of queries."""
    provinces = supervised_provinces(user)
    counted = snapshot(user, [province.code for province in provinces], at=at)
    return Checking(
        provinces=", ".join(province.name for province in provinces),
        promise=counted.promise,
        items=tuple(_items(counted)),
        cases=tuple(_of_cases(counted, each) for each in _OF_CASES),
        overslept=_of_cases(counted, _UNSEEN),
        refused=Check(
            _("Asked often for what is not for them"), "", len(warnings(user, at=at)), reverse("cases:diary")
        ),
        unannounced=calendar_warning(timezone.localdate(at)),
    )


def _items(counted: Snapshot) -> Iterator[Check]:
    for which, name, hint, presses in _OF_ITEMS:
        yield Check(name, hint, counted.items[which], f"{reverse(_ITEMS)}?which={which}", presses)


def _of_cases(counted: Snapshot, of: tuple[str, str | Words, str | Words, bool]) -> Check:
    now, name, hint, presses = of
    return Check(name, hint, counted.cases[now], f"{reverse(_CASES)}?now={now}", presses)
