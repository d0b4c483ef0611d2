"""The registers of those who supervise and of offices, the same as a file, the targets, and who read which case."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import exports, policy
from cases.limits import Limit
from cases.models import Case, CaseState, Outcome, User
from cases.queries import diary as diaries
from cases.queries import register as queries
from cases.queries.refusals import SHOWN_FOR, warnings
from cases.queries.targets import targets
from cases.services import SERVICES
from cases.views.own import reader

# Each writes down, for ever, a reading of every case in it.
FILES = Limit("files", most=20, seconds=60 * 60)
COLOURS = {
    CaseState.SUBMITTED: "sky",
    CaseState.IN_REVIEW: "sky",
    CaseState.DECIDED: "plum",
    CaseState.CLOSED: "jade",
}


def supervisor(request: HttpRequest) -> User:
    """Return the reader, if she supervises anything; to everybody else there is nothing."""
    user = reader(request)
    if not any(role in policy.READING_ROLES for _agency, role in policy.standing(user)):
        raise policy.NotFoundForYou
    return user


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """List the filed cases of the reader's province, the newest first."""
    return _page(request, supervisor(request), of=policy.supervised_cases, place="register")


@login_required
def of_office(request: HttpRequest) -> HttpResponse:
    """List the cases that are, or were, at the reader's office, the newest first."""
    user = reader(request)
    if not any(role not in policy.READING_ROLES for _agency, role in policy.standing(user)):
        raise policy.NotFoundForYou
    return _page(request, user, of=policy.office_cases, place="office_register")


def _page(request: HttpRequest, user: User, *, of: Callable[[User], QuerySet[Case]], place: str) -> HttpResponse:
    now, chosen = timezone.now(), queries.Chosen.read(request.GET)
    # A number of the overview or of the checks opens it; nobody looks for it otherwise.
    opened = {
        queries.ASKED: _("Asked for something this month"),
        queries.ENDANGERED: _("The promised day may not be kept"),
        queries.PROPOSED: _("A further question waits for an approver"),
        queries.OVERSLEPT: _("The worker has not looked for over an hour"),
    }
    asked = [(chosen.now, opened[chosen.now])] if chosen.now in opened else []
    found = queries.register(user, chosen, of=of, after=request.GET.get("after", ""), at=now)
    words = {
        "place": place,
        "list": "cases:register" if place == "register" else "cases:office_register",
        "one": "workflows:story" if place == "register" else "workflows:office_case",
        "register": found,
        "lines": [(row, COLOURS.get(CaseState(row.case.state), "")) for row in found.rows],
        "states": [
            (queries.OPEN, _("All that are open")),
            *((state.value, state.label) for state in CaseState if state != CaseState.DRAFT),
        ],
        "ways": [(queries.LATE, _("Late")), (queries.WAITING, _("Waiting for the applicant")), *asked],
        "target": queries.target_of(user, chosen),
        # The list of outcomes has words for none, too; where none was chosen, nothing is said.
        "outcome": dict(Outcome.choices).get(chosen.outcome, "") if chosen.outcome else "",
        "services": SERVICES.values(),
        "chosen": chosen,
    }
    return render(request, "cases/register.html", words)


@login_required
@require_POST
def as_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the register, as it is filtered, as CSV or for Excel."""
    user, now = supervisor(request), timezone.now()
    chosen = queries.Chosen.read(request.POST)
    cases = queries.registered(user, chosen, at=now)
    if kind == "xlsx" and cases[: exports.MOST_IN_EXCEL + 1].count() > exports.MOST_IN_EXCEL:
        words = _("Excel takes at most %(most)s cases. Take the CSV file, or choose fewer cases.")
        messages.warning(request, words % {"most": number_format(exports.MOST_IN_EXCEL)})
        return redirect(f"{reverse('cases:register')}?{chosen.address}")
    if not FILES.passes(str(user.pk)):
        return render(request, "429.html", status=429)
    rows = exports.register_rows(cases, user, at=now)
    name = f"ho-so-{timezone.localtime(now):%Y%m%d-%H%M}.{kind}"
    if kind == "csv":
        head = [words for words, _width in exports.REGISTER]
        return exports.download(request, exports.as_csv(head, rows), name=name, kind=exports.CSV)
    file = exports.as_xlsx(_("Cases"), exports.REGISTER, rows)
    return exports.download(request, exports.blocks(file), name=name, kind=exports.XLSX)


@login_required
def readings(request: HttpRequest) -> HttpResponse:
    """Show who read which case, the newest first."""
    user = supervisor(request)
    chosen = diaries.Chosen.read(request.GET)
    found = diaries.diary(user, **dict(chosen), after=request.GET.get("after", ""))
    warned = warnings(user, at=timezone.now()) if not chosen.address else ()
    words = {"place": "readings", "diary": found, "chosen": chosen, "warned": warned, "days": SHOWN_FOR.days}
    return render(request, "cases/diary.html", words)


@login_required
def targets_of(request: HttpRequest) -> HttpResponse:
    """Show every target of the running stage that can be counted in cases, people or businesses."""
    user, now = supervisor(request), timezone.now()
    provinces = [province.pk for province in policy.supervised_provinces(user)]
    standings = targets(policy.supervised_cases(user), provinces, at=now)
    return render(request, "cases/targets.html", {"place": "targets", "standings": standings, "now": now})
