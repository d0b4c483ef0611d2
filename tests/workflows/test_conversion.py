"""From a household business to an enterprise, through HTTP: TC-02 and TC-06, and what must never happen on the way."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from cases.models import Case, CaseState
from cases.policy import supervised_cases
from cases.queries.directory import reference_version
from cases.queries.targets import Standing, targets
from cases.queries.whereabouts import where_is
from project.demo import player, playing
from project.demo.cast import COMMUNES, Cast
from project.demo.stories import conversion
from tests import browsing
from tests.builders import a_case, answers_for, item_at
from workflows.flows.conversion.v1 import READINESS
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.queries.health import examine
from workflows.queries.rulebook import rulebook

pytestmark = pytest.mark.django_db

# The Monday before the holiday of 24 November.
MONDAY = timezone.make_aware(datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001 - made aware here
HAI_PHONG = "31"
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
EVERY_LINE = [code for code, _words in READINESS]
CODE = "0200123457"
GRANTED = {"enterprise_code": CODE, "granted_on_day": "9", "granted_on_month": "12", "granted_on_year": "2026"}
GUIDED = "Chị chọn công ty một thành viên là hợp. Chị nộp giấy đề nghị, điều lệ và bản sao giấy hộ kinh doanh."
MET = "Tôi đã gặp chị tại cửa hàng. Chúng ta đã xem sổ bán hàng và thử lập hoá đơn trên điện thoại."
TALKING = "A businesswoman talks with you"
COMPLETE = "Giấy tờ của chị đã đủ. Chị nộp qua mạng hoặc tại Sở Tài chính."
TO_CORRECT = "Chị ghi rõ số nhà của trụ sở và ký lại trang cuối của điều lệ rồi nộp lại."
NOT_NOW = "Cơ quan đăng ký chưa cấp, vì trụ sở chị ghi là căn hộ chung cư. Chị có thể nộp lại khi có trụ sở khác."
TWO_MEMBERS = [
    {"name": "Trần Thị Mai", "personal_id": "031187001234", "share": "60", "woman": "yes"},
    {"name": "Trần Văn Long", "personal_id": "", "share": "40,00", "woman": "no"},
]


def moved(response: Any) -> None:
    assert response.status_code == 302, response.content.decode()


def she_says(case: Case, node: str, verdict: str, *, at: datetime, **given: Any) -> Any:
    """Press a button of her own step; return the response."""
    page = reverse("workflows:her_step", args=[case.key, item_at(case, node).pk])
    with time_machine.travel(at, tick=False):
        client = browsing.signed_in(case.applicant)
        response = client.post(page, {**browsing.hidden(client.get(page)), "verdict": verdict, **given})
    case.refresh_from_db()
    return response


def her_page(case: Case, *, at: datetime, name: str = "status") -> str:
    """Return the page of her case, or of what was written to her."""
    with time_machine.travel(at, tick=False):
        page = browsing.signed_in(case.applicant).get(reverse(f"cases:{name}", args=[case.key]))
    return str(page.content.decode())


def filed(cast: Cast, **answers: Any) -> Case:
    """Return a case that she filed herself, with the papers that the law asks for."""
    with time_machine.travel(MONDAY, tick=False):
        client, case = browsing.start(cast.applicant, "conversion")
        browsing.fill_in(client, case, answers_for("conversion", **answers))
        for kind in ("household_certificate", "tax_returns"):
            moved(browsing.add_paper(client, case, kind))
        moved(browsing.send(client, case))
    case.refresh_from_db()
    return case


def standing(cast: Cast, *, at: datetime) -> Standing:
    """Return how the city's plan stands with households that become enterprises."""
    of_city = targets(supervised_cases(cast.supervisor), [HAI_PHONG], at=at)
    return next(each for each in of_city if each.target.service == "conversion")


def reached(cast: Cast, *, at: datetime) -> tuple[int | None, dict[str, int]]:
    """Return how many households became enterprises, and what else came of those we helped, counted apart."""
    found = standing(cast, at=at)
    return found.reached, {part.outcome: part.number for part in found.parts if part.apart}


def promised(case: Case) -> date | None:
    return case.promised_on


