"""A question back to her: asked, answered in time, or not."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, Document, InformationRequest, Passage, User
from cases.models.agency import plain
from cases.policy import WrongState
from workflows.actions.filing import describe
from workflows.conditions import WAITED
from workflows.conflicts import Repeated
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.queries.rulebook import FALLBACK_WORKING_DAYS, end_of
from workflows.step import Step


def request_information(
    item: WorkItem,
    *,
    reviewer: User,
    question: str,
    asked_fields: Sequence[str] = (),
    seen_version: int | None = None,
    key: UUID,
    at: datetime,
) -> InformationRequest:
    """Ask her, once and completely; this step waits and its clock stands still until she answers."""
    try:
        with moving(item, "information_requested", actor=reviewer, key=key, at=at) as step:
            case = step.case
            step.require("request_information")
            step.require_unchanged(seen_version)
            if not case.is_undecided or not step.human.may_ask:
                raise WrongState(_("From this step nothing can be asked any more."))
            if InformationRequest.objects.filter(case=case, ending=InformationRequest.Ending.OPEN).exists():
                raise WrongState(_("She is already answering another question. Ask again after that."))
            words = step.write(Passage.Kind.QUESTION, question)
            words.save(force_insert=True)
            rule = step.book.rule("SUPP_ANSWER", step.today)
            request = InformationRequest.objects.create(
                case=case,
                node=step.item.node,
                stage=step.human.stage,
                agency_id=step.item.agency_id,
                asked_by=reviewer,
                asked_at=at,
                question=words,
                asked_fields=list(asked_fields),
                answer_by=step.book.calendar.after(step.today, (rule.days if rule else None) or FALLBACK_WORKING_DAYS),
            )
            WorkItem.objects.filter(pk=step.item.pk).update(
                status=WorkItem.Status.WAITING,
                request=request,
                paused_on=step.today,
                assignee=reviewer,
                version=F("version") + 1,
            )
            step.now_open = step.open_items()
            step.record(
                passages=[words],
                request=request.pk,
                asked_fields=list(asked_fields),
                answer_by=request.answer_by,
            )
            return request
    except Repeated as earlier:
        return InformationRequest.objects.get(pk=earlier.event.facts["request"])


def answer(
    request: InformationRequest,
    *,
    applicant: User,
    reply: str,
    corrections: Mapping[str, Any] | None = None,
    papers: Sequence[Document] = (),
    key: UUID,
    at: datetime,
) -> InformationRequest:
    """Answer a request for information, with papers whose files are written; the step that asked goes on."""
    try:
        also = ("answers",) if corrections else ()
        with moving(request.case, "information_answered", actor=applicant, key=key, at=at, also=also) as step:
            case = step.case
            policy.require(applicant, "answer", case)
            words = step.write(Passage.Kind.REPLY, reply)
            words.save(force_insert=True)
            ended = InformationRequest.objects.filter(
                pk=request.pk, case=case, ending=InformationRequest.Ending.OPEN
            ).update(ending=InformationRequest.Ending.ANSWERED, ended_at=at, reply=words)
            if ended != 1:
                raise WrongState(_("This question is already closed."))
            corrected = {name: value for name, value in (corrections or {}).items() if name in request.asked_fields}
            if corrected:
                _correct(step, corrected)
            Document.objects.bulk_create(papers)
            resumed = _resume(step, request)
            step.record(
                passages=[words],
                request=request.pk,
                corrected=sorted(corrected),
                papers=[paper.pk for paper in papers],
                resumed=resumed,
            )
            request.ending, request.ended_at, request.reply = InformationRequest.Ending.ANSWERED, at, words
    except Repeated:
        request.refresh_from_db()
    return request


def expire(request: InformationRequest, *, at: datetime) -> Case:
    """Close a case whose question was not answered in time. This is no refusal: she may send it again."""
    with moving(request.case, "case_expired", actor=None, key=None, at=at) as step:
        case = step.case
        if step.today <= request.answer_by:
            raise WrongState(_("She still has time to answer."))
        # This very question: she may have answered it and been asked another since.
        if not end_request(case, InformationRequest.Ending.EXPIRED, at, pk=request.pk):
            raise WrongState(_("This question is already closed."))
        case.expire()
        step.cancel_open_items()
        step.record(request=request.pk)
    return case


def expire_unanswered(*, at: datetime) -> int:
    """Expire every case whose question was not answered in time; return how many. Safe to run twice."""
    overdue = InformationRequest.objects.filter(
        ending=InformationRequest.Ending.OPEN, answer_by__lt=timezone.localdate(at)
    ).select_related("case")
    expired = 0
    for request in overdue.order_by("answer_by", "pk"):
        try:
            expire(request, at=at)
        except WrongState:
            continue  # she answered, or another worker was faster
        expired += 1
    return expired


def end_request(case: Case, ending: InformationRequest.Ending, at: datetime, **which: int) -> bool:
    """Close the case's open request, if there is one (and it is this one); return whether there was."""
    still_open = InformationRequest.objects.filter(case=case, ending=InformationRequest.Ending.OPEN, **which)
    return bool(still_open.update(ending=ending, ended_at=at))


def _correct(step: Step, corrected: Mapping[str, Any]) -> None:
    """Write corrected answers, and what they say about her business; the route stays as it was."""
    case = step.case
    answers = case.answers
    answers.data = {**answers.data, **corrected}
    answers.saved_at = step.at
    answers.save(update_fields=["data", "saved_at"])
    if case.enterprise is not None:
        describe(case.enterprise, answers.data)
        case.enterprise.save()
        case.sme_class = case.enterprise.sme_class
        case.plain_name = plain(f"{answers.data['full_name']} {case.enterprise.name}")


def _resume(step: Step, request: InformationRequest) -> dict[str, Any]:
    """Let the waiting item go on, its due date later by the working days it waited; return what changed."""
    step.now_open = step.open_items()
    item = next(each for each in step.now_open if each.request_id == request.pk)
    calendar, due_on = step.book.calendar, timezone.localdate(item.due_at)
    rule = step.book.rule(item.rule, item.starts_on)
    waited = 0
    if item.paused_on is not None and (rule is None or rule.pauses):
        # Whoever asked has as many working days left as on the day of asking; at least until the end of the next.
        left = calendar.between(item.paused_on, due_on)
        resumes_on = step.today if calendar.is_working(step.today) else calendar.after(step.today, 1)
        in_time = due_on >= item.paused_on
        later = calendar.after(step.today, left) if left else resumes_on
        new_due = (
            max(due_on, later) if in_time else calendar.after(due_on, calendar.between(item.paused_on, step.today))
        )
        waited = calendar.between(due_on, new_due)
        item.due_at = end_of(new_due)
        step.case.facts[WAITED] = step.case.facts.get(WAITED, 0) + waited
        if step.case.promised_on is not None:
            step.promise(calendar.after(step.case.promised_on, waited), under=step.case.promised_under)
    item.status = WorkItem.Status.OPEN
    item.paused_on = None
    item.version += 1
    item.save(update_fields=["status", "paused_on", "version", "due_at"])
    return {**step.described(item), "waited": waited}
