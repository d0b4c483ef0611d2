"""A further question to her in the same step: what the approver reads of it, and how often she was asked."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import QuerySet

from cases import policy
from cases.models import Case, InformationRequest, Involvement, Passage, TimelineEvent, User
from cases.policy import Standing
from cases.queries.questions import asked_at, proposed_question, times_asked, wanted_by
from cases.services import service_of
from cases.services.base import Words
from workflows.flows.registry import graph_for
from workflows.models import WorkItem


@dataclass(frozen=True)
class Further:
    """How often she was asked in a step, and what waits there for an approver."""

    times: int = 0
    proposal: InformationRequest | None = None
    # The answers and papers that the question asks for, by their names.
    asked_for: tuple[Words, ...] = ()
    # What she was asked in this step before, the oldest first, with her replies.
    before: tuple[InformationRequest, ...] = ()
    may_approve: bool = False
    approve_key: UUID = field(default_factory=uuid4)
    decline_key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Declined:
    """Who did not agree to a question, when, and in which words."""

    at: datetime
    who: str
    words: str


def further_of(user: User, item: WorkItem, *, held: Collection[Standing]) -> Further:
    """Return what the page of a work item shows of its questions. Four queries at most."""
    times = asked_before(item.case, item.node, item.stage, item.agency_id).count()
    proposal = proposed_question(item.case) if times and item.status == WorkItem.Status.OPEN else None
    if proposal is None or proposal.node != item.node:
        return Further(times)
    return read_by(user, proposal, times=times, held=held)


def asked_before(case: Case, node: str, stage: str, agency_id: int | None) -> QuerySet[InformationRequest]:
    """Return what she was asked in a step; in that of a body outside, what this very one asked her."""
    is_outside = graph_for(case.service, case.version).human(node).part == Involvement.Part.RECEIVES
    return asked_at(case, stage, office=agency_id if is_outside else None)


def asked_by_stage(case: Case) -> list[tuple[Words, int]]:
    """Return how often she was asked in each step of a case, in the order of the steps; silent ones are left out."""
    times, stages = times_asked(case), service_of(case).stages
    return [(stage.label, times[stage.code]) for stage in stages if stage.code in times]


def read_by(user: User, question: InformationRequest, *, times: int, held: Collection[Standing]) -> Further:
    """Return everything about a question that waits for an approver."""
    case = question.case
    before = asked_before(case, question.node, question.stage, question.agency_id)
    before = before.select_related("question", "reply").order_by("asked_at")
    return Further(
        times=times,
        proposal=question,
        asked_for=tuple(_labels(question)),
        before=tuple(before),
        may_approve=may_approve(user, question, held=held),
    )


def may_approve(user: User, question: InformationRequest, *, held: Collection[Standing]) -> bool:
    """Return whether this person may agree to a question that waits."""
    return policy.can(
        user,
        "approve_request",
        question.case,
        agency_id=question.agency_id,
        barred=wanted_by(question),
        held=held,
    )


def declined_by(question: InformationRequest) -> Declined | None:
    """Return who did not agree to a question, when and why; None where nobody said so. Two queries at most."""
    if question.ending != InformationRequest.Ending.DECLINED:
        return None
    said = TimelineEvent.objects.filter(
        case=question.case_id, verb="request_declined", facts__request=question.pk
    ).select_related("actor")
    event = said.first()
    if event is None:
        return None
    words = Passage.objects.filter(case=question.case_id, pk__in=event.facts.get("words", {})).first()
    return Declined(event.at, str(event.actor or ""), words.body if words else "")


def _labels(question: InformationRequest) -> list[Words]:
    service = service_of(question.case)
    known: dict[str, Words] = {paper.kind: paper.label for paper in service.papers}
    for page in service.pages:
        known |= {name: asked.label or name for name, asked in page.form.base_fields.items()}
    return [known.get(name, name) for name in question.asked_fields]
