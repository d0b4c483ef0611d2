"""What has fallen due in one case, and what is said of it. In memory: nothing is read or written here."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from cases.models import Case, Involvement, PromiseAlarm, Role, TimelineEvent
from cases.models.timeline import next_event
from cases.queries.promise import NOT_READY
from workflows import clock
from workflows.models import WorkItem
from workflows.queries.rulebook import end_of
from workflows.step import Step

# By this rule the Union desk gets its time, when it takes over a step that she did not do.
TAKEN_OVER = "VERIFY"
# From this level on the approvers of the office are told, and from this one on those who supervise.
_APPROVERS_FROM, _SUPERVISORS_FROM = 80, 100

Entry = Mapping[str, Any]


class FallingDue:
    """One case under the lock, looked at once: what it comes to is changed in memory, its events stand in order."""

    def __init__(
        self,
        case: Case,
        items: Sequence[WorkItem],
        *,
        managers: Mapping[int, Collection[int]],
        at: datetime,
        reference_version: int,
    ) -> None:
        self.case = case
        self.items = items
        # Of each item that its holder cannot do: the agencies whose approvers can give it to another.
        self.managers = managers
        self.at = at
        self.events: list[TimelineEvent] = []
        # What has to be written beside the case and its events.
        self.reminded: list[WorkItem] = []
        self.asked: list[WorkItem] = []
        self.taken_over: list[WorkItem] = []
        self.involved: list[Involvement] = []
        self._step = Step(case, None, verb="", actor=None, key=None, at=at, reference_version=reference_version)
        self._book = self._step.book

    def look(self) -> None:
        """Say what has fallen due by now, the most pressing level only, and when to look again."""
        for item in self.items:
            if item.status == WorkItem.Status.WAITING:
                self._remind_of_the_question(item)
            elif item.holder == WorkItem.Holder.APPLICANT and item.due_at <= self.at:
                self._take_over(item)
            else:
                self._remind(item)
        if not clock.waits_for_her(self.items):
            self._speak_of_the_promise()
        self.case.look_at = clock.next_look(self.case, self.items, self._book)
        if self.case.look_at is not None and self.case.look_at <= self.at:
            raise ValueError(f"what falls due at {self.case.look_at} was not dealt with")

    # --- the work items -----------------------------------------------------------------------------------------

    def _remind(self, item: WorkItem) -> None:
        to_come = [level for level in reversed(clock.LEVELS) if level > item.reminded]
        reached = (level for level in to_come if clock.reminder_moment(item, level, self._book) <= self.at)
        level = next(reached, None)
        if level is None:
            return
        item.reminded = level
        self.reminded.append(item)
        if item.holder == WorkItem.Holder.APPLICANT:
            # Her own step: no office is reminded of it, and she is told as she is of a question.
            self._happened("answer_reminded", item, answer_by=timezone.localdate(item.due_at))
            return
        verb = "deadline_passed" if level >= _SUPERVISORS_FROM else "deadline_neared"
        self._happened(verb, item, level=level, read_by=self._who_must_know(item, level))

    def _who_must_know(self, item: WorkItem, level: int) -> list[Entry]:
        """Return who is told at a level; of a sealed case only who holds it by name and the approvers of the office."""
        case, holder = self.case, self._step.described(item)
        approvers = _those(holder, agency=item.agency_id or case.desk_id, role=Role.APPROVER)
        if case.sealed:
            named = [{**_those(holder), "person": item.assignee_id}] if item.assignee_id is not None else []
            at_once = not named or item.pk in self.managers
            return [*named, *([approvers] if level >= _APPROVERS_FROM or at_once else [])]
        told: list[Entry] = [holder]
        if level >= _APPROVERS_FROM:
            told.append(approvers)
        for agency in sorted(self.managers.get(item.pk, ())):
            manager = _those(holder, agency=agency, role=Role.APPROVER)
            if manager not in told:
                told.append(manager)
        if level >= _SUPERVISORS_FROM:
            told += self._supervisors(holder)
        return told

    def _supervisors(self, about: Entry) -> list[Entry]:
        if self.case.sealed or self.case.province_id is None:
            return []
        return [{**_those(about, agency=None, role=Role.SUPERVISOR), "province": self.case.province_id}]

    def _take_over(self, item: WorkItem) -> None:
        """Give a step that she did not do in time to the desk that answers for her case."""
        case = self.case
        assert case.desk_id is not None
        deadline = self._step.deadline(TAKEN_OVER)
        item.holder, item.agency_id, item.assignee_id = WorkItem.Holder.AGENCY, case.desk_id, None
        item.starts_on, item.rule, item.due_at = deadline.starts_on, deadline.rule, deadline.due_at
        item.days, item.reminded = deadline.days, 0
        item.version += 1
        self.taken_over.append(item)
        involved = Involvement(case=case, agency_id=case.desk_id, part=self._part(item), since=self.at)
        self.involved.append(involved)
        clock.pass_on(case, self.items, at=self.at)
        desk = self._step.described(item)
        told = desk if not case.sealed else _those(desk, role=Role.APPROVER)
        self._happened("item_taken_over", item, read_by=[told], held_by=case.held_by)

    # --- she ----------------------------------------------------------------------------------------------------

    def _remind_of_the_question(self, item: WorkItem) -> None:
        request = item.request
        assert request is not None
        asked_on = timezone.localdate(request.asked_at)
        days = clock.answer_reminders(asked_on, request.answer_by, self._book)
        passed = sum(clock.morning_of(day) <= self.at for day in days)
        if passed <= request.reminded:
            return
        request.reminded = passed
        self.asked.append(item)
        # Once it is too late there is nothing to remind her of: the case expires.
        if self._step.today <= request.answer_by:
            self._happened("answer_reminded", item, request=request.pk, answer_by=request.answer_by)

    def _speak_of_the_promise(self) -> None:
        case = self.case
        moment = clock.promise_moment(case, self._book)
        if moment is None or moment > self.at:
            return
        promised = case.promised_on
        assert promised is not None
        if end_of(promised) <= self.at:
            case.promise_alarm = PromiseAlarm.MISSED
            self._happened("promise_missed", was=promised, read_by=self._those_in_charge)
        elif case.apologies:
            case.promise_alarm = PromiseAlarm.ENDANGERED
            self._happened("promise_endangered", was=promised, read_by=self._those_in_charge)
        else:
            case.apologies += 1
            # The new day follows from no law: it is a target of our own.
            self._step.promise(clock.put_off(promised, self._book, today=self._step.today))
            handling = [item for item in self.items if self._part(item) == Involvement.Part.HANDLES]
            holders = [one for item in handling or self.items for one in self._who_must_know(item, clock.LEVELS[0])]
            said: dict[str, Any] = {"apology": case.apologies, "reason_code": NOT_READY, "by": "system"}
            self._happened("promise_moved", was=promised, **said, read_by=holders)

    @property
    def _those_in_charge(self) -> list[Entry]:
        """The approvers of the desk that answers for the case, and those who supervise."""
        about = self._step.described(min(self.items, key=lambda item: (item.due_at, item.pk))) if self.items else {}
        desk = [_those(about, agency=self.case.desk_id, role=Role.APPROVER)] if self.case.desk_id is not None else []
        return [*desk, *self._supervisors(about)]

    def _part(self, item: WorkItem) -> Involvement.Part:
        return self._step.graph.human(item.node).part

    # --- the memory ---------------------------------------------------------------------------------------------

    def _happened(self, verb: str, about: WorkItem | None = None, **facts: Any) -> None:
        case = self.case
        where = {"item": about.pk, "node": about.node, "token": about.token} if about is not None else {}
        facts |= {
            **where,
            "state": case.state,
            "stage": case.stage,
            "promised_on": case.promised_on,
            # Nothing opens or closes because time passes.
            "opened": [],
            "closed": [],
        }
        self.events.append(next_event(case, verb=verb, actor=None, at=self.at, facts=facts))


def _those(about: Entry, **which: Any) -> dict[str, Any]:
    """Return who is meant, about the same work item, but for no person and nobody acting for one."""
    kept = {name: value for name, value in about.items() if name != "acting"}
    nothing = {"item": None, "agency": None, "role": ""}
    return {**nothing, **kept, "person": None, **which}