def open_steps(case: Case) -> list[str]:
    return sorted(WorkItem.objects.filter(case=case, finished_at=None).values_list("node", flat=True))


def at_node(cast: Cast, node: str, **answers: Any) -> Case:
    return a_case(cast.applicant, at_node=node, service="conversion", at=MONDAY, answers=answers)


# --- the acceptance stories ---------------------------------------------------------------------------------------


def test_tc02_a_household_becomes_an_enterprise_and_is_counted_once_its_code_is_recorded(cast: Cast) -> None:
    case = filed(cast, commune=COMMUNES[1], full_name="Trần Thị Mai", registered_on="2022-03-15")
    moved(browsing.conclude(cast.another_commune_officer, case, "intake", "accept", at=MONDAY + AN_HOUR))
    moved(browsing.conclude(cast.city_officer, case, "eligibility", "go_on", at=MONDAY + 2 * AN_HOUR))
    assert open_steps(case) == ["companion", "guide", "tax_ready"]
    # Three working days; 24/11 is a holiday and does not count.
    assert promised(case) == date(2026, 11, 27)
    assert timezone.localdate(item_at(case, "guide").due_at) == date(2026, 11, 27)
    assert "27/11/2026" in her_page(case, at=MONDAY + 3 * AN_HOUR)

    day = MONDAY + 2 * A_DAY
    moved(browsing.conclude(cast.finance_officer, case, "guide", "guided", at=day, answer=GUIDED))
    moved(browsing.conclude(cast.tax_officer, case, "tax_ready", "opinion", at=day, answer="Kê khai theo quý."))
    assert promised(case) is None, "she has the guidance that was promised"
    assert GUIDED in her_page(case, at=day, name="thread")
    moved(browsing.conclude(cast.association_officer, case, "companion", "met", at=day + AN_HOUR, answer=MET))
    assert open_steps(case) == ["readiness"]
    moved(she_says(case, "readiness", "ready", at=day + A_DAY, checked=EVERY_LINE))
    # The time on which she works is hers: of the day that passed meanwhile nobody has to apologise.
    assert promised(case) == date(2026, 11, 30)
    noon = day + A_DAY + AN_HOUR
    moved(browsing.conclude(cast.city_officer, case, "check_readiness", "confirmed", at=noon, answer=COMPLETE))
    # The register has three working days from here.
    assert promised(case) == date(2026, 12, 1)
    assert open_steps(case) == ["ext_register"]
    assert reached(cast, at=day + A_DAY) == (0, {}), "guidance alone is no enterprise"

    later = MONDAY + 16 * A_DAY
    moved(browsing.conclude(cast.finance_officer, case, "ext_register", "granted", at=later, **GRANTED))
    assert (case.state, case.outcome) == (CaseState.DECIDED, "registered")
    assert reached(cast, at=later) == (1, {})
    assert case.decisions.get(node="ext_register").details == {"enterprise_code": CODE, "granted_on": "2026-12-09"}
    read = her_page(case, at=later)
    assert GUIDED in read
    assert MET in read
    assert not case.follow_ups.exists()

    closed = later + A_DAY
    committee = cast.another_commune_committee_officer
    moved(browsing.conclude(committee, case, "ext_close_household", "closed", at=closed))
    assert (case.state, case.outcome) == (CaseState.CLOSED, "registered")
    asked = list(case.follow_ups.order_by("number").values_list("rule", "due_on"))
    assert [rule for rule, _day in asked] == [f"FOLLOWUP_{months}" for months in (3, 6, 12, 24, 36)]
    assert [(day - closed.date()).days for _rule, day in asked] == [90, 180, 365, 730, 1095]
    assert reached(cast, at=closed) == (1, {})
    health = examine(at=closed + AN_HOUR)
    assert (health.findings, health.stuck) == ([], 0)


