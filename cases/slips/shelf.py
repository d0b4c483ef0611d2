"""The slips of a case, for those who may read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from cases import policy
from cases.models import Case, Slip, User
from cases.services.base import Words
from cases.signing import signed_by
from cases.slips.issuing import issue_of_case
from cases.slips.statement import Statement, read_statement


@dataclass(frozen=True)
class Shown:
    """One slip, as it stands in a list."""

    slip: Slip
    title: Words


def slips_for(user: User | AnonymousUser, case: Case) -> QuerySet[Slip]:
    """Return those slips of a case that this person may read, the newest first.

    She reads all but how it was handled; who handles it or supervises reads that, too; the officer at whose counter it
    was filled in, the receipt that is handed over there.
    """
    slips = Slip.objects.filter(_readable(user, case), case=case).order_by("-issued_at", "-pk")
    return slips.select_related("event")


def _readable(user: User | AnonymousUser, case: Case) -> Q:
    nothing, everything = Q(pk__in=()), ~Q(pk__in=())
    if not user.is_authenticated:
        return nothing
    if case.applicant_id == user.pk:
        return ~Q(kind=Slip.Kind.CONTROL)
    sees = policy.can(user, "view", case)
    if sees and (policy.handles(user, case) or policy.can(user, "supervise", case)):
        return everything
    if case.filled_in_by_id == user.pk and policy.can(user, "hand_over", case):
        return Q(kind=Slip.Kind.RECEIPT, event__verb="case_submitted")
    return nothing


def shown_to(user: User | AnonymousUser, case: Case) -> Sequence[Shown]:
    """Return the slips of a case for its page; on hers those that nobody made yet are made now.

    Colleagues see them when the worker has made them, which takes seconds: their pages ask no more for a longer story.
    """
    if case.applicant_id == user.pk:
        issue_of_case(case)
    return [Shown(slip, title_of(slip.kind)) for slip in slips_for(user, case)]


def pdf_of(slip: Slip) -> bytes:
    """Return a slip as it was stored."""
    with slip.file.open("rb") as file:
        content: bytes = file.read()
    return content


def title_of(kind: str) -> Words:
    """Return what slips of a kind are called here."""
    title: Words = settings.SLIP_TITLES[kind]
    return title


def proven(slip: Slip) -> Statement | None:
    """Return what a stored slip says, if its signature holds; None where somebody changed it."""
    said = read_statement(slip.statement)
    holds = signed_by(slip.statement, slip.signature) == slip.key_id
    return said if holds and said is not None and said.kind == slip.kind else None
