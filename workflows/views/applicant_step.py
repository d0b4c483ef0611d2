"""The page of a step of her own: one question, what it asks, and what she allows with it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import policy
from cases.models import Agency, Case, CaseState
from cases.policy import WrongState
from cases.queries.directory import directory, reference_version
from cases.queries.handed import handed_fields
from cases.queries.results import result_of, said_lately
from cases.services import service_of
from cases.services.base import Words
from cases.services.common import personal_numbers
from cases.views.own import own_case, reader
from workflows import actions
from workflows.flows.registry import graph_for
from workflows.forms.her_step import HerStepForm
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.queries.routing import chosen_before, suggested


@dataclass(frozen=True)
class HandingOn:
    """Who reads her case once she allows it, for what, and exactly what is handed over."""

    office: Agency
    # What of it may fit, by the routing table; empty where the table says nothing of this body.
    product: str
    # Why it may fit, as the table says it; empty with the product.
    why: str
    parts: tuple[Words, ...]
    papers: tuple[Words, ...]
    # Beside them the body sees that she asks for priority, where she does, and can open the numbers that name her.
    sees_priority: bool
    sees_number: bool


@login_required
def her_step(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    """Show a step of hers, and take the button that she presses."""
    case, now = own_case(request, key), timezone.now()
    item = _item_of_hers(case, pk)
    if request.method != "POST":
        if item.finished_by_id == case.applicant_id and item.decision_id is not None:
            going = case.is_moving
            said = _("You have done this already. The case goes on.") if going else _("You have done this already.")
            messages.info(request, said)
            return redirect("cases:status", key=key)
        if why := _too_late(item):
            raise why
    handing = handing_on(case, _step_of(item), at=now)
    reading = handing.office if handing else None
    form = HerStepForm(request.POST if request.method == "POST" else None, item=item, reading=reading, at=now)
    if request.method == "POST":
        if form.is_valid():
            return _concluded(request, form, at=now) or _page(request, form, handing)
        if why := _too_late(item):
            raise why
    return _page(request, form, handing)


def _concluded(request: HttpRequest, form: HerStepForm, *, at: datetime) -> HttpResponse | None:
    """Conclude as she pressed, and lead back to her case; nothing where it is refused, and the form says why."""
    item = form.item
    try:
        actions.decide(item, reviewer=reader(request), at=at, **form.conclusion())
    except actions.NotAChoice as refused:
        form.add_error(None, str(refused.message))
        return None
    except (WrongState, policy.NotFoundForYou) as refused:
        # Meanwhile it was done, or the desk has taken it over: then it is nothing of hers any more.
        raise _too_late(_item_of_hers(item.case, item.pk)) or refused from refused
    item.case.refresh_from_db()
    is_done = item.case.state == CaseState.CLOSED
    said = _("Thank you. Your case is done.") if is_done else _("We have your answer. The case goes on.")
    messages.success(request, said)
    return redirect("cases:status", key=item.case.key)


def _page(request: HttpRequest, form: HerStepForm, handing: HandingOn | None) -> HttpResponse:
    item = form.item
    words = {
        "case": item.case,
        "item": item,
        "step": form.step,
        "said": form.service.her_steps.get(item.node),
        "handing": handing,
        "result": result_of(item.case),
        "lately": said_lately(item.case) if item.case.is_undecided else (),
        "form": form,
    }
    return render(request, "workflows/applicant/step.html", words)


def _item_of_hers(case: Case, pk: int) -> WorkItem:
    """Return a step of hers in her own case, whoever has it by now; of other steps there is nothing here."""
    item = (
        WorkItem.objects.select_related("case__answers", "case__enterprise", "agency", "finished_by")
        .filter(pk=pk, case=case)
        .first()
    )
    if item is None or _step_of(item).holder != WorkItem.Holder.APPLICANT:
        raise policy.NotFoundForYou
    return item


def _step_of(item: WorkItem) -> HumanStep:
    return graph_for(item.case.service, item.case.version).human(item.node)


def _too_late(item: WorkItem) -> WrongState | None:
    """Return why it is no longer hers to do: who did what, and when; None while it is."""
    back = reverse("cases:status", args=[item.case.key])
    if item.finished_at is not None:
        when = timezone.localtime(item.finished_at)
        given = {"time": f"{when:%H:%M}", "day": f"{when:%d/%m/%Y}", "office": item.agency}
        if item.finished_by_id == item.case.applicant_id:
            return WrongState(_("You did this yourself at %(time)s on %(day)s.") % given, way_back=back)
        if item.agency is None or item.finished_by_id is None:
            return WrongState(_("This was closed at %(time)s on %(day)s.") % given, way_back=back)
        return WrongState(_("%(office)s did this for you at %(time)s on %(day)s.") % given, way_back=back)
    if item.holder != WorkItem.Holder.APPLICANT:
        taken = item.case.events.filter(verb="item_taken_over", facts__item=item.pk).order_by("-position").first()
        when = timezone.localtime(taken.at) if taken else timezone.localtime(item.opened_at)
        given = {"time": f"{when:%H:%M}", "day": f"{when:%d/%m/%Y}", "office": item.agency}
        words = _(
            "The time for it is over. %(office)s took it over at %(time)s on %(day)s. You can still write or call."
        )
        return WrongState(words % given, way_back=back)
    return None


def handing_on(case: Case, step: HumanStep, *, at: datetime) -> HandingOn | None:
    """Return to which body her case is handed with this step, and what of it; None where it is handed to nobody."""
    allows = next((option.allows for option in step.options if option.allows), "")
    kind = str(case.facts.get(allows) or "")
    if not kind:
        return None
    service, version = service_of(case), reference_version()
    today, had = timezone.localdate(at), chosen_before(allows, case.facts)
    fits = suggested(case.service, allows, case.answers.data, on=today, version=version, without=had)
    fits = fits if fits is not None and fits.kind == kind else None
    fields = handed_fields(service)
    return HandingOn(
        office=directory(version).agency(kind, Agency.Level.PROVINCE, case),
        product=fits.product if fits else "",
        why=_as_clause(fits.why) if fits else "",
        parts=tuple(page.title for page in service.asked(case.answers.data) if page.slug in service.handed_pages),
        papers=tuple(paper.label for paper in service.papers if paper.kind in service.handed_papers),
        sees_priority=case.answers.data.get("priority") == "yes",
        sees_number=any(name in fields for name in personal_numbers(case.answers.data)),
    )


def _as_clause(sentences: str) -> str:
    """Return what the table says so that "because" can stand before it."""
    return sentences[:1].lower() + sentences[1:].rstrip(".")
