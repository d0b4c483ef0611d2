"""Papers she gave to an earlier request and may use again."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from cases.models import Case, Document
from cases.services.common import COUNTER_CONSENT

# Of one kind: those she means are among the newest.
MOST = 5


def earlier_papers(case: Case) -> QuerySet[Document]:
    """Return the papers in the other cases of the same applicant, sealed ones too: only she herself may be shown them.

    The sheet that she signed at a counter is not among them: it allowed that one sending.
    """
    hers = Document.objects.filter(case__applicant=case.applicant_id)
    return hers.exclude(case=case.pk).exclude(kind=COUNTER_CONSENT.kind)


def papers_again(case: Case, kinds: Collection[str]) -> dict[str, list[Document]]:
    """Return by kind the newest earlier papers that this case lacks, each file once. Two queries."""
    seen = set(case.documents.values_list("kind", "sha256"))
    chosen: dict[str, list[int]] = defaultdict(list)
    earlier = earlier_papers(case).filter(kind__in=kinds).order_by("-uploaded_at", "-pk")
    # Names are sealed: only those that are shown are read.
    for pk, kind, fingerprint in earlier.values_list("pk", "kind", "sha256"):
        if (kind, fingerprint) not in seen and len(chosen[kind]) < MOST:
            seen.add((kind, fingerprint))
            chosen[kind].append(pk)
    papers = Document.objects.select_related("case").in_bulk([pk for pks in chosen.values() for pk in pks])
    return {kind: [papers[pk] for pk in pks if pk in papers] for kind, pks in chosen.items()}


def earlier_paper(case: Case, key: UUID) -> Document | None:
    """Return one of the earlier papers of the same applicant."""
    return earlier_papers(case).filter(key=key).first()
