"""Every class of rewriting the record, by somebody who has the database but not the key: plain SQL, no triggers."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, models

from cases.models.case import Case, CaseState
from cases.models.people import User
from cases.models.timeline import Anchor, TimelineEvent, seal_of_chain, writing_key

TAMPERINGS: dict[str, Callable[[Random], None]] = {}

# A position and an id that nothing in a test's record has.
SPARE = 1_000_000


def tamper(kind: str, seed: int) -> None:
    """Make one tampering of a class; the same seed makes the same one."""
    TAMPERINGS[kind](Random(f"{kind} {seed}"))


def tampering(make: Callable[[Random], None]) -> Callable[[Random], None]:
    """Enter a class of tampering under its function's name."""
    TAMPERINGS[make.__name__] = make
    return make


# --- the tools ------------------------------------------------------------------------------------------------


def run(sql: str, *values: Any) -> None:
    """Run a statement, which must hit something."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount > 0, sql


def prepared(row: models.Model, values: dict[str, Any]) -> dict[str, Any]:
    """Return what to write by column, as the database wants it."""
    fields = [field for field in row._meta.concrete_fields if field.name in values]
    return {str(field.column): field.get_db_prep_save(values[field.name], connection) for field in fields}


def put(row: models.Model, **values: Any) -> None:
    """Overwrite some columns of a row."""
    columns = prepared(row, values)
    into = ", ".join(f"{column} = %s" for column in columns)
    run(f"UPDATE {row._meta.db_table} SET {into} WHERE id = %s", *columns.values(), row.pk)


def insert_like(row: models.Model, **values: Any) -> None:
    """Insert a copy of a row in which some columns differ."""
    columns, table = prepared(row, values), row._meta.db_table
    kept = [str(field.column) for field in row._meta.concrete_fields if field.column not in {"id", *columns}]
    into, taken = ", ".join([*kept, *columns]), ", ".join(kept + ["%s"] * len(columns))
    run(f"INSERT INTO {table} ({into}) SELECT {taken} FROM {table} WHERE id = %s", *columns.values(), row.pk)


def delete(*rows: models.Model) -> None:
    """Delete rows."""
    for row in rows:
        run(f"DELETE FROM {row._meta.db_table} WHERE id = %s", row.pk)


def move(row: models.Model, pk: int) -> None:
    """Give a row another id."""
    run(f"UPDATE {row._meta.db_table} SET id = %s WHERE id = %s", pk, row.pk)


def swap_ids(one: models.Model, other: models.Model) -> None:
    """Let two rows change places in the order of their ids."""
    one_pk, other_pk = one.pk, other.pk
    move(one, SPARE)
    move(other, one_pk)
    one.pk = SPARE
    move(one, other_pk)


def hex64(random: Random) -> str:
    """Return something that looks like a MAC."""
    return f"{random.getrandbits(256):064x}"


def some(model: type[models.Model], random: Random) -> Any:
    """Return any row of a table."""
    return random.choice(list(model._default_manager.order_by("pk")))


def some_case(random: Random, least: int = 1) -> tuple[Case, list[TimelineEvent]]:
    """Return any case of at least so many events, and its events."""
    case = random.choice(list(Case.objects.filter(event_count__gte=least).order_by("pk")))
    return case, list(TimelineEvent.objects.filter(case=case).order_by("position"))


def two_of(rows: list[Any], random: Random) -> list[Any]:
    """Return two of the rows in their order."""
    return [rows[index] for index in sorted(random.sample(range(len(rows)), 2))]


# --- one column changed ---------------------------------------------------------------------------------------

NEW_EVENT_VALUE: dict[str, Callable[[TimelineEvent, Random], Any]] = {
    "verb": lambda event, random: random.choice(["case_withdrawn", event.verb.title()]),
    "facts": lambda event, random: random.choice([{}, event.facts | {"item": random.randint(1001, 2000)}]),
    "at": lambda event, random: event.at + timedelta(microseconds=10 ** random.randrange(14)),
    "actor": lambda event, random: random.choice([None, User.objects.exclude(pk=event.actor_id or 0)[0].pk]),
    "agency": lambda event, random: None,
    "on_behalf_of": lambda event, random: event.actor_id,
    "position": lambda event, random: event.case.event_count + random.randint(1, 3),
    "key": lambda event, random: random.choice([None, UUID(int=random.getrandbits(128))]),
    "key_id": lambda event, random: random.choice(["", "k0", "K1"]),
    "mac": lambda event, random: random.choice(["", "đ", hex64(random), event.mac[::-1]]),
}
NEW_ANCHOR_VALUE: dict[str, Callable[[Anchor, Random], Any]] = {
    "taken_at": lambda anchor, random: anchor.taken_at - timedelta(days=random.randint(1, 99)),
    "last_event_id": lambda anchor, random: anchor.last_event_id + random.choice([-1, 1, SPARE]),
    "cases": lambda anchor, random: anchor.cases - 1,
    "events": lambda anchor, random: anchor.events + random.choice([-1, 1]),
    "digest": lambda anchor, random: hex64(random),
    "key_id": lambda anchor, random: random.choice(["", "k0", "K1"]),
    "mac": lambda anchor, random: random.choice(["", hex64(random), anchor.mac[::-1]]),
}
NEW_CASE_VALUE: dict[str, Callable[[Case, Random], Any]] = {
    "event_count": lambda case, random: case.event_count + random.choice([-1, 1]),
    "chain_head": lambda case, random: hex64(random),
    "chain_seal": lambda case, random: random.choice(["", "k0:", f"k1:{hex64(random)}"]),
}


NEW_VALUE: dict[type[models.Model], dict[str, Callable[[Any, Random], Any]]] = {
    TimelineEvent: NEW_EVENT_VALUE,
    Anchor: NEW_ANCHOR_VALUE,
    Case: NEW_CASE_VALUE,
}


def column_changed(model: type[models.Model], name: str, random: Random) -> None:
    """Write another value into one column of any row."""
    row = some(model, random)
    put(row, **{name: NEW_VALUE[model][name](row, random)})


for model, values in NEW_VALUE.items():
    for name in values:
        TAMPERINGS[f"{model.__name__} {name} changed"] = partial(column_changed, model, name)


# --- events deleted, inserted, moved --------------------------------------------------------------------------


@tampering
def event_remade_under_a_key_of_their_own(random: Random) -> None:
    # `mac()` answers '' for a key that we do not have.
    put(some(TimelineEvent, random), verb="case_withdrawn", key_id="k0", mac="")


@tampering
def first_event_deleted(random: Random) -> None:
    delete(some_case(random)[1][0])


@tampering
def middle_event_deleted(random: Random) -> None:
    delete(random.choice(some_case(random)[1][1:-1]))


@tampering
def middle_event_deleted_and_the_gap_closed(random: Random) -> None:
    case, events = some_case(random)
    gone = random.choice(events[1:-1])
    delete(gone)
    for event in events[gone.position :]:
        put(event, position=event.position - 1)
    put(case, event_count=case.event_count - 1)


@tampering
def last_event_deleted(random: Random) -> None:
    delete(some_case(random)[1][-1])


@tampering
def event_added(random: Random) -> None:
    case, events = some_case(random)
    insert_like(events[-1], position=case.event_count + 1, key=None, mac=hex64(random))


@tampering
def event_added_and_the_case_moved_to_it(random: Random) -> None:
    case, events = some_case(random)
    head = hex64(random)
    insert_like(events[-1], position=case.event_count + 1, key=None, mac=head)
    put(case, event_count=case.event_count + 1, chain_head=head)


@tampering
def event_repeated(random: Random) -> None:
    case, events = some_case(random)
    insert_like(random.choice(events), position=case.event_count + 1, key=None)


@tampering
def event_squeezed_in(random: Random) -> None:
    _case, events = some_case(random)
    where = random.randrange(len(events))
    for event in reversed(events[where:]):
        put(event, position=event.position + 1)
    insert_like(events[where], position=where + 1, key=None, mac=hex64(random))


@tampering
def event_given_to_another_case(random: Random) -> None:
    (_case, events), (other, _events) = some_case(random), some_case(random)
    put(events[-1], case=other.pk, position=other.event_count + 1)


@tampering
def contents_of_two_events_swapped(random: Random) -> None:
    one, other = two_of(some_case(random)[1], random)
    put(one, facts=other.facts, verb=other.verb, at=other.at)
    put(other, facts=one.facts, verb=one.verb, at=one.at)


@tampering
def positions_of_two_events_swapped(random: Random) -> None:
    one, other = two_of(some_case(random)[1], random)
    put(one, position=SPARE)
    put(other, position=one.position)
    put(one, position=other.position)


@tampering
def places_of_two_events_swapped(random: Random) -> None:
    swap_ids(*two_of(some_case(random)[1], random))


@tampering
def event_moved_past_an_anchor(random: Random) -> None:
    # Only the newest anchor stands after the last event of every case.
    move(some_case(random)[1][-1], SPARE)


# --- tails cut off --------------------------------------------------------------------------------------------


def cut_off(random: Random) -> tuple[Case, int, str]:
    """Delete a case's last events; return what its count and head once were."""
    case, events = some_case(random, least=2)
    count = random.randrange(1, len(events))
    delete(*events[count:])
    return case, count, events[count - 1].mac


