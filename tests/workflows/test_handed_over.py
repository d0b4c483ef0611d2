"""TC-03: a bank reads the part that was handed to it and nothing else, on whatever page it asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.html import escape

from cases import policy
from cases.models import AccessRecord, Agency, Case, Document, Involvement, Slip, User
from cases.policy import Extent, NotFoundForYou, WrongState
from notifications.live import admit
from notifications.messages import words as told_in
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_draft, item_at
from workflows import actions
from workflows.actions.transferring import can_be_transferred, receivers
from workflows.models import WorkItem

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)

# Written where no bank reads: on pages that are not handed over, by colleagues, to and from other offices.
REASON = "Chị từng ở nhà tạm lánh Bình Minh."
REVENUE, HOLDERS_SHARE, NEEDED = "2.345.678.901", "61,25", "17/03/2027"
OTHER_PAPER, PLAN_PAPER, ASKED_PAPER = "giay-rieng-tu.pdf", "phuong-an-may.pdf", "giay-ngan-hang-hoi.pdf"
NOTE, REMARK = "Ghi riêng cho đồng nghiệp về nhà chị.", "Giám sát nhận xét về hồ sơ này."
COLLEAGUES = "Lý do nội bộ khi xem đủ giấy."
HELPED, OPINION, CONFIRMED = "Lời khuyên phương án hai máy.", "Ý kiến pháp lý về thế chấp.", "Xã xác nhận chỗ ở này."
TO_UNION, FROM_UNION = "Tin nhắn chị gửi riêng cho Hội.", "Tin Hội trả lời riêng cho chị."
ASKED_BEFORE, REPLIED_BEFORE = "Hội hỏi thêm về người góp vốn?", "Chị trả lời Hội về người góp vốn."
# Between her and the bank.
QUESTION, REPLY = "Ngân hàng cần bản kê thu nhập ba tháng.", "Em gửi bản kê thu nhập ạ."
TO_BANK, FROM_BANK = "Em muốn hỏi ngân hàng về lãi.", "Ngân hàng nhắn chị mang căn cước."
NOT_NOW = "Lần này chúng tôi chưa cho vay, vì số tiền lớn hơn mức trả chị tính. Chị có thể vay ít hơn."
AGREED = "Ngân hàng khác đồng ý cho chị vay 64 triệu đồng trong ba năm."


@dataclass(frozen=True)
class Handed:
    """A loan that was handed to the Bank for Social Policies."""

    case: Case
    own: Document
    other: Document


def hidden_from_all(cast: Cast) -> set[str]:
    """Return what no body outside may meet on any page."""
    others = (
        *(cast.commune_officer, cast.city_officer, cast.another_city_officer, cast.association_officer),
        *(cast.justice_officer, cast.commune_committee_officer, cast.supervisor),
    )
    offices = Agency.objects.filter(code__in=("HPG-STP", "HPG-HNDN")).values_list("name", flat=True)
    words = (
        *(REASON, REVENUE, HOLDERS_SHARE, NEEDED, OTHER_PAPER, NOTE, REMARK, COLLEAGUES, HELPED, OPINION, CONFIRMED),
        *(TO_UNION, FROM_UNION, ASKED_BEFORE, REPLIED_BEFORE),
    )
    return {*words, *(str(person) for person in others), *offices}


@pytest.fixture
def handed(cast: Cast, at: datetime) -> Handed:
    """Return a loan with a secret in every corner, handed to the bank a moment ago."""
    draft = a_draft(
        cast.applicant,
        at=at,
        service="credit_access",
        revenue_last_year=2_345_678_901,
        women_capital_pct="61.25",
        urgent_until="2027-03-17",
        priority="yes",
        priority_reason=REASON,
    )
    client = browsing.signed_in(cast.applicant)
    with time_machine.travel(at, tick=False):
        browsing.add_paper(client, draft, "other", browsing.a_pdf(OTHER_PAPER))
        browsing.add_paper(client, draft, "plan", browsing.a_pdf(PLAN_PAPER))
    case = player.submit(draft, at=at)
    player.conclude(case, "intake", "accept", at=at + AN_HOUR, by=cast.commune_officer)
    city = item_at(case, "completeness")
    actions.note(city, reviewer=cast.city_officer, words=NOTE, key=uuid4(), at=at + AN_HOUR)
    actions.write_to_office(case, applicant=cast.applicant, words=TO_UNION, key=uuid4(), at=at + AN_HOUR)
    actions.write_to_her(city, reviewer=cast.city_officer, words=FROM_UNION, key=uuid4(), at=at + AN_HOUR)
    player.ask(case, "completeness", question=ASKED_BEFORE, at=at + AN_HOUR, fields=("women_capital_pct",))
    player.reply(case, text=REPLIED_BEFORE, at=at + 2 * AN_HOUR)
    chosen: dict[str, Any] = {"lender": "NHCSXH", "legal_check": True, "commune_confirm": True}
    player.conclude(case, "completeness", "complete", at=at + A_DAY, reason=COLLEAGUES, **chosen)
    player.conclude(case, "plan_help", "helped", at=at + A_DAY, answer=HELPED)
    player.conclude(case, "legal_check", "opinion", at=at + A_DAY, answer=OPINION)
    player.conclude(case, "commune_confirm", "confirmed", at=at + A_DAY, answer=CONFIRMED)
    hand_to_lender(case, at=at + 2 * A_DAY)
    return Handed(case, case.documents.get(kind="plan"), case.documents.get(kind="other"))


def hand_to_lender(case: Case, *, at: datetime) -> None:
    player.conclude(case, "agree", "yes", at=at)
    player.conclude(case, "handover", "handed_over", at=at)


def on_to_another(case: Case, *, at: datetime) -> None:
    """Let the bank refuse, and hand the loan to another lender."""
    player.conclude(case, "lender_result", "refused", at=at, reason_code="LENDER_REFUSED", answer=NOT_NOW)
    player.conclude(case, "next_lender", "another", at=at, lender="AGRI", reason="Nơi này gần nhà chị hơn.")
    hand_to_lender(case, at=at)


def item_page(item: WorkItem) -> str:
    return reverse("workflows:item", args=[item.pk])


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


def opened(client: Client, paper: Document) -> int:
    """Open a paper to its end; return how it was answered."""
    response = client.get(reverse("cases:document", args=[paper.key]))
    body(response)
    return int(response.status_code)


def addresses(handed: Handed) -> Iterator[tuple[str, str]]:
    """Yield every route of the product with whatever of this case could be put into its address."""
    case = handed.case
    slips = list(Slip.objects.filter(case=case).values_list("key", flat=True)[:2])
    of_route = {"cases:document": [handed.own.key, handed.other.key], "cases:slip": slips, "cases:slip_pdf": slips}
    items = case.work_items.filter(node__in=("completeness", "legal_check", "lender_result"))
    numbers = [*items.values_list("pk", flat=True), *case.information_requests.values_list("pk", flat=True)]
    values: dict[str, list[Any]] = {
        "key": [case.key],
        "paper": [handed.own.key, handed.other.key],
        "pk": numbers,
        "person": [case.applicant_id],
        "number": [1],
        "rule": [1],
        "slug": ["khoan-vay"],
        "service": [case.service],
        "code": ["INTAKE"],
        "name": ["lender"],
        "day": ["2026-11-24"],
    }

    def walk(patterns: Any, space: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
            elif pattern.name:
                yield f"{space}{pattern.name}", pattern

    for name, pattern in walk(get_resolver().url_patterns, ""):
        if not name.startswith(("cases:", "workflows:", "notifications:")) and name not in ("home", "design_office"):
            continue
        ways: list[dict[str, Any]] = [{}]
        for argument in pattern.pattern.converters:
            chosen = of_route.get(name, values[argument])
            ways = [{**way, argument: value} for way in ways for value in chosen]
        yield from ((name, reverse(name, kwargs=way)) for way in ways)


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


def leaks(user: User, handed: Handed, secrets: set[str], *, at: datetime) -> dict[str, set[str]]:
    """Return what of these secrets one person meets on any route, by its address; buttons are pressed, too."""
    found: dict[str, set[str]] = {}
    client = browsing.signed_in(user)
    with time_machine.travel(at, tick=False):
        for name, address in addresses(handed):
            for method in ("get", "post"):
                if method == "post" and (not name.startswith("workflows:") or name == "workflows:recuse"):
                    continue
                said = body(getattr(client, method)(address))
                met = {secret for secret in secrets if secret in said or escape(secret) in said}
                if met:
                    found[f"{method} {name} {address}"] = met
    return found


def test_no_route_tells_the_bank_more_than_was_handed_to_it(cast: Cast, handed: Handed, at: datetime) -> None:
    now = at + 2 * A_DAY + AN_HOUR
    # The same walk finds the secrets where they may be read: it would see a leak.
    seen = set().union(*leaks(cast.city_officer, handed, hidden_from_all(cast), at=now).values())
    assert {REVENUE, NEEDED, OTHER_PAPER, NOTE, COLLEAGUES, HELPED, OPINION, TO_UNION} <= seen
    assert leaks(cast.bank_officer, handed, hidden_from_all(cast), at=now) == {}


def test_the_bank_reads_its_part_and_that_there_is_priority(cast: Cast, handed: Handed, at: datetime) -> None:
    case, bank = handed.case, browsing.signed_in(cast.bank_officer)
    assert policy.reading(cast.bank_officer, case).extent is Extent.HANDED
    with time_machine.travel(at + 2 * A_DAY, tick=False):
        page = read(bank, item_page(item_at(case, "lender_result")))
        assert "Ưu tiên" in page
        assert cast.applicant.phone_as_read in page
        assert str(case.answers.data["full_name"]) in page
        assert PLAN_PAPER in page
        assert opened(bank, handed.own) == 200
        assert opened(bank, handed.other) == 404
        thumbnail = reverse("cases:thumbnail", args=[case.key, handed.own.key])
        assert bank.get(thumbnail).status_code == 404
        unseal = bank.post(reverse("workflows:unseal", args=[item_at(case, "lender_result").pk]), {"name": "x"})
        assert unseal.status_code == 404
    read_by_bank = AccessRecord.objects.filter(case=case, person=cast.bank_officer)
    assert sorted(read_by_bank.values_list("part", flat=True)) == ["case", "document"]


def test_what_she_is_to_read_is_shown_to_the_bank_without_the_words_of_others(
    cast: Cast, handed: Handed, at: datetime
) -> None:
    item = item_at(handed.case, "lender_result")
    bank = browsing.signed_in(cast.bank_officer)
    with time_machine.travel(at + 2 * A_DAY, tick=False):
        given = {"verdict": "approved", "reason_code": "FACTS_CLEAR", "answer": AGREED, "amount": "64 triệu"}
        shown = bank.post(reverse("workflows:preview", args=[item.pk]), given).content.decode()
    assert AGREED in shown
    assert HELPED not in shown


def test_a_search_finds_it_by_name_and_place_and_by_nothing_else(cast: Cast, handed: Handed, at: datetime) -> None:
    bank, code = browsing.signed_in(cast.bank_officer), handed.case.short_code
    with time_machine.travel(at + 2 * A_DAY, tick=False):
        for page in ("workflows:worklist", "cases:office_register"):
            for text, finds in (("Hạnh Phúc", True), ("Lê Chân", True), (REVENUE, False), ("tạm lánh", False)):
                assert (code in read(bank, f"{reverse(page)}?tim={text}")) is finds, text
        # Nor by how it stands: whoever is handed a part is not told.
        for chosen in ("state=in_review", "state=open", "now=late", "now=waiting"):
            assert code not in read(bank, f"{reverse('cases:office_register')}?{chosen}")


def test_the_bank_asks_her_and_reads_what_she_answers(cast: Cast, handed: Handed, at: datetime) -> None:
    case, now = handed.case, at + 3 * A_DAY
    bank = browsing.signed_in(cast.bank_officer)
    with time_machine.travel(now, tick=False):
        form = read(bank, reverse("workflows:ask", args=[item_at(case, "lender_result").pk]))
    assert 'value="own_capital"' in form
    assert 'value="revenue_last_year"' not in form
    # Others asked her before; of that the bank does not hear, and asks for the first time.
    request = player.ask(case, "lender_result", question=QUESTION, at=now, fields=("other",))
    assert (request.number, request.approved_by) == (1, None)
    with time_machine.travel(now + AN_HOUR, tick=False):
        hers = browsing.signed_in(cast.applicant)
        page = hers.get(reverse("workflows:answer", args=[case.key]))
        sent = {**browsing.hidden(page), "reply": REPLY, "paper_other": browsing.a_pdf(ASKED_PAPER)}
        assert hers.post(reverse("workflows:answer", args=[case.key]), sent).status_code == 302
        page_of_bank = read(bank, item_page(item_at(case, "lender_result")))
        asked_for = case.documents.filter(kind="other").latest("pk")
        assert opened(bank, asked_for) == 200
    assert {QUESTION, REPLY, ASKED_PAPER} <= {text for text in (QUESTION, REPLY, ASKED_PAPER) if text in page_of_bank}
    assert leaks(cast.bank_officer, handed, hidden_from_all(cast), at=now + 2 * AN_HOUR) == {}


def test_she_and_the_bank_write_to_each_other_and_nobody_outside_reads_it(
    cast: Cast, handed: Handed, at: datetime
) -> None:
    case, now, bank = handed.case, at + 3 * A_DAY, browsing.signed_in(cast.bank_officer)
    actions.write_to_office(case, applicant=cast.applicant, words=TO_BANK, key=uuid4(), at=now)
    with time_machine.travel(now, tick=False):
        page = read(bank, item_page(item_at(case, "lender_result")))
        assert TO_BANK in page
        # Of her messages to others none waits here for an answer.
        assert "1 tin chưa trả lời" in page
        written = bank.post(
            reverse("workflows:write", args=[item_at(case, "lender_result").pk]), {"words": FROM_BANK, "key": uuid4()}
        )
        assert written.status_code == 302
        noted = bank.post(reverse("workflows:note", args=[item_at(case, "lender_result").pk]), {"words": NOTE})
        assert noted.status_code == 404
    over = item_at(case, "lender_result")
    on_to_another(case, at=now + A_DAY)
    with pytest.raises(WrongState):
        actions.write_to_her(over, reviewer=cast.bank_officer, words=FROM_BANK, key=uuid4(), at=now + 2 * A_DAY)
    page = read(browsing.signed_in(cast.another_bank_officer), item_page(item_at(case, "lender_result")))
    assert not [words for words in (TO_BANK, FROM_BANK, QUESTION) if words in page]


def test_a_lender_that_refused_reads_its_own_result_and_not_what_came_later(
    cast: Cast, handed: Handed, at: datetime
) -> None:
    case, now = handed.case, at + 4 * A_DAY
    own = item_at(case, "lender_result")
    on_to_another(case, at=now)
    involvement = Involvement.objects.get(case=case, agency=own.agency)
    assert (involvement.part, involvement.until) == (Involvement.Part.RECEIVES, now)
    player.conclude(case, "lender_result", "approved", at=now + A_DAY, answer=AGREED)
    assert policy.reading(cast.bank_officer, case).extent is Extent.OVER
    later = {AGREED, "50.000.000", str(cast.another_bank_officer), PLAN_PAPER, cast.applicant.phone_as_read}
    other_lender = Agency.objects.get(code="HPG-AGRI").name
    secrets = {*hidden_from_all(cast), *later, other_lender, "Tôi mua", case.get_outcome_display()}
    assert leaks(cast.bank_officer, handed, secrets, at=now + 2 * A_DAY) == {}
    bank = browsing.signed_in(cast.bank_officer)
    with time_machine.travel(now + 2 * A_DAY, tick=False):
        for page in (reverse("workflows:office_case", args=[case.key]), item_page(own)):
            assert NOT_NOW in read(bank, page)
        assert case.short_code in read(bank, reverse("cases:office_register"))
        assert opened(bank, handed.own) == 404


def test_the_next_lender_never_learns_of_the_first(cast: Cast, handed: Handed, at: datetime) -> None:
    case, now = handed.case, at + 4 * A_DAY
    player.ask(case, "lender_result", question=QUESTION, at=at + 3 * A_DAY)
    player.reply(case, text=REPLY, at=at + 3 * A_DAY)
    first = Agency.objects.get(code="HPG-NHCSXH")
    on_to_another(case, at=now)
    secrets = {*hidden_from_all(cast), NOT_NOW, QUESTION, REPLY, str(cast.bank_officer), first.name}
    assert leaks(cast.another_bank_officer, handed, secrets, at=now + AN_HOUR) == {}
    # It asks her for the first time, though another body asked in the same step.
    assert player.ask(case, "lender_result", question=QUESTION, at=now + AN_HOUR).number == 1


def test_a_case_she_took_back_is_read_by_no_bank_any_more(cast: Cast, handed: Handed, at: datetime) -> None:
    actions.withdraw(handed.case, applicant=cast.applicant, key=uuid4(), at=at + 3 * A_DAY)
    handed.case.refresh_from_db()
    assert policy.reading(cast.bank_officer, handed.case).extent is Extent.OVER
    bank = browsing.signed_in(cast.bank_officer)
    assert opened(bank, handed.own) == 404


def test_neither_goes_to_another_office_the_step_of_a_bank_nor_to_a_bank_the_step_of_an_office(
    cast: Cast, handed: Handed, at: datetime
) -> None:
    case, now = handed.case, at + 4 * A_DAY
    item, union = item_at(case, "lender_result"), Agency.objects.get(code="HPG-HPN")
    assert not can_be_transferred(item)
    with pytest.raises((WrongState, NotFoundForYou)):
        actions.transfer(item, reviewer=cast.bank_officer, to=union, words="Nhầm nơi.", key=uuid4(), at=now)
    player.conclude(case, "lender_result", "refused", at=now, reason_code="LENDER_REFUSED", answer=NOT_NOW)
    # Her yes is over with the refusal, and it was never one to whatever an office would like to pass on.
    assert "NHCSXH" not in case.facts["may_read"]
    offered = set(receivers(item_at(case, "next_lender")).values_list("kind", flat=True))
    assert offered
    assert not offered & {"NHCSXH", "AGRI", "STC", "NHNN"}


def test_an_open_page_of_a_bank_hears_nothing_of_the_case(cast: Cast, handed: Handed) -> None:
    topic = f"case:{handed.case.key}"
    assert admit(cast.bank_officer, [topic]).topics == frozenset()
    assert admit(cast.city_officer, [topic]).topics == {topic}


def test_notices_to_a_bank_say_the_step_and_the_day_alone(cast: Cast, handed: Handed, at: datetime) -> None:
    player.ask(handed.case, "lender_result", question=QUESTION, at=at + 3 * A_DAY)
    player.reply(handed.case, text=REPLY, at=at + 3 * A_DAY)
    actions.write_to_office(handed.case, applicant=cast.applicant, words=TO_BANK, key=uuid4(), at=at + 3 * A_DAY)
    agency = Agency.objects.get(code="HPG-NHCSXH").pk
    told = Notification.objects.filter(person=cast.bank_officer).select_related("event__agency", "case")
    lines = [told_in(notification, {agency}) for notification in told.order_by("pk")]
    assert len(lines) == 3
    data = {str(value) for value in handed.case.answers.data.values() if len(str(value)) > 4}
    for line in lines:
        assert not [text for text in (*data, *hidden_from_all(cast), str(cast.applicant)) if text in line]


def test_who_confirms_reads_as_who_is_consulted(cast: Cast, handed: Handed, at: datetime) -> None:
    committee = cast.commune_committee_officer
    assert policy.reading(committee, handed.case).extent is Extent.CONSULTED
    assert policy.reading(cast.justice_officer, handed.case).extent is Extent.CONSULTED
    item = WorkItem.objects.get(case=handed.case, node="commune_confirm")
    page = read(browsing.signed_in(committee), item_page(item))
    assert REVENUE in page
    unread = (cast.applicant.phone_as_read, NOTE, HELPED, OPINION, TO_UNION, REASON, QUESTION)
    assert not [words for words in unread if words in page]
