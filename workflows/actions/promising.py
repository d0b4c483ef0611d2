"""A promise that cannot be kept: an apology with its reason and a new day."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, Passage, Role, TimelineEvent, User
from cases.policy import WrongState
from cases.queries.promise import REASONS, first_to_apologise
from workflows.actions.reviewing import NotAChoice
from workflows.conflicts import Repeated
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.queries.answering import handling, office_putting_off
from workflows.queries.hands import acting_for_holder
from workflows.queries.rulebook import Rulebook
from workflows.step import Step

# What she must be told at least, in letters, and the most by which one apology puts a day off, in working days.
SHORTEST_APOLOGY = 30
LATEST = 20


def put_off_promise(
    subject: Case | WorkItem, *, actor: User, new_day: date, reason_code: str, words: str, key: UUID, at: datetime
) -> TimelineEvent:
    """Apologise to her and promise a new day; the due dates of the offices stay as they are.

    Once the office may do it, afterwards only those who supervise; of a sealed case, which nobody supervises, another
    approver of its desk. Raises NotFoundForYou, WrongState, NotAChoice.
    """
    try:
        with moving(subject, "promise_moved", actor=actor, key=key, at=at) as step:
            case = step.case
            items = _items(step)
            _require_right(step, items)
            was = _require_promise(step, items)
            if reason_code not in REASONS:
                raise NotAChoice(_("This step does not offer that reason."))
            if len(words.strip()) < SHORTEST_APOLOGY:
                raise NotAChoice(_("Words to her are missing, or too short to understand."))
            wrong = why_not_that_day(new_day, was, step.book, today=step.today)
            if wrong:
                raise NotAChoice(wrong)
            passage = step.write(Passage.Kind.REASON, words.strip())
            passage.save(force_insert=True)
            case.apologies += 1
            # The new day follows from no law: it is a target of our own.
            step.promise(new_day)
            step.now_open = [item for item in items if item.is_open]
            if was < step.today:
                step.facts["late"] = True
            return step.record(
                passages=[passage],
                was=was,
                apology=case.apologies,
                reason_code=reason_code,
                by="office" if case.apologies == 1 else "desk" if case.sealed else "supervisor",
                read_by=[step.described(item) for item in handling(step.graph, items) if item.is_open],
            )
    except Repeated as earlier:
        return earlier.event


def why_not_that_day(day: date, was: date, book: Rulebook, *, today: date) -> str:
    """Return in one sentence why a promise cannot be put off to a day; empty when it can."""
    if day <= max(was, today):
        return str(_("The new day must lie after the old one, and after today."))
    if not book.calendar.is_working(day):
        return str(_("On that day no office works. Choose a working day."))
    if book.calendar.between(max(was, today), day) > LATEST:
        return str(_("A day is put off by %(days)s working days at most.") % {"days": LATEST})
    return ""


def _items(step: Step) -> list[WorkItem]:
    """Return every item of the case, the oldest first, as the clock and the voice read them."""
    items = WorkItem.objects.filter(case=step.case).select_related("request").order_by("pk")
    return list(items.annotate(acting=acting_for_holder()))


def _require_right(step: Step, items: Sequence[WorkItem]) -> None:
    """Pass when it is for the actor to apologise now: the office first, afterwards those who may do it again."""
    assert step.actor is not None
    case = step.case
    office, instead_of = office_putting_off(step.actor, case, items, held=step.held, is_shut=False)
    barred = first_to_apologise(case) if case.sealed else set()
    again = policy.can(step.actor, "put_off_again", case, barred=barred, held=step.held, is_shut=False)
    if office is None and not again:
        raise policy.NotFoundForYou
    if case.apologies and not again:
        if case.sealed:
            raise WrongState(_("An apology was already made. A further new day is promised by another approver."))
        raise WrongState(_("An apology was already made. A further new day is promised by those who supervise."))
    if not case.apologies and office is None:
        raise WrongState(_("The first apology is made by the office. You can remind it."))
    if not case.apologies:
        step.agency_id, step.on_behalf_of = office, instead_of
    elif case.sealed:
        step.agency_id = case.desk_id
        step.on_behalf_of = step.held.acted_for(
            (Role.APPROVER,), agency_id=case.desk_id, assignee_id=None, barred=barred
        )


def _require_promise(step: Step, items: Sequence[WorkItem]) -> date:
    """Return the day that was promised, where it can still be put off."""
    case = step.case
    if not case.is_undecided or case.promised_on is None:
        raise WrongState(_("No promise is open that could be put off."))
    if any(item.status == WorkItem.Status.WAITING for item in items):
        raise WrongState(_("She is being asked, and the promised day stands still. It moves by itself."))
    return case.promised_on
