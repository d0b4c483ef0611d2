"""A business or a woman counts once for a target: with the most that was given to her, and the first of that."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, Target
from cases.policy import supervised_cases
from cases.queries.targets import Standing, reaching, targets
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case

AN_HOUR = timedelta(hours=1)


def target(code: str = "legal_advice") -> Target:
    return Target.objects.get(programme__province="31", programme__historic=False, code=code, year_from=2026)


def standing(cast: Cast, at: datetime, service: str = "legal_advice") -> Standing:
    found = targets(supervised_cases(cast.supervisor), ["31"], at=at)
    return next(each for each in found if each.target.service == service)


def parts(cast: Cast, at: datetime, service: str = "legal_advice") -> dict[str, int]:
    return {part.outcome: part.number for part in standing(cast, at, service).parts}


def came_to(case: Case, outcome: str) -> Case:
    Case.objects.filter(pk=case.pk).update(outcome=outcome)
    return case


def test_the_first_is_the_one_decided_first_and_not_the_one_begun_first(cast: Cast, at: datetime) -> None:
    begun_first = a_case(cast.applicant, at_node="deliver", at=at + AN_HOUR)
    decided_first = a_case(cast.applicant, at_node="deliver", at=at)
    assert begun_first.pk < decided_first.pk
    assert reaching(target(), Case.objects.all()).get() == decided_first


def test_of_two_decided_at_the_same_moment_the_older_case_counts(cast: Cast, at: datetime) -> None:
    one, another = (a_case(cast.applicant, at_node="deliver", at=at) for _nth in range(2))
    Case.objects.update(decided_at=at)
    assert reaching(target(), Case.objects.all()).get() == min(one, another, key=lambda case: case.pk)


@pytest.mark.parametrize("told_first", [True, False])
def test_who_was_told_and_advised_stands_once_as_advised(cast: Cast, at: datetime, *, told_first: bool) -> None:
    cases = [a_case(cast.applicant, at_node="deliver", at=at + nth * AN_HOUR) for nth in range(2)]
    told, advised = cases if told_first else cases[::-1]
    came_to(told, "informed")
    came_to(advised, "answered")
    assert parts(cast, at) == {"answered": 1}
    assert standing(cast, at).reached == 1
    assert not reaching(target(), Case.objects.all(), outcome="informed").exists()
    came_to(advised, "refused")
    assert parts(cast, at) == {"informed": 1}


def test_the_money_that_reached_her_goes_before_the_word_of_the_lender(cast: Cast, at: datetime) -> None:
    for outcome in ("guided", "granted", "disbursed"):
        case = a_case(cast.applicant, service="credit_access", at_node="confirm_disbursed", at=at)
        came_to(case, outcome)
        assert parts(cast, at, "credit_access") == {outcome: 1}


def test_what_is_counted_apart_stands_once_too_and_never_beside_what_counts(cast: Cast, at: datetime) -> None:
    cases = [
        a_case(cast.applicant, service="conversion", at_node="ext_close_household", at=at + nth * AN_HOUR)
        for nth in range(3)
    ]
    # A household business has no tax code of its own here: its owner is the unit.
    for case, outcome in zip(cases, ("guided", "not_registered", "refused"), strict=True):
        came_to(case, outcome)
    assert (standing(cast, at, "conversion").reached, parts(cast, at, "conversion")) == (0, {"guided": 1})
    came_to(cases[2], "registered")
    assert (standing(cast, at, "conversion").reached, parts(cast, at, "conversion")) == (1, {"registered": 1})


def test_every_part_opens_the_list_that_it_counts(cast: Cast, at: datetime) -> None:
    came_to(a_case(cast.applicant, at_node="deliver", at=at), "answered")
    came_to(a_case(cast.applicant, at_node="deliver", at=at), "informed")
    came_to(a_case(cast.another_applicant, at_node="deliver", at=at, answers={"tax_code": "0101248141"}), "informed")
    assert parts(cast, at) == {"answered": 1, "informed": 1}
    for part in standing(cast, at).parts:
        assert reaching(target(), Case.objects.all(), outcome=part.outcome).count() == part.number == 1


def test_a_target_is_counted_in_one_query(cast: Cast, at: datetime) -> None:
    a_case(cast.applicant, at_node="deliver", at=at)
    cases = supervised_cases(cast.supervisor)
    with CaptureQueriesContext(connection) as captured:
        found = targets(cases, ["31"], at=at)
    counted = [each for each in found if each.reached is not None]
    assert len(counted) > 1
    assert len(captured) == 1 + len(counted)


def test_the_page_says_that_what_is_told_later_may_change_its_smaller_lines(cast: Cast) -> None:
    text = signed_in(cast.supervisor).get(reverse("cases:targets")).content.decode()
    assert "Tin báo sau khi có kết quả có thể đổi các dòng nhỏ, cả của những năm trước." in text
    assert "Ai được giúp nhiều lần thì xếp theo lần được giúp nhiều nhất." in text