@tampering
def tail_cut_off(random: Random) -> None:
    cut_off(random)


@tampering
def tail_cut_off_and_head_rewound(random: Random) -> None:
    case, count, head = cut_off(random)
    put(case, event_count=count, chain_head=head)


@tampering
def tail_cut_off_and_seal_invented(random: Random) -> None:
    case, count, head = cut_off(random)
    seal = random.choice([f"k1:{hex64(random)}", "k0:", ":", ""])
    put(case, event_count=count, chain_head=head, chain_seal=seal)


@tampering
def tail_cut_off_and_seal_of_another_case(random: Random) -> None:
    case, count, head = cut_off(random)
    other = random.choice(list(Case.objects.exclude(pk=case.pk)))
    put(case, event_count=count, chain_head=head, chain_seal=other.chain_seal)


@tampering
def tail_cut_off_and_old_seal_replayed(random: Random) -> None:
    """Put back all that the row once truly carried, from an old backup: only an anchor tells."""
    case, count, head = cut_off(random)
    seal = seal_of_chain(writing_key(), case.pk, count, head)
    put(case, event_count=count, chain_head=head, chain_seal=seal)


# --- whole cases ----------------------------------------------------------------------------------------------


@tampering
def case_deleted_whole(random: Random) -> None:
    case, events = some_case(random)
    delete(*events, case)


