"""The clock by holder: every second is somebody's, everywhere the same, and it sums to the age of the case."""

import csv
import io
import json
import random
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cases.models import Agency, Case, Membership
from cases.queries.shares import (
    HERS,
    age_in_seconds,
    agency_key,
    in_words,
    outside_key,
    person_key,
    seconds_by_holder,
    shares_of,
    to_the_second,
)
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case
from tests.workflows.cutting import cut, names
from workflows import actions
from workflows.models import WorkItem
from workflows.queries.health import examine
from workflows.queries.held import turns
from workflows.queries.passing import Passing, passing_of
from workflows.queries.story import story

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


def agency(code: str) -> str:
    return agency_key(Agency.objects.get(code=code).pk)


def a_long_case(cast: Cast, at: datetime) -> Case:
    """Return a case that was asked, answered, advised outside and paid for."""
    answers = {"question_kind": "specific", "wants_cost_support": "yes", "adviser_fee": 5_000_000}
    case = a_case(cast.applicant, at=at, answers=answers)
    player.conclude(case, "intake", "accept", at=at + timedelta(hours=1, seconds=7))
    player.ask(case, "triage", question="Chị gửi thêm hợp đồng?", at=at + timedelta(hours=3, microseconds=999_999))
    player.reply(case, text="Em gửi.", at=at + timedelta(days=1, microseconds=5))
    player.conclude(case, "triage", "adviser", at=at + timedelta(days=1, hours=2))
    player.conclude(case, "refer_adviser", "refer", at=at + timedelta(days=1, hours=5), adviser=cast.expert.pk)
    player.conclude(case, "adviser_accept", "accept", at=at + timedelta(days=4))
    player.conclude(case, "ext_advice", "done", at=at + timedelta(days=7), answer="Đã tư vấn hai buổi cho chị.")
    player.conclude(case, "cost_propose", "propose", at=at + timedelta(days=8))
    player.conclude(case, "cost_approve", "approve", at=at + timedelta(days=8, hours=1))
    return case


def test_each_second_is_of_whom_the_case_waited_for(cast: Cast, at: datetime) -> None:
    case = a_long_case(cast, at)
    now = at + timedelta(days=10, microseconds=3)
    found = seconds_by_holder(case, at=now)
    commune = agency_key(Agency.objects.get(kind="HPN", commune=case.commune_id).pk)
    assert found == {
        commune: HOUR + 7,
        agency("HPG-HPN"): 2 * HOUR - 7 + 2 * HOUR,
        HERS: 21 * HOUR,
        agency("HPG-STP"): 3 * HOUR + DAY + HOUR,
        person_key(cast.expert.pk): 5 * DAY + 19 * HOUR,
        outside_key(Agency.objects.get(code="HPG-STP").pk): DAY + 23 * HOUR,
    }
    assert sum(found.values()) == age_in_seconds(case, at=now) == 10 * DAY


@pytest.mark.parametrize("seed", range(12))
def test_kept_told_and_drawn_are_the_same_to_the_second(cast: Cast, at: datetime, seed: int) -> None:
    """However a case went, at whatever microsecond."""
    dice = random.Random(seed)
    moment, case = at, a_case(cast.applicant, at=at)
    for _step in range(dice.randint(1, 6)):
        moment += timedelta(seconds=dice.uniform(0, 3 * DAY))
        items = list(WorkItem.objects.filter(case=case, status="open").select_related("case").order_by("pk"))
        if not items:
            break
        item = dice.choice(items)
        if dice.random() < 0.3 and case.state in ("submitted", "in_review") and item.node in ("triage", "draft"):
            player.ask(case, item.node, question="Chị gửi thêm hợp đồng?", at=moment)
            moment += timedelta(seconds=dice.uniform(0, 2 * DAY))
            player.reply(case, text="Em gửi.", at=moment)
        else:
            verdict = {"intake": "accept", "triage": "general", "draft": "drafted", "approve": "approve"}
            more: dict[str, Any] = {"consult_tax": True, "consult_finance": True} if item.node == "triage" else {}
            player.conclude(case, item.node, verdict.get(item.node, "opinion"), at=moment, **more)
            if case.state == "decided":
                break
    case = Case.objects.get(pk=case.pk)
    now = moment + timedelta(seconds=dice.uniform(0, DAY))
    told = story(case, at=now)
    assert told.agrees
    assert sum(told.held.by_holder.values()) == told.held.seconds == age_in_seconds(case, at=now)
    assert examine(at=now).findings == []


