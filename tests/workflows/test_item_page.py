"""One work item: who may open it, what stands on it, and what does not."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from cases.models import AccessRecord, Enterprise, Membership, Role, User
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import a_pdf, signed_in
from tests.builders import a_case, item_at
from workflows.views.shown import facts_of

WHY = "Tôi phải đi khỏi nhà vì bị đánh."


def page(user: User, pk: int) -> str:
    response = signed_in(user).get(reverse("workflows:item", args=[pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_only_those_who_work_there_open_it(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="draft")
    item = item_at(case, "draft")
    workers = {"justice_officer", "another_justice_officer", "justice_approver"}
    for part, person in cast.people():
        status = signed_in(person).get(reverse("workflows:item", args=[item.pk])).status_code
        assert (part, status) == (part, 200 if part in workers else 404)


def test_without_signing_in_one_is_sent_to_the_entrance(client: object, cast: Cast) -> None:
    item = item_at(a_case(cast.applicant), "intake")
    assert client.get(reverse("workflows:item", args=[item.pk])).status_code == 302  # type: ignore[attr-defined]


def test_her_own_case_is_nothing_to_an_officer(cast: Cast) -> None:
    item = item_at(a_case(cast.commune_officer), "intake")
    assert signed_in(cast.commune_officer).get(reverse("workflows:item", args=[item.pk])).status_code == 404


def test_every_opening_is_written_down(cast: Cast) -> None:
    case = a_case(cast.applicant)
    page(cast.commune_officer, item_at(case, "intake").pk)
    record = AccessRecord.objects.get(case=case)
    assert (record.person, record.part, record.purpose) == (cast.commune_officer, "case", "intake")


def test_it_shows_her_answers_her_papers_and_what_the_law_makes_of_them(cast: Cast) -> None:
    case = a_case(cast.applicant, answers={"personal_id": "031185001234"})
    case.documents.create(
        kind="contract", original_name="hop-dong.pdf", content_type="application/pdf", size=9, sha256="0",
        file=a_pdf(), uploaded_by=cast.applicant, uploaded_at=case.created_at,
    )  # fmt: skip
    text = page(cast.commune_officer, item_at(case, "intake").pk)
    for words in ("hoá đơn điện tử", "hop-dong.pdf", "tự kê khai", "0900 100 001", "•••••••••234", str(case.code)):
        assert words in text
    assert "031185001234" not in text


def test_a_consulted_office_sees_neither_her_phone_nor_what_colleagues_wrote(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    player.conclude(
        case, "triage", "general", at=item_at(case, "triage").opened_at + timedelta(minutes=5),
        consult_tax=True, reason="Chỉ cho Sở Tư pháp đọc.",
    )  # fmt: skip
    consulted = page(cast.tax_officer, item_at(case, "consult_tax").pk)
    handling = page(cast.justice_officer, item_at(case, "draft").pk)
    assert "0900 100 001" not in consulted
    assert "0900 100 001" in handling
    assert "Chỉ cho Sở Tư pháp đọc." not in consulted
    assert "Chỉ cho Sở Tư pháp đọc." in handling
    assert "hoá đơn điện tử" in consulted


def test_an_approver_reads_the_draft_and_the_amount_before_deciding(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="approve")
    draft = case.decisions.get(node="draft").answer
    assert draft is not None
    assert draft.body in page(cast.justice_approver, item_at(case, "approve").pk)
    case = a_case(cast.another_applicant, at_node="cost_approve", amount=1_234_000)
    assert "1.234.000" in page(cast.justice_approver, item_at(case, "cost_approve").pk)


def test_words_that_were_sent_back_stand_in_the_box_to_be_mended(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="approve")
    draft = case.decisions.get(node="draft").answer
    assert draft is not None
    player.conclude(case, "approve", "return", at=at, reason="Cần ngắn hơn.")
    shown = page(cast.justice_officer, item_at(case, "redraft").pk)
    assert draft.body in shown.partition('name="answer"')[2].partition("</textarea>")[0]


def test_who_cannot_decide_reads_why(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="approve")
    item = item_at(case, "approve")
    assert "Bước này dành cho" in page(cast.another_justice_officer, item.pk)
    drafter = case.decisions.get(node="draft").reviewer
    Membership.objects.create(user=drafter, agency=item.agency, role=Role.APPROVER, since=at)
    assert "Người soạn không tự duyệt. Cần một người khác duyệt." in page(drafter, item.pk)
    assert "Gửi kết luận" not in page(drafter, item.pk)
    item.assignee = drafter
    item.save()
    assert f"{drafter} đang giữ việc này." in page(cast.justice_approver, item.pk)


def test_a_finished_item_says_who_finished_it(cast: Cast) -> None:
    case = a_case(cast.applicant)
    item = item_at(case, "intake")
    player.conclude(case, "intake", "accept", at=item.opened_at)
    text = page(cast.commune_officer, item.pk)
    assert "Phạm Thị Hoa đã xử lý việc này lúc 09:00 05/11/2026." in text
    assert "Gửi kết luận" not in text


# --- sealed words ------------------------------------------------------------------------------------------


def test_why_she_asks_for_priority_is_read_by_the_holder_alone_and_the_reading_is_recorded(cast: Cast) -> None:
    case = a_case(cast.applicant, answers={"priority": "yes", "priority_reason": WHY})
    item = item_at(case, "intake")
    unseal, client = reverse("workflows:unseal", args=[item.pk]), signed_in(cast.commune_officer)
    assert WHY not in page(cast.commune_officer, item.pk)
    assert client.post(unseal, {"name": "priority_reason"}).status_code == 404
    assert not AccessRecord.objects.filter(case=case, part="sealed").exists()
    client.post(reverse("workflows:claim", args=[item.pk]), {"key": ""})
    assert WHY not in page(cast.commune_officer, item.pk)
    assert client.get(unseal).status_code == 405
    response = client.post(unseal, {"name": "priority_reason"})
    assert WHY in response.content.decode()
    record = AccessRecord.objects.get(case=case, part="sealed")
    assert (record.person, record.purpose) == (cast.commune_officer, "priority_reason")


def test_nothing_is_shown_when_the_reading_cannot_be_recorded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(cast.applicant, answers={"priority": "yes", "priority_reason": WHY})
    item = item_at(case, "intake")
    client = signed_in(cast.commune_officer)
    client.post(reverse("workflows:claim", args=[item.pk]), {"key": ""})
    client.raise_request_exception = False

    def fail(**_fields: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("workflows.views.deciding.AccessRecord.objects.create", fail)
    response = client.post(reverse("workflows:unseal", args=[item.pk]), {"name": "priority_reason"})
    assert response.status_code == 500
    assert WHY not in response.content.decode()


def test_later_readers_learn_of_priority_but_never_whether_she_said_why(cast: Cast) -> None:
    said = a_case(cast.applicant, at_node="triage", answers={"priority": "yes", "priority_reason": WHY})
    silent = a_case(cast.another_applicant, at_node="triage", answers={"priority": "yes"})
    pages = [page(cast.city_officer, item_at(case, "triage").pk) for case in (said, silent)]
    for text in pages:
        assert "Ưu tiên" in text
        assert WHY not in text
    assert pages[0].count("<dt>") == pages[1].count("<dt>")


def test_the_kind_of_help_is_read_by_its_holder_alone(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="direct_help", help_kind="safe_referral")
    item = item_at(case, "direct_help")
    kind = "name"
    unseal = reverse("workflows:unseal", args=[item.pk])
    assert signed_in(cast.city_approver).post(unseal, {kind: "help_kind"}).status_code == 404
    response = signed_in(item.assignee).post(unseal, {kind: "help_kind"})
    assert response.status_code == 200
    assert "safe_referral" not in response.content.decode()
    assert AccessRecord.objects.filter(case=case, part="sealed", purpose="help_kind").count() == 1


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("individual", ["Kind of business"]),
        ("household", ["Kind of business", "Owned by women"]),
        ("llc1", ["Kind of business", "Size, as she declares it", "Owned by women"]),
    ],
)
def test_what_nobody_asked_of_her_kind_of_business_is_not_answered_with_no(kind: str, told: list[str]) -> None:
    with translation.override("en"):
        assert [str(label) for label, _value in facts_of(Enterprise(entity_type=kind, sector="trade"))] == told
