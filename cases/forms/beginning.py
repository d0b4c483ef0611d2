"""Beginning a draft of her own: it starts with what she told last, and with what came of the case before."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.forms.filing import FROM_LAST, asked_only, drafts_of, is_untouched, start_draft
from cases.models import Case, CaseState, User
from cases.policy import WrongState
from cases.queries.linked import next_case, next_service
from cases.services import service_of
from cases.services.base import SupportService
from cases.services.common import PROFILE


def begin_draft(*, service: SupportService, applicant: User, at: datetime) -> Case:
    """Return the draft of this service that she has not touched yet, or a new one, with what she told last."""
    with _one_at_a_time(applicant):
        own = [draft for draft in drafts_of(applicant, service) if draft.follows_id is None]
        draft = next(filter(is_untouched, own), None) or start_draft(service=service, applicant=applicant, at=at)
        _fill_in(draft, _last_told(applicant))
    return draft


def begin_next(case: Case, *, applicant: User, at: datetime) -> Case:
    """Return the case that follows this one of hers: the one she began already, or a new draft.

    A new one starts with what she told last and what came of this one. Nobody begins one after a case of another woman.
    """
    policy.require(applicant, "begin_next", case)
    service = next_service(case)
    if service is None:
        raise WrongState(_("Nothing comes next after this case yet."))
    with _one_at_a_time(applicant):
        begun = next_case(case)
        if begun is not None:
            return begun
        draft = start_draft(service=service, applicant=applicant, at=at)
        draft.follows = case
        draft.save(update_fields=["follows"])
        _fill_in(draft, {**_last_told(applicant), **_came_of(case)})
    return draft


@contextmanager
def _one_at_a_time(applicant: User) -> Iterator[None]:
    """Open a transaction in which two clicks of hers wait for each other."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=applicant.pk)
        yield


def _last_told(applicant: User) -> dict[str, Any]:
    """Return the answers of the last case she sent, or else of the draft that she saved last.

    What an officer began to fill in at a counter she has not signed yet.
    """
    cases = Case.objects.filter(applicant=applicant).select_related("answers")
    sent = cases.exclude(state=CaseState.DRAFT).order_by("-submitted_at", "-pk").first()
    if sent is not None:
        return dict(sent.answers.data)
    drafts = cases.filter(state=CaseState.DRAFT, counter=None).order_by("-answers__saved_at", "-pk")
    touched = next((draft for draft in drafts if not is_untouched(draft)), None)
    return dict(touched.answers.data) if touched else {}


def _came_of(case: Case) -> dict[str, Any]:
    """Return what of the result of a case goes into the next answers, as its service declares it.

    Of what was written twice, the later counts.
    """
    written: dict[str, Any] = {}
    for details in case.decisions.order_by("decided_at", "pk").values_list("details", flat=True):
        written |= details
    declared = service_of(case).profile_after(case.answers.data, written)
    return {name: value for name, value in declared.items() if value not in (None, "")}


def _fill_in(draft: Case, told: Mapping[str, Any]) -> None:
    """Fill in what every service asks, and keep which pages she has to look at."""
    service = service_of(draft)
    data = asked_only(service, {name: value for name, value in told.items() if name in PROFILE})
    pages = [page.slug for page in service.asked(data) if data.keys() & page.form.base_fields.keys()]
    if pages:
        data[FROM_LAST] = pages
    if draft.answers.data != data:
        draft.answers.data = data
        draft.answers.save(update_fields=["data"])