def test_without_a_pause_the_items_alone_tell_the_same(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at, consult_tax=True, consult_finance=True)
    player.conclude(case, "consult_tax", "opinion", at=at + timedelta(days=2))
    player.conclude(case, "draft", "drafted", at=at + timedelta(days=3))
    items = list(case.work_items.select_related("agency", "assignee").order_by("pk"))
    now = at + timedelta(days=4)

    def by_turns(passing: Passing) -> list[tuple[str, datetime, datetime]]:
        found = turns(passing, names(items), start=at, end=now)
        return [(turn.holder.name, turn.since, turn.until) for turn in found]

    again = cut(items, [], start=at)
    assert by_turns(passing_of(case.events.order_by("position"))) == by_turns(again)


def test_the_time_of_a_case_that_is_over_stands_still(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + timedelta(hours=5))
    case.refresh_from_db()
    for later in (5, 500):
        assert sum(seconds_by_holder(case, at=at + timedelta(hours=later)).values()) == 5 * HOUR
        assert age_in_seconds(case, at=at + timedelta(hours=later)) == 5 * HOUR


def test_the_time_of_a_case_older_than_the_clock_is_of_the_house(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + timedelta(hours=5))
    Case.objects.filter(pk=case.pk).update(shares={}, held_by="", held_since=None)
    case.refresh_from_db()
    shares = shares_of(case, at=at + timedelta(days=2))
    assert [(share.holder.kind, share.seconds) for share in shares.parts] == [("house", 5 * HOUR)]


def test_a_clock_that_jumps_back_takes_nothing_away(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at + timedelta(hours=1))
    player.conclude(case, "intake", "accept", at=at + timedelta(hours=3))
    player.conclude(case, "triage", "general", at=at + timedelta(hours=2))
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=at + timedelta(hours=2))
    case.refresh_from_db()
    assert sum(seconds_by_holder(case, at=at).values()) == age_in_seconds(case, at=at) == 2 * HOUR
    assert story(case, at=at + timedelta(days=1)).agrees
    assert examine(at=at + timedelta(days=1)).findings == []


def test_a_time_is_said_in_words_and_to_the_second() -> None:
    assert [in_words(seconds) for seconds in (5, 60, HOUR, HOUR + 61, DAY, 3 * DAY + 5 * HOUR + 9)] == [
        *("dưới 1 phút", "1 phút", "1 giờ", "1 giờ 1 phút", "1 ngày", "3 ngày 5 giờ"),
    ]
    assert [to_the_second(seconds) for seconds in (0, 3 * DAY + 4 * HOUR + 65)] == ["00:00:00", "3 ngày 04:01:05"]


def printed(text: str) -> tuple[int, int]:
    """Return (the sum of what is printed for each holder, the age that is printed), in seconds."""
    line = re.search(r"Tổng: (.*?)</p>", text, re.DOTALL)
    assert line is not None
    parts, _equals, age = re.sub(r"<[^>]+>", "", line[1]).partition(" = ")
    return sum(map(in_seconds, parts.split(" + "))), in_seconds(age)


def in_seconds(words: str) -> int:
    found = re.search(r"(?:(\d+) ngày )?(\d\d):(\d\d):(\d\d)", words)
    assert found is not None, words
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return days * DAY + hours * HOUR + minutes * MINUTE + seconds


def test_the_story_prints_a_sum_that_is_the_age(cast: Cast, at: datetime) -> None:
    case = a_long_case(cast, at)
    with time_machine.travel(at + timedelta(days=9, seconds=11), tick=False):
        text = signed_in(cast.supervisor).get(reverse("workflows:story", args=[case.key])).content.decode()
    assert printed(text) == (9 * DAY + 11, 9 * DAY + 11)
    assert "đúng bằng tuổi hồ sơ đến từng giây" in text


