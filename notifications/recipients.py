"""Who hears of an event."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q

from cases.models import Absence, Case, Membership, Role, TimelineEvent
from cases.policy import READING_ROLES, shut_out_of
from cases.queries.doors import shut_doors
from cases.queries.whereabouts import AMONG_COLLEAGUES
from cases.services import service_of

# One who is meant, as an event describes it: a person, an office and a role in it, or a province and a role there.
Item = Mapping[str, Any]

# How an event names the holder of a step that is the applicant's own.
HERS = "applicant"

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
        "follow_up_due",
    }
)


def who_hears(events: Sequence[TimelineEvent]) -> list[set[int]]:
    """Return for each event the ids of the people to tell. One query for all of them, two where they are of many cases.

    Those whose turn it is now, whoever acts for them while they are away, those whose work fell away, those to whom
    she wrote, those who must know that time is running out, and herself. Where none of an office is there who may
    touch the case, whoever answers for the work hears of it, too.
    """
    waiting = [list(waiting_items(event)) for event in events]
    over = [list(_fallen_away(event)) for event in events]
    everybody = _Everybody(
        (item, event.case)
        for event, items, ended in zip(events, waiting, over, strict=True)
        for item in (*items, *ended)
    )
    told = []
    for event, items, ended in zip(events, waiting, over, strict=True):
        people = {person for item in items for person in everybody.reached_by(item, event.case)}
        people |= {person for item in ended for person in everybody.meant_by(item, event.case)}
        if is_told(event, event.case):
            people.add(event.case.applicant_id)
        elif event.verb in AMONG_COLLEAGUES:
            # Not even where she works at the office that is told.
            people.discard(event.case.applicant_id)
        if event.verb == "request_proposed":
            # Nor is it for him in whose place it was proposed to agree to it.
            people.discard(event.on_behalf_of_id or 0)
        # Nobody is told what she has just done herself.
        told.append(people - {event.actor_id})
    return told


class _Everybody:
    """Who works where today, as far as some items of cases ask; without those to whom a case is shut."""

    def __init__(self, items: Iterable[tuple[Item, Case]]) -> None:
        wanted = [(item, case) for item, case in items if item["person"] is None]
        agencies = {item["agency"] for item, _case in wanted if item["agency"] is not None}
        provinces = {item["province"] for item, _case in wanted if item.get("province")}
        self._in_office: dict[tuple[int | None, str], set[int]] = defaultdict(set)
        self._in_province: dict[tuple[str | None, str], set[int]] = defaultdict(set)
        self._not_there: set[int] = set()
        self._shut: Collection[tuple[int, int]] = ()
        if not agencies and not provinces:
            return
        cases = {case.pk: case for _item, case in wanted}
        # Whoever answers for the work, should nobody be there.
        agencies |= {case.desk_id for case in cases.values()}
        provinces |= {case.province_id for case in cases.values() if not case.sealed}
        asked = Q(agency__in=agencies) | Q(agency__province__in=provinces, role__in=READING_ROLES)
        away = Exists(Absence.objects.today().filter(person=OuterRef("user")))
        there = Membership.objects.today().filter(asked).annotate(is_away=away)
        if len(cases) == 1:
            [case] = cases.values()
            there = there.filter(~shut_out_of(case, person="user"))
        else:
            self._shut = shut_doors(cases)
        columns = ("user_id", "agency_id", "role", "agency__province_id", "is_away", "user__is_active")
        for user, agency, role, province, is_away, is_active in there.values_list(*columns):
            self._in_office[agency, role].add(user)
            self._in_province[province, role].add(user)
            if is_away or not is_active:
                self._not_there.add(user)

    def meant_by(self, item: Item, case: Case) -> set[int]:
        """Return whom an item means: its holder and whoever acts for her, else everybody whose work it is."""
        if item["person"] is not None:
            return {item["person"]} | ({item["acting"]} if item.get("acting") else set())
        if item.get("province"):
            return self._open_to(case, self._in_province[item["province"], item["role"]])
        return self._open_to(case, self._in_office[item["agency"], item["role"]])

    def reached_by(self, item: Item, case: Case) -> set[int]:
        """Return whom an item means and, as long as none of them is there, those who answer for the work."""
        people = self.meant_by(item, case)
        if item["person"] is not None or item.get("province"):
            return people
        for those in self._upwards(item, case):
            # An officer who files for herself is told nothing of it.
            if people - self._not_there - {case.applicant_id}:
                break
            people |= self._open_to(case, those)
        return people

    def _upwards(self, item: Item, case: Case) -> Iterable[set[int]]:
        """Yield the approvers of the office, those of the case's desk and, unless it is sealed, those who supervise."""
        yield self._in_office[item["agency"], Role.APPROVER]
        yield self._in_office[case.desk_id, Role.APPROVER]
        if not case.sealed:
            yield self._in_province[case.province_id, Role.SUPERVISOR]

    def _open_to(self, case: Case, people: Collection[int]) -> set[int]:
        return {person for person in people if (case.pk, person) not in self._shut}


def items_for(event: TimelineEvent, person: int, agencies: Collection[int]) -> list[Mapping[str, Any]]:
    """Return the items of an event that wait for this person, or for an office she works at."""
    return [
        item
        for item in waiting_items(event)
        if item["person"] == person or (item["person"] is None and item["agency"] in agencies)
    ]


def her_item(event: TimelineEvent) -> Item | None:
    """Return the item of the applicant's own that an event opened."""
    return next((item for item in event.facts.get("opened", []) if item["holder"] == HERS), None)


def is_told(event: TimelineEvent, case: Case) -> bool:
    """Return whether the applicant hears of this event."""
    if event.verb == "decision_made":
        return told_key(event.facts) in service_of(case).told
    # What an officer sent for her at the counter she hears of, too.
    return event.verb in TOLD_TO_HER or (event.verb == "case_submitted" and event.on_behalf_of_id is not None)


def told_key(facts: Mapping[str, Any]) -> str:
    """Return under what name the service keeps its words for a decision."""
    return f"{facts['node']}.{facts['verdict']}"


def waiting_items(event: TimelineEvent) -> Iterable[Mapping[str, Any]]:
    """Yield the items that this event opened, let go on, handed to somebody, or brought her words to."""
    facts = event.facts
    yield from facts.get("opened", [])
    if "resumed" in facts:
        yield facts["resumed"]
    if "assigned" in facts:
        yield facts["assigned"]
    yield from facts.get("read_by", [])


def _fallen_away(event: TimelineEvent) -> Iterable[Mapping[str, Any]]:
    """Yield the items that nobody has to do any more."""
    if event.verb in ("case_withdrawn", "case_expired"):
        yield from event.facts.get("closed", [])
