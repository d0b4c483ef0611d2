"""Words about a case that move it nowhere: her thread with the office that has it, and notes between colleagues."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, Passage, TimelineEvent, User
from cases.policy import WrongState
from workflows.conflicts import Repeated
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.step import Step


def write_to_office(case: Case, *, applicant: User, words: str, key: UUID, at: datetime) -> Passage:
    """Write to whoever has her case; as long as somebody has."""
    try:
        with moving(case, "message_sent", actor=applicant, key=key, at=at) as step:
            policy.require(applicant, "write", step.case)
            if not step.case.is_moving:
                raise WrongState(_("This request has ended. Nobody reads messages about it any more."))
            return _said(step, Passage.Kind.MESSAGE, words, read_by=readers_of(step))
    except Repeated as earlier:
        return _of(earlier.event)


def write_to_her(item: WorkItem, *, reviewer: User, words: str, key: UUID, at: datetime) -> Passage:
    """Write to her about her case, without asking for anything that stops the clock."""
    try:
        with moving(item, "message_written", actor=reviewer, key=key, at=at) as step:
            step.require("write_to_her")
            _require_by_name(step)
            if not step.human.reads_all:
                # A body outside speaks to her only while it has the case.
                step.require_open()
            if not step.case.is_moving:
                raise WrongState(_("This request has ended. Nobody reads messages about it any more."))
            return _said(step, Passage.Kind.MESSAGE, words)
    except Repeated as earlier:
        return _of(earlier.event)


def note(item: WorkItem, *, reviewer: User, words: str, key: UUID, at: datetime) -> Passage:
    """Note something for colleagues who handle the case. She never reads it, nor that it is there."""
    try:
        with moving(item, "note_written", actor=reviewer, key=key, at=at) as step:
            step.require("note")
            _require_by_name(step)
            return _said(step, Passage.Kind.NOTE, words)
    except Repeated as earlier:
        return _of(earlier.event)


def _said(step: Step, kind: Passage.Kind, words: str, **facts: Any) -> Passage:
    if not words.strip():
        raise WrongState(_("There are no words in it."))
    passage = step.write(kind, words.strip())
    passage.save(force_insert=True)
    step.record(passages=[passage], **facts)
    return passage


def _of(event: TimelineEvent) -> Passage:
    """Return what the same form wrote the first time."""
    return Passage.objects.get(pk=int(next(iter(event.facts["words"]))))


def _require_by_name(step: Step) -> None:
    """Pass unless the case is sealed and this item is over: a sealed case is spoken of by who holds it now."""
    if step.case.sealed:
        step.require_open()


def readers_of(step: Step) -> list[Mapping[str, Any]]:
    """Return who is to read her words: whoever handles the case now.

    While only opinions are awaited, or she has a step to do herself, nobody does; then it is who handled it last. An
    office that is consulted is not told, a body outside only while it has its step.
    """
    items = WorkItem.objects.filter(case=step.case).exclude(holder=WorkItem.Holder.APPLICANT).order_by("pk")
    humans = [(item, step.graph.human(item.node)) for item in items]
    now = [item for item, human in humans if item.is_open and human.speaks_to_her]
    return [step.described(item) for item in now or [item for item, human in humans if human.reads_all][-1:]]