def test_what_was_kept_wrongly_is_said_on_the_story_and_by_check_cases(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    Case.objects.filter(pk=case.pk).update(shares={HERS: 5})
    with time_machine.travel(at + timedelta(days=1), tick=False):
        text = signed_in(cast.supervisor).get(reverse("workflows:story", args=[case.key])).content.decode()
    assert "Số ghi trên hồ sơ không khớp." in text
    findings = examine(at=at + timedelta(days=1)).findings
    assert [line.partition(": ")[2] for line in findings] == [
        f"the holders had it for {DAY - 60 + 5} seconds, it is {DAY} seconds old",
        "the time of its holders is not what its events tell",
    ]


def test_a_holder_who_is_not_the_one_it_waits_for_is_a_finding(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    Case.objects.filter(pk=case.pk).update(held_by=HERS)
    findings = examine(at=at + timedelta(days=1)).findings
    assert f"{case}: its time is counted for hers, it is with {agency('HPG-HPN')}" in findings


def test_the_register_says_who_has_it_and_who_had_it_longest(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant, at_node="triage", at=at)
    ended = a_case(cast.applicant, at=at)
    actions.withdraw(ended, applicant=cast.applicant, key=uuid4(), at=at + timedelta(hours=5))
    with time_machine.travel(at + timedelta(days=3, minutes=1), tick=False):
        text = signed_in(cast.supervisor).get(reverse("cases:register")).content.decode()
    assert "Hội Phụ nữ thành phố giữ 3 ngày" in text
    assert "lâu nhất: Hội Phụ nữ phường Lê Chân, 5 giờ" in text


def test_the_office_reads_the_shares_on_its_page_of_the_case(cast: Cast, at: datetime) -> None:
    case = a_long_case(cast, at)
    with time_machine.travel(at + timedelta(days=9), tick=False):
        text = signed_in(cast.city_officer).get(reverse("workflows:office_case", args=[case.key])).content.decode()
    values = [int(value) for value in re.findall(r'<data value="(\d+)"', text)]
    assert (sum(values[:-1]), values[-1]) == (9 * DAY, 9 * DAY)
    assert cast.expert.full_name in text


def test_she_reads_no_name_of_an_adviser_among_the_shares(cast: Cast, at: datetime) -> None:
    case = a_long_case(cast, at)
    shares = [share.holder.name for share in shares_of(case, at=at + timedelta(days=9), to_her=True).parts]
    assert "Chị" in shares
    assert "Tư vấn viên" in shares
    assert cast.expert.full_name not in shares


def exported(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_in_the_register_as_a_file_the_columns_sum_to_the_age(cast: Cast, at: datetime) -> None:
    a_long_case(cast, at)
    a_case(cast.another_applicant, at=at)
    with time_machine.travel(at + timedelta(days=9, seconds=5), tick=False):
        head, *lines = exported(signed_in(cast.supervisor).post("/giam-sat/ho-so.csv"))
    first = head.index("Người nộp giữ (giây)")
    assert head[-1] == "Tuổi hồ sơ (giây)"
    assert len(head) - first == 7
    for line in lines:
        numbers = [int(cell) for cell in line[first:]]
        assert sum(numbers[:-1]) == numbers[-1] == 9 * DAY + 5
    assert [int(line[first]) for line in lines] == [0, 21 * HOUR]
    # Before the seconds, the same as one says it.
    assert [line[head.index("Người nộp giữ")] for line in lines] == ["", "21 giờ"]
    assert {line[head.index("Tuổi hồ sơ (ngày lịch)")] for line in lines} == {"9 ngày"}


def test_the_files_of_a_story_carry_the_same_sum(cast: Cast, at: datetime) -> None:
    case = a_long_case(cast, at)
    client = signed_in(cast.supervisor)
    with time_machine.travel(at + timedelta(days=9), tick=False):
        lines = exported(client.get(reverse("workflows:story_csv", args=[case.key])))
        body = b"".join(client.get(reverse("workflows:story_json", args=[case.key])).streaming_content)  # type: ignore[attr-defined]
        pdf = client.get(reverse("workflows:story_pdf", args=[case.key]))
    held = [int(line[7]) for line in lines[1:] if line[7]]
    assert lines[-1][6] == "9 ngày 00:00:00"
    assert {line[5] for line in lines[1:] if line[0]} == {"không bị sửa"}
    assert sum(held[:-1]) == held[-1] == 9 * DAY
    told = json.loads(body)
    assert sum(share["seconds"] for share in told["held"]) == told["age_seconds"] == 9 * DAY
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]


def test_a_member_who_left_changes_no_time(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    Membership.objects.filter(user=cast.justice_officer).update(until=at.date())
    case.refresh_from_db()
    assert story(case, at=at + timedelta(days=1)).agrees
