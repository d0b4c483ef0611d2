"""Who held a case how long: every second belongs to one holder, and what is drawn adds up."""

import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import translation

from cases.models import Agency, InformationRequest
from project.demo.cast import Cast
from tests.conftest import THURSDAY
from tests.workflows.cutting import cut, names
from workflows.calendar import Calendar
from workflows.models import WorkItem
from workflows.queries import held as drawing
from workflows.queries.axis import WHOLE
from workflows.queries.held import Held, applicant, turns

HOUR = timedelta(hours=1)
CALENDAR = Calendar()


def an_item(agency: Agency, since: float, until: float | None, due: float, **more: object) -> WorkItem:
    """Return an unsaved item of an agency, in hours from the start."""
    return WorkItem(
        pk=random.Random(f"{since}{due}{agency.pk}").randrange(10**6),
        agency=agency,
        holder=WorkItem.Holder.AGENCY,
        status=WorkItem.Status.OPEN if until is None else WorkItem.Status.DONE,
        opened_at=THURSDAY + since * HOUR,
        finished_at=None if until is None else THURSDAY + until * HOUR,
        due_at=THURSDAY + due * HOUR,
        **more,
    )


def a_request(since: float, until: float | None, node: str = "") -> InformationRequest:
    """Return an unsaved question to her."""
    ended = None if until is None else THURSDAY + until * HOUR
    return InformationRequest(node=node, asked_at=THURSDAY + since * HOUR, ended_at=ended)


def held(
    items: list[WorkItem],
    requests: list[InformationRequest],
    calendar: Calendar,
    *,
    start: datetime,
    end: datetime,
    promised: datetime | None,
) -> Held:
    return drawing.held(
        cut(items, requests, start=start),
        names(items),
        requests,
        calendar,
        start=start,
        end=end,
        due=min((item.due_at for item in items if item.is_open), default=None),
        promised=promised,
    )


def told(items: list[WorkItem], requests: list[InformationRequest], *, hours: float = 100) -> Held:
    return held(items, requests, CALENDAR, start=THURSDAY, end=THURSDAY + hours * HOUR, promised=None)


@pytest.fixture
def justice(cast: Cast) -> Agency:
    return Agency.objects.get(code="HPG-STP")


@pytest.fixture
def finance(cast: Cast) -> Agency:
    return Agency.objects.get(code="HPG-STC")


def shares(found: Held) -> list[tuple[str, bool, float]]:
    return [(share.holder.name, share.late, share.seconds / 3600) for share in found.shares]


def test_of_branches_side_by_side_the_time_is_of_the_one_that_is_due_first(justice: Agency, finance: Agency) -> None:
    found = told([an_item(justice, 0, None, 300), an_item(finance, 0, 40, 200)], [])
    assert shares(found) == [("Sở Tài chính", False, 40), ("Sở Tư pháp", False, 60)]


def test_while_she_is_asked_the_time_is_hers_even_where_others_go_on(justice: Agency, finance: Agency) -> None:
    found = told([an_item(justice, 0, None, 300), an_item(finance, 0, 80, 200)], [a_request(10, 30)])
    assert shares(found) == [("Sở Tài chính", False, 60), ("Người nộp hồ sơ", False, 20), ("Sở Tư pháp", False, 20)]


def test_what_is_late_stands_apart_behind_its_holder(justice: Agency, finance: Agency) -> None:
    found = told([an_item(justice, 0, 60, 50), an_item(finance, 60, None, 300)], [])
    assert shares(found) == [("Sở Tư pháp", False, 50), ("Sở Tư pháp", True, 10), ("Sở Tài chính", False, 40)]
    assert [lane.late for lane in found.lanes] == [True, False]


def test_turns_are_drawn_in_the_order_of_time_where_the_lanes_have_them(justice: Agency, finance: Agency) -> None:
    found = told([an_item(justice, 0, 30, 90), an_item(finance, 30, 50, 90), an_item(justice, 50, None, 70)], [])
    assert [(block.kind, block.start, block.width) for block in found.blocks] == [
        ("agency", 0, 3000),
        ("agency", 3000, 2000),
        ("agency", 5000, 2000),
        ("late", 7000, 3000),
    ]
    late = next(span for lane in found.lanes for span in lane.spans if span.late)
    assert (late.x, late.w) == (found.blocks[-1].x, found.blocks[-1].w)


