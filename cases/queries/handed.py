"""What a body outside reads of a case: the pages and papers that were handed to it, and what it asked her itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from cases.models import Agency, Case, Consent, Document, TimelineEvent, User
from cases.policy import Extent, Reading, reading
from cases.queries.directory import directory, reference_version
from cases.services import service_of
from cases.services.base import Page, SupportService


@dataclass(frozen=True)
class Yes:
    """Her yes to handing a part of her case to one body outside."""

    consent: Consent
    office: Agency
    # Whether she can end it with a button: while the case is on its way with this body it cannot go on without it.
    can_take_back: bool


def handed_to(case: Case) -> list[Yes]:
    """Return to which bodies outside she allowed a part of her case to be handed, the earliest first."""
    given = case.consents.filter(purpose=Consent.Purpose.HAND_OVER).order_by("pk")
    offices, may_read = directory(reference_version()), case.facts.get("may_read", ())
    return [
        Yes(
            consent,
            offices.agency(consent.recipient, Agency.Level.PROVINCE, case),
            consent.withdrawn_at is None and not (case.is_undecided and consent.recipient in may_read),
        )
        for consent in given
    ]


def reads_page(user_reads: Reading, service: SupportService, page: Page) -> bool:
    """Return whether her answers on this page are among what is read."""
    if user_reads.extent is Extent.HANDED:
        return page.slug in service.handed_pages
    return not user_reads.is_in_part


def handed_fields(service: SupportService) -> frozenset[str]:
    """Return the names of the answers that a body outside reads."""
    handed = (page for page in service.pages if page.slug in service.handed_pages)
    return frozenset(name for page in handed for name in page.form.base_fields)


def answers_read(user_reads: Reading, case: Case) -> Mapping[str, Any]:
    """Return her answers as far as they are read."""
    if user_reads.extent is Extent.HANDED:
        read = handed_fields(service_of(case))
        return {name: value for name, value in case.answers.data.items() if name in read}
    return {} if user_reads.is_in_part else case.answers.data


def papers_read(user_reads: Reading, case: Case) -> QuerySet[Document]:
    """Return the papers of a case as far as they are read: those handed over, and those she sent when asked."""
    papers = Document.objects.filter(case=case)
    if user_reads.extent is Extent.HANDED:
        handed = Q(kind__in=service_of(case).handed_papers)
        return papers.filter(handed | Q(pk__in=_sent_to(case, user_reads)))
    return papers.none() if user_reads.is_in_part else papers


def may_read_paper(user: User, paper: Document) -> bool:
    """Return whether somebody who may see its case may open a paper."""
    return papers_read(reading(user, paper.case), paper.case).filter(pk=paper.pk).exists()


def asked_by(case: Case, user_reads: Reading) -> set[int]:
    """Return the ids of the questions that these bodies asked her. One query."""
    return set(case.information_requests.filter(agency__in=user_reads.offices).values_list("pk", flat=True))


def _sent_to(case: Case, user_reads: Reading) -> list[int]:
    """Return the ids of the papers she sent in answer to these bodies. Two queries."""
    asked = asked_by(case, user_reads)
    answers = TimelineEvent.objects.filter(case=case, verb="information_answered").values_list("facts", flat=True)
    return [pk for facts in answers if facts.get("request") in asked for pk in facts.get("papers", ())]
