"""The stories TC-05, TC-07 and TC-18 from their first page to what a supervisor reads and takes away, by HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cases.models import Case, CaseState, User
from cases.services import service_of
from project.demo.cast import Cast
from tests import browsing
from tests.builders import answers_for
from tests.cases.slips import told
from tests.cases.test_exports import CSV, XLSX, body, cells, lines

ANSWER = "Chị lập hoá đơn điện tử cho từng lần bán. Chị lập khi giao hàng cho người mua. Bán qua sàn cũng vậy."
LABELLED, NOT_LABELLED = "<dt>Do phụ nữ làm chủ</dt><dd>Có</dd>", "<dt>Do phụ nữ làm chủ</dt><dd>Không</dd>"
NOW_LABELLED = "Từ nay gắn nhãn do phụ nữ làm chủ"


def moved(response: Any) -> None:
    assert response.status_code == 302, response.content.decode()


def read(user: User, name: str, *args: Any) -> str:
    return browsing.signed_in(user).get(reverse(name, args=args)).content.decode()


def as_the_officer_reads_it(cast: Cast, case: Case) -> str:
    return read(cast.commune_officer, "workflows:item", browsing.open_item(case, "intake").pk)


@pytest.mark.parametrize(
    ("share", "manages", "label"),
    [("51,00", "yes", True), ("50,99", "yes", False), ("60", "no", False)],
    ids=["A: 51.00 and a woman manages", "B: 50.99", "C: 60 and no woman manages"],
)
def test_tc07_each_of_the_three_companies_files_and_only_the_first_is_labelled(
    cast: Cast, at: datetime, share: str, manages: str, label: bool
) -> None:
    case = browsing.file(cast.applicant, answers_for(women_capital_pct=share, woman_manager=manages), at=at)
    assert (case.state, case.women_owned) == (CaseState.SUBMITTED, label)
    assert (LABELLED if label else NOT_LABELLED) in as_the_officer_reads_it(cast, case)


def corrected(cast: Cast, at: datetime, begin: dict[str, str], **corrections: str) -> Case:
    """File a case, ask about the capital and the manager, correct it, and bring it to the approval of the answer."""
    case = browsing.file(cast.applicant, answers_for(**begin), at=at)
    moved(browsing.conclude(cast.commune_officer, case, "intake", "accept", at=at + timedelta(hours=1)))
    question, when = "Vốn của phụ nữ hiện nay là bao nhiêu, ai quản lý?", at + timedelta(hours=2)
    asked = list(corrections)
    moved(browsing.ask(cast.city_officer, case, "triage", question=question, at=when, asked_fields=asked))
    day = at + timedelta(days=1)
    moved(browsing.reply(cast.applicant, case, text="Chúng tôi đã chuyển nhượng vốn.", at=day, **corrections))
    moved(browsing.conclude(cast.city_officer, case, "triage", "general", at=day + timedelta(hours=1)))
    moved(browsing.conclude(cast.justice_officer, case, "draft", "drafted", at=day + timedelta(hours=2), answer=ANSWER))
    return case


def decided(cast: Cast, case: Case, at: datetime) -> str:
    """Approve the answer and return what the supervisor reads of the whole story."""
    moved(browsing.conclude(cast.justice_approver, case, "approve", "approve", at=at + timedelta(days=2)))
    assert case.state == CaseState.DECIDED
    with time_machine.travel(at + timedelta(days=2, hours=1), tick=False):
        return read(cast.supervisor, "workflows:story", case.key)


def test_tc07_a_transfer_to_52_per_cent_counts_at_the_decision_and_the_story_says_why(cast: Cast, at: datetime) -> None:
    case = corrected(cast, at, {"women_capital_pct": "50,99"}, women_capital_pct="52")
    assert not case.women_owned, "judged at the decision and not before"
    with time_machine.travel(at + timedelta(days=1, hours=3), tick=False):
        assert NOW_LABELLED not in read(cast.supervisor, "workflows:story", case.key)
    story = decided(cast, case, at)
    assert Case.objects.get(pk=case.pk).women_owned
    assert f"{NOW_LABELLED}: phụ nữ giữ 52 % vốn và có phụ nữ quản lý" in story
    assert "Có một chi tiết" not in story
    assert "52 %" in body(browsing.signed_in(cast.supervisor).get(f"/giam-sat/{case.key}/dien-bien.csv")).decode()


@pytest.mark.parametrize(
    ("begin", "corrections", "why"),
    [
        (
            {"women_capital_pct": "51"},
            {"women_capital_pct": "49,5"},
            "Không còn gắn nhãn do phụ nữ làm chủ: phụ nữ giữ 49,50 % vốn",
        ),
        (
            {"woman_manager": "yes"},
            {"woman_manager": "no"},
            "Không còn gắn nhãn do phụ nữ làm chủ: không có phụ nữ nào quản lý",
        ),
        (
            {"women_capital_pct": "60", "woman_manager": "no"},
            {"woman_manager": "yes"},
            "Từ nay gắn nhãn do phụ nữ làm chủ: phụ nữ giữ 60 % vốn và có phụ nữ quản lý",
        ),
    ],
    ids=["capital sold", "the manager left", "a woman manages now"],
)
def test_tc07_whatever_moves_the_label_is_said_with_its_reason(
    cast: Cast, at: datetime, begin: dict[str, str], corrections: dict[str, str], why: str
) -> None:
    assert why in decided(cast, corrected(cast, at, begin, **corrections), at)


def test_tc07_what_changes_no_label_says_nothing_of_it(cast: Cast, at: datetime) -> None:
    story = decided(cast, corrected(cast, at, {"women_capital_pct": "40"}, women_capital_pct="50,99"), at)
    assert "gắn nhãn" not in story


def test_tc18_poison_is_text_everywhere_and_no_formula_in_what_a_supervisor_takes_out(cast: Cast, at: datetime) -> None:
    script = "<script>alert(1)</script> Tôi hỏi về hoá đơn khi bán hàng qua sàn điện tử."
    formula = '=HYPERLINK("http://example.test","x")'
    with time_machine.travel(at, tick=False):
        client, case = browsing.start(cast.applicant)
        # A name of a person is no formula, and a card has 12 digits: both are said, both boxes keep what she typed.
        first = reverse("cases:page", args=[case.key, "ve-chi"])
        typed = {"full_name": formula, "personal_id": "03418800123", "entity_type": "llc1"}
        page = client.post(first, typed).content.decode()
        assert "Cần viết họ tên chỉ bằng chữ" in page or "chỉ bằng chữ" in page
        assert "12 chữ số" in page
        assert 'value="=HYPERLINK(&quot;http://example.test&quot;,&quot;x&quot;)"' in page
        assert 'value="03418800123"' in page
        # The name of a business may be anything: it is kept as the text that it is.
        browsing.fill_in(client, case, answers_for(need=script, entity_name=formula))
        fake = browsing.a_file("hopdong.pdf", b"MZ\x90\x00" + b"\0" * 200)
        huge = browsing.a_file("anh.jpg", b"\xff\xd8\xff\xe0" + b"\0" * (60 * 1024 * 1024))
        for file, words in ((fake, "hopdong.pdf"), (huge, "20 MB")):
            answered = browsing.add_paper(client, case, "contract", file)
            assert answered.status_code in (200, 413)
            assert words in answered.content.decode()
        for number in range(10):
            moved(browsing.add_paper(client, case, "other", browsing.a_pdf(f"giay-{number}.pdf")))
        eleventh = browsing.add_paper(client, case, "other", browsing.a_pdf("giay-11.pdf"))
        assert "10" in eleventh.content.decode()
        assert case.documents.count() == 10
        checked = client.get(reverse("cases:check", args=[case.key])).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; Tôi hỏi" in checked, "nothing she typed is lost"
        moved(browsing.send(client, case))
        case.refresh_from_db()
        assert case.state == CaseState.SUBMITTED
        pages = [
            as_the_officer_reads_it(cast, case),
            read(cast.supervisor, "workflows:story", case.key),
            read(cast.supervisor, "cases:register"),
            read(cast.applicant, "cases:status", case.key),
            read(cast.applicant, "cases:sent", case.key),
        ]
        for page in pages:
            assert "<script>alert" not in page
            assert '"=HYPERLINK("' not in page
        supervisor = browsing.signed_in(cast.supervisor)
        assert lines(supervisor.post(CSV))[1][1] == f"'{formula}"
        written = cells(body(supervisor.post(XLSX)))
        assert ("B2", "inlineStr", f"'{formula}") in written
        assert not [text for _place, kind, text in written if kind == "inlineStr" and text.startswith("=")]


def test_tc05_one_request_names_every_paper_that_the_support_with_the_fee_needs(cast: Cast, at: datetime) -> None:
    wish: dict[str, Any] = {
        "question_kind": "specific",
        "law_field": "contract",
        "wants_cost_support": "yes",
        "adviser_fee": 5_000_000,
    }
    case = browsing.file(cast.applicant, answers_for(**wish), at=at)
    assert case.sme_class == "micro"
    needed = [paper.kind for paper in service_of(case).papers if paper.required_when(case.answers.data)]
    assert needed == ["registration", "sme_declaration", "adviser_contract"]
    question, when = "Còn thiếu ba giấy. Chị chụp và gửi giúp.", at + timedelta(hours=1)
    moved(browsing.ask(cast.commune_officer, case, "intake", question=question, at=when, missing_papers=needed))
    assert case.information_requests.count() == 1
    slip = told(case, "M02")
    with time_machine.travel(when, tick=False):
        page = read(cast.applicant, "workflows:answer", case.key)
    for paper in service_of(case).papers:
        assert (str(paper.label) in slip) == (paper.kind in needed), paper.kind
        if paper.kind in needed:
            assert f'name="paper_{paper.kind}"' in page
    sent = {f"paper_{kind}": browsing.a_pdf(f"{kind}.pdf") for kind in needed}
    moved(browsing.reply(cast.applicant, case, text="Tôi gửi đủ ba giấy.", at=at + timedelta(days=1), **sent))
    assert set(case.documents.values_list("kind", flat=True)) == set(needed)
