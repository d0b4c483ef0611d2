"""How a case passed from holder to holder, read from its events: whose the time was, and who had which step."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cases.models import InformationRequest, TimelineEvent
from cases.queries.shares import HERS, HOUSE
from workflows.queries.holding import key_of
from workflows.queries.rulebook import end_of

# She did not do a step of hers in time: the desk that answers for her case takes it over.
TAKEN_OVER = "item_taken_over"
# Whose the time was after an event that was written before the clock by holder was kept.
_BEFORE_THE_CLOCK = {"information_requested": HERS, "information_answered": HOUSE}


@dataclass(frozen=True)
class Tenure:
    """One holder's time with one work item, until its end or its passing on to another."""

    item: int
    node: str
    key: str
    since: datetime
    due_at: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Passing:
    """The handovers of a case, oldest first, and who had which work item when."""

    handovers: tuple[tuple[datetime, str], ...]
    tenures: tuple[Tenure, ...]

    @property
    def keys(self) -> set[str]:
        """Everybody who is spoken of."""
        return {HERS, HOUSE, *(key for _at, key in self.handovers if key), *(tenure.key for tenure in self.tenures)}

    def late_from(self, key: str, since: datetime, until: datetime) -> datetime | None:
        """Return from when on a turn of this holder was late; None where it was in time.

        She is never late: while she is asked the clock stands still.
        """
        if key == HERS:
            return None
        theirs = [
            tenure
            for tenure in self.tenures
            if tenure.key == key and tenure.since < until and (tenure.until is None or tenure.until > since)
        ]
        due = min((tenure.due_at for tenure in theirs), default=until)
        return max(due, since) if due < until else None


def passing_of(events: Iterable[TimelineEvent]) -> Passing:
    """Return how a case passed from holder to holder; the events stand in their order."""
    handovers: list[tuple[datetime, str]] = []
    running: dict[int, Tenure] = {}
    over: list[Tenure] = []
    for event in events:
        key = holder_told(event.verb, event.facts.get("held_by"))
        if key is not None and (not handovers or handovers[-1][1] != key):
            handovers.append((event.at, key))
        for item in _spoken_of(event):
            was, now = running.get(item["item"]), _tenure(item, event.at)
            if was is None:
                running[now.item] = now
            elif was.key != now.key:
                over.append(replace(was, until=event.at))
                running[now.item] = now
            else:
                running[now.item] = replace(was, due_at=now.due_at)
        for item in event.facts.get("closed", []):
            if (ended := running.pop(item["item"], None)) is not None:
                over.append(replace(ended, until=event.at))
    tenures = [*over, *running.values()]
    return Passing(tuple(handovers), tuple(sorted(tenures, key=lambda each: (each.since, each.item))))


def holder_told(verb: str, held_by: str | None) -> str | None:
    """Return who holds a case from an event on; None where it does not say so.

    Of the time before this clock was kept it is only known when she was asked and when she answered.
    """
    return _BEFORE_THE_CLOCK.get(verb) if held_by is None else held_by


def seconds_told(told: Iterable[tuple[datetime, str | None]], *, start: datetime, at: datetime) -> dict[str, int]:
    """Return the seconds that were each holder's up to now, as the events tell them.

    `told` has of each event when it was and, where it says so, who holds the case from then on; nobody once it is
    over. Until the first that says it, the time is the house's.
    """
    seconds: dict[str, int] = {}
    since, holder = _whole(start), HOUSE
    for moment, key in (*told, (at, "")):
        now = max(since, _whole(moment))
        if key is None:
            continue
        if holder and now > since:
            seconds[holder] = seconds.get(holder, 0) + int((now - since).total_seconds())
        since, holder = now, key
    return seconds


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _spoken_of(event: TimelineEvent) -> Iterator[Mapping[str, Any]]:
    """Yield what an event says of work items as they are after it.

    Who is told of something is described in the same way, but of those only what the desk takes over is its own.
    """
    facts = event.facts
    yield from (*facts.get("opened", []), *facts.get("reassigned", []))
    yield from (facts[name] for name in ("resumed", "assigned") if facts.get(name))
    if event.verb == TAKEN_OVER:
        yield from facts["read_by"][:1]


def _tenure(item: Mapping[str, Any], at: datetime) -> Tenure:
    return Tenure(
        item=item["item"],
        node=item["node"],
        key=key_of(item["holder"], item["agency"], item["person"]),
        since=at,
        due_at=end_of(date.fromisoformat(item["due"])),
    )


def was_asked(request: InformationRequest) -> bool:
    """Return whether she read a question: one that waits for an approver, or that he declined, she never did."""
    return request.ending not in (InformationRequest.Ending.PROPOSED, InformationRequest.Ending.DECLINED)
