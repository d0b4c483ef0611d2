"""The whole story of one case, for those who supervise."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cases.models import AccessRecord, Case
from cases.queries.timeline import verify_case
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, item_at
from workflows import actions
from workflows.flows.registry import graph_for
from workflows.queries.diagram import diagram_of
from workflows.queries.story import story


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
    told = story(case, at=at + timedelta(days=8))  # Friday
    days = {lane.holder: lane.days for lane in told.lanes}
    assert days == {
        "Hội Liên hiệp Phụ nữ phường Lê Chân": 1,
        "Hội Liên hiệp Phụ nữ thành phố Hải Phòng": 2,
        "Người nộp hồ sơ": 3,
    }
    assert told.days == sum(days.values())
    assert [lane.holder for lane in told.lanes if lane.holds_now] == ["Hội Liên hiệp Phụ nữ thành phố Hải Phòng"]


# --- the picture -------------------------------------------------------------------------------------------


def states(case: Case) -> dict[str, str]:
    items = list(case.work_items.select_related("agency", "assignee").order_by("opened_at", "pk"))
    return {box.name: box.state for box in diagram_of(case, items).boxes}


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
        "redraft": "to-come",
    }


def test_the_way_behind_a_fork_is_not_drawn_before_it_is_known(cast: Cast) -> None:
    case = a_case(cast.applicant)
    assert states(case) == {"intake": "here", "triage": "to-come"}
    assert "tuỳ theo kết luận" in signed_in(cast.supervisor).get(address(case)).content.decode()


def test_every_step_can_be_drawn(cast: Cast, at: datetime) -> None:
    for node in graph_for("legal_advice", 1).human_steps:
        case = a_case(cast.applicant, at_node=node)
        diagram = diagram_of(case, list(case.work_items.order_by("opened_at", "pk")))
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
    words = re.search(r'<ol class="govuk-visually-hidden">(.*?)</ol>', text, re.DOTALL)
    assert words is not None
    assert words[1].count("hồ sơ đang ở đây") == 1
    assert "Sở Tư pháp thành phố Hải Phòng" in words[1]
    assert " style=" not in text
