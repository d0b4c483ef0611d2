"""Slips M01 to M06: which event makes which, the right words on each, one signature that anyone can check."""

from datetime import datetime, timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from cases import printing, slips
from cases.models import Agency, Case, Slip
from cases.models.timeline import canonical
from project.demo import player
from project.demo.cast import Cast
from project.worker import work_once
from tests.browsing import a_pdf, add_paper, signed_in
from tests.builders import A_QUESTION, a_case, a_draft
from tests.cases.slips import (
    a_closed_case,
    a_late_case,
    a_refused_case,
    a_withdrawn_case,
    an_asked_case,
    an_expired_case,
    contents,
    kinds,
    signed_content,
    slip_of,
    told,
)
from workflows import actions

pytestmark = pytest.mark.django_db


# --- which, and with which words ----------------------------------------------------------------------------


def test_the_sending_and_the_acceptance_each_give_a_receipt_with_their_own_day(cast: Cast, at: datetime) -> None:
    client = signed_in(cast.applicant)
    draft = a_draft(cast.applicant)
    add_paper(client, draft, "registration", a_pdf())
    case = player.submit(draft, at=at)
    assert kinds(case) == ["M01"]
    first = told(case, "M01")
    for words in (
        str(case.code),
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "Thứ Sáu, 06/11/2026",
        "09:00, Thứ Năm, 05/11/2026",
        "Nguyễn Thị Hạnh",
        "phường Lê Chân",
        settings.HELP_PHONE,
    ):
        assert words in first
    assert A_QUESTION not in first, "paper is left lying about: what she asks does not stand on it"
    player.conclude(case, "intake", "accept", at=at + timedelta(hours=1))
    assert kinds(case) == ["M01", "M01"]
    assert "Thứ Sáu, 27/11/2026" in told(case, "M01")
    assert "Hồ sơ của chị đã được tiếp nhận" in told(case, "M01")
    # Sorting it as a question that takes longer gives another day, and so another receipt; the same day gives none.
    player.conclude(case, "triage", "complex", at=at + timedelta(hours=2))
    assert kinds(case) == ["M01", "M01", "M01"]
    assert f"{case.promised_on:%d/%m/%Y}" in told(case, "M01")
    assert kinds(a_case(cast.another_applicant, at_node="draft")) == ["M01", "M01"]


def test_a_question_to_her_gives_one_consolidated_request(cast: Cast, at: datetime) -> None:
    case = an_asked_case(cast, at)
    assert kinds(case) == ["M01", "M02"]
    asked = told(case, "M02")
    for words in (
        "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
        "một lần cho đủ",
        "Chị gửi hợp đồng mua máy.",
        "Chị ghi lại tên công ty.",
        "Tên cơ sở kinh doanh",
        "Hợp đồng",
        "Thứ Sáu, 27/11/2026",
        "Đây không phải là từ chối",
    ):
        assert words in asked, words


def test_a_refusal_to_take_a_case_says_why_on_what_it_rests_and_what_she_can_do(cast: Cast, at: datetime) -> None:
    case = a_refused_case(cast, at)
    assert kinds(case) == ["M01", "M03", "M06"]
    refused = told(case, "M03")
    for words in (
        "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
        player.REFUSAL,
        "Quyết định 2415/QĐ-TTg",
        "không phải thủ tục hành chính",
        "Chị có thể làm gì",
        "Chị không đồng ý?",
        "Hội Liên hiệp Phụ nữ phường Lê Chân",
    ):
        assert words in refused, words


def test_an_apology_names_the_old_day_the_new_day_and_the_reason(cast: Cast, at: datetime) -> None:
    case = a_late_case(cast, at)
    assert kinds(case) == ["M01", "M01", "M04"]
    apology = told(case, "M04")
    for words in ("xin lỗi", "sẽ không kịp", "Thứ Sáu, 27/11/2026", "Thứ Sáu, 04/12/2026", "Vì sao chậm"):
        assert words in apology, words
    line = slip_of(case, "M04").statement
    assert line.startswith(f"DONG-HANH|M04|{case.code}|issued 2026-11-26T08:00+07:00|date 2026-12-04|sha256 ")


