"""Whether the memory is whole: every event recomputed, case rows and anchors held against the events.

The chain itself shows an event changed, deleted, inserted or moved, a tail cut off, a case row written
without the key, and a case of which the row or the events are gone. (An event's id is under no MAC, but it
cannot pass another event of its case, nor an anchor, unseen.)

Only an anchor shows a case deleted whole, a case made a draft again, or a tail cut off with the genuine older
count, head and seal put back: each is a past that once was true. The anchor must have been taken after the
events that are gone; what was written since the last anchor has no such witness yet.

Only paper shows that the newest anchors were deleted, because the older ones still make a whole chain.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from cases.models.case import Case, CaseState
from cases.models.timeline import Anchor, TimelineEvent, mac, seal_of_chain, writing_key

# How many events there are and the MAC of the last: where a chain stands before its first event.
START = (0, "")


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written: a code and where. No word of anybody's."""

    code: str
    case: int | None = None
    position: int | None = None
    anchor: int | None = None

    def __str__(self) -> str:
        places = {"case": self.case, "position": self.position, "anchor": self.anchor}
        return " ".join([self.code, *(f"{name}={value}" for name, value in places.items() if value is not None)])


@dataclass(frozen=True)
class Verification:
    """What one pass over the whole record found."""

    events: int
    findings: tuple[Finding, ...]
    checked_at: datetime


@dataclass(frozen=True)
class CaseVerification:
    """What one case's chain looks like; a case that is gone is another matter, see `verify`."""

    events: int
    intact: bool
    bad_positions: tuple[int, ...]
    checked_at: datetime


class Standings:
    """Where the chain of every case stands while the events go by, and the digest an anchor keeps of it."""

    def __init__(self) -> None:
        self.events = 0
        self.of: dict[int, tuple[int, str]] = {}
        self._moved: set[int] = set()
        self._terms: dict[int, int] = {}
        self._sum = 0
        self._key_id = ""

    def move(self, case_id: int, position: int, head: str) -> None:
        """Take one more event into account."""
        self.events += 1
        self.of[case_id] = (position, head)
        self._moved.add(case_id)

    def digest(self, key_id: str) -> str:
        """Return the sum, modulo 2^256, of a MAC per case, computing those that moved since last time."""
        if key_id != self._key_id:
            self._key_id, self._sum, self._terms, self._moved = key_id, 0, {}, set(self.of)
        for case_id in self._moved:
            term = int(mac(key_id, "standing", case_id, *self.of[case_id]), 16)
            self._sum += term - self._terms.get(case_id, 0)
            self._terms[case_id] = term
        self._moved.clear()
        return f"{self._sum % 2**256:064x}"


def verify(at: datetime, *, paper: Mapping[int, str] | None = None) -> Verification:
    """Return every finding of one pass over the record; `paper` holds MACs of printed anchors by their id."""
    standings = Standings()
    findings: list[Finding] = []
    with _one_moment():
        try:
            findings.extend(_anchors_unlike(paper or {}))
            findings.extend(_whole_record(standings))
        except (ValueError, TypeError, AttributeError):
            # A value of a kind that no code of ours writes (SQLite takes any); the rest could not be read.
            findings.append(Finding("unreadable"))
    return Verification(standings.events, tuple(findings), at)


def verify_case(case: Case, at: datetime) -> CaseVerification:
    """Return whether one case's events are whole, for its page."""
    standing, row, bad = START, case, []
    # The row comes with its events, in one statement: a step taken meanwhile moves both or neither.
    events = TimelineEvent.objects.filter(case_id=case.pk).select_related("case").order_by("pk")
    for event in events:
        if _event_fault(event, standing):
            bad.append(event.position)
        standing, row = (event.position, event.mac), event.case
    fault = _row_fault(row.pk, row.state, row.event_count, row.chain_head, row.chain_seal, standing)
    return CaseVerification(len(events), not bad and not fault, tuple(bad), at)


