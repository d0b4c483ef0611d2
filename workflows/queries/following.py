"""What is asked after a case is closed: which questions, when their day comes, and who asks them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise

from cases.models import Agency, Case, CaseState, FollowUp, Membership, User
from cases.policy import WORKING_ROLES, Posts, shut
from cases.queries.naming import name_of, place_of
from cases.queries.paging import read_place
from cases.services import service_of
from cases.services.base import FollowUps
from workflows.queries.rulebook import Rulebook, end_of

# What events are called: it is time to ask her, and she, or an officer for her, has answered.
DUE, ANSWERED = "follow_up_due", "follow_up_answered"
# So many stand on a page of the worklist.
PAGE = 50


@dataclass(frozen=True)
class ToAsk:
    """One follow-up that waits for her answer, as a line for the officers of the Union."""

    follow_up: FollowUp
    name: str
    place: str
    service: str | Promise
    is_late: bool

    @property
    def case(self) -> Case:
        """Whose it is."""
        return self.follow_up.case


@dataclass(frozen=True)
class ToAskList:
    """One page of them, the oldest first, and where the next begins; empty on the last."""

    lines: tuple[ToAsk, ...] = ()
    after: str = ""

    @property
    def many(self) -> str:
        """How many there are, counted no further than this page."""
        return f"{len(self.lines)}+" if self.after else str(len(self.lines))


def follow_ups_of(case: Case, book: Rulebook, *, on: date) -> list[FollowUp]:
    """Return the follow-ups that a case which closes on a day gets, unsaved; none where its service plans none."""
    plan = _plan_for(case)
    if plan is None:
        return []
    due = [(rule, book.deadline(rule, opened=on, submitted=on, accepted=on).due_on) for rule in plan.rules]
    return [
        FollowUp(case=case, number=number, rule=rule, due_on=day) for number, (rule, day) in enumerate(due, start=1)
    ]


def planned_for(case: Case) -> int:
    """Return how many follow-ups a case must have by now: none before it is closed."""
    plan = _plan_for(case) if case.state == CaseState.CLOSED else None
    return len(plan.rules) if plan else 0


def _plan_for(case: Case) -> FollowUps | None:
    """Return what is asked after a case of this outcome; None where nothing is."""
    plan = service_of(case).follow_ups
    return plan if plan is not None and not case.sealed and case.outcome in plan.outcomes else None


def union_of(officer: User, case: Case) -> int | None:
    """Return for which office of the Union an officer asks her: that of her commune, or else the desk of the case."""
    works = Membership.objects.today().filter(user=officer, role__in=WORKING_ROLES)
    offices = Agency.objects.filter(Q(commune=case.commune_id) | Q(pk=case.desk_id), kind="HPN")
    found = offices.filter(pk__in=works.values("agency")).order_by(F("commune").asc(nulls_last=True))
    return found.values_list("pk", flat=True).first()


def to_ask(user: User, held: Posts, *, after: str = "", at: datetime) -> ToAskList:
    """Return one page of the follow-ups whose day has come and that this person asks about for the Union.

    One query for those who work on cases, none for anybody else.
    """
    if not any(role in WORKING_ROLES for _agency, role in held):
        return ToAskList()
    today = timezone.localdate(at)
    waiting = FollowUp.objects.due(today).kept_by(user).filter(~shut(user, case="case"))
    if place := read_place(after):
        moment, pk = place
        day = timezone.localdate(moment)
        waiting = waiting.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk))
    rows = waiting.select_related("case__applicant", "case__enterprise", "case__commune").order_by("due_on", "pk")
    found = list(rows[: PAGE + 1])
    lines = tuple(
        ToAsk(row, name_of(row.case), place_of(row.case), service_of(row.case).title, row.is_late(today))
        for row in found[:PAGE]
    )
    last = found[PAGE - 1] if len(found) > PAGE else None
    return ToAskList(lines, f"{end_of(last.due_on).isoformat()}/{last.pk}" if last else "")
