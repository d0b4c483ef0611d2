"""The acceptance stories TC-01, TC-05, TC-07 as far as legal advice carries them, through HTTP."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from cases.models import Case, CaseState, Decision
from project.demo.cast import Cast
from tests import browsing
from tests.builders import answers_for
from workflows.models import WorkItem

ANSWER = "Chị lập hoá đơn điện tử cho từng lần bán. Chị lập khi giao hàng cho người mua. Bán qua sàn cũng vậy."


FEE = "Nhà nước hỗ trợ chị 3.000.000 đồng tiền tư vấn. Chị nhận tiền qua tài khoản đã ghi trong hồ sơ."


def moved(response: object) -> None:
    assert getattr(response, "status_code", 0) == 302, response.content.decode()  # type: ignore[attr-defined]


def accepted(cast: Cast, case: Case, at: datetime) -> None:
    moved(browsing.conclude(cast.commune_officer, case, "intake", "accept", at=at))


def test_tc01_a_general_question_is_answered_by_justice_with_finance_and_tax_within_15_working_days(
    cast: Cast, at: datetime
) -> None:
    case = browsing.file(cast.another_applicant, answers_for(), at=at)
    assert case.sme_class == "micro"
    accepted(cast, case, at + timedelta(hours=2))
    moved(
        browsing.conclude(
            cast.city_officer,
            case,
            "triage",
            "general",
            at=at + timedelta(days=1),
            flags=["consult_finance", "consult_tax"],
        )
    )
    # Received on Thursday 05/11/2026; 24/11 is a holiday and does not count.
    assert case.promised_on == date(2026, 11, 27)
    assert sorted(WorkItem.objects.filter(case=case, finished_at=None).values_list("node", flat=True)) == [
        "consult_finance",
        "consult_tax",
        "draft",
    ]
    page = browsing.signed_in(cast.another_applicant).get(reverse("cases:status", args=[case.key]))
    assert "27/11/2026" in page.content.decode()
    later = at + timedelta(days=5)
    moved(browsing.conclude(cast.finance_officer, case, "consult_finance", "opinion", at=later, answer="Đồng ý."))
    moved(browsing.conclude(cast.justice_officer, case, "draft", "drafted", at=later, answer=ANSWER))
    moved(browsing.conclude(cast.tax_officer, case, "consult_tax", "opinion", at=later, answer="Không ý kiến."))
    moved(browsing.conclude(cast.justice_approver, case, "approve", "approve", at=later + timedelta(days=1)))
    assert case.state == CaseState.DECIDED
    moved(browsing.conclude(cast.city_officer, case, "deliver", "delivered", at=later + timedelta(days=2)))
    assert (case.state, case.outcome) == (CaseState.CLOSED, "answered")
    page = browsing.signed_in(cast.another_applicant).get(reverse("cases:status", args=[case.key]))
    assert ANSWER in page.content.decode()


def test_tc05_one_dispute_goes_to_a_listed_adviser_and_the_fee_of_a_micro_business_is_supported_up_to_3_million(
    cast: Cast, at: datetime
) -> None:
    answers = answers_for(
        question_kind="specific",
        law_field="contract",
        need="Bên bán giao máy may hỏng. Tôi đã trả 90 triệu và muốn đòi lại theo hợp đồng mua máy.",
        wants_cost_support="yes",
        adviser_fee="5.000.000",
    )
    case = browsing.file(cast.applicant, answers, papers=("registration", "adviser_contract"), at=at)
    # The declaration of size is missing: one request names everything that is.
    moved(
        browsing.ask(
            cast.commune_officer,
            case,
            "intake",
            question="Còn thiếu tờ khai xác định doanh nghiệp nhỏ và vừa. Chị chụp và gửi giúp.",
            at=at + timedelta(hours=1),
            missing_papers=["sme_declaration"],
        )
    )
    assert case.information_requests.get().answer_by == date(2026, 11, 27)
    moved(
        browsing.reply(
            cast.applicant,
            case,
            text="Tôi gửi tờ khai kèm đây.",
            at=at + timedelta(days=1),
            paper_sme_declaration=browsing.a_pdf("to-khai.pdf"),
        )
    )
    assert case.documents.filter(kind="sme_declaration").exists()
    accepted(cast, case, at + timedelta(days=4))
    moved(browsing.conclude(cast.city_officer, case, "triage", "adviser", at=at + timedelta(days=4, hours=1)))
    assert not WorkItem.objects.filter(case=case, node="draft").exists(), "no office answers one dispute"
    day = at + timedelta(days=5)
    moved(browsing.conclude(cast.justice_officer, case, "refer_adviser", "refer", at=day, adviser=cast.expert.pk))
    moved(browsing.conclude(cast.expert, case, "adviser_accept", "accept", at=day))
    moved(browsing.conclude(cast.expert, case, "ext_advice", "done", at=day, answer="Đã tư vấn trực tiếp hai buổi."))
    proposed = day + timedelta(days=1)
    # 10 working days from the day the proposal opens: Tuesday 10/11 to Wednesday 25/11, over the holiday.
    assert case.promised_on == date(2026, 11, 25)
    too_much = browsing.conclude(cast.justice_officer, case, "cost_propose", "propose", at=proposed, amount="3.000.001")
    assert too_much.status_code == 200
    assert "3.000.000" in too_much.content.decode()
    moved(
        browsing.conclude(
            cast.justice_officer, case, "cost_propose", "propose", at=proposed, amount="3.000.000", answer=FEE
        )
    )
    assert Decision.objects.get(case=case, node="cost_propose").details["amount"] == 3_000_000
    moved(browsing.conclude(cast.justice_approver, case, "cost_approve", "approve", at=proposed))
    moved(browsing.conclude(cast.justice_officer, case, "ext_payment", "paid", at=proposed + timedelta(days=3)))
    assert (case.state, case.outcome) == (CaseState.DECIDED, "cost_supported")
    page = browsing.signed_in(cast.applicant).get(reverse("cases:status", args=[case.key])).content.decode()
    assert "hai buổi" in page
    assert FEE in page


@pytest.mark.parametrize(
    ("share", "manages", "label"),
    [("51.00", "yes", True), ("50.99", "yes", False), ("60", "no", False)],
    ids=["51.00 with a woman manager", "50.99", "60 without a woman manager"],
)
def test_tc07_the_label_needs_51_per_cent_and_a_woman_who_manages(
    cast: Cast, at: datetime, share: str, manages: str, label: bool
) -> None:
    case = browsing.file(cast.applicant, answers_for(women_capital_pct=share, woman_manager=manages), at=at)
    assert case.state == CaseState.SUBMITTED, "she may ask whatever the label"
    assert case.women_owned is label


def test_tc07_a_new_share_counts_at_the_decision_and_the_timeline_says_why(cast: Cast, at: datetime) -> None:
    case = browsing.file(cast.applicant, answers_for(women_capital_pct="50.99"), at=at)
    accepted(cast, case, at + timedelta(hours=1))
    moved(
        browsing.ask(
            cast.city_officer,
            case,
            "triage",
            question="Chị cho biết phần vốn của phụ nữ hiện nay.",
            at=at + timedelta(hours=2),
            asked_fields=["women_capital_pct"],
        )
    )
    moved(
        browsing.reply(
            cast.applicant, case, text="Tôi đã mua thêm phần vốn.", at=at + timedelta(days=1), women_capital_pct="52"
        )
    )
    assert not case.women_owned, "it is judged at the decision"
    day = at + timedelta(days=4)
    moved(browsing.conclude(cast.city_officer, case, "triage", "general", at=day))
    moved(browsing.conclude(cast.justice_officer, case, "draft", "drafted", at=day, answer=ANSWER))
    moved(browsing.conclude(cast.justice_approver, case, "approve", "approve", at=day))
    assert Case.objects.get(pk=case.pk).women_owned is True
    assert case.events.get(position=case.event_count).facts["women_owned"] == {
        "was": False,
        "is": True,
        "women_capital_pct": "52.00",
        "woman_manager": True,
    }


def test_tc18_poisoned_input_is_kept_as_text_or_refused_in_words_and_nothing_is_lost(cast: Cast, at: datetime) -> None:
    script = "<script>alert(1)</script> Tôi hỏi về hoá đơn khi bán hàng qua sàn điện tử."
    formula = '=HYPERLINK("http://example.test")'
    client, case = browsing.start(cast.applicant)
    first = reverse("cases:page", args=[case.key, "ve-chi"])
    typed = {"full_name": formula, "personal_id": "03418800123", "entity_type": "llc1"}  # 11 digits
    refused = client.post(first, typed).content.decode()
    assert refused.count("govuk-error-message") >= 2, "the name and the number are both explained"
    assert "Lỗi:" in refused
    assert "=HYPERLINK(&quot;" in refused, "what she typed is kept, as text"
    assert 'value="03418800123"' in refused
    browsing.fill_in(client, case, answers_for(need=script))
    fake = browsing.a_file("hopdong.pdf", b"MZ\x90\x00" + b"\0" * 200)
    huge = browsing.a_file("anh.jpg", b"\xff\xd8\xff\xe0" + b"\0" * (60 * 1024 * 1024))
    for file in (fake, huge):
        answered = browsing.add_paper(client, case, "contract", file)
        assert answered.status_code == 200
        assert "govuk-error-summary" in answered.content.decode()
    for number in range(10):
        assert browsing.add_paper(client, case, "other", browsing.a_pdf(f"giay-{number}.pdf")).status_code == 302
    eleventh = browsing.add_paper(client, case, "other", browsing.a_pdf("giay-11.pdf"))
    assert eleventh.status_code == 200
    assert case.documents.count() == 10
    moved(browsing.send(client, case))
    item = browsing.open_item(case, "intake")
    page = browsing.signed_in(cast.commune_officer).get(reverse("workflows:item", args=[item.pk])).content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