def test_every_block_with_room_has_its_days_and_the_table_has_them_all(justice: Agency, finance: Agency) -> None:
    found = told([an_item(justice, 0, 168, 90), an_item(finance, 168, 192, 400)], [], hours=192)
    # From Thursday to Monday, two days in time and late the other three; a narrow Wednesday to Thursday.
    assert [block.label for block in found.blocks] == ["2", "trễ 3", "1"]
    assert found.whole == "6 ngày"
    assert [lane.held for lane in found.lanes] == ["5 ngày", "1 ngày"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_two_words_stand_on_one_another_on_the_axis(justice: Agency, language: str) -> None:
    with translation.override(language):
        for due in range(10, 120, 5):
            found = held(
                [an_item(justice, 0, None, due)],
                [],
                CALENDAR,
                start=THURSDAY,
                end=THURSDAY + 100 * HOUR,
                promised=THURSDAY + due * HOUR,
            )
            ends = []
            for mark in found.marks:
                if mark.label:
                    place, wide = round(100 * float(mark.x[:-1])), 230 * len(mark.label)
                    left = {"start": place, "middle": place - wide // 2, "end": place - wide}[mark.anchor]
                    ends.append((left, left + wide))
            assert all(end <= begin for (_left, end), (begin, _right) in pairwise(sorted(ends)))
            assert min(ends)[0] >= 0


def test_where_nothing_is_open_the_time_is_of_the_house(justice: Agency) -> None:
    assert shares(told([an_item(justice, 10, None, 300)], []))[0] == ("Đồng Hành tự làm", False, 10)


def test_a_weekend_is_never_said_in_hours(justice: Agency) -> None:
    friday_to_sunday = held(
        [an_item(justice, 24, None, 300)],
        [],
        CALENDAR,
        start=THURSDAY + 24 * HOUR,
        end=THURSDAY + 80 * HOUR,
        promised=None,
    )
    assert [lane.held for lane in friday_to_sunday.lanes] == ["dưới 1 ngày"]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happened_seconds_days_and_drawing_add_up(justice: Agency, finance: Agency, seed: int) -> None:
    dice = random.Random(seed)
    items = []
    for _nth in range(dice.randint(0, 8)):
        since = dice.uniform(0, 400)
        until = dice.choice([None, since + dice.uniform(0, 400 - since)])
        items.append(an_item(dice.choice([justice, finance]), since, until, dice.uniform(-50, 600)))
    requests = [
        a_request(begin, min(begin + dice.uniform(1, 90), 400)) for begin in (50.0, 200.0)[: dice.randint(0, 2)]
    ]
    found = told(items, requests, hours=400)
    assert sum(share.seconds for share in found.shares) == found.seconds == sum(found.by_holder.values())
    assert sum(share.days for share in found.shares) == found.days
    assert sum(block.days for block in found.blocks) == found.days
    assert all(block.start + block.width == following.start for block, following in pairwise(found.blocks))
    assert (found.blocks[0].start, found.blocks[-1].start + found.blocks[-1].width <= WHOLE) == (0, True)
    passing = cut(items, requests, start=THURSDAY)
    taken = turns(passing, names(items), start=THURSDAY, end=THURSDAY + 400 * HOUR)
    assert (taken[0].since, taken[-1].until) == (THURSDAY, THURSDAY + 400 * HOUR)
    assert all(turn.until == following.since for turn, following in pairwise(taken))
    assert (applicant() in [turn.holder for turn in taken]) == bool(requests)


def test_a_case_of_one_moment_can_be_drawn(justice: Agency) -> None:
    found = held([], [], CALENDAR, start=THURSDAY, end=THURSDAY, promised=None)
    assert (found.shares, found.days) == ((), 0)
    one: datetime = THURSDAY + timedelta(seconds=1)
    assert held([an_item(justice, 0, None, 9)], [], CALENDAR, start=THURSDAY, end=one, promised=None).shares
