"""The worker's step: whatever falls due in time is said in time, once, to the right people.

Cases are taken in batches, each in one transaction: claimed by their rows, read, judged in memory, written in bulk.
Killed in the middle of a batch nothing of it has happened; what another worker, or a step, holds is left alone.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Sized
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import BooleanField, ExpressionWrapper

from cases.models import Case, InformationRequest, Involvement, TimelineEvent
from cases.models.many import Each, insert_many
from cases.queries.directory import reference_version
from cases.signals import events_recorded
from workflows.actions.falling_due import FallingDue
from workflows.models import WorkItem
from workflows.queries.able import kept_from_holder
from workflows.queries.hands import acting_for_holder, managers_of_many

log = logging.getLogger("dong_hanh.worker")

BATCH = 200
# After so long a case that could not be looked at is tried again.
SET_ASIDE = timedelta(hours=1)
# What every case of a batch is given, each its own; the state is not among them.
_WRITTEN = ("look_at", "event_count", "chain_head", "chain_seal")
_OF_AN_EVENT = ("case_id", "position", "verb", "facts", "at", "key_id", "mac")
_OF_THE_PROMISE = ("promised_on", "promised_at", "promised_under", "apologies", "promise_alarm")
_OF_THE_CLOCK = ("shares", "held_by", "held_since")
_TAKEN_OVER = ("holder", "agency", "assignee", "starts_on", "rule", "due_at", "days", "reminded", "version")


@dataclass
class Swept:
    """What one pass did: how many cases it looked at, what it said by verb, how many it had to set aside."""

    cases: int = 0
    said: Counter[str] = field(default_factory=Counter)
    set_aside: int = 0

    def __str__(self) -> str:
        return ", ".join([f"cases: {self.cases}", *(f"{verb}: {many}" for verb, many in sorted(self.said.items()))])


def sweep(*, at: datetime, batch: int = BATCH) -> Swept:
    """Remind, escalate and speak of promises wherever it is time. Safe to repeat, to kill, and to run twice at once."""
    swept = Swept()
    while True:
        claimed = _Batch(at)
        try:
            claimed.work(most=batch)
        except (OperationalError, InterfaceError):
            # The database is away or busy: no case is to blame, and the next pass tries again.
            raise
        except Exception:
            log.exception("A batch of %d cases failed; they are looked at one by one.", len(claimed.cases))
            for case in claimed.cases:
                _one_by_itself(case.pk, swept, at=at)
        else:
            claimed.add_to(swept)
        if len(claimed.cases) < batch:
            return swept


def _one_by_itself(case_id: int, swept: Swept, *, at: datetime) -> None:
    alone = _Batch(at)
    try:
        alone.work(only=case_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Case %d cannot be looked at and is set aside for a while.", case_id)
        Case.objects.filter(pk=case_id, look_at__lte=at).update(look_at=at + SET_ASIDE)
        swept.set_aside += 1
    else:
        alone.add_to(swept)


class _Batch:
    """Some cases, claimed, and what comes of them. A constant number of statements, however many they are."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.cases: list[Case] = []
        self.looked: list[FallingDue] = []
        self.events: list[TimelineEvent] = []

    def work(self, *, most: int = 1, only: int | None = None) -> None:
        """Do everything in one transaction."""
        with transaction.atomic():
            self._claim(most, only)
            if self.cases:
                self._judge()
                self._write()

    def add_to(self, swept: Swept) -> None:
        """Count what was done."""
        swept.cases += len(self.cases)
        swept.said.update(event.verb for event in self.events)

    def _claim(self, most: int, only: int | None) -> None:
        """Lock the cases that waited longest; what somebody else has locked is his just now."""
        due = Case.objects.filter(look_at__lte=self.at)
        if only is not None:
            due = due.filter(pk=only)
        # On SQLite the transaction itself is the lock.
        self.cases = list(due.order_by("look_at", "pk").select_for_update(no_key=True, skip_locked=True)[:most])

    def _judge(self) -> None:
        # Read only now, under the lock.
        version = reference_version()
        items = WorkItem.objects.filter(case__in=[case.pk for case in self.cases], finished_at__isnull=True)
        by_case: dict[int, list[WorkItem]] = defaultdict(list)
        kept_from = ExpressionWrapper(kept_from_holder(), output_field=BooleanField())
        items = items.select_related("request").annotate(acting=acting_for_holder(), kept_from=kept_from)
        cases, without_holder = {case.pk: case for case in self.cases}, []
        for item in items.order_by("pk"):
            item.case = cases[item.case_id]
            by_case[item.case_id].append(item)
            if getattr(item, "kept_from", False):
                without_holder.append(item)
        managers = managers_of_many(item for item in without_holder if item.agency_id is None)
        managers |= {item.pk: {item.agency_id} for item in without_holder if item.agency_id is not None}
        self._stood = {case.pk: case.event_count for case in self.cases}
        for case in self.cases:
            looked = FallingDue(case, by_case[case.pk], managers=managers, at=self.at, reference_version=version)
            looked.look()
            self.looked.append(looked)
            self.events += looked.events

    def _write(self) -> None:
        """Write everything at once, the events last; each row only as it was read."""
        self._write_items()
        self._write_cases()
        self._write_events()
        events_recorded.send(sender=TimelineEvent, events=self.events)

    def _write_items(self) -> None:
        levels: dict[int, list[int]] = defaultdict(list)
        times: dict[int, list[int]] = defaultdict(list)
        for looked in self.looked:
            for item in looked.reminded:
                levels[item.reminded].append(item.pk)
            for request in (item.request for item in looked.asked):
                assert request is not None
                times[request.reminded].append(request.pk)
        for level, pks in levels.items():
            still = WorkItem.objects.filter(pk__in=pks, status=WorkItem.Status.OPEN, reminded__lt=level)
            _all(still.update(reminded=level), pks)
        for many, pks in times.items():
            asked = InformationRequest.objects.filter(pk__in=pks, ending=InformationRequest.Ending.OPEN)
            _all(asked.filter(reminded__lt=many).update(reminded=many), pks)
        taken_over = [item for looked in self.looked for item in looked.taken_over]
        if taken_over:
            WorkItem.objects.bulk_update(taken_over, _TAKEN_OVER)
            involved = [one for looked in self.looked for one in looked.involved]
            Involvement.objects.bulk_create(involved, ignore_conflicts=True)

    def _write_cases(self) -> None:
        passed_on = [looked.case for looked in self.looked if looked.taken_over]
        if passed_on:
            Case.objects.bulk_update(passed_on, _OF_THE_CLOCK)
        written: tuple[str, ...] = _WRITTEN
        if any(event.verb.startswith("promise_") for event in self.events):
            written += _OF_THE_PROMISE
        each = {name: Each.of(Case, name, {case.pk: getattr(case, name) for case in self.cases}) for name in written}
        stood = Each.of(Case, "event_count", self._stood)
        as_read = Case.objects.filter(pk__in=list(self._stood), event_count=stood)
        _all(as_read.update(**each), self.cases)

    def _write_events(self) -> None:
        rows = [[getattr(event, name) for name in _OF_AN_EVENT] for event in self.events]
        for event, pk in zip(self.events, insert_many(TimelineEvent, _OF_AN_EVENT, rows), strict=True):
            event.pk = pk


def _all(written: int, meant: Sized) -> None:
    """Pass when every row was still as it was read; else nothing of the batch counts."""
    if written != len(meant):
        raise OperationalError("a row was changed under the lock")
