"""Filing a request, and sending a closed one again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.forms.documents import copy_papers
from cases.forms.filing import asked_only, missing_pages, start_draft
from cases.models import Answers, Case, CaseState, Consent, Document, Enterprise, Passage, User
from cases.models.agency import Agency, plain
from cases.models.case import new_code
from cases.policy import WrongState
from cases.services import SERVICES, service_of
from cases.services.common import COUNTER_CONSENT
from workflows import engine
from workflows.conflicts import Repeated
from workflows.moving import moving
from workflows.step import MAY_READ, Step

# What a filed case has that a draft has not, beside what every step may change.
_FILED = ("code", "enterprise", "province", "commune", "desk", "priority", "submitted_at")
# Answers that describe her business, and under what name.
_ENTERPRISE_TEXTS = ("entity_type", "tax_code", "sector")
_ENTERPRISE_NUMBERS = (
    "employees_insured",
    "female_employees",
    "disabled_employees",
    "revenue_last_year",
    "total_capital",
)


class Incomplete(WrongState):
    """Something she must fill in or allow is still missing; `slugs` are the pages."""

    def __init__(self, slugs: Sequence[str]) -> None:
        super().__init__(_("Some answers are still missing."))
        self.slugs = list(slugs)


def submit(
    case: Case, *, applicant: User, consents: Sequence[str], key: UUID, at: datetime, officer: User | None = None
) -> Case:
    """File a draft: from here on it has a code, a first reader and a date.

    At a counter the `officer` who filled it in sends it on her behalf, with the paper on which she signed.
    """
    actor, also = officer or applicant, ("answers", "applicant")
    asking = _at_the_counter(officer) if officer is not None else None
    try:
        with moving(case, "case_submitted", actor=actor, key=key, at=at, also=also, asking=asking) as step:
            case = step.case
            role = getattr(case, "role_there", None)
            held = [(case.counter_id, role)] if case.counter_id and role else []
            policy.require(actor, "submit", case, held=held)
            if case.state != CaseState.DRAFT:
                raise WrongState(_("This request was already sent."))
            if officer is not None:
                step.on_behalf_of, step.agency_id = case.applicant, case.counter_id
                if not getattr(case, "signed", False):
                    raise Incomplete([COUNTER_CONSENT.kind])
            _fill_in(step, consents)
            case.submit()
            step.apply(engine.begin(step.graph, case.facts))
            if case.received_on is not None:
                step.facts["received_on"] = case.received_on
            step.record(also_changed=_FILED, consents=sorted(consents))
    except Repeated:
        case.refresh_from_db()
    return case


def _at_the_counter(officer: User) -> dict[str, Subquery]:
    """Return what else is read of a case that an officer sends: as what he works there, and whether she signed."""
    there = policy.places_of(officer).filter(agency=OuterRef("counter"), role__in=policy.WORKING_ROLES)
    signed = Document.objects.filter(case=OuterRef("pk"), kind=COUNTER_CONSENT.kind)
    return {"role_there": Subquery(there.values("role")[:1]), "signed": Exists(signed)}


def resubmit(case: Case, *, applicant: User, at: datetime) -> Case:
    """Return a new draft with everything she filled in and added before; the same one again if it is still unsent."""
    policy.require(applicant, "resubmit", case)
    if case.state not in (CaseState.EXPIRED, CaseState.WITHDRAWN):
        raise WrongState(_("Only a request that was closed without a result can be sent again."))
    with transaction.atomic():
        Case.objects.locked().get(pk=case.pk)
        again = case.resubmissions.order_by("pk").last()
        if again is not None and again.state != CaseState.DRAFT:
            raise WrongState(_("This request was already sent again."))
        if again is not None:
            return again
        draft = start_draft(service=SERVICES[case.service], applicant=applicant, at=at)
        draft.resubmission_of, draft.follows_id = case, case.follows_id
        draft.save(update_fields=["resubmission_of", "follows"])
        Answers.objects.filter(case=draft).update(data=case.answers.data)
        copy_papers(case, draft, by=applicant, at=at)
    draft.refresh_from_db()
    return draft


def _fill_in(step: Step, consents: Sequence[str]) -> None:
    """Turn the draft's answers into the record of a filed case."""
    case = step.case
    service = service_of(case)
    answers = case.answers
    # What her other answers no longer call for is forgotten here, not kept in silence.
    data = asked_only(service, answers.data)
    missing = [page.slug for page in missing_pages(service, data, places=step.directory.places)]
    asked = [consent for consent in service.consents if consent.asked_when(data)]
    if any(consent.required and consent.purpose not in consents for consent in asked):
        missing.append("consent")
    if missing:
        raise Incomplete(missing)
    case.province_id = data["province"]
    case.commune_id = data["commune"]
    case.desk = step.directory.agency("HPN", Agency.Level.PROVINCE, case)
    case.code = new_code(case.desk.code.partition("-")[0], step.today.year)
    enterprise = Enterprise(owner_id=case.applicant_id)
    describe(enterprise, data)
    enterprise.save()
    case.enterprise = enterprise
    case.women_owned = enterprise.women_owned
    case.sme_class = enterprise.sme_class
    case.plain_name = plain(f"{data['full_name']} {enterprise.name}")
    case.priority = data.get("priority") == "yes"
    given = [consent for consent in asked if consent.purpose in consents]
    # Nobody is handed the case whom she has not allowed to read it.
    may_read = sorted({kind for consent in given for kind in consent.recipient.split()})
    case.facts = {**service.facts(data, bool(enterprise.sme_class)), MAY_READ: may_read}
    case.submitted_at = step.at
    Consent.objects.bulk_create(
        Consent(
            case=case,
            person_id=case.applicant_id,
            purpose=consent.purpose,
            recipient=consent.recipient,
            text_version=service.consent_version,
            given_at=step.at,
        )
        for consent in given
    )
    why_priority = data.pop("priority_reason", "")
    if why_priority:
        # Told to one intake officer, apart from everything else she said.
        step.write(Passage.Kind.SEALED, why_priority, name="priority_reason").save(force_insert=True)
    if data != answers.data:
        answers.data = data
        answers.save(update_fields=["data"])


def describe(enterprise: Enterprise, data: Mapping[str, Any]) -> None:
    """Copy what she declared about her business from her answers."""
    for name in _ENTERPRISE_TEXTS:
        setattr(enterprise, name, data.get(name) or "")
    for name in _ENTERPRISE_NUMBERS:
        setattr(enterprise, name, data.get(name))
    enterprise.name = data.get("entity_name") or ""
    enterprise.commune_id = data["commune"]
    enterprise.registered_on = data.get("registered_on") or None
    share = data.get("women_capital_pct")
    enterprise.women_capital_pct = None if share in (None, "") else Decimal(str(share))
    manages = data.get("woman_manager")
    enterprise.woman_manager = None if manages in (None, "") else manages in (True, "yes")
