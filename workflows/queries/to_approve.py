"""The further questions that wait for an approver, as they stand on top of his worklist."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise

from cases import policy
from cases.models import InformationRequest, Role, TimelineEvent, User
from cases.policy import Posts
from cases.queries.naming import name_of, office_name
from workflows.flows.registry import graph_for

# So many stand on the page; whoever decides about them sees the next.
MOST = 20


@dataclass(frozen=True)
class ToApprove:
    """One question that waits."""

    pk: int
    name: str
    step: str | Promise
    office: str
    since: datetime


def questions_to_approve(user: User, held: Posts) -> list[ToApprove]:
    """Return the questions that this person may approve, the oldest first; one more than MOST where there are more.

    Two queries for an approver, none for anybody else.
    """
    offices = sorted({agency for agency, role in held if role == Role.APPROVER})
    if not offices:
        return []
    here = Q(agency__in=offices) | Q(case__sealed=False, case__desk__in=offices)
    waiting = InformationRequest.objects.filter(here, ~policy.shut(user, case="case"), ending="proposed")
    waiting = waiting.exclude(case__applicant=user).exclude(asked_by=user)
    found = list(
        waiting.select_related("case__applicant", "case__enterprise", "agency").order_by("asked_at", "pk")[: 2 * MOST]
    )
    wanting = _wanting(found)
    may = [one for one in found if _may_approve(user, one, wanting[one.pk], held)]
    return [
        ToApprove(
            pk=one.pk,
            name=name_of(one.case),
            step=graph_for(one.case.service, one.case.version).human(one.node).label,
            office=office_name(one.agency) if one.agency else "",
            since=one.asked_at,
        )
        for one in may[: MOST + 1]
    ]


def _may_approve(user: User, question: InformationRequest, wanting: set[int], held: Posts) -> bool:
    return policy.can(
        user,
        "approve_request",
        question.case,
        agency_id=question.agency_id,
        barred=wanting,
        held=held,
        is_shut=False,
    )


def _wanting(questions: list[InformationRequest]) -> dict[int, set[int]]:
    """Return who wanted to ask each question, and in whose place; neither approves it. One query."""
    wanting: dict[int, set[int]] = defaultdict(set)
    for question in questions:
        wanting[question.pk].add(question.asked_by_id)
    proposed = TimelineEvent.objects.filter(
        case__in=[question.case_id for question in questions], verb="request_proposed", on_behalf_of__isnull=False
    )
    for request, person in proposed.values_list("facts__request", "on_behalf_of"):
        wanting[request].add(person)
    return wanting