def test_tc06_a_household_of_seven_months_is_guided_and_warned_with_the_source_and_never_refused(cast: Cast) -> None:
    answers = answers_for("conversion", full_name="Vũ Ngân", registered_on="2026-04-20", started_on="2026-04-20")
    with time_machine.travel(MONDAY, tick=False):
        client, draft = browsing.start(cast.applicant, "conversion")
        browsing.fill_in(client, draft, answers)
        before_sending = client.get(reverse("cases:check", args=[draft.key])).content.decode()
        moved(browsing.send(client, draft))
    warning, source = "chưa đủ điều kiện", "04/2017/QH14"
    case = Case.objects.get(pk=draft.pk)
    assert case.state == CaseState.SUBMITTED
    moved(browsing.conclude(cast.commune_officer, case, "intake", "accept", at=MONDAY + AN_HOUR))
    with time_machine.travel(MONDAY + AN_HOUR, tick=False):
        item = reverse("workflows:item", args=[item_at(case, "eligibility").pk])
        beside = browsing.signed_in(cast.city_officer).get(item).content.decode()
    for page in (before_sending, beside):
        assert warning in page.lower()
        assert source in page
    moved(browsing.conclude(cast.city_officer, case, "eligibility", "go_on", at=MONDAY + 2 * AN_HOUR))
    assert "guide" in open_steps(case)


# --- what each branch calls for -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "beside"),
    [
        ({}, []),
        ({"conditional_sector": "yes"}, ["conditional_permit"]),
        ({"foreign_capital": "yes"}, ["foreign_capital"]),
        ({"conditional_sector": "yes", "foreign_capital": "yes"}, ["conditional_permit", "foreign_capital"]),
        ({"tax_debt": "yes"}, []),
    ],
)
def test_a_permit_and_capital_from_abroad_bring_their_offices_and_nothing_else_does(
    cast: Cast, answers: dict[str, str], beside: list[str]
) -> None:
    case = at_node(cast, "eligibility", **answers)
    moved(browsing.conclude(cast.city_officer, case, "eligibility", "go_on", at=MONDAY + AN_HOUR))
    assert open_steps(case) == sorted(["companion", "guide", "tax_ready", *beside])
    for node in open_steps(case):
        assert open_steps(case) != ["readiness"]
        player.conclude(case, node, graph_for("conversion", 1).human(node).options[0].verdict, at=MONDAY + 2 * AN_HOUR)
    assert open_steps(case) == ["readiness"]


def test_what_goes_on_side_by_side_stands_so_on_her_path_until_each_part_is_done(cast: Cast) -> None:
    case = at_node(cast, "guide")

    def on_her_path() -> list[str]:
        with translation.override("en"):
            states = {str(step.label): step.state for step in where_is(case).path}
        return [states["The Department of Finance guides you, the tax authority advises"], states[TALKING]]

    day = MONDAY + 2 * A_DAY
    assert on_her_path() == ["now", "now"]
    moved(browsing.conclude(cast.association_officer, case, "companion", "met", at=day, answer=MET))
    assert on_her_path() == ["now", "done"]
    moved(browsing.conclude(cast.finance_officer, case, "guide", "guided", at=day, answer=GUIDED))
    moved(browsing.conclude(cast.tax_officer, case, "tax_ready", "opinion", at=day, answer="Không ý kiến."))
    assert on_her_path() == ["done", "done"]


def test_without_every_line_ticked_she_is_not_ready_and_what_she_ticked_stays(cast: Cast) -> None:
    case = at_node(cast, "readiness")
    response = she_says(case, "readiness", "ready", at=MONDAY + A_DAY, checked=EVERY_LINE[:-1])
    assert response.status_code == 200
    page = response.content.decode()
    assert "Những gì tôi khai trong hồ sơ này là đúng" in page
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert [" checked" in box for box in boxes] == [True] * (len(EVERY_LINE) - 1) + [False]
    assert open_steps(case) == ["readiness"]
    moved(she_says(case, "readiness", "not_yet", at=MONDAY + A_DAY))
    assert open_steps(case) == ["put_aside"]


def test_who_is_sent_back_to_the_list_reads_what_is_missing(cast: Cast) -> None:
    case = at_node(cast, "check_readiness")
    missing = "Tên chị chọn trùng với một công ty khác. Chị xem lại tên thứ hai."
    at = MONDAY + A_DAY
    moved(browsing.conclude(cast.city_officer, case, "check_readiness", "return", at=at, answer=missing))
    assert missing in her_page(case, at=at, name="thread")


