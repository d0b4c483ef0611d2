"""What she typed is kept when her session ended meanwhile: sealed, for her alone, until she is signed in again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from cases.models import Case, CaseState
from cases.models.sealed import seal, unseal

View = Callable[..., HttpResponse]

TYPED = "typed"
# As signs of an address; the longest page of ours, all Vietnamese, has fewer.
LONGEST = 24_000
KEPT_FOR = timedelta(hours=1)


def keeping_what_she_typed(view: View) -> View:
    """Send whoever is not signed in to the sign-in, and keep the form she sent for when she comes back.

    Only for a draft that there is: else anybody could fill our sessions. What she sends later by herself is newer, so
    that once it was taken the kept form is forgotten.
    """

    @wraps(view)
    def kept(request: HttpRequest, key: UUID, **more: Any) -> HttpResponse:
        if request.user.is_authenticated:
            response = view(request, key, **more)
            if request.method == "POST" and response.status_code == 302 and _is_of_this_page(request):
                del request.session[TYPED]
            return response
        if request.method == "POST":
            form = request.POST.urlencode()
            if len(form) <= LONGEST and Case.objects.filter(key=key, state=CaseState.DRAFT).exists():
                at = timezone.now().isoformat()
                request.session[TYPED] = {"path": request.path, "at": at, "form": seal(form)}
        return redirect_to_login(request.get_full_path())

    return kept


def typed_before(request: HttpRequest) -> QueryDict | None:
    """Return, once, the form she sent to this address before she signed in again.

    Whose draft it is the gate has judged by now: to anybody else the page does not exist.
    """
    if not _is_of_this_page(request):
        return None
    typed = request.session.pop(TYPED)
    if timezone.now() - datetime.fromisoformat(typed["at"]) >= KEPT_FOR:
        return None
    try:
        return QueryDict(unseal(typed["form"]))
    except InvalidToken:  # the seal key was changed meanwhile
        return None


def _is_of_this_page(request: HttpRequest) -> bool:
    return bool(request.session.get(TYPED, {}).get("path") == request.path)
