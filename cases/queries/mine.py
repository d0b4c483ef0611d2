"""What an applicant sees of her own cases: the list, what we ask her, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseState, Document, FollowUp, InformationRequest, Outcome, User
from cases.queries.shares import HERS
from cases.services import service_of
from cases.services.base import Paper, Reason, SupportService, Words
from cases.services.common import COUNTER_CONSENT, OTHER_PAPER

# The tag of a case in her list: word and colour. Waiting for her comes before all others.
TAGS: dict[str, tuple[Words, str]] = {
    CaseState.DRAFT: (_("Draft"), ""),
    CaseState.SUBMITTED: (_("Sent"), "sky"),
    CaseState.IN_REVIEW: (_("Being handled"), "sky"),
    CaseState.DECIDED: (_("There is a result"), "plum"),
    CaseState.CLOSED: (_("Done"), "jade"),
    CaseState.WITHDRAWN: (_("Withdrawn"), ""),
    CaseState.EXPIRED: (_("Time to add papers is over"), ""),
    CaseState.NOT_ACCEPTED: (_("Not accepted"), ""),
}
# To say in whole months about how long something takes.
DAYS_OF_A_MONTH = 30
HER_TURN: tuple[Words, str] = (_("Waiting for your answer"), "amber")


@dataclass(frozen=True)
class CaseLine:
    """One case in her list; `about` tells it from her other cases of the same service."""

    case: Case
    title: Words
    about: str
    tag: Words
    colour: str
    # The last day on which she can answer what she is asked, and whether we have missed the day we promised.
    answer_by: date | None = None
    is_late: bool = False
    # Whether the next thing is hers to do.
    her_turn: bool = False
    # Whether the day has come to ask her how it goes after the support.
    is_asked: bool = False


@dataclass(frozen=True)
class HowItGoes:
    """One follow-up whose day has come, and the words of her answer, once she gave one."""

    row: FollowUp
    label: Words


@dataclass(frozen=True)
class ToCome:
    """The day on which we ask her how it goes, and in about how many months that is; 0 where it is soon."""

    day: date
    months: int


@dataclass(frozen=True)
class Refusal:
    """Why something could not be given; `whole` unless it is the fee alone of a case that was advised."""

    reason: Reason
    whole: bool


def cases_of(applicant: User) -> list[CaseLine]:
    """Return her cases: those that wait for her first, then the newest."""
    asked = dict(
        InformationRequest.objects.filter(case__applicant=applicant, ending=InformationRequest.Ending.OPEN).values_list(
            "case_id", "answer_by"
        )
    )
    cases = Case.objects.filter(applicant=applicant).select_related("answers", "follows")
    today = timezone.localdate()
    due = set(FollowUp.objects.due(today).filter(case__applicant=applicant).values_list("case_id", flat=True))
    lines = [_line(case, asked.get(case.pk), case.pk in due, today) for case in cases]
    return sorted(lines, key=lambda line: (not line.her_turn, -line.case.created_at.timestamp()))


def _line(case: Case, answer_by: date | None, is_asked: bool, today: date) -> CaseLine:
    # Asked, or with a step of her own before her.
    her_turn = answer_by is not None or (case.is_moving and case.held_by == HERS)
    tag, colour = HER_TURN if her_turn else TAGS[case.state]
    service = service_of(case)
    promised = case.promised_on if case.is_undecided and not her_turn else None
    late = promised is not None and promised < today
    words = about(service, case.answers.data)
    return CaseLine(case, service.title, words, tag, colour, answer_by, late, her_turn, is_asked)


def about(service: SupportService, data: Mapping[str, Any]) -> str:
    """Return what a case is about in the words of a list she chose from: never her own, for a phone is shared."""
    value = data.get(service.told_apart_by)
    for page in service.pages if value else ():
        field = page.form.base_fields.get(service.told_apart_by)
        if field is not None:
            return str(dict(getattr(field, "choices", ())).get(value, ""))
    return ""


def open_request(case: Case) -> InformationRequest | None:
    """Return what we are asking her just now."""
    return (
        case.information_requests.filter(ending=InformationRequest.Ending.OPEN)
        .select_related("question", "agency")
        .first()
    )


def unanswered(case: Case) -> InformationRequest | None:
    """Return the question whose time passed without an answer, so that the case was closed."""
    if case.state != CaseState.EXPIRED:
        return None
    expired = case.information_requests.filter(ending=InformationRequest.Ending.EXPIRED)
    return expired.select_related("question").order_by("-pk").first()


def to_prepare(case: Case) -> list[Paper]:
    """Return the papers that go with her answers and are not there yet; she has been asked for none of them."""
    data, given = case.answers.data, set(case.documents.values_list("kind", flat=True))
    return [
        paper
        for paper in service_of(case).papers
        if paper != OTHER_PAPER and paper.kind not in given and paper.asked_when(data)
    ]


def papers_of(case: Case) -> list[tuple[Document, Words]]:
    """Return the papers of a case with the names of their kinds."""
    labels = {paper.kind: paper.label for paper in (COUNTER_CONSENT, *service_of(case).papers)}
    return [(paper, labels.get(paper.kind, paper.kind)) for paper in case.documents.all()]


def answered_at(case: Case) -> datetime | None:
    """Return when her result was decided, or the case ended without one."""
    return case.decided_at or case.ended_at


def question_of(case: Case) -> str:
    """Return what she asked, in her own words."""
    return str(case.answers.data.get(service_of(case).asks_in) or "")


def refusal_of(case: Case) -> Refusal | None:
    """Return why it, or the support with the fee, could not be given, and what she can do next.

    A refusal counts while the words written with it are part of her result: one that was returned does not.
    """
    service = service_of(case)
    decision = (
        case.decisions.filter(
            reason_code__in=[reason.code for reason in service.refusal_reasons], answer__in=case.released_answers
        )
        .order_by("-decided_at", "-pk")
        .first()
    )
    reason = service.reason(decision.reason_code) if decision else None
    if reason is None:
        return None
    return Refusal(reason, case.state == CaseState.NOT_ACCEPTED or case.outcome == Outcome.REFUSED)


def follow_ups_of(case: Case) -> list[HowItGoes]:
    """Return what we ask, and asked, after a case was closed; what is to be asked later is not among it.

    What was overtaken by a later question before she answered it is not asked any more.
    """
    if case.state != CaseState.CLOSED or case.sealed:
        return []
    service = service_of(case)
    rows = case.follow_ups.filter(due_on__lte=timezone.localdate()).order_by("-number")
    asked = [row for nth, row in enumerate(rows) if nth == 0 or row.answered_at is not None]
    known = [(row, service.follow_up_answer(row.answer)) for row in asked]
    return [HowItGoes(row, answer.label if answer else "") for row, answer in known]


def next_follow_up_of(case: Case) -> ToCome | None:
    """Return what we ask later; None while something is asked now, or nothing is planned."""
    today = timezone.localdate()
    if case.state != CaseState.CLOSED or case.sealed or FollowUp.objects.due(today).filter(case=case).exists():
        return None
    row = case.follow_ups.filter(due_on__gt=today).order_by("due_on", "pk").first()
    return ToCome(row.due_on, round((row.due_on - today).days / DAYS_OF_A_MONTH)) if row else None