# --- the register -------------------------------------------------------------------------------------------------


def test_the_register_may_ask_for_corrections_more_than_once(cast: Cast) -> None:
    case = at_node(cast, "ext_register")
    for day in (1, 5):
        at = MONDAY + day * A_DAY
        moved(browsing.conclude(cast.finance_officer, case, "ext_register", "corrections", at=at, answer=TO_CORRECT))
        assert TO_CORRECT in her_page(case, at=at, name="thread")
        moved(she_says(case, "correct", "corrected", at=at + A_DAY))
        assert open_steps(case) == ["ext_register"]
    moved(browsing.conclude(cast.finance_officer, case, "ext_register", "granted", at=MONDAY + 20 * A_DAY, **GRANTED))
    assert case.outcome == "registered"


def test_a_refusal_of_the_register_needs_its_reason_and_is_counted_apart(cast: Cast) -> None:
    case = at_node(cast, "ext_register")
    at = MONDAY + 2 * A_DAY
    short = browsing.conclude(
        cast.finance_officer, case, "ext_register", "refused", at=at, reason_code="REGISTER_REFUSED", answer="Chưa cấp."
    )
    assert short.status_code == 200
    assert open_steps(case) == ["ext_register"]
    refused = {"reason_code": "REGISTER_REFUSED", "answer": NOT_NOW}
    moved(browsing.conclude(cast.finance_officer, case, "ext_register", "refused", at=at, **refused))
    moved(browsing.conclude(cast.city_officer, case, "deliver", "delivered", at=at + AN_HOUR))
    assert (case.state, case.outcome) == (CaseState.CLOSED, "not_registered")
    assert not case.follow_ups.exists()
    assert reached(cast, at=at + AN_HOUR) == (0, {"not_registered": 1})
    assert NOT_NOW in her_page(case, at=at + AN_HOUR)


def test_who_gives_up_before_the_register_was_guided_and_is_counted_apart(cast: Cast) -> None:
    case = at_node(cast, "correct")
    at = MONDAY + 2 * A_DAY
    moved(she_says(case, "correct", "given_up", at=at))
    words = "Chị đã có bản hướng dẫn. Khi nào sẵn sàng, chị mở hồ sơ mới, chúng tôi giúp tiếp."
    moved(browsing.conclude(cast.city_officer, case, "put_aside", "finish", at=at + AN_HOUR, answer=words))
    moved(browsing.conclude(cast.city_officer, case, "deliver", "delivered", at=at + 2 * AN_HOUR))
    assert (case.state, case.outcome) == (CaseState.CLOSED, "guided")
    assert reached(cast, at=at + 2 * AN_HOUR) == (0, {"guided": 1})


@pytest.mark.parametrize("code", ["", "0200123456", "020012345", "0200123457-001", "031187001234", "abc"])
def test_without_the_code_of_an_enterprise_nothing_is_registered(cast: Cast, code: str) -> None:
    case = at_node(cast, "ext_register")
    at = MONDAY + 17 * A_DAY
    wrong = {**GRANTED, "enterprise_code": code}
    response = browsing.conclude(cast.finance_officer, case, "ext_register", "granted", at=at, **wrong)
    assert response.status_code == 200
    assert open_steps(case) == ["ext_register"]
    assert reached(cast, at=at) == (0, {})
    assert 'value="2026"' in response.content.decode(), "what was typed beside it is kept"


# --- her answers --------------------------------------------------------------------------------------------------


def members_page(cast: Cast, members: list[dict[str, str]]) -> tuple[Any, Case]:
    """Send the page of the members of a company of two; return the response and the draft."""
    with time_machine.travel(MONDAY, tick=False):
        client, draft = browsing.start(cast.applicant, "conversion")
        browsing.fill_in(client, draft, answers_for("conversion", form_wanted="llc2", members=TWO_MEMBERS))
        page = reverse("cases:page", args=[draft.key, "thanh-vien"])
        response = client.post(page, browsing.as_boxes({"members": members}))
    draft.answers.refresh_from_db()
    return response, draft


