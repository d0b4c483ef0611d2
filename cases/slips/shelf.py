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

# Each of these names the day she was promised: the newest holds.
DAY_PROMISED = (Slip.Kind.RECEIPT, Slip.Kind.APOLOGY)


@dataclass(frozen=True)
class Shown:
    """One slip, as it stands in a list."""

    slip: Slip
    title: Words
    # A newer one names another day in its place; or this is the newer one.
    is_replaced: bool = False
    is_in_force: bool = False


def slips_for(user: User | AnonymousUser, case: Case) -> QuerySet[Slip]:
    """Return those slips of a case that this person may read, the newest first.

    She reads all but how it was handled; who handles it or supervises reads that, too; the officer at whose counter it
    was filled in, the receipt that is handed over there.
    """
    slips = Slip.objects.filter(_readable(user, case), case=case).order_by("-issued_at", "-event__position", "-pk")
    return slips.select_related("event")


def _readable(user: User | AnonymousUser, case: Case) -> Q:
    nothing, everything = Q(pk__in=()), ~Q(pk__in=())
    if not user.is_authenticated:
        return nothing
    if case.applicant_id == user.pk:
        return ~Q(kind=Slip.Kind.CONTROL)
    assert isinstance(user, User)
    if policy.can(user, "view", case) and policy.reading(user, case).is_whole:
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
    found = list(slips_for(user, case))
    days = [slip for slip in found if slip.kind in DAY_PROMISED]
    older = set(days[1:])
    shown = [
        Shown(
            slip,
            title_of(slip.kind),
            is_replaced=slip in older,
            is_in_force=bool(older) and case.is_undecided and slip == days[0],
        )
        for slip in found
    ]
    # To her the older ones stand behind the others, in a fold.
    return sorted(shown, key=lambda each: each.is_replaced) if case.applicant_id == user.pk else shown


def newer_than(slip: Slip) -> Slip | None:
    """Return the newest slip that names another day she was promised in place of this one; None where none does."""
    if slip.kind not in DAY_PROMISED:
        return None
    newer = Slip.objects.filter(case=slip.case_id, kind__in=DAY_PROMISED, event__position__gt=slip.event.position)
    return newer.order_by("-event__position", "-pk").first()


def slip_with(line: str) -> Slip | None:
    """Return the slip in our books on which a signed line stands."""
    said = read_statement(line)
    if said is None:
        return None
    return Slip.objects.filter(case__code=said.code, statement=line).select_related("event").first()


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
