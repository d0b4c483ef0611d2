"""Who learns at once that something changed, and through which gate.

An open page asks for topics: its worklist, its overview, its inbox, a case. What it is sent is the name of a topic and
nothing else; what changed it fetches through the same gate as ever. Groups are narrow, so that nobody hears that
something happened who could not see what: a person, a role in an office, a case, the supervisors of a province.

A sealed case stands in no list of an office or a province, so neither hears of it: only its applicant, whoever holds
it by name, and the approvers of the office where it lies, whose worklist shows it. The step that seals it is silent,
too; the page of a colleague that still shows it answers 404 from then on.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.db import transaction
from django.http import HttpRequest

from cases.models import Agency, Case, Role, TimelineEvent, User
from cases.policy import READING_ROLES, WORKING_ROLES, reading, standing, visible_cases
from cases.queries.whereabouts import AMONG_COLLEAGUES
from notifications.messenger import messenger

WORKLIST, OVERVIEW, INBOX, CASE = "worklist", "overview", "inbox", "case:"
# No page shows more.
MOST_TOPICS = 10

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
Hints = Mapping[str, Collection[str]]


class Admission(NamedTuple):
    """What an open page may be told: whose it is, its topics, and the groups in which it hears of them."""

    person: int
    topics: frozenset[str]
    groups: frozenset[str]


def of_person(person: int) -> str:
    """Return the group of one person's open pages."""
    return f"person.{person}"


def of_office(agency: int, role: str) -> str:
    """Return the group of those who do this in an office."""
    return f"office.{agency}.{role}"


def of_province(code: str) -> str:
    """Return the group of those who supervise a province."""
    return f"province.{code}"


def of_case(key: UUID) -> str:
    """Return the group of the pages on which a case is open."""
    return f"case.{key.hex}"


def of_her_case(key: UUID) -> str:
    """Return the group of the pages on which its applicant has a case open: she hears of no note of colleagues."""
    return f"case.hers.{key.hex}"


def of_session(session_key: str) -> str:
    """Return the group of the pages of one sign-in; its key itself never leaves the database."""
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()}"


# --- the gate -----------------------------------------------------------------------------------------------


def admit_session(session_key: str | None, asked: Iterable[str]) -> Admission | None:
    """Return what whoever is signed in by this session may hear; None when nobody is, or no longer."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    return admit(user, asked) if isinstance(user, User) else None


def admit(user: User, asked: Iterable[str]) -> Admission:
    """Return what of the asked topics is this person's to hear; what is not hers is left out without a word."""
    doors = {topic: _groups(user, topic) for topic in [*dict.fromkeys(asked)][:MOST_TOPICS]}
    groups: set[str] = set().union(*doors.values())
    return Admission(user.pk, frozenset(topic for topic, behind in doors.items() if behind), frozenset(groups))


def _groups(user: User, topic: str) -> set[str]:
    if topic == INBOX:
        return {of_person(user.pk)}
    if topic == WORKLIST:
        held = standing(user)
        offices = {of_office(agency, role) for agency, role in held if role in WORKING_ROLES}
        return offices | {of_person(user.pk)} if held else set()
    if topic == OVERVIEW:
        agencies = [agency for agency, role in standing(user) if role in READING_ROLES]
        provinces = Agency.objects.filter(pk__in=agencies).values_list("province", flat=True)
        return {of_province(code) for code in provinces if code}
    if topic.startswith(CASE) and (key := _key(topic)):
        case = visible_cases(user).filter(key=key).first()
        # That something happened is itself more than a body outside was handed.
        if case is None or reading(user, case).is_in_part:
            return set()
        return {of_her_case(key) if case.applicant_id == user.pk else of_case(key)}
    return set()


def _key(topic: str) -> UUID | None:
    try:
        return UUID(topic.removeprefix(CASE))
    except ValueError:
        return None


# --- the hints ----------------------------------------------------------------------------------------------


def events_happened(*, events: Sequence[TimelineEvent], **_signal: Any) -> None:
    """Once the step is committed, tell the pages that show what it changed."""
    hints: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for group, topics in hints_of(event, event.case).items():
            hints[group].update(topics)
    tell_after_commit(hints)


def inboxes_filled(told: Iterable[tuple[TimelineEvent, Collection[int]]]) -> None:
    """Once the step is committed, tell these people's pages that a notice came."""
    filled: set[int] = set()
    for event, people in told:
        if event.case.sealed:
            named = {item["person"] for item in _items(event.facts)}
            people = {person for person in people if person in named or person == event.case.applicant_id}
        filled.update(people)
    tell_after_commit({of_person(person): {INBOX} for person in filled})


def hints_of(event: TimelineEvent, case: Case) -> Hints:
    """Return the topics that an event changes, by the group that hears of it; nothing is read for it."""
    hints: dict[str, set[str]] = defaultdict(set)
    hints[of_case(case.key)].add(f"{CASE}{case.key}")
    if event.verb not in AMONG_COLLEAGUES:
        hints[of_her_case(case.key)].add(f"{CASE}{case.key}")
    for item in _items(event.facts):
        if item["person"] is not None:
            hints[of_person(item["person"])].add(WORKLIST)
        if item["agency"] is not None:
            hints[of_office(item["agency"], Role.APPROVER if case.sealed else item["role"])].add(WORKLIST)
    if event.facts.get("held_before") is not None:
        hints[of_person(event.facts["held_before"])].add(WORKLIST)
    if event.agency_id is not None:
        # Of a step that neither opened nor closed anything, such as taking it into one's own hands.
        for role in (Role.APPROVER,) if case.sealed else WORKING_ROLES:
            hints[of_office(event.agency_id, role)].add(WORKLIST)
    if case.province_id is not None and not case.sealed:
        hints[of_province(case.province_id)].add(OVERVIEW)
    return hints


def tell_after_commit(hints: Hints) -> None:
    """Lay the hints down for the messenger once the transaction is committed, and never if it is not."""
    messages = {group: {"type": "hint", "topics": sorted(topics)} for group, topics in hints.items()}
    transaction.on_commit(partial(messenger.carry, messages), robust=True)


def signed_out(*, request: HttpRequest, **_signal: Any) -> None:
    """Close every page of a sign-in that ends: nothing more is said to it."""
    if request.session.session_key:
        messenger.carry({of_session(request.session.session_key): {"type": "ended"}})


def _items(facts: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every work item that an event describes, under whatever name."""
    for value in facts.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping) and {"item", "agency", "person", "role"} <= one.keys():
                yield one
