"""The proof that no case is stuck, as a page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cases.views.register import supervisor
from workflows.queries import checking as queries


@login_required
def checking(request: HttpRequest) -> HttpResponse:
    """Show how many cases were checked, which are stuck and why, and what may come to be late."""
    user, now = supervisor(request), timezone.now()
    words = {"place": "overview", "checking": queries.checking(user, at=now), "now": now}
    return render(request, "workflows/checking.html", words)
