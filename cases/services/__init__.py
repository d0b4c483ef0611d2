"""The support services a woman can ask for: one file each, one line here."""

from cases.models.case import Case
from cases.services.base import SupportService
from cases.services.legal_advice import LEGAL_ADVICE

SERVICES: dict[str, SupportService] = {service.code: service for service in (LEGAL_ADVICE,)}


def service_of(case: Case) -> SupportService:
    """Return the support service a case asks for."""
    return SERVICES[case.service]
