"""What she does at the end: takes it back, or says whether it helped."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, CaseState, InformationRequest, Passage, User
from cases.policy import WrongState
from workflows.actions.asking import end_request
from workflows.conflicts import Repeated
from workflows.moving import moving


def withdraw(case: Case, *, applicant: User, reason: str = "", key: UUID, at: datetime) -> Case:
    """Take a case back; a right only while nothing is decided (Circular 03/2025 Art. 7 [V11])."""
    try:
        with moving(case, "case_withdrawn", actor=applicant, key=key, at=at) as step:
            case = step.case
            policy.require(applicant, "withdraw", case)
            if not case.is_undecided:
                raise WrongState(_("This request can no longer be withdrawn: it is already decided or closed."))
            words = [step.write(Passage.Kind.REASON, reason)] if reason else []
            Passage.objects.bulk_create(words)
            end_request(case, InformationRequest.Ending.DROPPED, at)
            case.withdraw()
            step.cancel_open_items()
            step.record(passages=words)
    except Repeated:
        case.refresh_from_db()
    return case


def rate(case: Case, *, applicant: User, score: int, key: UUID, at: datetime) -> Case:
    """Say in one tap whether it helped: 1 no, 2 partly, 3 yes."""
    try:
        with moving(case, "case_rated", actor=applicant, key=key, at=at) as step:
            case = step.case
            policy.require(applicant, "rate", case)
            if case.state != CaseState.CLOSED or score not in (1, 2, 3):
                raise WrongState(_("Only a closed request can be rated."))
            case.satisfaction = score
            step.record(score=score)
    except Repeated:
        case.refresh_from_db()
    return case