def test_withdrawing_and_expiring_each_stop_the_case_in_their_own_words(cast: Cast, at: datetime) -> None:
    withdrawn, expired = a_withdrawn_case(cast, at), an_expired_case(cast, at)
    assert kinds(withdrawn) == ["M01", "M01", "M05", "M06"]
    assert kinds(expired) == ["M01", "M02", "M05", "M06"]
    for case in (withdrawn, expired):
        assert "Thông báo dừng giải quyết hồ sơ" in told(case, "M05")
        assert "Gửi lại" in told(case, "M05")
    assert "Chị đã rút hồ sơ này" in told(withdrawn, "M05")
    assert "Tôi tự làm được" not in told(withdrawn, "M05")
    assert "Đây không phải là từ chối" in told(expired, "M05")
    assert "đã rút" not in told(expired, "M05")


def test_the_control_slip_tells_every_hand_over_and_names_people_only_where_the_office_does(
    cast: Cast, at: datetime
) -> None:
    case = a_closed_case(cast, at)
    assert kinds(case)[-1] == "M06"
    [lines] = [content["lines"] for (_position, kind), content in contents(case).items() if kind == "M06"]
    commune, city = "Hội Phụ nữ phường Lê Chân", "Hội Phụ nữ thành phố"
    assert [(line[0], line[1]) for line in lines] == [
        ("Người nộp hồ sơ", commune),
        (commune, city),
        (city, city),
        (city, city),
    ]
    assert lines[0][2:5] == ["09:00 05/11/2026", "10:00 06/11/2026", "cơ quan"]
    assert "hỏi người nộp ngày 05/11" in lines[0][7]
    assert [line[6] for line in lines] == ["Trước hạn", "Trước hạn", "Trước hạn", "Quá hạn"]
    Agency.objects.filter(kind="HPN", commune__isnull=True).update(names_officers=True)
    [named] = [content["lines"] for (_position, kind), content in contents(case).items() if kind == "M06"]
    assert [line[4] for line in named] == ["cơ quan", *["Đỗ Thị Ngọc"] * 3]


def test_a_step_that_was_handed_on_stands_twice_on_the_control_slip(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at)
    other = Agency.objects.get(kind="HPN", commune__name="Xã Kiến Thụy")
    words = "Cơ sở của chị nằm ở xã Kiến Thụy, chuyển để xã đọc."
    actions.transfer(
        player.open_item(case, "intake"),
        reviewer=cast.commune_officer,
        to=other,
        words=words,
        key=uuid4(),
        at=at + timedelta(hours=1),
    )
    player.conclude(case, "intake", "not_accept", at=at + timedelta(hours=2))
    [lines] = [content["lines"] for (_position, kind), content in contents(case).items() if kind == "M06"]
    first, second = "Hội Phụ nữ phường Lê Chân", "Hội Phụ nữ xã Kiến Thụy"
    assert [(line[0], line[1]) for line in lines] == [("Người nộp hồ sơ", first), (first, second)]
    assert "chuyển cơ quan khác" in lines[0][7]
    assert words not in str(lines)


def test_of_a_sealed_case_nothing_tells_how_it_was_handled_nor_that_it_is_sealed(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="direct_help", at=at)
    assert case.sealed
    player.conclude(case, "direct_help", "helped", at=at + timedelta(hours=1))
    player.conclude(case, "deliver", "delivered", at=at + timedelta(hours=2))
    assert kinds(case) == ["M01", "M01"]
    open_case = a_case(cast.another_applicant, at=at)
    sealed, plain = (slip_of(each, "M01").statement.split("|") for each in (case, open_case))
    assert [part.split(" ")[0] for part in sealed][3:] == [part.split(" ")[0] for part in plain][3:]


@pytest.mark.parametrize("kind", ["M01", "M04"])
def test_what_a_slip_is_called_is_a_setting(cast: Cast, at: datetime, settings: Any, kind: str) -> None:
    title = "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"
    settings.SLIP_TITLES = {**settings.SLIP_TITLES, kind: title}
    case = a_late_case(cast, at)
    assert signed_content(slip_of(case, kind))["title"] == title
    assert title in signed_in(cast.applicant).get(reverse("cases:status", args=[case.key])).content.decode()


def test_the_same_stands_on_a_slip_whenever_it_is_made(cast: Cast, at: datetime) -> None:
    case = an_asked_case(cast, at)
    early = {place: canonical(content) for place, content in contents(case).items()}
    player.reply(case, text="Tôi gửi lại giấy tờ.", at=at + timedelta(days=1))
    player.conclude(case, "intake", "accept", at=at + timedelta(days=1, hours=1))
    early |= {place: canonical(content) for place, content in contents(case).items() if place not in early}
    add_paper_later(case)
    player.conclude(case, "triage", "refuse", at=at + timedelta(days=2))
    player.conclude(case, "approve_refusal", "approve", at=at + timedelta(days=3))
    player.conclude(case, "deliver", "delivered", at=at + timedelta(days=4))
    late = {place: canonical(content) for place, content in contents(case).items()}
    assert {place: late[place] for place in early} == early
    # And the paper itself carries what was signed.
    assert {canonical(signed_content(slip)) for slip in case.slips.all()} <= set(late.values())


