"""Her page of a case in detail: who does what, what she can do, what she sent, who read it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import AccessRecord, Agency, Case, Membership, Passage, User
from cases.models.agency import ReferenceVersion
from cases.queries.whereabouts import where_is
from project.demo import player
from project.demo.cast import Cast
from tests import browsing
from tests.builders import A_REASON, a_case, a_draft, item_at
from tests.conftest import THURSDAY
from workflows import actions

LATER = THURSDAY + timedelta(hours=3)
AN_HOUR = timedelta(hours=1)


def page_of(case: Case, name: str = "status", *, at: Any = LATER, reader: User | None = None) -> str:
    with time_machine.travel(at, tick=False):
        response = browsing.signed_in(reader or case.applicant).get(reverse(f"cases:{name}", args=[case.key]))
    assert response.status_code == 200
    return response.content.decode()


def parts_of(case: Case) -> list[tuple[str, str]]:
    """Return what stands in the small table of the step being done."""
    with time_machine.travel(LATER, tick=False):
        [now] = [step for step in where_is(Case.objects.get(pk=case.pk)).path if step.state == "now"]
    return [(part.office.name, str(part.words)) for part in now.parts]


# --- the card -------------------------------------------------------------------------------------------------


def test_the_first_sentence_says_which_office_does_what(cast: Cast) -> None:
    assert "Hội Liên hiệp Phụ nữ phường Lê Chân đang đọc hồ sơ của chị" in page_of(a_case(cast.applicant))
    case = a_case(cast.applicant, at_node="consult_tax")
    assert "Sở Tư pháp thành phố Hải Phòng đang soạn câu trả lời cho chị" in page_of(case)


def test_the_days_that_are_left_are_working_days(cast: Cast) -> None:
    case = a_case(cast.applicant)  # Thursday; promised for Friday
    assert "Còn 1 ngày làm việc" in page_of(case)
    assert "Còn" not in page_of(case, at=THURSDAY + timedelta(days=1)).split('class="leaf"')[1].split("</section>")[0]
    case = a_case(cast.applicant, at_node="triage")
    # 15 working days, the holiday of 24/11 among them is not one.
    assert "Thứ Sáu, 27/11/2026" in page_of(case)
    assert "Còn 15 ngày làm việc" in page_of(case)


def test_offices_side_by_side_stand_in_one_step_with_what_each_has_done(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="consult_tax", consult_finance=True)
    assert parts_of(case) == [
        ("Sở Tư pháp thành phố Hải Phòng", "Đang làm"),
        ("Sở Tài chính thành phố Hải Phòng", "Đang làm"),
        ("Thuế thành phố Hải Phòng", "Đang làm"),
    ]
    due = item_at(case, "consult_tax").due_at
    assert f"{due.astimezone(THURSDAY.tzinfo):%d/%m}" not in page_of(case), "one day is hers: the promised one"
    player.conclude(case, "consult_tax", "opinion", at=THURSDAY + AN_HOUR)
    player.ask(case, "draft", question="Ngày nào?", at=THURSDAY + AN_HOUR)
    assert [words for _office, words in parts_of(case)] == ["Chờ chị", "Đang làm", "Xong"]
    player.reply(case, text="Hôm qua.", at=THURSDAY + 2 * AN_HOUR)
    assert [words for _office, words in parts_of(case)] == ["Đang làm", "Đang làm", "Xong"]
    case.refresh_from_db()
    for over, words in ((due.date(), "Đang làm"), (case.promised_on, "Trễ hẹn")):
        assert over is not None
        after = due.replace(year=over.year, month=over.month, day=over.day) + timedelta(days=1)
        with time_machine.travel(after, tick=False):
            [now] = [step for step in where_is(Case.objects.get(pk=case.pk)).path if step.state == "now"]
        assert str(now.parts[1].words) == words, "an office is late towards her when the promise is"


def test_an_office_alone_has_no_table(cast: Cast) -> None:
    assert parts_of(a_case(cast.applicant, at_node="triage")) == []
    assert parts_of(a_case(cast.applicant, at_node="draft")) == []


def test_an_officer_is_named_only_where_the_office_wants_it(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    actions.claim(item_at(case, "triage"), reviewer=cast.city_officer, key=uuid4(), at=THURSDAY)
    assert cast.city_officer.full_name not in page_of(case)
    Agency.objects.filter(code="HPG-HPN").update(names_officers=True)
    assert f"{cast.city_officer.full_name} phụ trách" in page_of(case)
    actions.release(item_at(case, "triage"), reviewer=cast.city_officer, key=uuid4(), at=THURSDAY)
    assert cast.city_officer.full_name not in page_of(case)


def test_the_adviser_is_named_once_she_took_the_case_and_not_before(cast: Cast) -> None:
    asked = a_case(cast.applicant, at_node="adviser_accept", adviser=cast.expert.pk)
    assert cast.expert.full_name not in page_of(asked)
    took = a_case(cast.applicant, at_node="ext_advice", adviser=cast.expert.pk)
    page = page_of(took)
    assert cast.expert.full_name in page
    assert "Tư vấn viên pháp luật đang tư vấn cho chị" in page
    assert cast.expert.phone_as_read not in page


def test_while_she_is_asked_nobody_is_late(cast: Cast) -> None:
    case = a_case(cast.applicant)
    player.ask(case, "intake", question="Chị gửi thêm ảnh hợp đồng.", at=THURSDAY)
    page = page_of(case, at=THURSDAY + timedelta(days=4))
    assert "trễ hẹn" not in page
    assert "Trong lúc chờ, ngày hẹn tạm dừng." in page


def test_what_colleagues_note_changes_nothing_on_any_page_of_hers(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    names = ("status", "thread", "sent", "readings")

    def pages() -> list[str]:
        return [browsing_without_secrets(page_of(case, name)) for name in names]

    before = pages()
    words = "Chị này đã gọi hai lần, nghi chồng ép."
    actions.note(item_at(case, "triage"), reviewer=cast.city_officer, words=words, key=uuid4(), at=THURSDAY + AN_HOUR)
    assert pages() == before


def browsing_without_secrets(page: str) -> str:
    """Return the main part without what differs from one opening to the next."""
    main = page.split("<main")[1].split("</main>")[0]
    lines = [part.split('"')[0] if 'name="' in part[:60] else part for part in main.split("<input")]
    return "<input".join(lines)


# --- what she can do ------------------------------------------------------------------------------------------


def test_only_papers_that_the_service_asks_her_for_and_that_are_not_there_stand_under_get_ready(cast: Cast) -> None:
    page = page_of(a_case(cast.applicant))
    assert "Hợp đồng hoặc giấy tờ về tranh chấp" in page
    assert "Hợp đồng với tư vấn viên" not in page
    with_fee = {"question_kind": "specific", "wants_cost_support": "yes", "adviser_fee": 5_000_000}
    assert "Trong lúc chờ, chị có thể chuẩn bị" in page_of(a_case(cast.applicant, answers=with_fee))
    closed = a_case(cast.applicant, at_node="deliver")
    assert "Trong lúc chờ" not in page_of(closed)


@pytest.mark.parametrize(
    ("state", "may"),
    [
        ("waiting", {"workflows:add_papers", "workflows:withdraw"}),
        ("asked", {"workflows:answer", "workflows:withdraw"}),
        ("decided", set()),
        ("closed", {"workflows:rate"}),
        ("withdrawn", {"workflows:resubmit"}),
        ("expired", {"workflows:resubmit"}),
        ("not accepted", set()),
    ],
)
def test_only_what_can_be_done_is_offered(cast: Cast, state: str, may: set[str]) -> None:
    case = a_case(cast.applicant, at_node="deliver" if state in ("decided", "closed") else "intake")
    match state:
        case "asked":
            player.ask(case, "intake", question="Chị gửi ảnh.", at=THURSDAY)
        case "closed":
            player.conclude(case, "deliver", "delivered", at=THURSDAY + AN_HOUR)
        case "withdrawn":
            actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=THURSDAY)
        case "expired":
            request = player.ask(case, "intake", question="Chị gửi ảnh.", at=THURSDAY)
            actions.expire(request, at=THURSDAY + timedelta(days=90))
        case "not accepted":
            player.conclude(case, "intake", "not_accept", at=THURSDAY)
    page = page_of(case)
    every = {f"workflows:{name}" for name in ("add_papers", "withdraw", "answer", "rate", "resubmit")}
    assert {name for name in every if f'"{reverse(name, args=[case.key])}"' in page} == may
    for name in ("thread", "sent", "readings"):
        assert reverse(f"cases:{name}", args=[case.key]) in page


def test_a_case_that_was_sent_again_leads_to_the_list(cast: Cast) -> None:
    case = a_case(cast.applicant)
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=THURSDAY)
    case = Case.objects.get(pk=case.pk)
    player.submit(actions.resubmit(case, applicant=cast.applicant, at=THURSDAY), at=THURSDAY)
    page = page_of(case)
    assert "Chị đã gửi lại rồi." in page
    assert reverse("workflows:resubmit", args=[case.key]) not in page


# --- the list -------------------------------------------------------------------------------------------------


def test_her_cases_of_one_service_are_told_apart_without_a_word_of_hers(cast: Cast) -> None:
    for field in ("tax", "labour"):
        a_case(cast.applicant, answers={"law_field": field})
    page = browsing.signed_in(cast.applicant).get(reverse("cases:mine")).content.decode()
    assert "Lao động, tiền lương, bảo hiểm" in page
    assert '<div class="about">Thuế</div>' in page
    assert "hoá đơn" not in page


def test_more_cases_and_more_events_ask_the_database_no_more(cast: Cast) -> None:
    def asked(name: str, *args: object) -> int:
        client = browsing.signed_in(cast.applicant)
        client.get(reverse(name, args=args))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(name, args=args)).status_code == 200
        return len(queries)

    case = a_case(cast.applicant, at_node="consult_tax", consult_finance=True)
    pages: list[tuple[Any, ...]] = [
        ("cases:mine",),
        *((f"cases:{name}", case.key) for name in ("status", "thread", "sent", "readings")),
    ]

    def more(number: int) -> None:
        a_case(cast.applicant)
        at = THURSDAY + timedelta(hours=2 + number)
        actions.write_to_office(case, applicant=cast.applicant, words=A_REASON, key=uuid4(), at=at)
        for reader in (cast.justice_officer, cast.city_officer, cast.commune_officer):
            AccessRecord.objects.create(case=case, person=reader, part="case", purpose="draft", at=at)

    more(0)
    before = [asked(*page) for page in pages]
    for number in range(1, 5):
        more(number)
    assert [asked(*page) for page in pages] == before


# --- what she sent --------------------------------------------------------------------------------------------


def test_she_reads_again_all_she_sent_but_not_why_she_asks_for_priority(cast: Cast) -> None:
    why = "Tôi đang nuôi con một mình."
    case = a_case(cast.applicant, answers={"priority": "yes", "priority_reason": why})
    page = page_of(case, "sent")
    assert case.answers.data["need"] in page
    assert "15/03/2022" in page
    assert "2.400.000.000" in page
    assert "Tôi cho phép Hội Liên hiệp Phụ nữ" in page
    assert why not in page


def test_before_it_is_sent_these_pages_lead_to_the_draft(cast: Cast) -> None:
    case = a_draft(cast.applicant)
    client = browsing.signed_in(cast.applicant)
    for name in ("status", "sent", "thread", "readings"):
        response = client.get(reverse(f"cases:{name}", args=[case.key]))
        assert (response.status_code, response["Location"]) == (302, reverse("cases:check", args=[case.key]))


# --- who read it ----------------------------------------------------------------------------------------------


def read(case: Case, person: User, part: str = "case", *, at: Any = THURSDAY) -> None:
    AccessRecord.objects.create(case=case, person=person, part=part, purpose="x", at=at)


def test_readings_are_one_line_an_office_and_day(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    assert "Chưa ai mở hồ sơ." in page_of(case, "readings")
    for minutes in (0, 10, 20):
        read(case, cast.city_officer, at=THURSDAY + timedelta(minutes=minutes))
    read(case, cast.another_city_officer, "document", at=THURSDAY + timedelta(minutes=30))
    read(case, cast.city_officer, at=THURSDAY + timedelta(days=1))
    read(case, cast.commune_officer, at=THURSDAY)
    read(case, cast.applicant, at=THURSDAY)
    page = page_of(case, "readings", at=THURSDAY + timedelta(days=2))
    assert page.count("<b>Hội Liên hiệp Phụ nữ thành phố Hải Phòng</b>") == 2
    assert page.count("<b>Hội Liên hiệp Phụ nữ phường Lê Chân</b>") == 1
    assert "4 lần, lần cuối lúc 09:30" in page
    assert "Một lần, lúc 09:00" in page
    assert "đọc hồ sơ để xử lý, mở giấy tờ" in page
    assert page.index("06/11/2026") < page.index("05/11/2026")
    for person in (cast.city_officer, cast.another_city_officer, cast.commune_officer, cast.applicant):
        assert person.full_name not in page.split("<main")[1]


def test_what_left_as_a_file_and_a_whole_number_are_told_in_their_own_words(cast: Cast) -> None:
    case = a_case(cast.applicant, answers={"personal_id": "031190001234"})
    supervisor, item = browsing.signed_in(cast.supervisor), item_at(case, "intake")
    with time_machine.travel(THURSDAY, tick=False):
        for response in (
            supervisor.post(reverse("cases:register_csv")),
            supervisor.get(reverse("workflows:story_csv", args=[case.key])),
        ):
            assert list(getattr(response, "streaming_content", ()))
        unmask = reverse("workflows:unmask", args=[item.pk])
        browsing.signed_in(cast.commune_officer).post(unmask, {"number": "personal_id"}, HTTP_HX_REQUEST="true")
    page = page_of(case, "readings")
    assert "<span>đưa vào tệp tải về</span>" in page
    assert "2 lần" in page
    assert "<span>xem đủ số căn cước của chị</span>" in page


def test_who_moved_reads_under_the_office_of_that_day(cast: Cast) -> None:
    case = a_case(cast.applicant)
    read(case, cast.commune_officer)
    Membership.objects.filter(user=cast.commune_officer).update(until=THURSDAY.date())
    tax = cast.tax_officer.memberships.get().agency
    day_after = THURSDAY + timedelta(days=1)
    Membership.objects.create(user=cast.commune_officer, agency=tax, role="officer", since=day_after.date())
    read(case, cast.commune_officer, at=day_after)
    page = page_of(case, "readings", at=day_after)
    newer, older = page.split("05/11/2026")
    assert f"<b>{tax.name}</b>" in newer
    assert f"<b>{tax.name}</b>" not in older
    assert "<b>Hội Liên hiệp Phụ nữ phường Lê Chân</b>" in older


def test_a_reading_of_what_is_sealed_is_told_in_neutral_words(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    read(case, cast.city_officer, "sealed")
    page = page_of(case, "readings").lower()
    assert "đọc phần được giữ riêng" in page
    for betraying in ("trợ giúp pháp lý", "bạo lực", "ưu tiên", "help_kind", "sealed"):
        assert betraying not in page


# --- the thread -----------------------------------------------------------------------------------------------


def test_the_thread_shows_who_which_office_when_and_the_words(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    item = item_at(case, "triage")
    actions.write_to_office(case, applicant=cast.applicant, words="Bao giờ có ạ?", key=uuid4(), at=THURSDAY + AN_HOUR)
    actions.write_to_her(
        item, reviewer=cast.city_officer, words="Thứ Sáu <b>này</b>.", key=uuid4(), at=THURSDAY + 2 * AN_HOUR
    )
    actions.note(item, reviewer=cast.city_officer, words="Nội bộ.", key=uuid4(), at=THURSDAY + 2 * AN_HOUR)
    page = page_of(case, "thread")
    assert page.index("Bao giờ có ạ?") < page.index("Thứ Sáu &lt;b&gt;này&lt;/b&gt;.")
    assert "10:00 05/11/2026" in page
    assert page.count("letter--hers") == 1
    assert "<b>Hội Liên hiệp Phụ nữ thành phố Hải Phòng</b>" in page
    assert cast.city_officer.full_name not in page
    assert "Nội bộ." not in page
    Agency.objects.filter(code="HPG-HPN").update(names_officers=True)
    ReferenceVersion.bump()
    assert f"<b>Hội Liên hiệp Phụ nữ thành phố Hải Phòng, {cast.city_officer.full_name}</b>" in page_of(case, "thread")


def test_questions_and_answers_stand_in_the_thread(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    player.ask(case, "triage", question="Chị ký ngày nào?", at=THURSDAY)
    page = page_of(case, "thread")
    assert "Chị ký ngày nào?" in page
    assert reverse("workflows:answer", args=[case.key]) in page
    player.reply(case, text="Hôm qua ạ.", at=THURSDAY + AN_HOUR)
    page = page_of(case, "thread")
    assert "Hôm qua ạ." in page
    assert reverse("workflows:answer", args=[case.key]) not in page


def test_the_thread_says_who_reads_it(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="consult_tax")
    assert "Nơi đọc: Sở Tư pháp thành phố Hải Phòng." in page_of(case, "thread")
    player.conclude(case, "draft", "drafted", at=THURSDAY + AN_HOUR)
    page = page_of(case, "thread")
    assert "Nơi đọc: Sở Tư pháp thành phố Hải Phòng." in page
    assert "Nơi đọc: Thuế" not in page


def test_the_thread_of_a_case_that_ended_is_read_only(cast: Cast) -> None:
    case = a_case(cast.applicant)
    actions.write_to_office(case, applicant=cast.applicant, words="Em rút nhé.", key=uuid4(), at=THURSDAY)
    actions.withdraw(case, applicant=cast.applicant, key=uuid4(), at=THURSDAY)
    page = page_of(case, "thread")
    assert "Em rút nhé." in page
    assert "<textarea" not in page
    assert reverse("workflows:write_to_office", args=[case.key]) not in page


def test_the_thread_asks_to_be_told_of_news_of_this_case_alone(cast: Cast) -> None:
    case = a_case(cast.applicant)
    page = page_of(case, "thread")
    assert f'data-live="case:{case.key}"' in page
    assert 'id="thread"' in page
    assert "htmx" not in page
    assert not Passage.objects.filter(case=case).exists()
