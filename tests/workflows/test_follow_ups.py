"""After a case is closed: when it is asked how it goes, whom the worker tells, and what an answer changes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from cases.models import Case, FollowUp, Outcome, Passage, User
from cases.policy import NotFoundForYou, WrongState
from cases.queries.shares import age_in_seconds, seconds_by_holder
from cases.queries.timeline import verify
from cases.queries.whereabouts import where_is
from cases.signals import events_recorded
from project.demo import player
from project.demo.cast import Cast
from project.worker import work_once
from tests.builders import A_REASON, a_case, item_at
from tests.conftest import THURSDAY
from workflows import actions
from workflows.queries.health import examine

CLOSED = THURSDAY + timedelta(hours=2)
# The morning on which the first follow-up is due, three months after the closing.
IN_TIME = THURSDAY + timedelta(days=90)
HER_WORDS = "Chị bán được hàng đều, tháng nào cũng trả đủ."
WAYS = {"conversion": ("ext_close_household", "closed"), "credit_access": ("chase", "finish")}


def closed(applicant: User, service: str = "conversion") -> Case:
    """Return a case of which what was wanted came about, and that is closed."""
    node, verdict = WAYS[service]
    case = a_case(applicant, at_node=node, service=service)
    player.conclude(case, node, verdict, at=CLOSED)
    return case


def first(case: Case) -> FollowUp:
    return case.follow_ups.select_related("case").get(number=1)


def answer(row: FollowUp, who: User, said: str = "going", *, at: datetime = IN_TIME, **given: Any) -> FollowUp:
    return actions.answer_follow_up(row, actor=who, answer=said, at=at, **{"key": uuid4(), **given})


def told_of(case: Case, verb: str) -> list[list[int]]:
    """Return who was told of each event of this verb."""
    return [
        sorted(event.notifications.values_list("person", flat=True))
        for event in case.events.filter(verb=verb).order_by("pk")
    ]


def nothing_is_wrong(at: datetime) -> bool:
    return examine(at=at).findings == [] and verify(at).findings == ()


# --- planned ----------------------------------------------------------------------------------------------------


def test_tc_02_the_follow_ups_at_3_6_and_12_months_and_yearly_to_3_years_plan_themselves(cast: Cast) -> None:
    case = closed(cast.applicant)
    assert case.outcome == Outcome.REGISTERED
    rows = list(case.follow_ups.order_by("number"))
    assert [(row.rule, (row.due_on - CLOSED.date()).days) for row in rows] == [
        ("FOLLOWUP_3", 90),
        ("FOLLOWUP_6", 180),
        ("FOLLOWUP_12", 365),
        ("FOLLOWUP_24", 730),
        ("FOLLOWUP_36", 1095),
    ]
    event = case.events.latest("position")
    assert event.facts["follow_ups"] == [[row.number, str(row.due_on)] for row in rows]
    assert nothing_is_wrong(CLOSED)


def test_after_a_loan_it_is_asked_after_3_and_12_months(cast: Cast) -> None:
    case = closed(cast.applicant, "credit_access")
    assert [row.rule for row in case.follow_ups.order_by("number")] == ["FOLLOWUP_3", "FOLLOWUP_12"]


def test_what_came_to_nothing_or_was_taken_back_is_not_asked_about(cast: Cast) -> None:
    withdrawn = a_case(cast.applicant, at_node="eligibility", service="conversion")
    actions.withdraw(withdrawn, applicant=cast.applicant, key=uuid4(), at=CLOSED)
    helped = a_case(cast.applicant, at_node="deliver", service="conversion")
    player.conclude(helped, "deliver", "delivered", at=CLOSED)
    assert helped.outcome != Outcome.REGISTERED
    assert not FollowUp.objects.exists()
    assert nothing_is_wrong(CLOSED)


# --- told -------------------------------------------------------------------------------------------------------


def test_the_worker_tells_her_when_it_is_time_once_more_after_ten_days_and_never_again(cast: Cast) -> None:
    case = closed(cast.applicant)
    for day in range(85, 150):
        for _twice in range(2):
            actions.follow_up(at=THURSDAY + timedelta(days=day))
    said = list(case.events.filter(verb="follow_up_due").order_by("position"))
    assert [(event.at - THURSDAY).days for event in said] == [90, 100]
    assert [(event.facts["asked"], event.facts["again"]) for event in said] == [([1], False), ([1], True)]
    assert told_of(case, "follow_up_due") == [[cast.applicant.pk]] * 2
    assert nothing_is_wrong(IN_TIME)


def test_what_she_answered_she_is_not_told_of_again(cast: Cast) -> None:
    case = closed(cast.applicant)
    work_once(at=IN_TIME)
    answer(first(case), cast.applicant, at=IN_TIME + timedelta(hours=1))
    work_once(at=IN_TIME + timedelta(days=30))
    assert case.events.filter(verb="follow_up_due").count() == 1


def test_of_two_that_fell_due_while_no_worker_ran_she_is_told_of_the_later_one(cast: Cast) -> None:
    case, later = closed(cast.applicant), THURSDAY + timedelta(days=200)
    assert actions.follow_up(at=later) == 1
    assert case.events.get(verb="follow_up_due").facts["asked"] == [2]
    with pytest.raises(WrongState, match="câu mới hơn"):
        answer(first(case), cast.applicant, at=later)
    answer(case.follow_ups.select_related("case").get(number=2), cast.applicant, at=later)
    assert actions.follow_up(at=later + timedelta(days=30)) == 0
    assert first(case).answered_at is None
    assert nothing_is_wrong(later + timedelta(days=30))


def test_a_batch_that_is_too_small_is_followed_by_another(cast: Cast) -> None:
    cases = [closed(who, service) for who in (cast.applicant, cast.another_applicant) for service in WAYS]
    assert actions.follow_up(at=IN_TIME, batch=3) == len(cases)
    assert all(case.events.filter(verb="follow_up_due").count() == 1 for case in cases)


def test_what_fails_on_the_way_has_not_happened_and_is_done_the_next_time(cast: Cast) -> None:
    case = closed(cast.applicant)

    def breaks(**_signal: Any) -> None:
        raise RuntimeError

    events_recorded.connect(breaks)
    try:
        with pytest.raises(RuntimeError):
            actions.follow_up(at=IN_TIME)
    finally:
        events_recorded.disconnect(breaks)
    assert first(case).asked_at is None
    assert not case.events.filter(verb="follow_up_due").exists()
    assert actions.follow_up(at=IN_TIME) == 1
    assert first(case).asked_at == IN_TIME
    assert nothing_is_wrong(IN_TIME)


def test_the_time_of_a_closed_case_does_not_go_on(cast: Cast) -> None:
    case = closed(cast.applicant)
    kept, path = seconds_by_holder(case, at=CLOSED), where_is(case).path
    work_once(at=IN_TIME)
    answer(first(case), cast.applicant, "difficult", words=HER_WORDS)
    case.refresh_from_db()
    later = IN_TIME + timedelta(days=9)
    assert seconds_by_holder(case, at=later) == kept
    assert sum(kept.values()) == age_in_seconds(case, at=later)
    assert where_is(case).path == path
    assert nothing_is_wrong(IN_TIME)


# --- answered ---------------------------------------------------------------------------------------------------


def test_her_words_stand_sealed_beside_the_record(cast: Cast) -> None:
    case = closed(cast.applicant)
    row = answer(first(case), cast.applicant, words=f"  {HER_WORDS} ")
    event = case.events.get(verb="follow_up_answered")
    passage = Passage.objects.get(pk__in=[row.words_id])
    assert (passage.kind, passage.body) == (Passage.Kind.REPLY, HER_WORDS)
    assert event.facts["words"] == {str(passage.pk): passage.fingerprint}
    assert HER_WORDS not in str(event.facts)
    assert (event.facts["number"], event.facts["answer"]) == (1, "going")
    assert (row.answered_by, row.answered_at, row.answer) == (cast.applicant, IN_TIME, "going")
    assert told_of(case, "follow_up_answered") == [[]]
    assert nothing_is_wrong(IN_TIME)


def test_the_money_that_came_later_changes_what_came_of_the_case(cast: Cast) -> None:
    case = closed(cast.applicant, "credit_access")
    assert case.outcome == Outcome.GRANTED
    answer(first(case), cast.applicant, "money_came")
    case.refresh_from_db()
    assert case.outcome == Outcome.DISBURSED
    event = case.events.get(verb="follow_up_answered")
    assert event.facts["outcome"] == {"was": "granted", "is": "disbursed"}
    assert nothing_is_wrong(IN_TIME)


def test_the_same_form_again_does_nothing_and_another_one_comes_too_late(cast: Cast) -> None:
    case, key = closed(cast.applicant), uuid4()
    row = answer(first(case), cast.applicant, key=key)
    assert answer(first(case), cast.applicant, "stopped", key=key) == row
    with pytest.raises(WrongState, match=cast.applicant.full_name):
        answer(first(case), cast.applicant, "stopped", at=IN_TIME + timedelta(minutes=1))
    assert first(case).answer == "going"
    assert case.events.filter(verb="follow_up_answered").count() == 1


def test_a_form_of_another_question_is_not_taken_for_this_one(cast: Cast) -> None:
    case, key, later = closed(cast.applicant), uuid4(), THURSDAY + timedelta(days=200)
    answer(first(case), cast.applicant, key=key)
    second = case.follow_ups.select_related("case").get(number=2)
    with pytest.raises(WrongState, match="câu hỏi khác"):
        answer(second, cast.applicant, "stopped", key=key, at=later)
    assert case.follow_ups.get(number=2).answered_at is None
    assert answer(second, cast.applicant, "stopped", at=later).answer == "stopped"


def test_before_its_day_and_with_what_was_not_offered_nothing_is_written_down(cast: Cast) -> None:
    case = closed(cast.applicant)
    with pytest.raises(WrongState, match="03/02/2027"):
        answer(first(case), cast.applicant, at=IN_TIME - timedelta(days=1))
    with pytest.raises(actions.NotAChoice):
        answer(first(case), cast.applicant, "money_came")
    assert first(case).answered_at is None
    assert not case.events.filter(verb="follow_up_answered").exists()


def test_where_it_is_difficult_the_union_of_her_commune_is_told_to_call_her(cast: Cast) -> None:
    case = closed(cast.applicant)
    answer(first(case), cast.applicant, "difficult", words=HER_WORDS)
    [told] = told_of(case, "follow_up_answered")
    assert cast.commune_officer.pk in told
    assert cast.city_officer.pk not in told
    assert cast.applicant.pk not in told


def test_an_officer_of_the_union_writes_down_for_her_what_she_says(cast: Cast) -> None:
    case = closed(cast.applicant)
    assert case.desk is not None
    row = answer(first(case), cast.city_officer, "difficult", words=HER_WORDS)
    event = case.events.get(verb="follow_up_answered")
    assert (event.actor, event.on_behalf_of, event.agency) == (cast.city_officer, cast.applicant, case.desk)
    assert row.answered_by == cast.city_officer
    # They have just spoken with each other: nobody is told to call her.
    assert told_of(case, "follow_up_answered") == [[]]
    other = case.follow_ups.select_related("case").get(number=2)
    answer(other, cast.commune_officer, at=IN_TIME + timedelta(days=90))
    event = case.events.filter(verb="follow_up_answered").latest("position")
    assert event.agency == cast.commune_officer.memberships.get().agency
    assert nothing_is_wrong(IN_TIME + timedelta(days=90))


def test_nobody_else_can_answer_for_her(cast: Cast) -> None:
    case = closed(cast.applicant)
    theirs = {cast.applicant, *(who for _part, who in cast.people() if FollowUp.objects.kept_by(who).exists())}
    assert {cast.applicant, cast.commune_officer, cast.city_officer, cast.city_approver} <= theirs
    assert not {cast.finance_officer, cast.bank_officer, cast.supervisor, cast.expert, cast.administrator} & theirs
    for _part, somebody in cast.people():
        if somebody in theirs:
            continue
        with pytest.raises(NotFoundForYou):
            answer(first(case), somebody)
    assert first(case).answered_at is None


def test_who_keeps_away_from_her_case_does_not_ask_her_either(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="eligibility", service="conversion")
    item = item_at(case, "eligibility")
    actions.recuse(item, person=cast.city_officer, ground="family", key=uuid4(), at=THURSDAY + timedelta(hours=1))
    row = FollowUp.objects.create(case=case, number=1, rule="FOLLOWUP_3", due_on=IN_TIME.date())
    with pytest.raises(NotFoundForYou):
        answer(row, cast.city_officer)
    with pytest.raises(WrongState):
        answer(row, cast.another_city_officer, words=A_REASON)


# --- checked ----------------------------------------------------------------------------------------------------


def test_the_check_finds_a_closed_case_that_nobody_will_ask_about(cast: Cast) -> None:
    case = closed(cast.applicant)
    case.follow_ups.filter(number__gt=3).delete()
    assert examine(at=CLOSED).findings == [f"{case}: it has 3 follow-ups of 5"]


def test_the_check_sees_that_the_worker_has_overslept_a_follow_up(cast: Cast) -> None:
    closed(cast.applicant)
    morning = IN_TIME.replace(hour=0, minute=30)
    assert examine(at=morning).overslept == 0
    assert examine(at=morning + timedelta(hours=2)).overslept == 1
    actions.follow_up(at=morning + timedelta(hours=2))
    assert examine(at=morning + timedelta(hours=3)).overslept == 0
