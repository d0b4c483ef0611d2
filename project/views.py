"""Pages of the house itself: the first page, the quick exit and the pages for when something is wrong."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from cases.policy import keeps_the_rules, standing
from cases.services import SERVICES
from cases.services.to_come import to_come
from project.middleware import typed_words
from project.sign_in import landing

# Under these addresses stands what an office has to do.
WORK = ("/viec/", "/hoi-them/", "/hen-lai/")


def home(request: HttpRequest) -> HttpResponse:
    """Show what a woman can ask for; staff go to their own first page."""
    if standing(request.user) or keeps_the_rules(request.user):
        return redirect(landing(request.user))
    planned = to_come(SERVICES)
    words = {"services": SERVICES.values(), "to_come": planned[:4], "how_many": len(SERVICES) + len(planned)}
    return render(request, "home.html", words)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session and go, in the same tab, to a page that says nothing about us."""
    logout(request)
    response = HttpResponseRedirect(settings.NEUTRAL_PAGE)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    # Pages kept in the browser's memory must not come back with one press of the back button.
    response["Clear-Site-Data"] = '"cache"'
    return response


def neutral(request: HttpRequest) -> HttpResponse:
    """Show a page about the weather that never mentions us."""
    return render(request, "neutral.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that what was sent could not be read."""
    return render(request, "400.html", status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page, the same for what is not hers to see.

    Staff who follow an old link to a work item read that it is no longer theirs, whether it was ever there or not.
    """
    gone = request.path.startswith(WORK) and bool(standing(request.user))
    return render(request, "404.html", {"gone": gone}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault; needs neither session nor database."""
    return HttpResponse(render_to_string("500.html", {"help_phone": settings.HELP_PHONE}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the page was open too long, and keep the words."""
    return render(request, "403_csrf.html", {"typed": typed_words(request)}, status=403)
