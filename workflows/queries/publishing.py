"""Answers that the law wants to be published, and by when."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cases import policy
from cases.models import Agency, Case, CaseState, Involvement, Outcome, PublishedAnswer, Role, User
from cases.policy import Posts
from cases.queries.naming import name_of
from workflows.conditions import verdict_key
from workflows.nodes import JUSTICE
from workflows.queries.rulebook import Rulebook

# Decree 55/2019 Art. 8 [V]: the general questions of small and medium enterprises.
GENERAL = ("general", "complex")
RULE = "LEGAL_PUBLISH"
# So many stand on the page; whoever publishes them sees the next.
MOST = 50


@dataclass(frozen=True)
class ToPublish:
    """One answer that waits to be published."""

    case: Case
    name: str
    until: date
    is_late: bool


def is_general_and_answered(case: Case) -> bool:
    """Return whether the answer to a case is one that the law wants to be published."""
    return (
        case.state in (CaseState.DECIDED, CaseState.CLOSED)
        and not case.sealed
        and case.outcome == Outcome.ANSWERED
        and case.facts.get(verdict_key("triage")) in GENERAL
    )


def offices_that_answered() -> QuerySet[Involvement]:
    """Return the parts of the offices that answered in writing."""
    return Involvement.objects.filter(part=Involvement.Part.HANDLES, agency__kind=JUSTICE.kind)


def publish_until(case: Case, book: Rulebook) -> date:
    """Return the last day for publishing the answer, counted from the day on which it was approved."""
    assert case.decided_at is not None
    signed, rule = timezone.localdate(case.decided_at), book.rule_of(RULE, case)
    if rule is None or rule.days is None:
        return book.calendar.after(signed, book.days(RULE, signed))
    return book.later(signed, rule.days, rule.unit)


def publishes(held: Posts) -> bool:
    """Return whether somebody who works there publishes answers. One query at most."""
    offices = _approved_by(held)
    return bool(offices) and Agency.objects.filter(pk__in=offices, kind=JUSTICE.kind).exists()


def how_many_to_publish(user: User, held: Posts) -> str:
    """Return how many answers wait for this person; empty where none does. One query at most."""
    offices = _approved_by(held)
    count = len(_waiting(user, offices).values_list("pk")[: MOST + 1]) if offices else 0
    return f"{MOST}+" if count > MOST else str(count or "")


def answers_to_publish(user: User, held: Posts, *, book: Rulebook, today: date) -> list[ToPublish]:
    """Return the answers that wait for this person, the one approved first on top: the late ones lead. One query."""
    cases = _waiting(user, _approved_by(held)).select_related("applicant", "enterprise").order_by("decided_at", "pk")
    found = [(case, publish_until(case, book)) for case in cases[:MOST]]
    return [ToPublish(case, name_of(case), until, until < today) for case, until in found]


def _approved_by(held: Posts) -> list[int]:
    return sorted({agency for agency, role in held if role == Role.APPROVER})


def _waiting(user: User, offices: list[int]) -> QuerySet[Case]:
    answered = offices_that_answered().filter(case=OuterRef("pk"), agency__in=offices)
    return (
        Case.objects.filter(~policy.shut(user), Exists(answered), sealed=False, outcome=Outcome.ANSWERED)
        .filter(state__in=(CaseState.DECIDED, CaseState.CLOSED), **{f"facts__{verdict_key('triage')}__in": GENERAL})
        .exclude(applicant=user)
        .exclude(Exists(PublishedAnswer.objects.filter(case=OuterRef("pk"))))
    )
