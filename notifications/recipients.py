"""Who hears of an event."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from cases.models import Case, Membership, TimelineEvent
from cases.policy import READING_ROLES, shut_out_of
from cases.queries.whereabouts import AMONG_COLLEAGUES
from cases.services import service_of

# One who is meant, as an event describes it: a person, an office and a role in it, or a province and a role there.
Item = Mapping[str, Any]

# What the applicant is always told; of decisions she is told those her service has words for. Of what colleagues
# note among themselves she is told nothing, not even that it was.
TOLD_TO_HER = frozenset(
    {
        "information_requested",
        "case_expired",
        "message_written",
        "answer_reminded",
        "promise_moved",
        "promise_missed",
    }
)


def who_hears(events: Sequence[TimelineEvent]) -> list[set[int]]:
    """Return for each event the ids of the people to tell. At most one query for all of them.

    Those whose turn it is now, whoever acts for them while they are away, those whose work fell away, those to whom
    she wrote, those who must know that time is running out, and herself.
    """
    waiting = [list(_concerned(event)) for event in events]
    cases = {event.case_id: event.case for event in events}
    # Of many cases at once it is the page of notices that keeps from her what is shut to her.
    of = next(iter(cases.values())) if len(cases) == 1 else None
    everybody = _Everybody((item for items in waiting for item in items), of=of)
    told = []
    for event, items in zip(events, waiting, strict=True):
        people = {person for item in items for person in everybody.meant_by(item)}
        if is_told(event, event.case):
            people.add(event.case.applicant_id)
        elif event.verb in AMONG_COLLEAGUES:
            # Not even where she works at the office that is told.
            people.discard(event.case.applicant_id)
        # Nobody is told what she has just done herself.
        told.append(people - {event.actor_id})
    return told


class _Everybody:
    """Who works where today, as far as some items ask; of one case, without those to whom it is shut."""

    def __init__(self, items: Iterable[Item], *, of: Case | None) -> None:
        wanted = list(items)
        agencies = {item["agency"] for item in wanted if item["person"] is None and item["agency"] is not None}
        provinces = {item["province"] for item in wanted if item.get("province")}
        self._in_office: dict[tuple[int, str], set[int]] = defaultdict(set)
        self._in_province: dict[tuple[str, str], set[int]] = defaultdict(set)
        if not agencies and not provinces:
            return
        asked = Q(agency__in=agencies) | Q(agency__province__in=provinces, role__in=READING_ROLES)
        columns = ("user_id", "agency_id", "role", "agency__province_id")
        there = Membership.objects.today().filter(asked)
        if of is not None:
            there = there.filter(~shut_out_of(of, person="user"))
        for user, agency, role, province in there.values_list(*columns):
            self._in_office[agency, role].add(user)
            self._in_province[province or "", role].add(user)

    def meant_by(self, item: Item) -> set[int]:
        """Return whom an item means: its holder and whoever acts for her, else everybody whose work it is."""
        if item["person"] is not None:
            return {item["person"]} | ({item["acting"]} if item.get("acting") else set())
        if item.get("province"):
            return self._in_province[item["province"], item["role"]]
        return self._in_office[item["agency"], item["role"]]


def items_for(event: TimelineEvent, person: int, agencies: Collection[int]) -> list[Mapping[str, Any]]:
    """Return the items of an event that wait for this person, or for an office she works at."""
    return [
        item
        for item in _waiting(event)
        if item["person"] == person or (item["person"] is None and item["agency"] in agencies)
    ]


def is_told(event: TimelineEvent, case: Case) -> bool:
    """Return whether the applicant hears of this event."""
    if event.verb == "decision_made":
        return told_key(event.facts) in service_of(case).told
    # What an officer sent for her at the counter she hears of, too.
    return event.verb in TOLD_TO_HER or (event.verb == "case_submitted" and event.on_behalf_of_id is not None)


def told_key(facts: Mapping[str, Any]) -> str:
    """Return under what name the service keeps its words for a decision."""
    return f"{facts['node']}.{facts['verdict']}"


def _waiting(event: TimelineEvent) -> Iterable[Mapping[str, Any]]:
    """Yield the items that this event opened, let go on, handed to somebody, or brought her words to."""
    facts = event.facts
    yield from facts.get("opened", [])
    if "resumed" in facts:
        yield facts["resumed"]
    if "assigned" in facts:
        yield facts["assigned"]
    yield from facts.get("read_by", [])


def _concerned(event: TimelineEvent) -> Iterable[Mapping[str, Any]]:
    yield from _waiting(event)
    if event.verb in ("case_withdrawn", "case_expired"):
        yield from event.facts.get("closed", [])