def test_members_are_asked_of_whom_more_than_one_holds_the_capital(cast: Cast) -> None:
    with time_machine.travel(MONDAY, tick=False):
        client, draft = browsing.start(cast.applicant, "conversion")
        browsing.fill_in(client, draft, answers_for("conversion", form_wanted="private"))
        assert client.get(reverse("cases:page", args=[draft.key, "thanh-vien"])).status_code == 302
    response, draft = members_page(cast, TWO_MEMBERS)
    moved(response)
    assert [line["share"] for line in draft.answers.data["members"]] == ["60.00", "40.00"]
    read = browsing.signed_in(cast.applicant).get(reverse("cases:check", args=[draft.key])).content.decode()
    assert "Trần Thị Mai · 60 % · nữ · •••234; Trần Văn Long · 40 % · nam" in read
    assert "031187001234" not in read


def test_shares_of_99_99_are_refused_in_clear_words_and_nothing_typed_is_lost(cast: Cast) -> None:
    almost = [{**TWO_MEMBERS[0], "share": "59,99"}, TWO_MEMBERS[1]]
    response, draft = members_page(cast, almost)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Cộng lại được 99,99 %. Chị sửa để tổng đúng bằng 100 %." in page
    for typed in ("Trần Thị Mai", "031187001234", "59,99", "Trần Văn Long"):
        assert f'value="{typed}"' in page
    # Only the shares are marked: the names hold no mistake.
    boxes = dict(re.findall(r'name="members-0-(\w+)"([^>]*)>', page))
    assert ['aria-invalid="false"' in boxes[part] for part in ("name", "share")] == [True, False]
    assert draft.answers.data["members"][0]["share"] == "60.00", "what was saved before stands"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "họ và tên"),
        ({"share": ""}, "33,33"),
        ({"share": "40,001"}, "từ 0 đến 100"),
        ({"personal_id": "12345"}, "12"),
        ({"woman": ""}, "có hoặc không"),
    ],
)
def test_a_line_that_is_not_whole_is_marked_in_its_place(cast: Cast, change: dict[str, str], said: str) -> None:
    response, _draft = members_page(cast, [TWO_MEMBERS[0], {**TWO_MEMBERS[1], **change}])
    page = response.content.decode()
    assert response.status_code == 200
    [part] = change
    marked = page[page.index(f'id="id_members-1-{part}_error"') :]
    assert said in marked[: marked.index("</p>")].lower()
    assert f'href="#id_members-1-{part}' in page


def test_who_has_an_enterprise_already_is_told_so_and_can_send_it(cast: Cast) -> None:
    answers = answers_for("conversion", entity_type="llc1")
    with time_machine.travel(MONDAY, tick=False):
        client, draft = browsing.start(cast.applicant, "conversion")
        browsing.fill_in(client, draft, answers)
        page = client.get(reverse("cases:page", args=[draft.key, "doanh-nghiep-moi"])).content.decode()
        assert "Chị đã ghi là có doanh nghiệp rồi." in page
        moved(browsing.send(client, draft))
    draft.refresh_from_db()
    assert draft.state == CaseState.SUBMITTED


# --- the demo -----------------------------------------------------------------------------------------------------


def test_the_stories_of_the_demo_reach_every_conclusion_and_every_state(cast: Cast, at: datetime) -> None:
    calendar = rulebook(reference_version()).calendar
    with time_machine.travel(at, tick=False):
        for story in conversion.STORIES:
            assert playing.play(story, now=at, calendar=calendar)
        health = examine(at=at)
    cases = Case.objects.filter(service="conversion")
    assert (health.findings, health.stuck) == ([], 0)
    concluded = set(cases.values_list("decisions__node", "decisions__verdict"))
    offered = {
        (node, option.verdict)
        for node, human in graph_for("conversion", 1).human_steps.items()
        for option in human.options
    }
    assert offered - concluded == set()
    states = {"submitted", "in_review", "decided", "closed", "not_accepted", "withdrawn", "expired"}
    assert set(cases.values_list("state", flat=True)) == states
    outcomes = {"registered", "not_registered", "guided", "refused", ""}
    assert set(cases.values_list("outcome", flat=True)) == outcomes
