"""Who asked for what she may not see: written down, while the answer stays the same as if there were nothing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from cases.models import Case, CaseState, Document, InformationRequest, Membership, RefusedAccess, Slip, User
from cases.models.case import read_code
from cases.policy import visible_cases
from cases.queries.handed import may_read_paper
from workflows.models import WorkItem

GetResponse = Callable[[HttpRequest], HttpResponse]

# What the number in such an address is of; under any other it may be a person's, a rule's.
OF_A_WORK_ITEM, OF_A_QUESTION = "viec/<int:pk>/", "hoi-them/<int:pk>/"
# What somebody looks for, on every page with a search.
SEARCHED = ("tim", "code")
# Of an identity number, which nothing here is found by.
_DIGITS = 12


class NoteRefusals:
    """Notes each case and each paper that is there and was refused to somebody who works here, once an hour.

    Whoever only mistyped meets the same 404, and nothing is noted; nor of an applicant, who has no office.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, and note what was looked for by a number, or by the code of a case that is not for the reader."""
        response = self.get_response(request)
        texts = [text for name in SEARCHED if (text := request.GET.get(name, "").strip())]
        user = getattr(request, "user", None) if texts else None
        if isinstance(user, User):
            for text in texts:
                _note_search(user, text)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Note what was refused; the page that follows is that of any address which is nowhere."""
        match, user = request.resolver_match, getattr(request, "user", None)
        if isinstance(exception, Http404) and match is not None and isinstance(user, User):
            case, sought = _meant(user, match.route, match.kwargs)
            if case is not None:
                _note(user, case, sought)


def _meant(user: User, route: str, named: dict[str, Any]) -> tuple[Case | None, RefusedAccess.Sought]:
    """Return the case that an address names and that is not for this person, and what of it was asked for."""
    if route.startswith(OF_A_WORK_ITEM):
        item = WorkItem.objects.select_related("case").filter(pk=named["pk"]).first()
        return _unless_seen(user, item.case if item else None), RefusedAccess.Sought.CASE
    if route.startswith(OF_A_QUESTION):
        question = InformationRequest.objects.select_related("case").filter(pk=named["pk"]).first()
        return _unless_seen(user, question.case if question else None), RefusedAccess.Sought.CASE
    key = named.get("key")
    if not isinstance(key, UUID):
        return None, RefusedAccess.Sought.CASE
    if case := Case.objects.filter(key=key).first():
        return _unless_seen(user, case), RefusedAccess.Sought.CASE
    paper = Document.objects.select_related("case").filter(key=key).first()
    if paper is not None:
        refused = _unless_seen(user, paper.case) or (None if may_read_paper(user, paper) else paper.case)
        return refused, RefusedAccess.Sought.DOCUMENT
    slip = Slip.objects.select_related("case").filter(key=key).first()
    return _unless_seen(user, slip.case if slip else None), RefusedAccess.Sought.DOCUMENT


def _unless_seen(user: User, case: Case | None) -> Case | None:
    # A draft can be deleted without a trace, and nobody is given its address.
    if case is None or case.state == CaseState.DRAFT or visible_cases(user).filter(pk=case.pk).exists():
        return None
    return case


def _note_search(user: User, text: str) -> None:
    digits = "".join(text.split())
    if len(digits) == _DIGITS and digits.isdecimal():
        _note(user, None, RefusedAccess.Sought.NUMBER)
    elif code := read_code(text):
        case = _unless_seen(user, Case.objects.filter(code=code).first())
        if case is not None:
            _note(user, case, RefusedAccess.Sought.CASE)


def _note(user: User, case: Case | None, sought: RefusedAccess.Sought) -> None:
    if not Membership.objects.today().filter(user=user).exists():
        return
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = RefusedAccess(person=user, case=case, sought=sought, hour=hour, at=now)
    RefusedAccess.objects.bulk_create([row], ignore_conflicts=True)