def add_paper_later(case: Case) -> None:
    """Let her add a paper of her own accord."""
    signed_in(case.applicant).post(reverse("workflows:add_papers", args=[case.key]), {"paper_other": a_pdf("them.pdf")})


# --- made once, kept for ever -------------------------------------------------------------------------------


def test_asked_twice_it_is_the_same_slip_and_its_file_is_what_was_stored(cast: Cast, at: datetime) -> None:
    event = a_case(cast.applicant).events.get()
    [first], [second] = slips.issue(event), slips.issue(event)
    assert first.pk == second.pk
    paper = slips.pdf_of(first)
    assert paper.startswith(b"%PDF-")
    for sign in (b"/StructTreeRoot", b"pdfuaid", b"/Lang(vi)"):
        assert sign in paper
    assert (len(paper), signed_content(first)["code"]) == (first.size, event.case.code)
    says_nothing_new = a_case(cast.applicant, at_node="draft").events.latest("position")
    assert slips.issue(says_nothing_new) == []


def test_killed_between_file_and_row_it_is_made_again(cast: Cast) -> None:
    event = a_case(cast.applicant).events.get()
    with mock.patch.object(Slip, "save", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        slips.issue(event)
    assert not Slip.objects.exists()
    [slip] = slips.issue(event)
    assert slips.pdf_of(slip).startswith(b"%PDF-")


def test_the_worker_makes_what_nobody_opened_and_each_once(cast: Cast, at: datetime) -> None:
    cases = [a_closed_case(cast, at), a_withdrawn_case(cast, at)]
    later = at + timedelta(days=12)
    assert work_once(at=later)["slips"] > 0
    while slips.issue_missing(at=later):
        pass
    assert {case.pk: kinds(case) for case in cases} == {
        cases[0].pk: ["M01", "M02", "M01", "M06"],
        cases[1].pk: ["M01", "M01", "M05", "M06"],
    }
    assert slips.issue_missing(at=later) == 0


def test_one_that_cannot_be_made_keeps_no_other_from_being_made(cast: Cast, at: datetime) -> None:
    bad, good = a_case(cast.applicant), a_case(cast.another_applicant)
    whole = printing.as_pdf

    def failing(template: str, data: dict[str, Any], **more: Any) -> bytes:
        if data["code"] == bad.code:
            raise RuntimeError("cannot be drawn")
        return whole(template, data, **more)

    with mock.patch("cases.slips.issuing.as_pdf", failing):
        assert slips.issue_missing(at=at + timedelta(days=1)) == 1
    assert [slip.case_id for slip in Slip.objects.all()] == [good.pk]
    assert slips.issue_missing(at=at + timedelta(days=1)) == 0
    assert slips.issue_missing(at=at + timedelta(days=1, minutes=11)) == 1


def test_as_many_as_a_pass_makes_that_are_broken_hold_up_no_other(cast: Cast, at: datetime) -> None:
    bad, good = [a_case(cast.applicant) for _number in range(2)], a_case(cast.another_applicant)
    whole = printing.as_pdf
    codes = {case.code for case in bad}

    def failing(template: str, data: dict[str, Any], **more: Any) -> bytes:
        if data["code"] in codes:
            raise RuntimeError("cannot be drawn")
        return whole(template, data, **more)

    with mock.patch("cases.slips.issuing.as_pdf", failing), mock.patch("cases.slips.issuing._MOST", 2):
        made = [slips.issue_missing(at=at + timedelta(days=1)) for _pass in range(2)]
    assert made == [0, 1]
    assert [slip.case_id for slip in Slip.objects.all()] == [good.pk]


def test_looking_for_missing_slips_takes_as_many_statements_for_many_cases(
    cast: Cast, at: datetime, django_assert_num_queries: Any
) -> None:
    for _number in range(3):
        a_case(cast.applicant, at_node="draft")
    slips.issue_missing(at=at + timedelta(days=1))
    with django_assert_num_queries(2):
        assert slips.issue_missing(at=at + timedelta(days=1)) == 0
