"""The pages of what is asked after a case is closed: hers, and that of the officer who asks her by phone."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import policy
from cases.models import AccessRecord, Case, FollowUp, User
from cases.policy import WrongState
from cases.queries.naming import name_of, place_of
from cases.services import service_of
from cases.services.base import FollowUps
from cases.views.own import form_key, own_case, reader
from workflows import actions
from workflows.forms.following import HerFollowUpForm, OfficersFollowUpForm


@login_required
def follow_up(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Ask her how it goes, and thank her for her answer."""
    case = own_case(request, key)
    row = case.follow_ups.select_related("words").filter(number=number, case__sealed=False).first()
    if row is None:
        raise policy.NotFoundForYou
    row.case = case
    if request.method != "POST" and (newer := row.overtaken_by(timezone.localdate())):
        return redirect("workflows:follow_up", key=key, number=newer.number)
    form = HerFollowUpForm(request.POST if request.method == "POST" else None, asks=_asked_in(case))
    if request.method == "POST" and form.is_valid():
        actions.answer_follow_up(
            row,
            actor=reader(request),
            answer=form.cleaned_data["answer"],
            words=form.cleaned_data["words"],
            key=form_key(request),
            at=timezone.now(),
        )
        messages.success(request, _("Thank you for telling us."))
        return redirect("workflows:follow_up", key=key, number=number)
    if row.answered_at is None and row.due_on > timezone.localdate():
        raise actions.not_yet(row, way_back=reverse("cases:status", args=[key]))
    words = {"case": case, "service": service_of(case), "follow_up": row, "form": form, "form_key": uuid4()}
    words["said"] = service_of(case).follow_up_answer(row.answer)
    return render(request, "workflows/applicant/follow_up.html", words)


@login_required
def follow_up_by_officer(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an officer of the Union call her and write down what she says."""
    user, now = reader(request), timezone.now()
    row = _kept_by(user, pk)
    case = row.case
    back = reverse("workflows:worklist")
    if request.method != "POST" and (newer := row.overtaken_by(timezone.localdate(now))):
        return redirect("workflows:follow_up_by_officer", pk=newer.pk)
    form = OfficersFollowUpForm(request.POST if request.method == "POST" else None, asks=_asked_in(case))
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_follow_up(
                row,
                actor=user,
                answer=form.cleaned_data["answer"],
                words=form.cleaned_data["words"],
                key=form_key(request),
                at=now,
            )
        except WrongState as refused:
            refused.way_back = back
            raise
        messages.success(request, _("Written down. Thank you for calling her."))
        return redirect("workflows:follow_up_by_officer", pk=pk)
    if row.answered_at is None and row.due_on > timezone.localdate(now):
        raise actions.not_yet(row, way_back=back)
    words = {
        "place": "worklist",
        "case": case,
        "name": name_of(case),
        "where": place_of(case),
        "service": service_of(case),
        "follow_up": row,
        "is_late": row.is_late(timezone.localdate(now)),
        "said": service_of(case).follow_up_answer(row.answer),
        "form": form,
        "form_key": uuid4(),
    }
    response = render(request, "workflows/follow_up.html", words)
    AccessRecord.objects.create(case=case, person=user, part=AccessRecord.Part.CASE, purpose="follow_up", at=now)
    return response


def _kept_by(user: User, pk: int) -> FollowUp:
    """Return a follow-up that this person asks about for the Union; to everybody else there is nothing."""
    kept = FollowUp.objects.kept_by(user).filter(~policy.shut(user, case="case"), pk=pk)
    found = kept.select_related("case__applicant", "case__commune", "case__enterprise", "words", "answered_by").first()
    if found is None:
        raise policy.NotFoundForYou
    return found


def _asked_in(case: Case) -> FollowUps:
    """Return what the service asks; a case has follow-ups only where it asks something."""
    asks = service_of(case).follow_ups
    if asks is None:
        raise policy.NotFoundForYou
    return asks
