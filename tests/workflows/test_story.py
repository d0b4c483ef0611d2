"""The whole story of one case, for those who supervise."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import AccessRecord, Case
from cases.queries.timeline import verify_case
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.exports import slip, story_as_pdf
from workflows.flows.registry import graph_for
from workflows.queries.diagram import diagram_of
from workflows.queries.story import lines_of, story


def address(case: Case) -> str:
    return reverse("workflows:story", args=[case.key])


def test_only_supervisors_and_auditors_read_it(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    for part, person in cast.people():
        status = signed_in(person).get(address(case)).status_code
        assert (part, status) == (part, 200 if part in ("supervisor", "auditor") else 404)


def test_a_sealed_case_and_a_draft_have_no_story_page(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    assert signed_in(cast.supervisor).get(address(case)).status_code == 404


def test_a_supervisor_does_not_supervise_her_own_case(cast: Cast) -> None:
    assert signed_in(cast.supervisor).get(address(a_case(cast.supervisor))).status_code == 404


def test_the_reading_is_written_down(cast: Cast) -> None:
    case = a_case(cast.applicant)
    signed_in(cast.supervisor).get(address(case))
    record = AccessRecord.objects.get(case=case)
    assert (record.person, record.part, record.purpose) == (cast.supervisor, "timeline", "supervise")


def test_it_tells_who_did_what_when_with_the_words_but_no_sealed_ones(cast: Cast, at: datetime) -> None:
    why = "Tôi phải đi khỏi nhà."
    case = a_case(cast.applicant, at_node="draft", answers={"priority": "yes", "priority_reason": why})
    player.ask(case, "draft", question="Hợp đồng ký ngày nào?", at=at + timedelta(days=1))
    player.reply(case, text="Ngày 3 tháng 2.", at=at + timedelta(days=5))
    player.conclude(case, "draft", "drafted", at=at + timedelta(days=6), answer="Chị lập hoá đơn khi giao hàng.")
    text = signed_in(cast.supervisor).get(address(case)).content.decode()
    for words in (
        "Người nộp gửi hồ sơ",
        "Phạm Thị Hoa",
        "Hợp đồng ký ngày nào?",
        "Ngày 3 tháng 2.",
        "Chị lập hoá đơn khi giao hàng.",
        "Diễn biến nguyên vẹn",
    ):
        assert words in text
    assert why not in text


def test_a_changed_line_is_marked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(cast.applicant, at_node="triage")

    def find_a_change(case: Case, at: datetime) -> Any:
        return replace(verify_case(case, at), intact=False, bad_positions=(2,))

    monkeypatch.setattr("workflows.queries.story.verify_case", find_a_change)
    text = signed_in(cast.supervisor).get(address(case)).content.decode()
    assert "Có dòng bị thay đổi" in text
    assert text.count("Dòng này đã bị thay đổi.") == 1


def test_the_time_of_each_holder_is_counted_in_working_days_and_hers_apart(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    player.conclude(case, "intake", "accept", at=at + timedelta(days=1))  # Friday
    player.ask(case, "triage", question="Hỏi gì?", at=at + timedelta(days=4))  # Monday
    player.reply(case, text="Đây.", at=at + timedelta(days=7))  # Thursday
    told = story(case, at=at + timedelta(days=8)).held  # Friday
    days = {lane.holder.name: lane.days for lane in told.lanes}
    assert days == {"Hội Phụ nữ phường Lê Chân": 1, "Hội Phụ nữ thành phố": 2, "Người nộp hồ sơ": 3}
    assert told.days == sum(days.values())
    assert [lane.holder.name for lane in told.lanes if lane.holds_now] == ["Hội Phụ nữ thành phố"]


def test_holidays_stand_among_the_lines_so_that_the_days_add_up(cast: Cast) -> None:
    monday, thursday = (datetime(2026, 11, day, 9, 0).astimezone() for day in (23, 26))
    case = a_case(cast.applicant, at=monday)
    told = story(case, at=thursday)
    assert [(line.words, f"{line.at.astimezone():%d/%m}") for line in told.holidays] == [
        ("Nghỉ lễ, không tính: " + told.holidays[0].words.partition(": ")[2], "24/11")
    ]
    assert told.held.days == 2  # Wednesday and Thursday
    with time_machine.travel(thursday, tick=False):
        assert "Nghỉ lễ, không tính" in signed_in(cast.supervisor).get(address(case)).content.decode()


def test_the_moment_in_which_a_step_became_late_is_a_line(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    assert "Quá hạn: Đọc và tiếp nhận" not in [line.words for line in story(case, at=at).lines]
    assert "Quá hạn: Đọc và tiếp nhận" in [line.words for line in story(case, at=at + timedelta(days=5)).lines]


def test_messages_and_notes_stand_as_facts_without_their_words(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage")
    item = item_at(case, "triage")
    actions.write_to_office(case, applicant=cast.applicant, words="Tôi bận ngày mai.", key=uuid4(), at=at)
    actions.note(item, reviewer=cast.city_officer, words="Xem lại hợp đồng.", key=uuid4(), at=at)
    text = signed_in(cast.supervisor).get(address(case)).content.decode()
    assert "Tôi bận ngày mai." not in text
    assert "Xem lại hợp đồng." not in text
    assert [line.event.verb for line in lines_of(case)][:2] == ["note_written", "message_sent"]


def test_how_long_it_usually_takes_is_said_once_enough_cases_came_so_far(cast: Cast, at: datetime) -> None:
    for _nth in range(5):
        player.conclude(a_case(cast.another_applicant, at=at), "intake", "accept", at=at + timedelta(days=4))
    case = a_case(cast.applicant, at=at)
    player.conclude(case, "intake", "accept", at=at + timedelta(days=5))
    assert story(case, at=at + timedelta(days=6)).usual_days == 4


def test_a_longer_story_costs_no_more_queries(cast: Cast, at: datetime) -> None:
    client = signed_in(cast.supervisor)

    def cost(case: Case) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address(case))
        return len(captured)

    short, long = a_case(cast.applicant), a_case(cast.applicant, at_node="ext_payment")
    cost(short)
    assert cost(long) == cost(short)


# --- the picture -------------------------------------------------------------------------------------------


def states(case: Case) -> dict[str, str]:
    items = list(case.work_items.select_related("agency", "assignee").order_by("opened_at", "pk"))
    return {box.name: box.state for box in diagram_of(case, items, at=THURSDAY).boxes}


def test_the_picture_shows_what_is_done_where_it_is_and_what_can_still_come(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    player.conclude(case, "triage", "general", at=item_at(case, "triage").opened_at, consult_tax=True)
    player.conclude(case, "consult_tax", "opinion", at=item_at(case, "draft").opened_at)
    assert states(case) == {
        "intake": "done",
        "triage": "done",
        "consult_tax": "done",
        "draft": "here",
        "approve": "to-come",
        "deliver": "to-come",
    }


def test_the_way_behind_a_fork_is_not_drawn_before_it_is_known(cast: Cast) -> None:
    case = a_case(cast.applicant)
    assert states(case) == {"intake": "here", "triage": "to-come"}
    assert "tuỳ theo kết luận" in signed_in(cast.supervisor).get(address(case)).content.decode()


def test_every_step_can_be_drawn(cast: Cast, at: datetime) -> None:
    for node in graph_for("legal_advice", 1).human_steps:
        case = a_case(cast.applicant, at_node=node)
        diagram = diagram_of(case, list(case.work_items.order_by("opened_at", "pk")), at=at)
        here = [box.name for box in diagram.boxes if box.state == "here"]
        assert node in here
        assert len({(box.x, box.y) for box in diagram.boxes}) == len(diagram.boxes)


def test_a_case_taken_back_shows_where_it_stopped(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    actions.withdraw(case, applicant=cast.applicant, key=case.key, at=at + timedelta(hours=2))
    assert states(case) == {"intake": "stopped"}


def test_the_picture_has_its_words_beside_it_and_no_inline_style(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 12, 9, 0).astimezone(), tick=False):
        text = signed_in(cast.supervisor).get(address(a_case(cast.applicant, at_node="approve"))).content.decode()
    words = re.search(r'<ol class="way">(.*?)</ol>', text, re.DOTALL)
    assert words is not None
    assert words[1].count("hồ sơ đang ở đây") == 1
    assert "Sở Tư pháp" in words[1]
    assert " style=" not in text


def test_a_step_given_back_shows_its_way_back_and_the_usual_way_on(cast: Cast) -> None:
    found = states(a_case(cast.applicant, at_node="redraft"))
    assert (found["approve"], found["redraft"], found["deliver"]) == ("done", "here", "to-come")


def test_a_usual_case_fits_the_width_of_an_office_screen(cast: Cast) -> None:
    for node in ("intake", "approve", "cost_propose", "ext_payment", "redraft"):
        case = a_case(cast.applicant, at_node=node)
        diagram = diagram_of(case, list(case.work_items.order_by("opened_at", "pk")), at=THURSDAY)
        assert int(diagram.width) <= 1326


def test_how_many_branches_are_out_is_said(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    player.conclude(case, "triage", "general", at=item_at(case, "triage").opened_at, consult_tax=True)
    player.conclude(case, "consult_tax", "opinion", at=item_at(case, "draft").opened_at)
    text = signed_in(cast.supervisor).get(address(case)).content.decode()
    assert "Còn chờ 1 trong 2 nhánh." in text


def test_no_line_runs_behind_a_box_and_blurs_the_next(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="cost_propose")
    diagram = diagram_of(case, list(case.work_items.order_by("opened_at", "pk")), at=THURSDAY)
    ends = [re.split("[,H ]", path.d[1:])[-1] for path in diagram.paths if "V" not in path.d]
    assert len(ends) == len(set(ends))


def test_lines_that_nobody_wrote_say_who_worked_them_out(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    client = signed_in(cast.supervisor)
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        assert "Đồng Hành tính" not in client.get(address(case)).content.decode()
    with time_machine.travel(at + timedelta(days=5), tick=False):
        text = client.get(address(case)).content.decode()
    assert "không đếm vào số dòng khớp" in text
    assert '<span class="second">Đồng Hành tính</span>' in text


def test_the_control_slip_has_the_promised_day_and_how_late_it_is(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    late = at + timedelta(days=5)
    told = slip(case, story(case, at=late), at=late)["promise"]
    assert case.promised_on is not None
    assert told == f"Ngày hẹn {case.promised_on:%d/%m/%Y} · Quá 2 ngày"
    assert story_as_pdf(case, story(case, at=late), at=late).startswith(b"%PDF")
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=late)
    case.refresh_from_db()
    assert slip(case, story(case, at=late), at=late)["promise"] == ""
