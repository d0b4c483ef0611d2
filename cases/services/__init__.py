"""The support services a woman can ask for: one file each, one line here."""

from cases.models.case import Case
from cases.services.base import Paper, SupportService
from cases.services.common import COUNTER_CONSENT
from cases.services.conversion import CONVERSION
from cases.services.credit_access import CREDIT_ACCESS
from cases.services.legal_advice import LEGAL_ADVICE

SERVICES: dict[str, SupportService] = {service.code: service for service in (LEGAL_ADVICE, CREDIT_ACCESS, CONVERSION)}


def service_of(case: Case) -> SupportService:
    """Return the support service a case asks for."""
    return SERVICES[case.service]


def papers_for(case: Case) -> tuple[Paper, ...]:
    """Return the kinds of paper that can be added to a case: at a counter also the sheet that she signed."""
    papers = service_of(case).papers
    return (COUNTER_CONSENT, *papers) if case.counter_id is not None else papers
