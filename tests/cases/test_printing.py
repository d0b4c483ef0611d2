"""What is printed: the receipt of her case and the control slip, as PDF that everybody can read."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typst
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from cases import printing
from cases.models import AccessRecord, Case, InformationRequest
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import A_PDF, signed_in
from tests.builders import A_QUESTION, a_case, a_draft
from tests.cases.slips import told
from workflows.exports import slip
from workflows.queries.story import story

A_PICTURE = printing.picture_of("https://dong-hanh.example/phieu/")
# What would be markup, code or a formula if it were not data.
EVIL = 'Công ty #panic("x") *đậm* = Tiêu đề $x^2$ \\ @trích <nhãn> [ngoặc] `mã` //'


def receipt_of(case: Case) -> dict[str, Any]:
    """Return what stands on the newest receipt of a case, with what proves it."""
    content: dict[str, Any] = json.loads(told(case, "M01"))
    proof = dict.fromkeys(("picture_words", "scan", "proof_title", "proof_words", "line", "signature_label"), "x")
    return {**content, **proof, "signature": "x", "written": "x", "written_words": "x", "picture": A_PICTURE}


def test_she_gets_the_receipt_of_her_own_case_and_nobody_elses(cast: Cast) -> None:
    case = a_case(cast.applicant)
    address = reverse("cases:receipt", args=[case.key])
    for part, person in cast.people():
        status = signed_in(person).get(address).status_code
        assert (part, status) == (part, 200 if part == "applicant" else 404)
    response = signed_in(cast.applicant).get(address)
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")


def test_a_draft_has_no_receipt(cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    response = signed_in(cast.applicant).get(reverse("cases:receipt", args=[draft.key]))
    assert response.status_code == 302


@pytest.mark.parametrize("template", ["slip.typ", "timeline.typ"])
def test_words_of_hers_are_printed_as_they_are_and_never_run(cast: Cast, at: datetime, template: str) -> None:
    case = a_case(cast.applicant, answers={"full_name": "Đặng Thị Hường", "entity_name": EVIL})
    data = receipt_of(case) if template == "slip.typ" else slip(case, story(case, at=at), at=at)
    data["title"] = EVIL
    found = printed(template, data)
    assert EVIL in found


@pytest.mark.parametrize("sign", ["🌸", "女", "฿", "\x07", "\u200b", "👩‍🌾"])
def test_a_sign_that_our_letters_lack_stops_no_paper(cast: Cast, sign: str) -> None:
    case = a_case(cast.applicant, answers={"full_name": "Trần 女 Mai", "entity_name": f"May Mai {sign} ủa"})
    hers = signed_in(cast.applicant).get(reverse("cases:receipt", args=[case.key]))
    slip_of = signed_in(cast.supervisor).get(reverse("workflows:story_pdf", args=[case.key]))
    for paper in (hers.content, b"".join(slip_of.streaming_content)):  # type: ignore[attr-defined]
        assert paper.startswith(b"%PDF-")
        assert b"pdfuaid" in paper


# --- the answer ---------------------------------------------------------------------------------------------

ANSWER = "Chị lập hoá đơn cho từng lần bán.\nGiao hàng ngày nào, lập hoá đơn ngày ấy."


def answered(cast: Cast, at: datetime) -> Case:
    """Return a case that the city Union answered."""
    case = a_case(cast.applicant, at_node="kb_answer")
    player.conclude(case, "kb_answer", "answer", at=at, answer=ANSWER)
    return case


def test_she_gets_the_answer_on_paper_and_nobody_else_does(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="deliver", answer=ANSWER)
    paper = reverse("cases:answer_pdf", args=[case.key])
    for part, person in cast.people():
        status = signed_in(person).get(paper).status_code
        assert (part, status) == (part, 200 if part == "applicant" else 404)
    response = signed_in(cast.applicant).get(paper)
    assert response["Content-Type"] == "application/pdf"
    assert b"pdfuaid" in response.content
    undecided = a_case(cast.applicant, at_node="approve", answer=ANSWER)
    response = signed_in(cast.applicant).get(reverse("cases:answer_pdf", args=[undecided.key]))
    assert response["Location"] == reverse("cases:status", args=[undecided.key])


def test_the_answer_says_whose_it_is_who_gave_it_when_and_to_what(cast: Cast, at: datetime) -> None:
    case = answered(cast, at)
    paper = printing.answer(case, at=at)
    above = ["Hội Liên hiệp Phụ nữ thành phố Hải Phòng, 05/11/2026"]
    assert paper["sections"] == [
        ["Câu hỏi của chị", [A_QUESTION]],
        ["Trả lời", [above, *ANSWER.split("\n")]],
    ]
    told = json.dumps(paper, ensure_ascii=False)
    for words in (case.code, "Nguyễn Thị Hạnh", "Hội Liên hiệp Phụ nữ thành phố Hải Phòng", "Thứ Năm, 05/11/2026"):
        assert str(words) in told
    assert settings.HELP_PHONE in told


def test_a_refusal_on_paper_says_why_and_what_she_can_do(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    player.conclude(case, "intake", "not_accept", at=at, answer=ANSWER, reason_code="OUT_OF_SCOPE")
    case.refresh_from_db()
    headings = [heading for heading, _lines in printing.answer(case, at=at)["sections"]]
    assert headings == ["Câu hỏi của chị", "Vì sao chưa hỗ trợ được", "Chị có thể làm gì", "Chị không đồng ý?"]


def test_words_in_the_answer_are_printed_as_they_are_and_never_run(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="deliver", answer=EVIL, answers={"need": EVIL})
    data = printing.answer(case, at=at)
    data["title"] = EVIL
    assert EVIL in printed("answer.typ", data)
    assert printing.as_pdf("answer.typ", data).startswith(b"%PDF-")


def printed(template: str, data: dict[str, Any]) -> str:
    """Return every string that typst put on the paper."""
    words = {"lang": "vi", "house": "Đồng Hành", **data}
    headings = typst.query(
        str(printing.TEMPLATES / template),
        "heading",
        root=str(printing.TEMPLATES),
        font_paths=[str(settings.PRINT_FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(words)},
    )
    return "".join(heading["body"].get("text", "") for heading in json.loads(headings))


def test_it_is_tagged_for_screen_readers_and_says_its_language(cast: Cast, at: datetime) -> None:
    data = receipt_of(a_case(cast.applicant))
    with translation.override("en"):
        english = printing.as_pdf("slip.typ", data)
    paper = printing.as_pdf("slip.typ", data)
    for sign in (b"/StructTreeRoot", b"/Marked true", b"/Lang(vi)", b"pdfuaid"):
        assert sign in paper
    assert b"/Lang(en)" in english


def test_its_letters_come_with_us() -> None:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(settings.PRINT_FONTS)]
    )
    assert {font.family for font in fonts.fonts()} == {"Be Vietnam Pro"}
    assert (Path(settings.PRINT_FONTS) / "LICENSE").exists()


# --- the story as a file ------------------------------------------------------------------------------------


def address(case: Case, kind: str) -> str:
    return reverse(f"workflows:story_{kind}", args=[case.key])


@pytest.mark.parametrize("kind", ["pdf", "csv", "json"])
def test_only_those_who_supervise_take_a_story_out_and_it_is_written_down(cast: Cast, kind: str) -> None:
    case = a_case(cast.applicant, at_node="draft")
    for part, person in cast.people():
        status = signed_in(person).get(address(case, kind)).status_code
        assert (part, status) == (part, 200 if part in ("supervisor", "auditor") else 404)
    taken = AccessRecord.objects.filter(case=case, purpose="export", part=AccessRecord.Part.TIMELINE)
    assert {record.person for record in taken} == {cast.supervisor, cast.auditor}


@pytest.mark.parametrize("kind", ["pdf", "csv", "json"])
def test_a_sealed_story_never_leaves(cast: Cast, kind: str) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    assert signed_in(cast.supervisor).get(address(case, kind)).status_code == 404


def test_facts_leave_but_no_words_that_anybody_wrote(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    player.ask(case, "draft", question="Hợp đồng ký ngày nào?", at=at + timedelta(days=1))
    assert InformationRequest.objects.filter(case=case).exists()
    client = signed_in(cast.supervisor)
    told = [b"".join(client.get(address(case, kind)).streaming_content).decode() for kind in ("csv", "json")]  # type: ignore[attr-defined]
    for text in (*told, json.dumps(slip(case, story(case, at=at), at=at), ensure_ascii=False)):
        assert "Hợp đồng ký ngày nào?" not in text
        assert "Phạm Thị Hoa" in text
    facts = json.loads(told[1])
    assert facts["code"] == case.code
    assert facts["record"]["intact"] is True
    assert [line["position"] for line in facts["lines"]] == list(range(1, case.event_count + 2))
    assert told[0].startswith("\ufeffSố,Lúc,Việc,Ai,")


def test_a_pdf_is_a_pdf(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    response = signed_in(cast.supervisor).get(address(case, "pdf"))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"%PDF-")
    assert len(content) > len(A_PDF)


def test_a_changed_line_is_told_on_paper_too(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft")
    told = story(case, at=at)
    broken = slip(case, told, at=at)
    broken |= {"intact": False, "lines": [{**line, "intact": False} for line in broken["lines"]]}
    assert printing.as_pdf("timeline.typ", broken) != printing.as_pdf("timeline.typ", slip(case, told, at=at))
