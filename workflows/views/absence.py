"""Being away: the reader's own days and those of colleagues who are ill, and who acts meanwhile."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import policy
from cases.models import Absence, Membership, User
from cases.queries.naming import office_name
from cases.views.own import reader
from workflows import actions
from workflows.actions.absence import FallenBack, managed_by, places, require_may_record
from workflows.forms.absence import AbsenceForm, ActingForm
from workflows.queries.away import absences_of, acting_now, acts_for, approvers_of, staff_of


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Ask when the reader is away and who acts meanwhile; list the colleagues of whom she is the approver."""
    return _page(request, reader(request))


@login_required
def of_colleague(request: HttpRequest, person: int) -> HttpResponse:
    """The same for a colleague who cannot do it herself, by the approver of her office."""
    found = User.objects.filter(pk=person).first()
    if found is None:
        raise policy.NotFoundForYou
    if found == request.user:
        return redirect("workflows:absences")
    return _page(request, found)


@login_required
def stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask anew who acts during an absence."""
    by, absence = reader(request), _found(request, pk)
    today, asked = timezone.localdate(), _asked(absence.person, by)
    if absence.until < today or not asked:
        messages.info(request, _("This absence is over.") if asked else _("Nobody has to act there."))
        return _back(absence.person, by)
    posted = request.POST if request.method == "POST" else None
    form = ActingForm(posted, places=asked, acting=acting_now(absence, today=today))
    if request.method == "POST" and form.is_valid():
        try:
            actions.let_act(absence, by=by, acting=form.acting(), at=timezone.now())
        except actions.NotAnAbsence as refused:
            form.add_error(refused.field, str(refused.message))
        else:
            messages.success(request, _("Who acts meanwhile is written down."))
            return _back(absence.person, by)
    return render(request, "workflows/acting.html", {"place": "absences", "absence": absence, "form": form, "by": by})


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an absence early, or take back one that has not begun."""
    by, absence = reader(request), _found(request, pk)
    actions.end_absence(absence, by=by, at=timezone.now())
    messages.success(request, _("The absence has ended. Nobody acts in this place any more."))
    return _back(absence.person, by)


def _page(request: HttpRequest, person: User) -> HttpResponse:
    by, today = reader(request), timezone.localdate()
    require_may_record(by, person)
    asked = _asked(person, by)
    form = AbsenceForm(request.POST if request.method == "POST" else None, places=asked)
    if request.method == "POST" and form.is_valid():
        since, until = form.days()
        try:
            fallen_back = actions.record_absence(
                person=person, by=by, since=since, until=until, acting=form.acting(), at=timezone.now()
            )
        except actions.NotAnAbsence as refused:
            form.add_error(refused.field, str(refused.message))
        else:
            messages.success(request, _recorded(person, by, since, until))
            for one in fallen_back:
                messages.warning(request, _fell_back(one))
            return _back(person, by)
    managed = managed_by(by) if person == by else set()
    words: dict[str, Any] = {
        "place": "absences",
        "person": person,
        "is_mine": person == by,
        "form": form,
        "absences": absences_of(person, list(places(person)), today=today),
        "acts_for": acts_for(person, today=today),
        "staff": staff_of(managed, but=by) if managed else (),
    }
    return render(request, "workflows/absence.html", words)


def _asked(person: User, by: User) -> list[Membership]:
    """Return the places of a person in which this reader may say who acts."""
    own = list(places(person))
    if person == by:
        return own
    managed = managed_by(by)
    return [place for place in own if place.agency_id in managed]


def _found(request: HttpRequest, pk: int) -> Absence:
    absence = Absence.objects.select_related("person").filter(pk=pk).first()
    if absence is None:
        raise policy.NotFoundForYou
    require_may_record(reader(request), absence.person)
    return absence


def _back(person: User, by: User) -> HttpResponse:
    return redirect("workflows:absences") if person == by else redirect("workflows:absence_of", person=person.pk)


def _recorded(person: User, by: User, since: date, until: date) -> str:
    said = {"who": person, "since": f"{since:%d/%m/%Y}", "until": f"{until:%d/%m/%Y}"}
    if person == by:
        return _("You are away from %(since)s to %(until)s.") % said
    return _("%(who)s is away from %(since)s to %(until)s.") % said


def _fell_back(one: FallenBack) -> str:
    """Return whose work nobody does any more, and who can say who does it."""
    said = {
        "absent": one.absent,
        "agency": office_name(one.membership.agency),
        "approvers": ", ".join(approvers_of(one.membership.agency_id, but=one.absent)),
    }
    if not said["approvers"]:
        return _("Nobody acts for %(absent)s at %(agency)s any more. Choose somebody else for it.") % said
    words = _("Nobody acts for %(absent)s at %(agency)s any more. Ask %(approvers)s to choose somebody else.")
    return words % said
