"""What came of one case can be the beginning of the next: a registered enterprise, and the loan that comes after it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.forms import beginning
from cases.models import Answers, Case, CaseState, User
from cases.policy import NotFoundForYou
from project.demo import player
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case, answers_for

CODE, OLD_CODE = "0201234569", "0200123457"
TO_CORRECT = "Chị ghi lại tên ngành nghề cho khớp danh mục, rồi nộp lại giấy đề nghị."
WAY = (
    ("intake", "accept"),
    ("eligibility", "go_on"),
    ("guide", "guided"),
    ("tax_ready", "opinion"),
    ("companion", "met"),
    ("readiness", "ready"),
    ("check_readiness", "confirmed"),
    ("ext_register", "granted"),
    ("ext_close_household", "closed"),
)
LOAN = {
    "woman_manager": "yes",
    "amount": 80_000_000,
    "purpose_kind": "equipment",
    "purpose": "Tôi mua hai máy may và một bàn cắt cho xưởng.",
    "term_months": 36,
    "own_capital": 20_000_000,
    "jobs": 2,
    "collateral": "none",
    "debt_overdue": "no",
    "in_savings_group": "no",
    "rural": "no",
    "startup": "no",
    "wants_foreign_fund": "no",
    "wants_legal_check": "yes",
    "priority": "no",
}
OFFER = "Việc có thể làm tiếp"


def registered(applicant: User, at: datetime, *, until: str = "ext_close_household", **changes: Any) -> Case:
    """Return a household business of hers that became an enterprise, played up to one step."""
    answers = {
        **answers_for(entity_type="household", entity_name="Bún Mai", tax_code="", total_capital=None),
        "need": "Tôi muốn lên công ty để ký hợp đồng với siêu thị.",
        "started_on": "2022-03-15",
        "form_wanted": "llc1",
        "name_1": "Công ty TNHH Bún Mai",
        "capital": 500_000_000,
        "staff": 4,
        "conditional_sector": "no",
        "foreign_capital": "no",
        "tax_debt": "no",
        **changes,
    }
    case = player.submit(player.draft(answers, applicant=applicant, at=at, service="conversion"), at=at)
    for number, (node, verdict) in enumerate(WAY, start=1):
        given = {"enterprise_code": CODE, "granted_on": "2026-11-05"} if verdict == "granted" else {}
        by = applicant if node == "readiness" else None
        player.conclude(case, node, verdict, at=at + timedelta(minutes=number), by=by, **given)
        if node == until:
            break
    return Case.objects.get(pk=case.pk)


def filed_after(case: Case, at: datetime) -> Case:
    """Let her begin the case that follows this one, fill in what is new, and send it; return it."""
    with time_machine.travel(at, tick=False):
        client = browsing.signed_in(case.applicant)
        begin_next(client, case)
        draft = next_of(case)
        browsing.fill_in(client, draft, {**Answers.objects.get(case=draft).data, **LOAN})
        assert browsing.send(client, draft).status_code == 302
    return Case.objects.get(pk=draft.pk)


def status(client: Client, case: Case) -> str:
    return client.get(reverse("cases:status", args=[case.key])).content.decode()


def begin_next(client: Client, case: Case) -> Any:
    return client.post(reverse("cases:begin_next", args=[case.key]))


def next_of(case: Case) -> Case:
    return Case.objects.get(follows=case)


def test_a_registered_enterprise_is_offered_credit_with_what_is_known_of_it(cast: Cast, at: datetime) -> None:
    case = registered(cast.applicant, at)
    assert (case.state, case.outcome) == (CaseState.CLOSED, "registered")
    client = browsing.signed_in(cast.applicant)
    assert OFFER in status(client, case)
    answer = begin_next(client, case)
    draft = next_of(case)
    assert answer["Location"] == reverse("cases:tasks", args=[draft.key])
    assert (draft.service, draft.state, draft.applicant) == ("credit_access", CaseState.DRAFT, cast.applicant)
    data = Answers.objects.get(case=draft).data
    of_the_enterprise = ("entity_type", "entity_name", "tax_code", "registered_on")
    assert [data[name] for name in of_the_enterprise] == ["llc1", "Công ty TNHH Bún Mai", CODE, "2026-11-05"]
    assert data["full_name"] == case.answers.data["full_name"]
    assert data["commune"] == case.answers.data["commune"]
    assert not data.keys() & {"need", "priority", "priority_reason", "form_wanted"}
    assert "Đã điền theo hồ sơ trước" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("until", [node for node, _verdict in WAY[:-1]])
def test_nothing_is_offered_before_it_is_done(cast: Cast, at: datetime, until: str) -> None:
    case = registered(cast.applicant, at, until=until)
    client = browsing.signed_in(cast.applicant)
    assert OFFER not in status(client, case)
    assert begin_next(client, case).status_code == 409
    assert not Case.objects.filter(state=CaseState.DRAFT).exists()


def test_a_case_of_another_service_or_outcome_leads_nowhere(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="deliver")
    player.conclude(case, "deliver", "delivered", at=at + timedelta(days=1))
    client = browsing.signed_in(cast.applicant)
    assert OFFER not in status(client, case)
    assert begin_next(client, case).status_code == 409


def test_a_case_follows_only_a_case_of_the_same_woman(cast: Cast, at: datetime) -> None:
    case = registered(cast.applicant, at)
    for other in (cast.another_applicant, cast.city_officer, cast.commune_officer, cast.supervisor):
        assert begin_next(browsing.signed_in(other), case).status_code == 404
        with pytest.raises(NotFoundForYou):
            beginning.begin_next(case, applicant=other, at=at)
    assert Client().post(reverse("cases:begin_next", args=[case.key])).status_code == 302, "to the sign-in"
    assert not Case.objects.filter(follows__isnull=False).exists()


def test_two_clicks_begin_one_draft_and_the_page_leads_to_it(cast: Cast, at: datetime) -> None:
    case = registered(cast.applicant, at)
    client = browsing.signed_in(cast.applicant)
    assert begin_next(client, case)["Location"] == begin_next(client, case)["Location"]
    draft = next_of(case)
    page = status(client, case)
    assert "Chị đã bắt đầu việc này." in page
    assert reverse("cases:tasks", args=[draft.key]) in page
    assert reverse("cases:begin_next", args=[case.key]) not in page
    # A draft for something else begins beside it.
    begun = client.post(reverse("cases:start", args=["credit_access"]))["Location"]
    assert str(draft.key) not in begun


def test_a_deleted_draft_can_be_begun_again(cast: Cast, at: datetime) -> None:
    case = registered(cast.applicant, at)
    client = browsing.signed_in(cast.applicant)
    begin_next(client, case)
    client.post(reverse("cases:discard", args=[next_of(case).key]))
    assert OFFER in status(client, case)
    begin_next(client, case)
    assert next_of(case).state == CaseState.DRAFT


def test_of_two_certificates_the_one_granted_later_counts_whatever_was_corrected_between(
    cast: Cast, at: datetime
) -> None:
    case = registered(cast.applicant, at, until="check_readiness")
    for nth in range(2):
        player.conclude(case, "ext_register", "corrections", at=at + timedelta(hours=1 + nth), answer=TO_CORRECT)
        player.conclude(case, "correct", "corrected", at=at + timedelta(hours=1 + nth, minutes=30), by=cast.applicant)
    granted: dict[str, Any] = {"enterprise_code": CODE, "granted_on": "2026-11-05"}
    player.conclude(case, "ext_register", "granted", at=at + timedelta(hours=4), **granted)
    player.conclude(case, "ext_close_household", "closed", at=at + timedelta(hours=5))
    # The certificate of before, which was written down last.
    said = case.decisions.get(node="ext_register", verdict="granted")
    said.pk, said.decided_at = None, at + timedelta(hours=2)
    said.details = {"enterprise_code": OLD_CODE, "granted_on": "2026-11-01"}
    said.save(force_insert=True)
    beginning.begin_next(case, applicant=cast.applicant, at=at + timedelta(days=2))
    data = Answers.objects.get(case=next_of(case)).data
    assert (data["tax_code"], data["registered_on"]) == (CODE, "2026-11-05")


def test_a_newer_answer_of_hers_goes_before_an_older_one_and_the_result_before_both(cast: Cast, at: datetime) -> None:
    case = registered(cast.applicant, at)
    a_case(cast.applicant, at=at + timedelta(days=1), answers={"full_name": "Trần Thị Mai", "entity_name": "Tên cũ"})
    beginning.begin_next(case, applicant=cast.applicant, at=at + timedelta(days=2))
    data = Answers.objects.get(case=next_of(case)).data
    assert (data["full_name"], data["entity_name"]) == ("Trần Thị Mai", "Công ty TNHH Bún Mai")


def test_her_list_and_her_page_say_which_case_it_follows(cast: Cast, at: datetime) -> None:
    case = registered(cast.applicant, at)
    client = browsing.signed_in(cast.applicant)
    follower = filed_after(case, at + timedelta(days=2))
    assert client.get(reverse("cases:mine")).content.decode().count("Tiếp theo hồ sơ") == 1
    page = status(client, follower)
    assert "Tiếp theo hồ sơ" in page
    assert reverse("cases:status", args=[case.key]) in page


def test_who_may_see_both_reads_which_case_it_follows_and_nobody_else(cast: Cast, at: datetime) -> None:
    case = registered(cast.applicant, at)
    follower = filed_after(case, at + timedelta(days=2))
    story = browsing.signed_in(cast.supervisor).get(reverse("workflows:story", args=[follower.key])).content.decode()
    assert reverse("workflows:story", args=[case.key]) in story
    item = browsing.open_item(follower, "intake")
    page = browsing.signed_in(cast.commune_officer).get(reverse("workflows:item", args=[item.pk])).content.decode()
    assert reverse("workflows:office_case", args=[case.key]) in page
    player.conclude(follower, "intake", "accept", at=at + timedelta(days=3))
    player.conclude(follower, "completeness", "complete", at=at + timedelta(days=3, hours=1), legal_check=True)
    item = browsing.open_item(follower, "legal_check")
    page = browsing.signed_in(cast.justice_officer).get(reverse("workflows:item", args=[item.pk])).content.decode()
    assert str(follower.code) in page
    assert str(case.code) not in page, "this office never had the first case"


def test_sent_again_it_still_follows_the_same_case(cast: Cast, at: datetime) -> None:
    case = registered(cast.applicant, at)
    follower = filed_after(case, at + timedelta(days=2))
    client = browsing.signed_in(cast.applicant)
    page = client.get(reverse("workflows:withdraw", args=[follower.key]))
    client.post(reverse("workflows:withdraw", args=[follower.key]), browsing.hidden(page))
    assert OFFER in status(client, case)
    client.post(reverse("workflows:resubmit", args=[follower.key]))
    assert Case.objects.get(resubmission_of=follower).follows == case
