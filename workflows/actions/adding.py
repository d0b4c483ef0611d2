"""Papers that she adds to a filed case of her own accord."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, Document, User
from cases.policy import WrongState
from workflows.actions.talking import readers_of
from workflows.conflicts import Repeated
from workflows.moving import moving


def add_papers(case: Case, *, applicant: User, papers: Sequence[Document], key: UUID, at: datetime) -> Case:
    """Store papers whose files are written, and say that they came later; whoever has the case is told.

    Without a new paper nothing happened, and nobody is told.
    """
    try:
        with moving(case, "papers_added", actor=applicant, key=key, at=at) as step:
            policy.require(applicant, "write", step.case)
            if not step.case.is_undecided:
                raise WrongState(_("This request is already decided or closed. No paper can be added any more."))
            if papers:
                Document.objects.bulk_create(papers)
                step.record(papers=[paper.pk for paper in papers], read_by=readers_of(step))
    except Repeated:
        case.refresh_from_db()
    return case
