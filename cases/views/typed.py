"""What she typed is kept when her session ended meanwhile: sealed, for her alone, until she is signed in again."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from cases.models.sealed import seal, unseal

View = Callable[..., HttpResponse]

TYPED = "typed"
# Longer than any page of ours; more is no page of hers.
LONGEST = 40_000
KEPT_FOR = timedelta(hours=1)


def keeping_what_she_typed(view: View) -> View:
    """Send whoever is not signed in to the sign-in, and keep the form she sent for when she comes back."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **more)
        if request.method == "POST":
            form = request.POST.urlencode()
            if len(form) <= LONGEST:
                words = {"path": request.path, "form": form, "at": timezone.now().isoformat()}
                request.session[TYPED] = seal(json.dumps(words))
        return redirect_to_login(request.get_full_path())

    return kept


def typed_before(request: HttpRequest) -> QueryDict | None:
    """Return, once, the form she sent to this address before she signed in again.

    Whose draft it is the gate has judged by now: to anybody else the page does not exist.
    """
    sealed = request.session.pop(TYPED, "")
    if not sealed:
        return None
    try:
        words = json.loads(unseal(sealed))
    except InvalidToken:  # the seal key was changed meanwhile
        return None
    fresh = timezone.now() - datetime.fromisoformat(words["at"]) < KEPT_FOR
    return QueryDict(words["form"]) if fresh and words["path"] == request.path else None
