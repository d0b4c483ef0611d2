"""The gate of her own pages."""

from uuid import UUID, uuid4

from django.http import HttpRequest

from cases import policy
from cases.models import Case, CaseState, User


def reader(request: HttpRequest) -> User:
    """Return the person who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def form_key(request: HttpRequest) -> UUID:
    """Return the key of the form that was sent: the same form sent twice acts once."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def own_case(request: HttpRequest, key: UUID) -> Case:
    """Return a case of the reader's own; to everybody else there is nothing."""
    return policy.find_case(request.user, key=key, applicant=request.user)


def counter_case(request: HttpRequest, key: UUID) -> Case:
    """Return a case of the reader's own, or one that she fills in, or filled in, for a woman at her counter."""
    case = Case.objects.select_related("applicant", "commune", "desk", "enterprise").filter(key=key).first()
    if case is None or not policy.can(request.user, "hand_over", case):
        raise policy.NotFoundForYou
    return case


def own_draft(request: HttpRequest, key: UUID) -> Case | None:
    """Return the draft that the reader fills in, for herself or at a counter; None when it has been sent meanwhile."""
    case = counter_case(request, key)
    policy.require(request.user, "fill_in", case)
    return case if case.state == CaseState.DRAFT else None