@tampering
def case_deleted_and_its_events_left(random: Random) -> None:
    delete(some_case(random)[0])


@tampering
def all_events_of_a_case_deleted(random: Random) -> None:
    delete(*some_case(random)[1])


@tampering
def filed_case_left_without_events(random: Random) -> None:
    case, events = some_case(random)
    delete(*events)
    put(case, event_count=0, chain_head="", chain_seal="")


@tampering
def case_made_a_draft_again(random: Random) -> None:
    """Leave what every new draft looks like: only an anchor tells."""
    case, events = some_case(random)
    delete(*events)
    put(case, event_count=0, chain_head="", chain_seal="", state=CaseState.DRAFT)


@tampering
def everything_deleted(random: Random) -> None:
    delete(*TimelineEvent.objects.all(), *Case.objects.all())


# --- anchors --------------------------------------------------------------------------------------------------


@tampering
def earlier_anchor_deleted(random: Random) -> None:
    delete(random.choice(list(Anchor.objects.order_by("pk"))[:-1]))


@tampering
def newest_anchors_deleted(random: Random) -> None:
    """Leave a shorter, whole chain of anchors, or none: only paper tells."""
    delete(*list(Anchor.objects.order_by("pk"))[random.randrange(Anchor.objects.count()) :])


@tampering
def case_deleted_with_the_anchors_that_saw_it(random: Random) -> None:
    case_deleted_whole(random)
    delete(*Anchor.objects.all())


@tampering
def case_deleted_and_anchors_corrected(random: Random) -> None:
    case, events = some_case(random)
    delete(*events, case)
    for anchor in Anchor.objects.all():
        seen = sum(event.pk <= anchor.last_event_id for event in events)
        put(anchor, cases=anchor.cases - 1, events=anchor.events - seen, digest=hex64(random))


@tampering
def anchor_remade_under_a_key_of_their_own(random: Random) -> None:
    put(some(Anchor, random), digest=hex64(random), key_id="k0", mac="")


@tampering
def anchor_repeated(random: Random) -> None:
    insert_like(some(Anchor, random))


@tampering
def anchors_swapped(random: Random) -> None:
    swap_ids(*two_of(list(Anchor.objects.order_by("pk")), random))


# --- values that no code of ours writes -----------------------------------------------------------------------


def unreadable_value(random: Random) -> None:
    column = random.choice(["at", "position", "key"])
    run(f"UPDATE cases_timelineevent SET {column} = 'tôi' WHERE id = %s", some(TimelineEvent, random).pk)


if connection.vendor == "sqlite":
    tampering(unreadable_value)
