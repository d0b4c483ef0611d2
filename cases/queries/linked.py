"""Cases that belong together: what comes after a case that ended well, and from which one another was begun."""

from django.db.models import QuerySet

from cases.models import Case, CaseState
from cases.services import SERVICES, service_of
from cases.services.base import SupportService

# A case that ended like this is over without a result: the next one may be begun again.
_OVER = (CaseState.WITHDRAWN, CaseState.EXPIRED, CaseState.NOT_ACCEPTED)


def next_service(case: Case) -> SupportService | None:
    """Return the service that she is offered after a case that is done, by its outcome; None where there is none."""
    code = service_of(case).leads_to.get(case.outcome, "") if case.state == CaseState.CLOSED else ""
    return SERVICES.get(code)


def next_case(case: Case) -> Case | None:
    """Return the case, or the draft, that she already began after this one."""
    return case.followed_by.filter(applicant=case.applicant_id).exclude(state__in=_OVER).order_by("pk").last()


def followed_case(case: Case, *, among: QuerySet[Case]) -> Case | None:
    """Return the case from whose result this one was begun, if it is among those that the reader may open."""
    return among.filter(pk=case.follows_id).first() if case.follows_id is not None else None
