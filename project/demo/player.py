"""Plays cases through the real actions, as the people of the cast would."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone
from stdnum.vn import mst

from cases.forms.filing import save_page, start_draft
from cases.models import Agency, Case, Decision, InformationRequest, Role, User
from cases.models.people import Membership
from cases.queries.directory import reference_version
from cases.services import SERVICES, service_of
from workflows import actions
from workflows.asks import (
    OTHER_REASON,
    Amount,
    Checklist,
    Enter,
    Entry,
    Flags,
    Option,
    PickExpert,
    PickPlace,
    SealedChoice,
)
from workflows.calendar import Calendar
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.proofs import proof_of
from workflows.queries.further import asked_before
from workflows.queries.routing import chosen_so_far, suggested

ANSWER = "Chị có thể làm theo ba bước dưới đây. Bước một, xem lại giấy tờ. Bước hai, hỏi cơ quan thuế. Bước ba, ký."
OPINION = "Cơ quan chúng tôi đồng ý với hướng trả lời. Nên nhắc người nộp giữ hoá đơn và hợp đồng gốc."
WHY_AGAIN = "Giấy chị gửi cho thấy còn một điểm phải làm rõ, lần hỏi trước chưa biết."
REFUSAL = "Lần này chúng tôi chưa hỗ trợ được, vì việc của chị nằm ngoài phần hỗ trợ này. Chị có thể gọi số trợ giúp."


def draft(answers: Mapping[str, Any], *, applicant: User, at: datetime, service: str = "legal_advice") -> Case:
    """Return a draft with these answers saved page by page, as she would."""
    case = start_draft(service=SERVICES[service], applicant=applicant, at=at)
    for page in SERVICES[service].pages:
        values = {name: answers[name] for name in page.form.base_fields if name in answers}
        if values and page.asked_when(case.answers.data):
            save_page(case, values=values, at=at)
    return case


def submit(case: Case, *, at: datetime, officer: User | None = None) -> Case:
    """File the draft with every consent: she herself, or an officer at a counter."""
    consents = [consent.purpose for consent in SERVICES[case.service].consents]
    return actions.submit(case, applicant=case.applicant, consents=consents, key=uuid4(), at=at, officer=officer)


def open_item(case: Case, node: str) -> WorkItem:
    """Return the open work item of a node."""
    return WorkItem.objects.select_related("case", "agency", "assignee").get(
        case=case, node=node, finished_at__isnull=True
    )


def holder_of(item: WorkItem) -> User:
    """Return somebody who may decide this item."""
    human = graph_for(item.case.service, item.case.version).human(item.node)
    if item.assignee is not None:
        return item.assignee
    barred = {
        person
        for node in human.not_by
        for person in Decision.objects.filter(case=item.case, node=node).values_list("reviewer", flat=True)
    }
    membership = (
        Membership.objects.today()
        .filter(agency=item.agency, role=human.role)
        .exclude(user__in=barred)
        .select_related("user")
        .order_by("pk")
        .first()
    )
    assert membership is not None, f"nobody in the cast can decide {item}"
    return membership.user


def conclude(case: Case, node: str, verdict: str, *, at: datetime, by: User | None = None, **given: Any) -> Decision:
    """Decide one open step of the case, filling in whatever the step asks and the story does not say."""
    item = open_item(case, node)
    human = graph_for(case.service, case.version).human(node)
    option = human.option(verdict)
    assert option is not None, f"{node} offers no {verdict}"
    details, sealed = _details(human, verdict, item, given, at=at)
    decision = actions.decide(
        item,
        reviewer=by or holder_of(item),
        verdict=verdict,
        reason_code=given.get("reason_code", _reason(option, case, item.node)),
        reason=given.get("reason", "Cần nói rõ hơn." if option.returns else _why_another(human, item, details, at=at)),
        answer=given.get("answer", _words(human, option)),
        details=details,
        sealed=sealed,
        key=given.get("key", uuid4()),
        at=at,
    )
    case.refresh_from_db()
    return decision


def ask(case: Case, node: str, *, question: str, at: datetime, fields: tuple[str, ...] = ()) -> InformationRequest:
    """Ask her for information from one open step; a further question of the step is agreed to at once."""
    item = open_item(case, node)
    given: dict[str, Any] = {"reviewer": holder_of(item), "question": question, "asked_fields": fields}
    if not asked_before(case, node, item.stage, item.agency_id).exists():
        return actions.request_information(item, key=uuid4(), at=at, **given)
    proposed = actions.request_information(item, why_again=WHY_AGAIN, key=uuid4(), at=at, **given)
    return actions.approve_request(proposed, approver=approver_of(proposed), key=uuid4(), at=at)


def approver_of(request: InformationRequest) -> User:
    """Return somebody who may agree to a further question: at the office that asks, or at the desk of the case."""
    approvers = Membership.objects.today().filter(role=Role.APPROVER).exclude(user=request.asked_by)
    there = approvers.filter(agency=request.agency_id).first() or approvers.filter(agency=request.case.desk_id).first()
    assert there is not None, f"nobody in the cast can agree to {request}"
    return there.user


def hand_on(case: Case, node: str, *, commune: str, words: str, at: datetime) -> WorkItem:
    """Hand one open step on to the Women's Union of another commune."""
    item = open_item(case, node)
    to = Agency.objects.get(kind="HPN", commune__name=commune, province=case.province_id)
    return actions.transfer(item, reviewer=holder_of(item), to=to, words=words, key=uuid4(), at=at)


