"""What a supervisor does: reminds a holder, leaves a remark. She decides nothing."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, Passage, TimelineEvent, User
from cases.policy import WrongState
from workflows.conflicts import Repeated
from workflows.models import WorkItem
from workflows.moving import moving

# A remark is for those who supervise: under this name colleagues do not find it among their notes.
REMARK = "supervision"


def remind(item: WorkItem, *, supervisor: User, words: str, key: UUID, at: datetime) -> TimelineEvent:
    """Remind whoever holds a work item; nothing else changes, and she is not told."""
    try:
        with moving(item, "reminder_sent", actor=supervisor, key=key, at=at) as step:
            step.require("supervise")
            step.require_open()
            if step.item.status == WorkItem.Status.WAITING:
                raise WrongState(_("This step waits for the applicant. There is nobody to remind."))
            passage = step.write(Passage.Kind.NOTE, words)
            passage.save(force_insert=True)
            return step.record(passages=[passage], read_by=[step.described(step.item)])
    except Repeated as earlier:
        return earlier.event


def remark(case: Case, *, supervisor: User, words: str, key: UUID, at: datetime) -> TimelineEvent:
    """Leave a remark on a case, which those who supervise read."""
    try:
        with moving(case, "remark_written", actor=supervisor, key=key, at=at) as step:
            policy.require(supervisor, "supervise", step.case)
            passage = step.write(Passage.Kind.NOTE, words, name=REMARK)
            passage.save(force_insert=True)
            return step.record(passages=[passage])
    except Repeated as earlier:
        return earlier.event
