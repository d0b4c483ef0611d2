"""The counter: an officer of the Women's Union fills in a request for a woman who came in person."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cases import policy
from cases.forms.counter import CounterForm, PaperDayForm, begin_at_counter
from cases.models import Agency, Case, CaseState, Membership, User
from cases.services import service_of
from cases.views.own import own_draft, reader

MOST_SHOWN = 20


def counter_of(user: User) -> Agency:
    """Return the office of the Women's Union at whose counter the reader stands."""
    works = Membership.objects.today().filter(user=user, role__in=policy.WORKING_ROLES, agency__kind="HPN")
    place = works.select_related("agency").order_by("pk").first()
    if place is None:
        raise policy.NotFoundForYou
    return place.agency


@login_required
def counter(request: HttpRequest) -> HttpResponse:
    """Ask who stands at the counter; list what the reader has begun there and not sent."""
    officer = reader(request)
    where = counter_of(officer)
    form = CounterForm(request.POST if request.method == "POST" else None, officer=officer)
    if request.method == "POST" and form.is_valid():
        case = begin_at_counter(form, counter=where, at=timezone.now())
        return redirect("cases:page", key=case.key, slug=service_of(case).pages[0].slug)
    begun = Case.objects.filter(filled_in_by=officer, counter=where, state=CaseState.DRAFT)
    words = {
        "place": "counter",
        "form": form,
        "counter": where,
        "drafts": begun.select_related("applicant", "answers").order_by("-created_at")[:MOST_SHOWN],
    }
    return render(request, "cases/counter.html", words)


@login_required
def paper_day(request: HttpRequest, key: UUID) -> HttpResponse:
    """Correct the day on which her paper reached the counter, as long as it was not sent."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:filed", key=key)
    if case.filled_in_by_id != reader(request).pk:
        raise policy.NotFoundForYou
    known = {"received_on": case.received_on.isoformat() if case.received_on else None}
    form = PaperDayForm(request.POST if request.method == "POST" else None, label_suffix="", initial=known)
    if request.method == "POST" and form.is_valid():
        form.save(case)
        return redirect("cases:check", key=key)
    return render(request, "cases/paper_day.html", {"case": case, "form": form})


@login_required
def consent_sheet(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the sheet on which she signs what she allows, ready to be printed."""
    case = own_draft(request, key)
    if case is None:
        return redirect("cases:filed", key=key)
    service, data = service_of(case), case.answers.data
    words = {
        "case": case,
        "service": service,
        "name": data.get("full_name", ""),
        "consents": [consent for consent in service.consents if consent.asked_when(data)],
        "today": timezone.localdate(),
    }
    return render(request, "cases/consent_sheet.html", words)
