"""The demo: every story plays, what falls due in it is said when it fell due, and every second is somebody's."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, CaseState, InformationRequest, TimelineEvent, User
from cases.queries.directory import reference_version
from cases.queries.shares import age_in_seconds, seconds_by_holder
from project.demo import playing
from project.demo.cast import Cast
from project.demo.stories import STORIES
from tests.browsing import signed_in
from tests.workflows.test_shares import in_seconds, printed
from workflows.queries.health import examine
from workflows.queries.rulebook import rulebook


def played(cast: Cast, now: datetime) -> None:
    calendar = rulebook(reference_version()).calendar
    assert playing.play_all(now=now, calendar=calendar) == len(STORIES)
    assert playing.play_all(now=now, calendar=calendar) == 0, "each once"
    for _twice in range(2):
        playing.somebody_away(cast, at=now)


def story_page(case: Case, supervisor: User) -> tuple[int, int]:
    text = signed_in(supervisor).get(reverse("workflows:story", args=[case.key])).content.decode()
    assert "đúng bằng tuổi hồ sơ đến từng giây" in text
    return printed(text)


def her_page(case: Case) -> tuple[int, int]:
    """Return the same from her own page, where a sealed case is read."""
    text = signed_in(case.applicant).get(reverse("cases:status", args=[case.key])).content.decode()
    *parts, age = [in_seconds(time) for time in re.findall(r'<data value="\d+" title="([^"]+)"', text)]
    return sum(parts), age


@pytest.mark.django_db
def test_in_every_case_of_the_demo_the_shares_sum_to_its_age_on_its_page_too(cast: Cast, at: datetime) -> None:
    now = at + timedelta(hours=5, seconds=33)
    with time_machine.travel(now, tick=False):
        played(cast, now)
        cases = Case.objects.exclude(state=CaseState.DRAFT).select_related("applicant")
        assert cases.count() == len(STORIES)
        for case in cases:
            age = age_in_seconds(case, at=now)
            assert sum(seconds_by_holder(case, at=now).values()) == age, str(case)
            assert her_page(case) == (age, age), str(case)
            if not case.sealed:
                assert story_page(case, cast.supervisor) == (age, age), str(case)
        health = examine(at=now)
        assert (health.findings, health.stuck, health.overslept, health.absent_without_acting) == ([], 0, 0, 0)
        # What the newcomer finds: a reminder, an apology, a case handed on, a further question, one that expired.
        verbs = set(TimelineEvent.objects.values_list("verb", flat=True))
        assert {"deadline_neared", "deadline_passed", "promise_moved", "item_transferred", "case_expired"} <= verbs
        assert InformationRequest.objects.filter(number=2, approved_by__isnull=False).exists()
        for event in TimelineEvent.objects.filter(verb="deadline_passed").select_related("case"):
            assert timezone.localtime(event.at).strftime("%H:%M") == "23:59", "said when it fell due"
