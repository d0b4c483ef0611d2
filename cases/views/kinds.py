"""The list of all kinds of help: which are open, and whom to ask about the others."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.services import SERVICES
from cases.services.to_come import to_come


def kinds(request: HttpRequest) -> HttpResponse:
    """Show every kind of help of the plans."""
    return render(request, "cases/kinds.html", {"services": SERVICES.values(), "to_come": to_come(SERVICES)})
