"""What she will read when a conclusion is sent: the same sentence and words, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from cases.models import Involvement, Passage
from cases.services import service_of
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
    reason: str | Promise
    words: tuple[str, ...]
    next_step: str | Promise
    # Words that she reads only once the case is decided.
    later: str


def message_to_her(
    item: WorkItem, option: Option, *, reason_code: str, answer: str, details: Mapping[str, Any]
) -> MessageToHer:
    """Return what she will read; the route is played in memory, as the conclusion itself would play it."""
    case, service = item.case, service_of(item.case)
    graph = graph_for(case.service, case.version)
    facts = {**case.facts, **details, verdict_key(item.node): option.verdict}
    moves = engine.advance(graph, engine.from_json(case.marking), facts, node=item.node, token=item.token).moves
    released = bool(_RELEASING & set(moves))
    reason = service.reason(reason_code) if option.refuses else None
    human = graph.human(item.node)
    # An opinion is for the office that writes the answer, not for her.
    to_her = answer if human.part == Involvement.Part.HANDLES else ""
    before = [
        passage
        for stage, (node, passage) in case.facts.get("answers", {}).items()
        if node != item.node and not (to_her and stage == human.stage)
    ]
    earlier = Passage.objects.filter(pk__in=before, case=case).order_by("pk") if released and before else ()
    return MessageToHer(
        sentence=service.told.get(f"{item.node}.{option.verdict}", ""),
        reason=reason.label if reason and released else "",
        words=(*(passage.body for passage in earlier), *([to_her] if to_her else [])) if released else (),
        next_step=reason.next_step if reason and released else "",
        later="" if released else to_her,
    )
