"""The clock of a case: whose its time is, and when somebody must look at it again.

Two figures are kept. The *share*: every second belongs to exactly one holder, so that the shares sum to the age of the
case; it is kept on the case, from step to step. The *lane*, each holder's own open time, is read from the work items.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone

from cases.models import Case, PromiseAlarm
from workflows.calendar import Calendar
from workflows.models import WorkItem
from workflows.queries.holding import whose
from workflows.queries.rulebook import Rulebook, end_of

# At these per cent of the working days given, the holder is reminded, then the manager, then the supervisor too.
LEVELS = (50, 80, 100)
# A working day, as far as reminders are concerned, in local time.
_OPENS, _CLOSES = 8, 17


def pass_on(case: Case, items: Sequence[WorkItem], *, at: datetime) -> None:
    """Count the time until now as whose it was, and say whose it is from now on; unsaved.

    In whole seconds, so that the shares sum to the age. A clock that jumps back takes nothing away.
    """
    now = at.replace(microsecond=0)
    since = (case.held_since or now).replace(microsecond=0)
    now = max(now, since)
    if case.held_by and now > since:
        spent = int((now - since).total_seconds())
        case.shares = {**case.shares, case.held_by: case.shares.get(case.held_by, 0) + spent}
    case.held_since = now
    case.held_by = whose(items) if case.is_moving else ""


def next_look(case: Case, items: Sequence[WorkItem], book: Rulebook) -> datetime | None:
    """Return when the worker must look at a case again; None where nothing will fall due."""
    if not case.is_moving:
        return None
    moments = [moment for item in items for moment in _of_item(item, book)]
    if not waits_for_her(items):
        moments += _of_promise(case, book)
    return min(moments, default=None)


def waits_for_her(items: Sequence[WorkItem]) -> bool:
    """Return whether something waits for her: as long as it does, nobody apologises to her for a day that passes."""
    hers = WorkItem.Holder.APPLICANT
    return any(item.status == WorkItem.Status.WAITING or (item.is_open and item.holder == hers) for item in items)


def reminder_moment(item: WorkItem, level: int, book: Rulebook) -> datetime:
    """Return when this share, in per cent, of the working days given to an item is used up.

    Counted back from the day it is due, so that days on which the clock stood still are not held against anyone.
    """
    if level >= 100:
        return item.due_at
    return min(_used_up(book.calendar, timezone.localdate(item.due_at), item.days, level), item.due_at)


def answer_reminders(asked_on: date, answer_by: date, book: Rulebook) -> list[date]:
    """Return the days on which she is reminded of a question: some days after it, and some before it is too late."""
    after, before = book.days("SUPP_REMIND", asked_on), book.days("SUPP_REMIND_LAST", asked_on)
    days = {book.calendar.after(asked_on, after), book.calendar.before(answer_by, before)}
    return sorted(day for day in days if asked_on < day <= answer_by)


def promise_moment(case: Case, book: Rulebook) -> datetime | None:
    """Return when a promise that is not yet kept must be spoken of; None where there is none, or nothing to say.

    With an apology before it passes: a working day before, or when four fifths of a shorter time are over. Then once
    more when it has passed.
    """
    promised = case.promised_on
    if promised is None or not case.is_undecided or case.promise_alarm == PromiseAlarm.MISSED:
        return None
    ends = end_of(promised)
    if case.promise_alarm == PromiseAlarm.ENDANGERED or case.promised_at is None:
        return ends
    lead = book.days("APOLOGY_LEAD", promised)
    most = case.promised_at + (ends - case.promised_at) * 4 / 5
    return min(ends, max(_at(book.calendar.before(promised, lead), _OPENS), most))


def put_off(promised_on: date, book: Rulebook, *, today: date) -> date:
    """Return the day to which a promise is put off where nobody names one."""
    return book.calendar.after(max(promised_on, today), book.days("APOLOGY_EXTENSION", today))


def morning_of(day: date) -> datetime:
    """Return when offices open on a day."""
    return _at(day, _OPENS)


@lru_cache(maxsize=4096)
def _used_up(calendar: Calendar, due_on: date, days: int, level: int) -> datetime:
    """Return when this share of so many working days up to a day is used up: within a working day."""
    whole, part = divmod(days * (100 - level), 100)
    day = calendar.before(due_on, whole)
    if not part:
        return _at(calendar.after(day, 1), _OPENS)
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    opens = _at(day, _OPENS)
    return opens + (_at(day, _CLOSES) - opens) * (100 - part) / 100


def _of_item(item: WorkItem, book: Rulebook) -> Iterator[datetime]:
    if item.status == WorkItem.Status.WAITING and item.request is not None:
        asked_on = timezone.localdate(item.request.asked_at)
        days = answer_reminders(asked_on, item.request.answer_by, book)
        yield from (_at(day, _OPENS) for day in days[item.request.reminded :][:1])
    elif item.status == WorkItem.Status.OPEN:
        yield from (
            reminder_moment(item, level, book) for level in [each for each in LEVELS if each > item.reminded][:1]
        )


def _of_promise(case: Case, book: Rulebook) -> list[datetime]:
    moment = promise_moment(case, book)
    return [moment] if moment is not None else []


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
