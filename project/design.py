"""The living page of the components, each in its states: the product's own templates, filled from the demo's cases."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from cases import policy
from cases.forms.filing import page_form
from cases.forms.parts import parts_of
from cases.models import Case, CaseState, User
from cases.queries import mine
from cases.queries.timeline import CaseVerification
from cases.queries.whereabouts import where_is
from cases.services import SERVICES, service_of
from cases.services.base import Page
from cases.services.common import Questions
from workflows.forms.deciding import DecisionForm
from workflows.models import WorkItem
from workflows.queries.diagram import diagram_of
from workflows.queries.story import story
from workflows.queries.worklist import Chosen, worklist
from workflows.views.shown import opinions

View = Callable[[HttpRequest], HttpResponse]
COLOURS = ("", "stone", "sky", "jade", "amber", "plum", "brick")
# One case of each, where the reader may see one.
STATES = (
    CaseState.SUBMITTED,
    CaseState.IN_REVIEW,
    CaseState.DECIDED,
    CaseState.CLOSED,
    CaseState.WITHDRAWN,
    CaseState.EXPIRED,
    CaseState.NOT_ACCEPTED,
)


def demo_only(view: View) -> View:
    """Let a view exist in the demo alone."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.IS_DEMO:
            raise Http404
        return view(request)

    return guarded


@demo_only
def design(request: HttpRequest) -> HttpResponse:
    """Show what an applicant meets; the cases are those that the reader may see anyway."""
    seen = _seen(request)
    service = next(iter(SERVICES.values()))
    draft = seen.filter(state=CaseState.DRAFT).order_by("pk").first()
    words = {
        "colours": COLOURS,
        "questions": [_form(page, wrong=False) for page in service.pages],
        "mistakes": _form(service.pages[0], wrong=True),
        "now": list(_now_cards(seen)),
        "parts": parts_of(draft) if draft else None,
        "case": draft,
    }
    return render(request, "design.html", words)


@demo_only
def office(request: HttpRequest) -> HttpResponse:
    """Show what an office and a supervisor meet."""
    now = timezone.now()
    seen = _seen(request).filter(state__in=STATES)
    items = WorkItem.objects.filter(case__in=seen, status=WorkItem.Status.OPEN).select_related(
        "case__applicant", "case__commune", "case__enterprise", "agency", "assignee"
    )
    words: dict[str, Any] = {
        "colours": COLOURS,
        "verdicts": list(_decisions(items, now)),
        "checked": list(_checks(now)),
    }
    case = seen.filter(state=CaseState.IN_REVIEW).order_by("promised_on").first()
    if case is not None:
        told = story(case, at=now)
        words |= {"story": told, "diagram": diagram_of(case, told.items, at=now), "lines": told.lines}
        words["opinions"] = list(opinions(case))
    if request.user.is_authenticated:
        chosen = Chosen.read(request.GET)
        words |= {"worklist": worklist(request.user, chosen, at=now), "chosen": chosen}
    return render(request, "design_office.html", words)


def _seen(request: HttpRequest) -> QuerySet[Case]:
    """Return the cases to show: none of which the reader reads a part alone."""
    seen = policy.visible_cases(request.user).filter(sealed=False)
    return seen.exclude(policy.read_in_part(request.user)) if isinstance(request.user, User) else seen


def _form(page: Page, *, wrong: bool) -> tuple[Page, Questions]:
    """Return a page of a service with its form, nothing filled in yet or everything wrong."""
    form = page_form(page, {}, QueryDict() if wrong else None)
    # Several forms stand on this page, so that each needs ids of its own.
    form.auto_id = f"{page.slug}-{'wrong' if wrong else 'calm'}-%s"
    return page, form


def _now_cards(seen: Any) -> Iterator[dict[str, Any]]:
    """Yield what the card asks for, for one case of every state, and one that waits for her."""
    chosen = [seen.filter(state=state).order_by("-pk").first() for state in STATES]
    chosen.append(seen.filter(information_requests__ending="open").order_by("-pk").first())
    late = seen.filter(state=CaseState.IN_REVIEW, promised_on__lt=timezone.localdate()).order_by("pk").first()
    for number, case in enumerate([*filter(None, chosen), *filter(None, [late])]):
        yield {
            "nth": f"-{number}",
            "case": case,
            "service": service_of(case),
            "where": where_is(case),
            "asked": mine.open_request(case),
            "may_resubmit": True,
            "form_key": uuid4(),
        }


def _decisions(items: Any, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the form of the first step that waits, calm."""
    item = items.order_by("pk").first()
    if item is not None:
        yield {"item": item, "form": DecisionForm(item=item, at=now)}


def _checks(now: datetime) -> Iterator[CaseVerification]:
    """Yield a record that is whole and one that is not."""
    for intact in (True, False):
        bad = () if intact else (3,)
        yield CaseVerification(events=12, intact=intact, bad_positions=bad, checked_at=now)
