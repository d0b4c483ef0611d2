"""What she will read when a conclusion is sent: the same sentence and words, before anything is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from cases.models import Case
from cases.queries.directory import directory, reference_version
from cases.queries.naming import office_name
from cases.queries.results import Said, read_at_once, said_in
from cases.queries.telling import Telling, her_turn, telling
from cases.services import service_of
from cases.services.base import Reason
from workflows import engine
from workflows.asks import Option
from workflows.conditions import WAITED, Facts, verdict_key
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.nodes import Rule, rule_code
from workflows.promised import not_over_when_made, stands
from workflows.queries.rulebook import Deadline, rulebook

# The moves after which she reads the words that were written to her.
_RELEASING = {"decide", "not_accept"}


@dataclass(frozen=True)
class MessageToHer:
    """One message, as she gets it. Without a telling she is not told now."""

    telling: Telling | None
    # Whether the words below reach her with this conclusion, or only once somebody approves them.
    now: bool
    reason: str | Promise
    words: tuple[Said, ...]
    # What she could read already before.
    before: tuple[Said, ...]
    next_step: str | Promise


def message_to_her(
    item: WorkItem, option: Option, *, reason_code: str, answer: str, details: Mapping[str, Any], at: datetime
) -> MessageToHer:
    """Return what she will read; the route is played in memory, as the conclusion itself would play it."""
    case, service = item.case, service_of(item.case)
    graph = graph_for(case.service, case.version)
    facts = {**case.facts, **details, verdict_key(item.node): option.verdict}
    advance = engine.advance(graph, engine.from_json(case.marking), facts, node=item.node, token=item.token)
    now = bool(_RELEASING & set(advance.moves))
    human = graph.human(item.node)
    keeps = option.at_once and human.promises is not None
    # An opinion is for the office that writes the answer, not for her.
    to_her = answer if human.speaks_to_her else ""
    # What others wrote to her goes along, but a body outside does not read it here.
    stays = [
        passage
        for stage, (node, passage) in case.facts.get("answers", {}).items()
        if node != item.node and not (to_her and stage == human.stage) and human.reads_all
    ]
    read = read_at_once(case) if now and human.reads_all else {}
    earlier = said_in(case, [pk for pk in stays if pk not in read]) if now else ()
    whose = item.agency.name if item.agency else item.assignee.full_name if item.assignee else ""
    reason = service.reason(reason_code) if option.refuses else _refused_before(case, stays) if now else None
    return MessageToHer(
        telling=telling(
            case,
            f"{item.node}.{option.verdict}",
            agency=item.agency,
            promised_on=_promised(case, advance, facts, at, keeps=keeps) if case.is_undecided and not now else None,
            her_turn=_her_turn(case, advance, facts, at),
        ),
        now=now or option.at_once,
        reason=reason.label if reason else "",
        words=(*([Said(whose, at, to_her)] if to_her else []), *earlier),
        before=said_in(case, read),
        next_step=reason.next_step if reason else "",
    )


def goes_to(item: WorkItem, option: Option) -> str:
    """Return where the case goes with this conclusion, as it stands now; empty where it stays in the office."""
    case = item.case
    graph, offices = graph_for(case.service, case.version), directory(reference_version())
    facts = {**case.facts, verdict_key(item.node): option.verdict}
    opened = engine.advance(graph, engine.from_json(case.marking), facts, node=item.node, token=item.token).opened
    places = [place for node, _token in opened if (place := graph.human(node).place(facts)) is not None]
    agencies = {agency.pk: agency for place in places if (agency := offices.agency(place.kind, place.level, case))}
    return ", ".join(office_name(agency) for pk, agency in agencies.items() if pk != item.agency_id)


def _promised(case: Case, advance: engine.Advance, facts: Facts, at: datetime, *, keeps: bool) -> date | None:
    """Return the day she is promised once this conclusion is sent, as the step itself will reckon it.

    Where the conclusion `keeps` the present promise, only a step that opens gives another day.
    """
    promised_on, accepted_at = None if keeps else case.promised_on, _accepted_at(case, advance, at)
    graph = graph_for(case.service, case.version)
    for node, _token in advance.opened:
        promises = graph.human(node).promises
        if promises is not None:
            until = _deadline(case, promises, facts, accepted_at=accepted_at, at=at)
            day = not_over_when_made(case, until.promised_on, accepted_at=accepted_at)
            if keeps or not stands(case, node, day, facts=facts, accepted_at=accepted_at):
                promised_on = day
    return promised_on


def _her_turn(case: Case, advance: engine.Advance, facts: Facts, at: datetime) -> str:
    """Return the sentence that a step of hers opens with this conclusion; empty where none does."""
    graph = graph_for(case.service, case.version)
    hers = [node for node, _token in advance.opened if graph.human(node).holder == WorkItem.Holder.APPLICANT]
    if not hers:
        return ""
    accepted_at = _accepted_at(case, advance, at)
    until = _deadline(case, graph.human(hers[0]).within, facts, accepted_at=accepted_at, at=at)
    return her_turn(case, hers[0], timezone.localdate(until.due_at))


def _accepted_at(case: Case, advance: engine.Advance, at: datetime) -> datetime | None:
    return at if "accept" in advance.moves else case.accepted_at


def _deadline(case: Case, rule: Rule, facts: Facts, *, accepted_at: datetime | None, at: datetime) -> Deadline:
    book = rulebook(reference_version())
    return book.deadline(
        rule_code(rule, facts),
        opened=timezone.localdate(at),
        submitted=book.received_on(case),
        accepted=timezone.localdate(accepted_at) if accepted_at else None,
        waited=facts.get(WAITED, 0),
    )


def _refused_before(case: Case, answers: Collection[int]) -> Reason | None:
    """Return why somebody before refused, if the words written with the refusal are released now."""
    service = service_of(case)
    codes = [reason.code for reason in service.refusal_reasons]
    refusals = case.decisions.filter(reason_code__in=codes, answer__in=answers)
    code = refusals.order_by("-decided_at", "-pk").values_list("reason_code", flat=True).first() if answers else None
    return service.reason(code) if code else None
