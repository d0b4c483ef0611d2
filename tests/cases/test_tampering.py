"""Whoever rewrites the record without the key is found; and what is whole is never called bad."""

import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from cases import append_only
from cases.models.case import Case
from cases.models.timeline import Anchor, TimelineEvent
from cases.queries.timeline import take_anchor, verify, verify_case
from tests.cases import tamperings
from tests.cases.tamperings import TAMPERINGS, put, tamper
from tests.cases.timelines import NOON, Timelines

pytestmark = pytest.mark.django_db


@pytest.fixture
def timelines() -> Timelines:
    """Five cases that went on between four anchors, and nothing that hinders plain SQL."""
    made = Timelines()
    cases = [made.case(events) for events in (3, 4, 5, 6, 7)]
    for going_on in (cases[:2], cases[2:], cases):
        take_anchor(NOON)
        for case in going_on:
            made.go_on(case)
    take_anchor(NOON)
    # PostgreSQL touches no table while a foreign key waits for the end of the transaction.
    connection.check_constraints()
    # They come back when the test's transaction is rolled back.
    append_only.remove(connection)
    return made


def codes(paper: dict[int, str] | None = None) -> set[str]:
    """Return the codes of all that is found."""
    return {finding.code for finding in verify(NOON, paper=paper).findings}


def missed(seeds: range) -> tuple[int, list[str]]:
    """Make every class of tampering once per seed, each undone again; return how many, and those not found."""
    paper = dict(Anchor.objects.values_list("pk", "mac"))
    not_found = []
    for kind in TAMPERINGS:
        for seed in seeds:
            before = transaction.savepoint()
            tamper(kind, seed)
            if not codes(paper):
                not_found.append(f"{kind} {seed}")
            transaction.savepoint_rollback(before)
    assert codes(paper) == set()
    return len(TAMPERINGS) * len(seeds), not_found


def test_every_class_of_tampering_is_found(timelines: Timelines) -> None:
    assert missed(range(2))[1] == []


@pytest.mark.prove
def test_a_thousand_tamperings_are_found(timelines: Timelines, capsys: pytest.CaptureFixture[str]) -> None:
    made, not_found = missed(range(1000 // len(TAMPERINGS) + 1))
    with capsys.disabled():
        sys.stdout.write(f"\ntamperings: {made} made, {made - len(not_found)} found\n")
    assert made >= 1000
    assert not_found == []


@pytest.mark.parametrize(
    "kind", ["tail_cut_off_and_old_seal_replayed", "case_deleted_whole", "case_made_a_draft_again"]
)
def test_a_past_that_once_was_true_is_found_by_later_anchors_only(timelines: Timelines, kind: str) -> None:
    before = transaction.savepoint()
    tamper(kind, seed=1)
    assert codes() == {"anchor_unmet"}
    transaction.savepoint_rollback(before)
    Anchor.objects.all().delete()
    tamper(kind, seed=1)
    assert codes() == set()


def test_newest_anchors_deleted_are_found_on_paper_only(timelines: Timelines) -> None:
    paper = {anchor.pk: anchor.mac for anchor in [Anchor.objects.latest("pk")]}
    tamper("newest_anchors_deleted", seed=1)
    assert codes() == set()
    assert codes(paper) == {"anchor_unlike_paper"}


def test_a_changed_event_is_named_and_the_next_ones_are_not(timelines: Timelines) -> None:
    event = TimelineEvent.objects.filter(position=2)[0]
    put(event, facts={})
    [finding] = verify(NOON).findings
    assert str(finding) == f"event_changed case={event.case_id} position=2"


def test_one_pass_asks_the_database_three_times_however_long_the_record(
    timelines: Timelines, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        verify(NOON)


def test_a_case_says_for_itself_whether_it_is_whole(timelines: Timelines) -> None:
    case = Case.objects.earliest("pk")
    assert verify_case(case, NOON).intact
    assert verify_case(case, NOON).events == case.event_count
    put(TimelineEvent.objects.get(case=case, position=2), verb="case_withdrawn")
    assert verify_case(case, NOON).bad_positions == (2,)
    assert not verify_case(case, NOON).intact


def test_a_case_that_moved_since_it_was_read_is_whole(timelines: Timelines) -> None:
    read = Case.objects.earliest("pk")
    timelines.go_on(Case.objects.get(pk=read.pk))
    assert verify_case(read, NOON).intact


def test_a_case_without_its_tail_is_not_whole(timelines: Timelines) -> None:
    case = Case.objects.earliest("pk")
    tamperings.delete(TimelineEvent.objects.filter(case=case).latest("pk"))
    assert not verify_case(case, NOON).intact


def test_a_new_key_writes_while_the_old_one_still_verifies(timelines: Timelines, settings: Settings) -> None:
    settings.CHAIN_KEYS = {**settings.CHAIN_KEYS, "k2": "another key"}
    for case in Case.objects.order_by("pk")[:3]:
        timelines.go_on(case)
        take_anchor(NOON)
    assert codes() == set()
    settings.CHAIN_KEYS = {"k2": "another key"}
    assert codes() == {"event_changed", "anchor_changed", "case_seal_changed"}


# --- the command ----------------------------------------------------------------------------------------------


def verify_timeline(*arguments: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines."""
    out, code = StringIO(), 0
    try:
        call_command("verify_timeline", *arguments, stdout=out)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    return code, out.getvalue().splitlines()


def test_the_command_counts(timelines: Timelines) -> None:
    events = TimelineEvent.objects.count()
    assert verify_timeline() == (0, [f"{events} events verified, 0 bad"])
    tamper("last_event_deleted", seed=1)
    code, lines = verify_timeline("--anchor")
    assert code == 1
    assert lines[-1] == f"{events - 1} events verified, {len(lines) - 1} bad"
    assert Anchor.objects.count() == 4


def test_the_command_anchors_prints_and_reads_paper(timelines: Timelines) -> None:
    code, [printed, _count] = verify_timeline("--anchor", "--print-anchor")
    assert code == 0
    assert Anchor.objects.count() == 5
    assert verify_timeline("--paper", printed)[0] == 0
    tamperings.delete(Anchor.objects.latest("pk"))
    assert verify_timeline()[0] == 0
    code, lines = verify_timeline("--paper", printed)
    assert (code, lines[0].split()[0]) == (1, "anchor_unlike_paper")
