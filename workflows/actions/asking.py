"""A question back to her: asked, answered in time, or not."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value, When
from django.db.models import Case as Either
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, Document, InformationRequest, Involvement, Membership, Passage, Role, User
from cases.models.agency import plain
from cases.policy import WrongState
from cases.queries.handed import handed_fields
from cases.queries.questions import NEVER_ASKED, wanted_by
from cases.services import service_of
from workflows.actions.filing import describe
from workflows.conditions import WAITED
from workflows.conflicts import Repeated
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.queries.rulebook import FALLBACK_WORKING_DAYS, end_of
from workflows.step import Step

log = logging.getLogger("dong_hanh.worker")

# What an approver's word changes of a question.
_SETTLED = ("number", "ending", "ended_at", "approved_by", "asked_at", "answer_by")


class AskedBefore(WrongState):
    """She was asked in this step already: another question says why, and waits for an approver."""


def request_information(
    item: WorkItem,
    *,
    reviewer: User,
    question: str,
    asked_fields: Sequence[str] = (),
    why_again: str = "",
    seen_version: int | None = None,
    key: UUID,
    at: datetime,
) -> InformationRequest:
    """Ask her, once and completely; this step waits and its clock stands still until she answers.

    A further question of the same step says why she must be asked again, and is only proposed: until an approver
    agrees she reads nothing, the step stays open and its clock runs. Raises AskedBefore where the reason is missing.
    """
    verb = "request_proposed" if why_again.strip() else "information_requested"
    try:
        with moving(item, verb, actor=reviewer, key=key, at=at) as step:
            step.require("request_information")
            step.require_unchanged(seen_version)
            _require_read(step, asked_fields)
            requests = InformationRequest.objects.filter(case=step.case).only("stage", "ending", "agency")
            before = _times_asked(step, _others(step, requests))
            if before and not why_again.strip():
                raise AskedBefore(_("She was already asked in this step. Say why she must be asked again."))
            if why_again.strip() and not before:
                raise WrongState(_("Nothing was asked in this step yet. The first question needs nobody's consent."))
            words = [step.write(Passage.Kind.QUESTION, question)]
            if before:
                words.append(step.write(Passage.Kind.REASON, why_again))
            Passage.objects.bulk_create(words)
            request = InformationRequest.objects.create(
                case=step.case,
                node=step.item.node,
                stage=step.human.stage,
                number=before + 1,
                agency_id=step.item.agency_id,
                asked_by=reviewer,
                asked_at=at,
                question=words[0],
                why_again=words[1] if before else None,
                asked_fields=list(asked_fields),
                answer_by=_answer_by(step),
                ending=InformationRequest.Ending.PROPOSED if before else InformationRequest.Ending.OPEN,
            )
            asked: dict[str, Any] = {
                "request": request.pk,
                "number": request.number,
                "asked_fields": list(asked_fields),
            }
            if before:
                step.record(passages=words, read_by=_approvers(step), **asked)
            else:
                _wait_for_her(step, request, holder=reviewer.pk)
                step.record(passages=words, answer_by=request.answer_by, **asked)
            return request
    except Repeated as earlier:
        return InformationRequest.objects.get(pk=earlier.event.facts["request"])


def approve_request(request: InformationRequest, *, approver: User, key: UUID, at: datetime) -> InformationRequest:
    """Agree to a further question: only now she is asked, and has her whole time to answer."""
    try:
        with moving(_item_of(request), "information_requested", actor=approver, key=key, at=at) as step:
            everything = list(_with_who_stays(step).select_related("question"))
            proposed = _proposed(step, request, everything)
            if proposed.agency_id != step.item.agency_id:
                raise WrongState(_("The step is with another office now, which asks for itself."))
            proposed.number = _times_asked(step, _others(step, everything, but=proposed)) + 1
            proposed.ending, proposed.approved_by = InformationRequest.Ending.OPEN, approver
            proposed.asked_at, proposed.answer_by = at, _answer_by(step)
            proposed.save(update_fields=_SETTLED)
            asker = proposed.asked_by_id if getattr(proposed, "asker_stays", False) else None
            _wait_for_her(step, proposed, holder=step.item.assignee_id or asker)
            step.record(
                passages=[proposed.question],
                request=proposed.pk,
                number=proposed.number,
                approved_by=approver.pk,
                asked_fields=proposed.asked_fields,
                answer_by=proposed.answer_by,
                read_by=[{**step.described(step.item), "person": proposed.asked_by_id}],
            )
            return proposed
    except Repeated:
        request.refresh_from_db()
    return request


def decline_request(
    request: InformationRequest, *, approver: User, words: str, key: UUID, at: datetime
) -> InformationRequest:
    """Do not agree to a further question; she reads nothing of it, and whoever wanted to ask reads why."""
    try:
        with moving(_item_of(request), "request_declined", actor=approver, key=key, at=at) as step:
            proposed = _proposed(step, request, list(InformationRequest.objects.filter(case=step.case)))
            if not words.strip():
                raise WrongState(_("There are no words in it."))
            why = step.write(Passage.Kind.REASON, words.strip())
            why.save(force_insert=True)
            proposed.ending, proposed.ended_at = InformationRequest.Ending.DECLINED, at
            proposed.save(update_fields=_SETTLED)
            told = {**step.described(step.item), "person": proposed.asked_by_id}
            step.record(passages=[why], request=proposed.pk, number=proposed.number, read_by=[told])
            return proposed
    except Repeated:
        request.refresh_from_db()
    return request


def _item_of(request: InformationRequest) -> WorkItem:
    """Return the step that wants to ask: the open one, or else the last that was at its place."""
    there = WorkItem.objects.filter(case=request.case_id, node=request.node)
    return there.order_by(F("finished_at").desc(nulls_first=True), "-pk")[0]


def _proposed(step: Step, request: InformationRequest, everything: Sequence[InformationRequest]) -> InformationRequest:
    """Return the question as it is under the lock, for one who may approve it; wrong person before wrong state."""
    assert step.actor is not None
    found = next(one for one in everything if one.pk == request.pk)
    held = policy.standing(step.actor)
    agency_id, barred = step.item.agency_id, wanted_by(found)
    policy.require(
        step.actor, "approve_request", step.case, agency_id=agency_id, barred=barred, held=held, is_shut=False
    )
    office = agency_id if any(agency == agency_id for agency, _role in held) else step.case.desk_id
    step.on_behalf_of = held.acted_for((Role.APPROVER,), agency_id=office, assignee_id=None, barred=barred)
    step.require_open()
    if found.ending != InformationRequest.Ending.PROPOSED:
        raise WrongState(_("Somebody has already decided about this question, or the step has gone on without it."))
    return found


def _with_who_stays(step: Step) -> QuerySet[InformationRequest]:
    """Return every question of the case, each with whether its asker can still hold the step."""
    there = Exists(Membership.objects.today().filter(user=OuterRef("asked_by"), agency=step.item.agency_id))
    stays = Q(there) & ~policy.shut_out_of(step.case, person="asked_by")
    requests = InformationRequest.objects.filter(case=step.case)
    return requests.annotate(asker_stays=ExpressionWrapper(stays, output_field=BooleanField()))


def _others(
    step: Step, everything: Iterable[InformationRequest], *, but: InformationRequest | None = None
) -> list[InformationRequest]:
    """Return every other question of the case, having made sure that she can be asked from this step now."""
    if not step.case.is_undecided or not step.human.may_ask:
        raise WrongState(_("From this step nothing can be asked any more."))
    others = [one for one in everything if one is not but]
    if any(one.ending == InformationRequest.Ending.OPEN for one in others):
        raise WrongState(_("She is already answering another question. Ask again after that."))
    if any(one.ending == InformationRequest.Ending.PROPOSED for one in others):
        raise WrongState(_("Another question to her waits for an approver. Ask again after that."))
    return others


def _require_read(step: Step, asked_fields: Sequence[str]) -> None:
    """Pass unless a body outside lets her correct an answer that it does not read."""
    if step.human.part != Involvement.Part.RECEIVES:
        return
    service = service_of(step.case)
    papers = {paper.kind for paper in service.papers}
    if set(asked_fields) - papers - handed_fields(service):
        raise WrongState(_("You can ask only about what was handed to you."))


def _times_asked(step: Step, others: Sequence[InformationRequest]) -> int:
    """Return how often she was really asked in the stage of this step; a body outside counts what it asked itself."""
    asked = [one for one in others if one.stage == step.human.stage and one.ending not in NEVER_ASKED]
    if step.human.part == Involvement.Part.RECEIVES:
        asked = [one for one in asked if one.agency_id == step.item.agency_id]
    return len(asked)


def _answer_by(step: Step) -> date:
    """Return the last day on which she can answer what she is asked today, by the rule that holds for her case."""
    rule = step.book.rule_of("SUPP_ANSWER", step.case)
    return step.book.calendar.after(step.today, (rule.days if rule else None) or FALLBACK_WORKING_DAYS)


def _wait_for_her(step: Step, request: InformationRequest, *, holder: int | None) -> None:
    """Let the step wait for her answer, and stay with whoever asked, or else with the office."""
    WorkItem.objects.filter(pk=step.item.pk).update(
        status=WorkItem.Status.WAITING,
        request=request,
        paused_on=step.today,
        assignee=holder,
        version=F("version") + 1,
    )
    step.now_open = step.open_items()


def _approvers(step: Step) -> list[Mapping[str, Any]]:
    """Return who may approve a question: approvers of the office, or of the desk where it has none but the asker.

    Of a sealed case nobody hears but the office.
    """
    agency_id = step.item.agency_id
    wanting = [person for person in (step.actor, step.on_behalf_of) if person is not None]
    there = Membership.objects.today().filter(agency=agency_id, role=Role.APPROVER).exclude(user__in=wanting)
    if agency_id is None or not (step.case.sealed or there.exists()):
        agency_id = step.case.desk_id
    return [{**step.described(step.item), "person": None, "agency": agency_id, "role": Role.APPROVER}]


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
        asked = InformationRequest.objects.filter(pk=request.pk, case=case, ending=InformationRequest.Ending.OPEN)
        if asked.update(ending=InformationRequest.Ending.EXPIRED, ended_at=at) != 1:
            raise WrongState(_("This question is already closed."))
        case.expire()
        step.cancel_open_items()
        step.record(request=request.pk)
    return case


def expire_unanswered(*, at: datetime) -> int:
    """Expire every case whose question was not answered in time; return how many. Safe to run twice.

    A case that cannot be expired is logged and left for the next pass; it holds up no other.
    """
    overdue = InformationRequest.objects.filter(
        ending=InformationRequest.Ending.OPEN, answer_by__lt=timezone.localdate(at)
    ).select_related("case")
    expired = 0
    for request in overdue.order_by("answer_by", "pk"):
        try:
            expire(request, at=at)
        except WrongState:
            continue  # she answered, or another worker was faster
        except (OperationalError, InterfaceError):
            # The database is away or busy: no case is to blame, and the next pass tries again.
            raise
        except Exception:
            log.exception("Case %d cannot be closed though its question was not answered.", request.case_id)
            continue
        expired += 1
    return expired


def end_request(case: Case, ending: InformationRequest.Ending, at: datetime) -> None:
    """Close the case's open request, because the case ends; one that waits for an approver was never asked."""
    endings = InformationRequest.Ending
    unended = InformationRequest.objects.filter(case=case, ending__in=(endings.OPEN, endings.PROPOSED))
    ended = Either(When(ending=endings.PROPOSED, then=Value(endings.DECLINED)), default=Value(ending))
    unended.update(ending=ended, ended_at=at)


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
    rule = step.book.rule_of(item.rule, step.case)
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
