"""Who holds a work item: taking, giving back, and what happens when the holder is gone."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import policy
from cases.models import Consent, Membership, Passage, User
from cases.policy import NotFoundForYou, WrongState
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, item_at
from workflows import actions
from workflows.actions import NotAChoice
from workflows.queries.health import examine


def leaves(person: User) -> None:
    """Her work for every agency ended yesterday."""
    Membership.objects.filter(user=person).update(until=timezone.localdate() - timedelta(days=1))


def test_what_a_colleague_holds_is_hers_until_she_or_the_approver_gives_it_back(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    item = actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=at)
    with pytest.raises(WrongState, match="Lê Anh Tuấn"):
        actions.claim(item, reviewer=cast.another_justice_officer, key=uuid4(), at=at)
    with pytest.raises(NotFoundForYou):
        actions.release(item, reviewer=cast.finance_officer, key=uuid4(), at=at)
    item = actions.release(item, reviewer=cast.justice_approver, key=uuid4(), at=at)
    assert item.assignee is None
    actions.claim(item, reviewer=cast.another_justice_officer, key=uuid4(), at=at)


def test_a_holder_who_left_decides_nothing_reads_nothing_and_is_found(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="draft", at=at)
    item = actions.claim(item_at(case, "draft"), reviewer=cast.justice_officer, key=uuid4(), at=at)
    leaves(cast.justice_officer)
    with pytest.raises(NotFoundForYou):
        player.conclude(case, "draft", "drafted", at=at, by=cast.justice_officer)
    assert signed_in(cast.justice_officer).get(reverse("workflows:item", args=[item.pk])).status_code == 404
    health = examine(at=at)
    assert health.stuck == 1
    assert "no longer works there" in health.findings[0]
    actions.release(item, reviewer=cast.justice_approver, key=uuid4(), at=at)
    assert examine(at=at).well


def test_an_adviser_who_is_no_longer_listed_decides_and_reads_nothing(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="adviser_accept", at=at)
    adviser = item_at(case, "adviser_accept").assignee
    leaves(adviser)
    with pytest.raises(NotFoundForYou):
        player.conclude(case, "adviser_accept", "accept", at=at)
    assert not policy.visible_cases(adviser).exists()


def test_a_holder_who_moved_to_another_office_reads_nothing_sealed_any_more(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="direct_help", at=at)
    item = item_at(case, "direct_help")
    holder = item.assignee
    assert policy.can(holder, "read_sealed", case, agency_id=item.agency_id, assignee_id=holder.pk)
    leaves(holder)
    elsewhere = Membership.objects.get(user=cast.finance_officer)
    Membership.objects.create(user=holder, agency=elsewhere.agency, role=elsewhere.role, since=elsewhere.since)
    assert not policy.can(holder, "read_sealed", case, agency_id=item.agency_id, assignee_id=holder.pk)
    assert not policy.visible_cases(holder).exists()
    assert signed_in(holder).get(reverse("workflows:item", args=[item.pk])).status_code == 404


def test_the_approver_takes_over_a_sealed_case_whose_holder_is_away(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="direct_help", at=at)
    item = item_at(case, "direct_help")
    assert item.assignee == cast.city_officer
    for colleague in (cast.another_city_officer, cast.commune_officer, cast.supervisor):
        with pytest.raises(NotFoundForYou):
            actions.claim(item, reviewer=colleague, key=uuid4(), at=at)
    actions.claim(item, reviewer=cast.city_approver, key=uuid4(), at=at)
    player.conclude(case, "direct_help", "helped", at=at, by=cast.city_approver)
    assert item_at(case, "deliver").assignee == cast.city_approver


def test_nobody_is_handed_a_case_whom_she_has_not_allowed_to_read_it(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    recipients = Consent.objects.get(case=case, purpose="consult").recipient.split()
    assert set(case.facts["may_read"]) == {"HPN", *recipients}
    case.facts["may_read"] = ["HPN"]
    case.save(update_fields=["facts"])
    with pytest.raises(WrongState, match="Sở Tư pháp"):
        player.conclude(case, "triage", "general", at=at)


def test_an_adviser_gets_no_case_of_her_own_and_none_she_declined(cast: Cast, at: datetime) -> None:
    dispute = {"question_kind": "specific", "wants_cost_support": "no"}
    own = a_case(cast.expert, at_node="refer_adviser", at=at, answers=dispute)
    with pytest.raises(NotAChoice):
        player.conclude(own, "refer_adviser", "refer", at=at, adviser=cast.expert.pk)
    case = a_case(cast.applicant, at_node="adviser_accept", at=at, adviser=cast.expert.pk)
    player.conclude(case, "adviser_accept", "decline", at=at)
    with pytest.raises(NotAChoice):
        player.conclude(case, "refer_adviser", "refer", at=at, adviser=cast.expert.pk)
    player.conclude(case, "refer_adviser", "refer", at=at, adviser=cast.another_expert.pk)


def test_a_hash_in_the_timeline_does_not_give_a_sealed_word_away(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="direct_help", at=at, answers={"entity_type": "individual"})
    (stored,) = Passage.objects.filter(case=case, kind="sealed").extra(select={"raw": "salt"}).values_list("raw")
    assert Passage.objects.get(case=case, kind="sealed").salt not in stored[0]
