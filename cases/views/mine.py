"""Her cases after sending: the list, the confirmation, where each of them is, and all that belongs to it."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms.filing import shown_answers
from cases.forms.talking import WordsForm
from cases.models import Case, CaseState
from cases.queries import mine as queries
from cases.queries.handed import handed_to
from cases.queries.linked import followed_case, next_case, next_service
from cases.queries.readings import readings_of
from cases.queries.results import result_of, said_lately
from cases.queries.shares import shares_of
from cases.queries.thread import thread_of
from cases.queries.whereabouts import where_is
from cases.services import SERVICES, service_of
from cases.services.common import masked, personal_numbers, size_of
from cases.views.own import counter_case, own_case, reader

SCORES = ((3, _("Yes")), (2, _("Partly")), (1, _("No")))
MAY_SEND_AGAIN = (CaseState.EXPIRED, CaseState.WITHDRAWN)


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """List her cases, those that wait for her first."""
    words = {"lines": queries.cases_of(reader(request)), "services": SERVICES.values()}
    return render(request, "cases/mine.html", words)


@login_required
def filed(request: HttpRequest, key: UUID) -> HttpResponse:
    """Confirm what was sent, at an address that stays; at a counter the code and the date are handed over, no more."""
    case = counter_case(request, key)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    where = where_is(case) if case.applicant_id == reader(request).pk else None
    return render(request, "cases/filed.html", {"case": case, "where": where})


@login_required
def status(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer: where is my case, until when, with whom, and what can I do."""
    case = own_case(request, key)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    asked = queries.open_request(case)
    service = service_of(case)
    words = {
        "case": case,
        "service": service,
        "about": queries.about(service, case.answers.data),
        "where": where_is(case),
        "shares": shares_of(case, at=timezone.now(), to_her=True),
        "asked": asked,
        "unanswered": queries.unanswered(case),
        "prepare": queries.to_prepare(case) if case.is_undecided and not asked else [],
        "result": result_of(case),
        "lately": said_lately(case)[:1] if case.is_undecided and case.is_moving else (),
        "refusal": queries.refusal_of(case),
        "answered_at": queries.answered_at(case),
        "question": queries.question_of(case),
        "may_add": case.is_undecided and not asked,
        "may_resubmit": case.state in MAY_SEND_AGAIN and not case.resubmissions.exclude(state=CaseState.DRAFT).exists(),
        "follow_ups": queries.follow_ups_of(case),
        "next_asked": queries.next_follow_up_of(case),
        "may_rate": case.state == CaseState.CLOSED,
        "scores": SCORES,
        "form_key": uuid4(),
        "size": size_of(case.answers.data),
        "follows": followed_case(case, among=reader(request).cases.all()),
        "next_service": (coming := next_service(case)),
        "next_case": next_case(case) if coming else None,
    }
    return render(request, "cases/status.html", words)


@login_required
def sent(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show her what she sent: her answers, her papers, and what she allowed."""
    case = own_case(request, key)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    # Her phone may lie open on a table.
    data = dict(case.answers.data)
    data |= {name: masked(number) for name, number in personal_numbers(data).items()}
    service = service_of(case)
    texts = {consent.purpose: consent.text for consent in service.consents}
    words = {
        "case": case,
        "service": service,
        "pages": shown_answers(service, data),
        "documents": queries.papers_of(case),
        "allowed": [texts[given.purpose] for given in case.consents.order_by("pk") if given.purpose in texts],
        "handed": handed_to(case),
        "form_key": uuid4(),
    }
    return render(request, "cases/sent.html", words)


@login_required
def readings(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show her who opened her case: which office, on which day, how often, what for."""
    case = own_case(request, key)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    return render(request, "cases/readings.html", {"case": case, "readings": readings_of(case)})


@login_required
def thread(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show her thread with the office that has her case, and the box to write in."""
    case = own_case(request, key)
    if case.state == CaseState.DRAFT:
        return redirect("cases:check", key=key)
    return render(request, "cases/thread.html", talking(case, WordsForm()))


def talking(case: Case, form: forms.Form) -> dict[str, Any]:
    """Return everything that the page of her thread shows."""
    return {
        "case": case,
        "service": service_of(case),
        "where": where_is(case),
        "entries": thread_of(case),
        "form": form,
        "form_key": uuid4(),
    }
