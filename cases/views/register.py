"""The register of those who supervise, the same as a file, the targets, and who read which case."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import exports, policy
from cases.models import CaseState, User
from cases.queries import register as queries
from cases.queries.diary import diary
from cases.queries.targets import targets
from cases.services import SERVICES
from cases.views.own import reader

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
    user, now = supervisor(request), timezone.now()
    chosen = queries.Chosen.read(request.GET.dict())
    found = queries.register(user, chosen, after=request.GET.get("after", ""), at=now)
    words = {
        "place": "register",
        "register": found,
        "lines": [(row, COLOURS.get(CaseState(row.case.state), "")) for row in found.rows],
        "states": [
            (queries.OPEN, _("All that are open")),
            *((state.value, state.label) for state in CaseState if state != CaseState.DRAFT),
        ],
        "ways": [(queries.LATE, _("Late")), (queries.WAITING, _("Waiting for the applicant"))],
        "services": SERVICES.values(),
        "chosen": chosen,
        "address": urlencode(list(chosen)),
    }
    return render(request, "cases/register.html", words)


@login_required
def as_file(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """Send the register, as it is filtered, as CSV or for Excel."""
    user, now = supervisor(request), timezone.now()
    chosen = queries.Chosen.read(request.GET.dict())
    rows = exports.register_rows(queries.registered(user, chosen, at=now), user, at=now)
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
    chosen = {name: request.GET.get(name, "").replace("\0", "") for name in ("code", "person")}
    found = diary(user, **chosen, after=request.GET.get("after", ""), at=timezone.now())
    words = {"place": "readings", "diary": found, **chosen, "filtered": any(chosen.values())}
    return render(request, "cases/diary.html", words)


@login_required
def targets_of(request: HttpRequest) -> HttpResponse:
    """Show every target of the running stage that can be counted in cases, people or businesses."""
    user, now = supervisor(request), timezone.now()
    provinces = [province.pk for province in policy.supervised_provinces(user)]
    standings = targets(policy.supervised_cases(user), provinces, at=now)
    return render(request, "cases/targets.html", {"place": "targets", "standings": standings, "now": now})
