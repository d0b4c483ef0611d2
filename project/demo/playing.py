"""Plays the stories, dated back from today, at office hours of working days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from cases.models import Case, CaseState, Commune, InformationRequest, User
from cases.services import SERVICES
from project.demo import player
from project.demo.cast import Cast, person
from project.demo.stories import STORIES, Step, Story
from workflows import actions
from workflows.calendar import Calendar
from workflows.clock import morning_of

# More often than any story has something fall due.
_MOST_LOOKS = 100


def play_all(*, now: datetime, calendar: Calendar) -> int:
    """Play every story that is not there yet, dated back from `now`; return how many were played."""
    played = 0
    for story in STORIES:
        played += play(story, now=now, calendar=calendar)
    return played


def play(story: Story, *, now: datetime, calendar: Calendar) -> bool:
    """Play one story through the real actions; return False if she has filed the same question already."""
    applicant = person(story.name, story.phone or _phone_of(story))
    asks_in = SERVICES[story.service].asks_in
    for known in Case.objects.filter(applicant=applicant, service=story.service).select_related("answers"):
        if known.answers.data.get(asks_in) == story.need:
            return False
    moments = _moments(story, now=now, calendar=calendar)
    case = player.submit(
        player.draft(
            _answers(story),
            applicant=applicant,
            at=(start := next(moments)) - timedelta(minutes=20),
            service=story.service,
        ),
        at=start,
    )
    for happening, at in zip(story.steps, moments, strict=True):
        _let_the_worker_look(case, until=at)
        _happen(case, happening, calendar, at=at)
    _let_the_worker_look(case, until=now)
    _let_the_worker_ask_how_it_goes(case, until=now)
    return True


def _let_the_worker_look(case: Case, *, until: datetime) -> None:
    """Let the worker say what fell due meanwhile, at the very moments at which it would have.

    Every other case was played to its last day before, so that only this one has anything to say.
    """
    for _look in range(_MOST_LOOKS):
        moment = Case.objects.values_list("look_at", flat=True).get(pk=case.pk)
        if moment is None or moment >= until:
            return
        actions.sweep(at=moment)


def _let_the_worker_ask_how_it_goes(case: Case, *, until: datetime) -> None:
    """Let the worker tell her that it is time to say how it goes, on the mornings on which it would have."""
    mornings = [morning_of(day) for day in case.follow_ups.order_by("due_on").values_list("due_on", flat=True)]
    for moment in [morning for morning in mornings if morning < until]:
        actions.follow_up(at=moment)
    if mornings:
        # Where she has not answered she is told once more, some days after.
        actions.follow_up(at=until)


def somebody_away(cast: Cast, *, at: datetime) -> None:
    """Let one officer be away from today for a week, and a colleague act for her, if it is not so already."""
    away, acting, today = cast.another_city_officer, cast.city_officer, timezone.localdate(at)
    if away.absences.filter(until__gte=today).exists():
        return
    office = away.memberships.get(acting_for=None)
    actions.record_absence(
        person=away,
        by=cast.city_approver,
        since=today,
        until=today + timedelta(days=7),
        acting={(office.agency_id, office.role): acting},
        at=at,
    )


def _happen(case: Case, happening: Step, calendar: Calendar, *, at: datetime) -> None:
    node, dot, verdict = happening.what.partition(".")
    if verdict == "ask":
        player.ask(case, node, question=happening.given["question"], at=at)
    elif verdict == "claim":
        item = player.open_item(case, node)
        actions.claim(item, reviewer=User.objects.get(full_name=happening.given["by"]), key=uuid4(), at=at)
    elif verdict == "transfer":
        player.hand_on(case, node, commune=happening.given["commune"], words=happening.given["words"], at=at)
    elif dot:
        player.conclude(case, node, verdict, at=at, **happening.given)
    elif node == "reply":
        player.reply(case, text=happening.given["text"], at=at)
    elif node == "apologise":
        player.apologise(case, calendar=calendar, at=at, **happening.given)
    elif node == "withdraw":
        actions.withdraw(case, applicant=case.applicant, key=uuid4(), at=at)
    elif node == "rate":
        actions.rate(case, applicant=case.applicant, score=happening.given["score"], key=uuid4(), at=at)
    else:
        actions.expire(InformationRequest.objects.select_related("case").get(case=case, ending="open"), at=at)


def _moments(story: Story, *, now: datetime, calendar: Calendar) -> Iterator[datetime]:
    """Yield when she filed and when each step happened: office hours, never later than now."""
    today = timezone.localdate(now)
    day = today
    for _day in range(story.quiet_for + sum(happening.after for happening in story.steps)):
        day -= timedelta(days=1)
        while not calendar.is_working(day):
            day -= timedelta(days=1)
    hour, latest = 8, now - timedelta(minutes=len(story.steps) + 1)
    moment = min(timezone.make_aware(datetime(day.year, day.month, day.day, hour, 12)), latest)  # noqa: DTZ001
    yield moment
    for number, happening in enumerate(story.steps, start=1):
        day = calendar.after(day, happening.after)
        hour = 9 + number % 7
        planned = timezone.make_aware(datetime(day.year, day.month, day.day, hour, 7 * number % 60))  # noqa: DTZ001
        moment = max(min(planned, latest + timedelta(minutes=number)), moment + timedelta(minutes=1))
        yield moment


def _answers(story: Story) -> dict[str, Any]:
    commune = Commune.objects.get(name=story.commune, province__prefix="HPG")
    return {
        "full_name": story.name,
        "entity_type": "llc1",
        "entity_name": f"Công ty TNHH {story.name.split()[-1]} Phát",
        "tax_code": "",
        "registered_on": "2022-03-15",
        "sector": "industry",
        "employees_insured": 8,
        "female_employees": 6,
        "disabled_employees": 0,
        "revenue_last_year": 2_400_000_000,
        "total_capital": 1_000_000_000,
        "women_capital_pct": "100",
        "woman_manager": "yes",
        "province": commune.province_id,
        "commune": commune.code,
        "law_field": "tax",
        "question_kind": "general",
        "urgent_until": "",
        "at_court": "no",
        "priority": "no",
        "priority_reason": "",
        SERVICES[story.service].asks_in: story.need,
        **story.answers,
    }


def _phone_of(story: Story) -> str:
    return f"0900 110 {STORIES.index(story):03d}"


def one_draft(applicant: User, *, at: datetime) -> None:
    """Leave her one unfinished draft to continue, if she has none."""
    if Case.objects.filter(applicant=applicant, state=CaseState.DRAFT).exists():
        return
    answers = {name: value for name, value in _answers(STORIES[0]).items() if name in ("full_name", "entity_type")}
    player.draft(answers, applicant=applicant, at=at)