def take_anchor(at: datetime) -> Anchor:
    """Add an anchor over every event there is, and return it."""
    with transaction.atomic():
        # An id is given before its event is committed: on PostgreSQL we wait until nobody is writing, so that
        # no lower id can appear later. On SQLite one transaction writes at a time, and this one is IMMEDIATE.
        if connection.vendor == "postgresql":
            _lock(TimelineEvent._meta.db_table, "SHARE")
        last = TimelineEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    # Up to there nothing changes any more: steps go on while we read.
    standings = Standings()
    events = TimelineEvent.objects.filter(pk__lte=last).order_by("pk")
    for head in events.values_list("case_id", "position", "mac").iterator():
        standings.move(*head)
    with transaction.atomic():
        # Two anchors taken at once must not follow the same one.
        if connection.vendor == "postgresql":
            _lock(Anchor._meta.db_table, "SHARE ROW EXCLUSIVE")
        previous = Anchor.objects.last()
        if previous and previous.last_event_id > last:
            return previous
        anchor = Anchor(
            taken_at=at,
            last_event_id=last,
            cases=len(standings.of),
            events=standings.events,
            digest=standings.digest(writing_key()),
            key_id=writing_key(),
        )
        anchor.mac = anchor.expected_mac(previous.mac if previous else "")
        anchor.save()
    return anchor


def _whole_record(standings: Standings) -> Iterator[Finding]:
    """Go over all events in the order they were written, moving the standings, then over the case rows."""
    anchors: deque[Anchor] = deque()
    head = ""
    for anchor in Anchor.objects.order_by("pk"):
        if _fits(anchor.key_id, anchor.mac, anchor.expected_mac(head)):
            anchors.append(anchor)
        else:
            yield Finding("anchor_changed", anchor=anchor.pk)
        head = anchor.mac

    # A case's events come in the order of their positions, because each was inserted under the case's lock.
    # They come as rows of the model, which alone knows what its MAC covers.
    for event in TimelineEvent.objects.order_by("pk").iterator():
        while anchors and anchors[0].last_event_id < event.pk:
            yield from _unmet(anchors.popleft(), standings)
        if fault := _event_fault(event, standings.of.get(event.case_id, START)):
            yield Finding(fault, case=event.case_id, position=event.position)
        standings.move(event.case_id, event.position, event.mac)
    for anchor in anchors:
        yield from _unmet(anchor, standings)

    without_row = set(standings.of)
    rows = Case.objects.order_by("pk").values_list("pk", "state", "event_count", "chain_head", "chain_seal")
    for row in rows.iterator():
        without_row.discard(row[0])
        if fault := _row_fault(*row, standings.of.get(row[0], START)):
            yield Finding(fault, case=row[0])
    for case_id in sorted(without_row):
        yield Finding("case_missing", case=case_id)


def _anchors_unlike(paper: Mapping[int, str]) -> Iterator[Finding]:
    stored = dict(Anchor.objects.filter(pk__in=paper).values_list("pk", "mac"))
    for pk, printed in paper.items():
        if stored.get(pk) != printed:
            yield Finding("anchor_unlike_paper", anchor=pk)


def _unmet(anchor: Anchor, standings: Standings) -> Iterator[Finding]:
    """Yield the finding when the events up to an anchor are not those it was taken over."""
    witnessed = (anchor.events, anchor.cases, anchor.digest)
    if witnessed != (standings.events, len(standings.of), standings.digest(anchor.key_id)):
        yield Finding("anchor_unmet", anchor=anchor.pk)


def _event_fault(event: TimelineEvent, standing: tuple[int, str]) -> str:
    count, head = standing
    if event.position != count + 1:
        return "event_misplaced"
    return "" if _fits(event.key_id, event.mac, event.expected_mac(head)) else "event_changed"


def _row_fault(pk: int, state: str, count: int, head: str, seal: str, standing: tuple[int, str]) -> str:
    if (count, head) != standing:
        return "case_unlike_events"
    if not count:
        return "" if state == CaseState.DRAFT and not seal else "case_without_events"
    key_id = seal.partition(":")[0]
    return "" if _fits(key_id, seal, seal_of_chain(key_id, pk, count, head)) else "case_seal_changed"


def _fits(key_id: str, stored: str, expected: str) -> bool:
    """Whether a stored MAC is the expected one; under a key we do not have, none is."""
    return key_id in settings.CHAIN_KEYS and stored == expected


@contextmanager
def _one_moment() -> Iterator[None]:
    """Show all reads the record of one moment, holding up no step; in a transaction, the caller's."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Not atomic(), which is IMMEDIATE here and would keep everybody from writing.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _lock(table: str, mode: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN {mode} MODE")
