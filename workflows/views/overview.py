"""What a supervisor sees first, and the lists that its numbers open."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.views.register import supervisor
from workflows.queries import overview as queries
from workflows.queries.supervised import MONTH, Chosen, supervised
from workflows.queries.ways import CHECKED, WAYS

TITLES = {
    "": _("Open work items"),
    "late": _("Overdue work items"),
    "soon": _("Work items due today or tomorrow"),
    "paused": _("Work items that wait for the applicant"),
    "outside": _("Work items that are outside"),
    "risk": _("Work items that are soon overdue"),
    "away": _("Work items whose holder is away, and nobody acts for her"),
    "nobody": _("Work items that nobody of the office can do today"),
    MONTH: _("Work items of this month, those that are over too"),
}


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show the promise, what is late and whose, the targets and the slowest steps."""
    user, now = supervisor(request), timezone.now()
    words = {"place": "overview", "overview": queries.overview(user, at=now), "now": now}
    return render(request, "workflows/overview.html", words)


@login_required
def items(request: HttpRequest) -> HttpResponse:
    """List the work items of the reader's province, the most pressing first."""
    user, now = supervisor(request), timezone.now()
    chosen = Chosen.read(request.GET)
    page = supervised(user, chosen, after=request.GET.get("after", ""), at=now)
    words = {
        "place": "overview",
        "page": page,
        "title": TITLES.get(chosen.which, TITLES[""]),
        "ways": [(which, TITLES[which]) for which in (*WAYS, *CHECKED, MONTH)],
        "chosen": chosen,
    }
    return render(request, "workflows/supervised.html", words)
