"""The product's addresses, and some on which something goes wrong."""

from typing import NoReturn

from allauth.core.ratelimit import respond_429
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from cases.policy import WrongState
from project.urls import handler400, handler403, handler404, handler500, urlpatterns
from project.views import csrf_failure

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FORM = """<!DOCTYPE html><html lang="vi"><title>x</title><form method="post"><textarea name="words">
Bên mua không trả tiền hàng đã ba tháng.</textarea>{buttons}</form></html>"""
BUTTON = '<button id="to-{code}" formaction="/hong/{code}/">{code}</button>'


def form(request: HttpRequest) -> HttpResponse:
    """Show a form whose every button leads to trouble."""
    get_token(request)
    return HttpResponse(FORM.format(buttons="".join(BUTTON.format(code=code) for code in TROUBLE)))


def unreadable(request: HttpRequest) -> NoReturn:
    """Refuse what was sent."""
    raise SuspiciousOperation("unreadable")


def stale(request: HttpRequest) -> NoReturn:
    """Come too late."""
    raise WrongState(_("This case has ended."))


def busy(request: HttpRequest) -> NoReturn:
    """Find the database locked."""
    raise OperationalError("database is locked")


def broken(request: HttpRequest) -> NoReturn:
    """Break."""
    raise RuntimeError("broken on purpose, for the page that says so")


TROUBLE = {400: unreadable, 403: csrf_failure, 409: stale, 429: respond_429, 500: broken, 503: busy}

urlpatterns = [
    *urlpatterns,
    path("hong/", form),
    *(path(f"hong/{code}/", csrf_exempt(view)) for code, view in TROUBLE.items()),
]
