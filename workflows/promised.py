"""The day she was promised: when it is another promise, and when the one she has stands."""

from datetime import date, datetime

from django.utils import timezone

from cases.models import Case, PromiseAlarm
from workflows.conditions import Facts, verdict_key


def promise(case: Case, day: date | None, *, under: str = "", at: datetime) -> None:
    """Promise her a day, by a law or, without one, as a target of our own; unsaved."""
    if (case.promised_on, case.promised_under) != (day, under):
        case.promised_at, case.promise_alarm = at, PromiseAlarm.NONE
    case.promised_on, case.promised_under = day, under


def keep(case: Case, *, at: datetime) -> None:
    """She has what she was promised: whatever opens next promises anew; unsaved."""
    promise(case, None, at=at)
    case.apologies = 0


def promise_by_the_flow(case: Case, node: str, day: date | None, *, under: str, at: datetime) -> None:
    """Promise what a step that opens promises, unless the present promise stands; unsaved.

    Another promise begins without an apology.
    """
    day = not_over_when_made(case, day, accepted_at=case.accepted_at)
    if stands(case, node, day, facts=case.facts, accepted_at=case.accepted_at):
        return
    if (case.promised_on, case.promised_under) != (day, under) or not _is_same(case, case.accepted_at):
        case.promised_at, case.promise_alarm, case.apologies = at, PromiseAlarm.NONE, 0
    case.promised_on, case.promised_under = day, under


def stands(case: Case, node: str, day: date | None, *, facts: Facts, accepted_at: datetime | None) -> bool:
    """Return whether the present promise stands though a step opens that would promise this day.

    A promise that was kept stands no longer. A step that was concluded before promises nothing anew. A day to which the
    same promise was put off with an apology stands with its basis, unless the new one is later.
    """
    if case.promised_on is None:
        return False
    if verdict_key(node) in facts:
        return True
    if not case.apologies or not _is_same(case, accepted_at):
        return False
    return day is None or day <= case.promised_on


def not_over_when_made(case: Case, day: date | None, *, accepted_at: datetime | None) -> date | None:
    """Return a day to promise, not before the one on which her case was typed in, or then accepted."""
    made_at = accepted_at or case.submitted_at
    return max(day, timezone.localdate(made_at)) if day is not None and made_at is not None else day


def _is_same(case: Case, accepted_at: datetime | None) -> bool:
    """Return whether a step still promises the same: once a case is accepted, no longer its first reading."""
    return accepted_at is None or case.promised_at is None or case.promised_at >= accepted_at
