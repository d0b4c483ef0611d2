"""What she will read when a conclusion is sent: the same sentence and words, before anything is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from cases.models import Case, Involvement, Passage
from cases.services import service_of
from cases.services.base import Reason
from workflows import engine
from workflows.conditions import verdict_key
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.nodes import Option

# The moves after which she reads the words that were written to her.
_RELEASING = {"decide", "not_accept"}


@dataclass(frozen=True)
class MessageToHer:
    """One message, as she gets it. Without a sentence she is not told now."""

    sentence: str | Promise
    # Whether the words below reach her with this conclusion, or only once somebody approves them.
    now: bool
    reason: str | Promise
    words: tuple[str, ...]
    next_step: str | Promise


def message_to_her(
    item: WorkItem, option: Option, *, reason_code: str, answer: str, details: Mapping[str, Any]
) -> MessageToHer:
    """Return what she will read; the route is played in memory, as the conclusion itself would play it."""
    case, service = item.case, service_of(item.case)
    graph = graph_for(case.service, case.version)
    facts = {**case.facts, **details, verdict_key(item.node): option.verdict}
    moves = engine.advance(graph, engine.from_json(case.marking), facts, node=item.node, token=item.token).moves
    now = bool(_RELEASING & set(moves))
    human = graph.human(item.node)
    # An opinion is for the office that writes the answer, not for her.
    to_her = answer if human.part == Involvement.Part.HANDLES else ""
    before = [
        passage
        for stage, (node, passage) in case.facts.get("answers", {}).items()
        if node != item.node and not (to_her and stage == human.stage)
    ]
    earlier = Passage.objects.filter(pk__in=before, case=case).order_by("pk") if now and before else ()
    reason = service.reason(reason_code) if option.refuses else _refused_before(case, before) if now else None
    return MessageToHer(
        sentence=service.told.get(f"{item.node}.{option.verdict}", ""),
        now=now,
        reason=reason.label if reason else "",
        words=(*(passage.body for passage in earlier), *([to_her] if to_her else [])),
        next_step=reason.next_step if reason else "",
    )


def _refused_before(case: Case, answers: Collection[int]) -> Reason | None:
    """Return why somebody before refused, if the words written with the refusal are released now."""
    service = service_of(case)
    codes = [reason.code for reason in service.refusal_reasons]
    refusals = case.decisions.filter(reason_code__in=codes, answer__in=answers)
    code = refusals.order_by("-decided_at", "-pk").values_list("reason_code", flat=True).first() if answers else None
    return service.reason(code) if code else None