def apologise(case: Case, *, days: int, reason_code: str, words: str, calendar: Calendar, at: datetime) -> None:
    """Put the promised day off by some working days, as the office that handles the case."""
    case.refresh_from_db()
    assert case.promised_on is not None
    item = case.work_items.filter(finished_at__isnull=True).select_related("case", "agency", "assignee").earliest("pk")
    actions.put_off_promise(
        case,
        actor=holder_of(item),
        new_day=calendar.after(max(case.promised_on, timezone.localdate(at)), days),
        reason_code=reason_code,
        words=words,
        key=uuid4(),
        at=at,
    )


def reply(case: Case, *, text: str, at: datetime, **given: Any) -> InformationRequest:
    """Answer the case's open question, with the corrections and papers given."""
    request = InformationRequest.objects.select_related("case").get(case=case, ending="open")
    answered = actions.answer(request, applicant=case.applicant, reply=text, key=uuid4(), at=at, **given)
    case.refresh_from_db()
    return answered


def way_to(service: str, version: int, node: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the shortest way to a step: (node, verdict, facts chosen with it) to conclude one after another."""
    report = proof_of(service, version)
    leaving: dict[Any, list[Any]] = {}
    for transition in report.transitions:
        leaving.setdefault(transition.source, []).append(transition)
    queue: deque[tuple[Any, tuple[tuple[str, str, dict[str, Any]], ...]]] = deque(
        [(state, ()) for _facts, state, _passed in report.starts]
    )
    seen = {state for state, _way in queue}
    while queue:
        state, way = queue.popleft()
        if any(name == node for name, _token in state.marking):
            return list(way)
        for transition in leaving.get(state, []):
            if transition.target not in seen and transition.target.asked is None:
                seen.add(transition.target)
                name = transition.place[0]
                chosen = {fact: value for fact, value in transition.facts.items() if ":" not in fact}
                queue.append((transition.target, (*way, (name, transition.facts[f"verdict:{name}"], chosen))))
    raise KeyError(node)


def _words(human: HumanStep, option: Option) -> str:
    if option.refuses:
        return REFUSAL
    if not option.answers:
        return ""
    return ANSWER if human.speaks_to_her else OPINION


def _reason(option: Option, case: Case, node: str) -> str:
    if option.returns and not option.refuses:
        return OTHER_REASON
    codes = [code for code, _words in actions.reasons_for(option, service_of(case), node)]
    return "OUT_OF_SCOPE" if "OUT_OF_SCOPE" in codes else codes[0]


def _details(
    human: HumanStep, verdict: str, item: WorkItem, given: Mapping[str, Any], *, at: datetime
) -> tuple[dict[str, Any], str]:
    option = human.option(verdict)
    # She was shown the body that is meant now.
    allows = option.allows if option else ""
    details: dict[str, Any] = {allows: item.case.facts[allows]} if allows else {}
    sealed = ""
    for question in human.asked_with(verdict):
        match question:
            case Flags():
                details |= {name: bool(given.get(name)) for name, _label in question.choices}
            case PickExpert():
                details[question.name] = given.get(question.name) or _expert(question)
            case Amount():
                details[question.name] = given.get(question.name) or actions.ceiling(
                    item.case, question, at=item.opened_at
                )
            case SealedChoice():
                sealed = given.get(question.name) or question.choices[0][0]
            case Enter():
                details[question.name] = given.get(question.name) or _entered(question, item.case, at=at)
            case Checklist():
                details[question.name] = given.get(question.name) or [code for code, _label in question.choices]
            case PickPlace():
                details[question.name] = given.get(question.name) or _body(question, item.case, at=at)
            case _:
                details[question.name] = given.get(question.name)
    return details, sealed


def _entered(question: Enter, case: Case, *, at: datetime) -> Any:
    """Return what a body outside would have written: a usual loan, or a certificate of today."""
    match question.entry:
        case Entry.MONEY:
            return 50_000_000
        case Entry.PERCENT:
            return "6.6"
        case Entry.MONTHS:
            return 36
        case Entry.DAY:
            return timezone.localdate(at).isoformat()
        case Entry.ENTERPRISE_CODE:
            return _enterprise_code(case)


def _enterprise_code(case: Case) -> str:
    """Return a code of ten digits with a right check digit, another one for each case."""
    numbers = (f"{area:02d}{case.pk % 10_000_000:07d}" for area in range(2, 100))
    # Not every nine digits have a check digit of one place.
    return next(number + check for number in numbers if len(check := mst.calc_check_digit(number)) == 1)


def _fitting(question: PickPlace, case: Case, *, at: datetime) -> str:
    """Return the body that the routing table suggests today; empty where it says nothing."""
    today, version, had = timezone.localdate(at), reference_version(), chosen_so_far(question.name, case.facts)
    fits = suggested(case.service, question.name, case.answers.data, on=today, version=version, without=had)
    return fits.kind if fits else ""


def _body(question: PickPlace, case: Case, *, at: datetime) -> str:
    """Return the body that the table suggests, or the first one on offer."""
    fitting, kinds = _fitting(question, case, at=at), [kind for kind, _label in question.choices]
    return fitting if fitting in kinds else kinds[0]


def _why_another(human: HumanStep, item: WorkItem, details: Mapping[str, Any], *, at: datetime) -> str:
    """Return why another body was chosen than the table suggests, where one was."""
    for ask in human.asks:
        if isinstance(ask, PickPlace) and ask.name in details:
            fitting = _fitting(ask, item.case, at=at)
            if fitting not in ("", details[ask.name]):
                return "Nơi này gần nhà chị và đang còn nguồn vốn."
    return ""


def _expert(question: PickExpert) -> int:
    membership = Membership.objects.filter(
        agency__kind=question.place.kind, role=Role.EXPERT, until__isnull=True
    ).order_by("pk")
    return membership.values_list("user_id", flat=True)[0]
