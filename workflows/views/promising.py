"""What is promised to her and asked of her beyond the usual: a new day with an apology, a further question."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import policy
from cases.models import AccessRecord, Case, CaseState, InformationRequest, User
from cases.policy import WrongState
from cases.queries.directory import reference_version
from cases.queries.naming import name_of, place_of
from cases.queries.promise import MOVED, apology
from cases.services import service_of
from cases.views.own import form_key, reader
from workflows import actions, clock
from workflows.flows.registry import graph_for
from workflows.forms.promising import DeclineForm, PutOffForm
from workflows.models import WorkItem
from workflows.queries.answering import may_put_off, may_put_off_again, office_putting_off
from workflows.queries.further import asked_before, declined_by, may_approve, read_by
from workflows.queries.rulebook import rulebook


@login_required
def put_off(request: HttpRequest, key: UUID) -> HttpResponse:
    """Apologise to her and promise a new day: the office once, afterwards those who may do it again."""
    user, now = reader(request), timezone.now()
    case = _case_to_put_off(user, key)
    if request.method == "POST" and case.events.filter(key=form_key(request), actor=user, verb=MOVED).exists():
        # The very same form again: the day has moved since, and would be refused.
        return redirect(_way_back(user, case))
    book, today = rulebook(reference_version()), timezone.localdate(now)
    if case.promised_on is None or (request.method != "POST" and not may_put_off(user, case)):
        raise _not_now(user, case)
    proposed = clock.put_off(case.promised_on, book, today=today)
    posted = request.POST if request.method == "POST" else None
    form = PutOffForm(posted, was=case.promised_on, proposed=proposed, book=book, today=today)
    wanted = request.POST.get("action")
    if posted is None or not form.is_valid() or wanted == "preview":
        if posted is not None and not may_put_off(user, case):
            raise _not_now(user, case)
        return _put_off_page(request, case, form)
    try:
        actions.put_off_promise(
            case,
            actor=user,
            new_day=form.cleaned_data["new_day"],
            reason_code=form.cleaned_data["reason_code"],
            words=form.cleaned_data["words"],
            key=form.cleaned_data["key"],
            at=now,
        )
    except actions.NotAChoice as refused:
        form.add_error(None, str(refused.message))
        return _put_off_page(request, case, form)
    except WrongState as refused:
        refused.way_back = _way_back(user, case)
        raise
    messages.success(request, _("She is told of the new day, with your apology."))
    return redirect(_way_back(user, case))


@login_required
def further(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a further question to the approver: what is asked, why again, and what she was asked before."""
    return _further_page(request, _question(reader(request), pk), DeclineForm())


@login_required
@require_POST
def approve_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a further question: it goes to her now."""
    user = reader(request)
    question = _question(user, pk)
    actions.approve_request(question, approver=user, key=form_key(request), at=timezone.now())
    messages.success(request, _("The question was sent to the applicant. The due date stands still."))
    return redirect("workflows:further", pk=pk)


@login_required
@require_POST
def decline_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Do not agree to a further question; the words go to whoever wants to ask."""
    user = reader(request)
    question = _question(user, pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _further_page(request, question, form)
    actions.decline_request(
        question, approver=user, words=form.cleaned_data["words"], key=form_key(request), at=timezone.now()
    )
    messages.success(request, _("The question is not sent. Whoever wanted to ask reads why."))
    return redirect("workflows:further", pk=pk)


def _question(user: User, pk: int) -> InformationRequest:
    """Return a further question that this person may approve, or might have; to everybody else there is nothing."""
    found = (
        InformationRequest.objects.filter(pk=pk, why_again__isnull=False)
        .select_related("case__applicant", "case__commune", "case__enterprise", "case__answers")
        .select_related("question", "why_again", "asked_by", "agency", "approved_by")
        .first()
    )
    if found is None or not may_approve(user, found, held=policy.standing(user)):
        raise policy.NotFoundForYou
    return found


def _further_page(request: HttpRequest, question: InformationRequest, form: DeclineForm) -> HttpResponse:
    user, case = reader(request), question.case
    asked = asked_before(case, question.node, question.stage, question.agency_id)
    words = {
        "place": "worklist",
        "case": case,
        "name": name_of(case),
        "where": place_of(case),
        "service": service_of(case),
        "step": graph_for(case.service, case.version).human(question.node),
        "further": read_by(user, question, times=asked.count(), held=policy.standing(user)),
        "waits": question.ending == InformationRequest.Ending.PROPOSED,
        "form": form,
        "decline": form,
        "declined": declined_by(question),
        "item": _item_of(user, question),
    }
    response = render(request, "workflows/further.html", words)
    AccessRecord.objects.create(
        case=case, person=user, part=AccessRecord.Part.CASE, purpose="approve_request", at=timezone.now()
    )
    return response


def _item_of(user: User, question: InformationRequest) -> WorkItem | None:
    """Return the work item that wants to ask, where the approver can open it."""
    works_at = {agency for agency, role in policy.standing(user) if role in policy.WORKING_ROLES}
    items = question.case.work_items.filter(node=question.node, agency__in=works_at)
    return items.filter(case__in=policy.visible_cases(user)).order_by("-pk").first()


def _case_to_put_off(user: User, key: UUID) -> Case:
    """Return a case whose promise is for this person to put off, now or at another time; else there is nothing."""
    case = (
        Case.objects.select_related("applicant", "commune", "enterprise")
        .exclude(state=CaseState.DRAFT)
        .filter(key=key)
        .first()
    )
    if case is None:
        raise policy.NotFoundForYou
    items = list(case.work_items.order_by("pk"))
    office, _instead = office_putting_off(user, case, items, held=policy.standing(user))
    if office is None and not may_put_off_again(user, case):
        raise policy.NotFoundForYou
    return case


def _put_off_page(request: HttpRequest, case: Case, form: PutOffForm) -> HttpResponse:
    words: dict[str, Any] = {
        "place": "worklist",
        "case": case,
        "name": name_of(case),
        "form": form,
        "back": _way_back(reader(request), case),
    }
    if form.is_bound and form.is_valid():
        was, said = case.promised_on, form.cleaned_data
        assert was is not None
        words["reads"] = apology(was, said["new_day"], said["reason_code"], late=was < timezone.localdate())
        words["her_words"] = form.cleaned_data["words"]
    return render(request, "workflows/put_off.html", words)


def _not_now(user: User, case: Case) -> WrongState:
    """Return why this person cannot put the day off now, and where the case can be read."""
    words = _("The promised day cannot be put off now.")
    if case.is_undecided and case.apologies and not may_put_off_again(user, case):
        words = (
            _("The office has put this day off once. The next time another approver of the desk does.")
            if case.sealed
            else _("The office has put this day off once. The next time the supervisor does.")
        )
    return WrongState(words, way_back=_way_back(user, case))


def _way_back(user: User, case: Case) -> str:
    """Return where one comes from: the case's story, the work item of one's office, or the worklist."""
    if policy.can(user, "supervise", case):
        return reverse("workflows:story", args=[case.key])
    works_at = {agency for agency, role in policy.standing(user) if role in policy.WORKING_ROLES}
    mine = case.work_items.filter(finished_at__isnull=True, agency__in=works_at).order_by("due_at", "pk").first()
    return reverse("workflows:item", args=[mine.pk]) if mine else reverse("workflows:worklist")
