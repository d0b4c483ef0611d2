"""What tests of the sweep share: moments, what the worker said, and whom it told."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from cases.models import Case
from notifications.models import Notification
from project.demo.cast import Cast

Told = Callable[[Case], set[str]]
MINUTE = timedelta(minutes=1)
CITY = frozenset({"city_officer", "another_city_officer"})


def moment(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour, minute))  # noqa: DTZ001 - made aware here


def only_the_items_speak(case: Case) -> None:
    """Take the promise away, so that no apology comes between the reminders."""
    Case.objects.filter(pk=case.pk).update(promised_on=None)


def said(case: Case, *, after: int = 0) -> list[str]:
    """Return what the worker said of a case, each with its level."""
    events = case.events.filter(actor=None, position__gt=after).order_by("position")
    return [f"{event.verb} {event.facts.get('level', '')}".strip() for event in events]


@pytest.fixture(name="told")
def told_of_the_last(cast: Cast) -> Told:
    """Return who of the cast was told of the last event of a case."""
    names = {user.pk: part for part, user in cast.people()}

    def of(case: Case) -> set[str]:
        people = Notification.objects.filter(event=case.events.order_by("position").last())
        return {names[person] for person in people.values_list("person_id", flat=True)}

    return of
