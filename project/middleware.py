"""What holds for every answer: its language, private pages are not kept, and trouble is said plainly."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from cases.policy import WrongState
from cases.views.own import reader
from workflows.models import WorkItem
from workflows.views.item import find_item

GetResponse = Callable[[HttpRequest], HttpResponse]

# Fields of our forms that nobody typed.
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "key", "seen_version", "next", "action"})
# Fields in which somebody writes, and what they are called: of these even one word is kept.
TYPED: dict[str, str | Promise] = {
    "answer": _("The words to her"),
    "reason": _("Reason in words, for colleagues"),
    "question": _("Question to her"),
    "reply": _("Your answer"),
    "words": _("Message or note"),
    "amount": _("Amount"),
    "remark": _("Remark"),
}
LONGEST_KEPT = 20_000
# What such an address names is a work item; under any other its number may be a person's, a question's, a rule's.
OF_A_WORK_ITEM = "viec/<int:pk>/"
LOCK_WORDS = ("locked", "lock timeout", "lock_timeout", "could not obtain lock", "deadlock")


class ChosenLanguage:
    """Every page is Vietnamese until its reader chooses English; the language of the browser says nothing here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language that the cookie names."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response


class PrivatePages:
    """No page of a signed-in person stays in the memory of a shared computer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forbid storing what a signed-in person sees."""
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response


class SayItPlainly:
    """Turns lateness, a busy database and a lost button into pages that say what happened and keep her words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; an address that only a button reaches is answered with a page, not with nothing."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 409 when the case has moved on, 503 when somebody else holds it just now."""
        if isinstance(exception, WrongState):
            words = {
                "message": exception.message,
                "typed": typed_words(request),
                "again": work_item_of(request),
                "way_back": exception.way_back,
            }
            return render(request, "409.html", words, status=409)
        if isinstance(exception, OperationalError) and any(word in str(exception) for word in LOCK_WORDS):
            return busy(request, again_after=5)
        if isinstance(exception, RedisError):
            # Tries to sign in are counted there: nobody gets in uncounted.
            return busy(request, again_after=60, away=True)
        return None


def busy(request: HttpRequest, *, again_after: int, away: bool = False) -> HttpResponse:
    """Answer 503: somebody else holds the case, or a part of ours is away; seconds until a next try is worth it."""
    response = render(request, "503.html", {"typed": typed_words(request), "away": away}, status=503)
    response["Retry-After"] = str(again_after)
    return response


def work_item_of(request: HttpRequest) -> WorkItem | None:
    """Return the work item the form belongs to, if whoever sent it may read it."""
    match = request.resolver_match
    if match is None or not match.route.startswith(OF_A_WORK_ITEM):
        return None
    try:
        return find_item(reader(request), match.kwargs["pk"])
    except Http404:
        return None


def typed_words(request: HttpRequest) -> list[tuple[str | Promise, str]]:
    """Return the texts of a form that somebody typed, each with the name of its box, so that they can be copied."""
    return [
        (TYPED.get(name, ""), value[:LONGEST_KEPT])
        for name, values in request.POST.lists()
        if name not in NOT_TYPED
        for value in values
        if value.strip() and (name in TYPED or " " in value.strip() or len(value) >= 20) and not is_uuid(value)
    ]


def is_uuid(text: str) -> bool:
    """Return whether a text is a machine's name for something."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
