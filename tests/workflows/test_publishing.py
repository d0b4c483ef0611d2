"""The last line of TC-01: a general answer is published for everybody, and nothing of hers is in it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cases.models import Case, PublishedAnswer, Recusal, TimelineEvent, User
from cases.queries.whereabouts import where_is
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import hidden, signed_in
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY

QUESTION = "Bán hàng qua sàn thì lập hoá đơn điện tử thế nào?"
ANSWER = "Lập hoá đơn cho từng lần bán, khi giao hàng cho người mua."
SOURCE = "Nghị định 123/2020/NĐ-CP, Điều 9"
TEXTS = {"question": QUESTION, "answer": ANSWER, "source": SOURCE}


def answered(applicant: User, *, at: datetime = THURSDAY, **answers: Any) -> Case:
    case = a_case(applicant, at_node="approve", at=at, answers={"tax_code": "0201234569", **answers})
    player.conclude(case, "approve", "approve", at=at + timedelta(minutes=30))
    player.conclude(case, "deliver", "delivered", at=at + timedelta(hours=1))
    case.refresh_from_db()
    return case


def page_of(case: Case) -> str:
    return reverse("workflows:publish", args=[case.key])


def publish(user: User, case: Case, **given: Any) -> Any:
    client = signed_in(user)
    return client.post(page_of(case), {**hidden(client.get(page_of(case))), **TEXTS, **given})


def test_tc01_the_answer_is_published_without_her_data_and_offered_to_the_next(cast: Cast) -> None:
    need = "Tôi là Nguyễn Thị Hạnh, CÔNG TY TNHH MAY HẠNH PHÚC, mã số 0201 234 569. Lập hoá đơn thế nào?"
    case = answered(cast.another_applicant, need=need)
    assert case.decided_at is not None
    with time_machine.travel(THURSDAY + timedelta(days=2), tick=False):
        client = signed_in(cast.justice_approver)
        assert reverse("workflows:to_publish") in client.get(reverse("workflows:worklist")).content.decode()
        listed = client.get(reverse("workflows:to_publish")).content.decode()
        assert page_of(case) in listed
        assert "công bố trước 20/11" in listed
        form = client.get(page_of(case)).context["form"]
        assert form.initial["question"] == "Tôi là …, …, mã số …. Lập hoá đơn thế nào?"
        assert publish(cast.justice_approver, case).headers["Location"] == reverse("workflows:to_publish")
        assert page_of(case) not in client.get(reverse("workflows:to_publish")).content.decode()
    row = PublishedAnswer.objects.get(case=case)
    assert (row.question, row.answer, row.source, row.law_field) == (QUESTION, ANSWER, SOURCE, "tax")
    assert (row.published_on, row.published_by) == (date(2026, 11, 7), cast.justice_approver)
    event = TimelineEvent.objects.get(verb="answer_published")
    assert event.facts["published"] == row.pk
    assert QUESTION not in str(event.facts)
    assert not event.notifications.exists()
    assert where_is(case).updated_at != event.at
    later = THURSDAY + timedelta(days=3)
    other = a_case(cast.applicant, at_node="kb_answer", at=later)
    with time_machine.travel(later + timedelta(hours=1), tick=False):
        item = item_at(other, "kb_answer")
        page = signed_in(cast.city_officer).get(reverse("workflows:item", args=[item.pk])).content.decode()
    assert QUESTION in page


def test_what_is_late_comes_first_and_more_answers_take_no_more_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    new, old = (answered(cast.another_applicant, at=THURSDAY + timedelta(days=days)) for days in (10, 0))
    with time_machine.travel(THURSDAY + timedelta(days=20), tick=False):
        client = signed_in(cast.justice_approver)
        with django_assert_max_num_queries(12):
            page = client.get(reverse("workflows:to_publish")).content.decode()
    assert page.index("công bố trước 20/11") < page.index(page_of(old)) < page.index(page_of(new))
    assert page.count("tag--brick") == 1


@pytest.mark.parametrize(
    ("left", "kind"),
    [
        ("Chị NGUYEN THI HANH hỏi.", "tên người nộp"),
        ("Chị Hạnh hỏi.", "tên người nộp"),
        ("Của công ty TNHH  may hanh phuc.", "tên cơ sở kinh doanh"),
        ("Xưởng may Hạnh Phúc.", "tên cơ sở kinh doanh"),
        ("Mã 020 123 4569.", "mã số thuế"),
        ("Gọi {phone}.", "số điện thoại"),
        ("Hồ sơ {code}.", "mã hồ sơ"),
        ("Hồ sơ {short}.", "mã hồ sơ"),
    ],
)
def test_a_text_with_her_data_is_refused_and_kept(cast: Cast, left: str, kind: str) -> None:
    case = answered(cast.another_applicant)
    phone = cast.another_applicant.phone_as_read
    left = left.format(phone=phone, code=str(case.code).lower(), short=case.short_code.replace("-", " "))
    response = publish(cast.justice_approver, case, answer=f"{ANSWER} {left}")
    assert response.status_code == 200
    text = response.content.decode()
    assert f"Trong bài vẫn còn: {kind}." in text
    assert ANSWER in text
    assert left in text
    assert not PublishedAnswer.objects.filter(case=case).exists()


def test_only_an_approver_of_the_office_that_answered_publishes(cast: Cast) -> None:
    case = answered(cast.another_applicant)
    for user in (cast.justice_officer, cast.city_approver, cast.another_applicant, cast.supervisor):
        client = signed_in(user)
        for address in (reverse("workflows:to_publish"), page_of(case)):
            assert client.get(address).status_code == 404
        assert client.post(page_of(case), TEXTS).status_code == 404
    Recusal.objects.create(case=case, person=cast.justice_approver, ground="family", recorded_at=THURSDAY)
    assert signed_in(cast.justice_approver).get(page_of(case)).status_code == 404
    assert page_of(case) not in signed_in(cast.justice_approver).get(reverse("workflows:to_publish")).content.decode()


def test_twice_is_a_conflict_and_the_same_form_again_is_not(cast: Cast) -> None:
    case = answered(cast.another_applicant)
    client = signed_in(cast.justice_approver)
    form = {**hidden(client.get(page_of(case))), **TEXTS}
    assert [client.post(page_of(case), form).status_code for _again in range(2)] == [302, 302]
    assert client.get(page_of(case)).status_code == 409
    form["key"] = "5b0c3e7e-0d4a-4a52-9f8e-0c1f5f0f4a11"
    assert client.post(page_of(case), form).status_code == 409
    assert PublishedAnswer.objects.filter(case=case).count() == 1


def test_what_is_not_decided_is_not_published(cast: Cast) -> None:
    case = a_case(cast.another_applicant, at_node="approve")
    assert signed_in(cast.justice_approver).get(page_of(case)).status_code == 409
    assert signed_in(cast.justice_approver).post(page_of(case), TEXTS).status_code in (200, 409)
