"""One case's whole story: what happened, who held it how long, and where it is now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.models import Case, InformationRequest, Passage, TimelineEvent
from cases.queries.directory import reference_version
from cases.queries.timeline import CaseVerification, verify_case
from cases.services import service_of
from workflows.calendar import Calendar
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.queries.due import DueTag, due_tag
from workflows.queries.rulebook import rulebook
from workflows.queries.said import reason_words, said

# The lanes are drawn in thousandths of the time the case has taken.
_WHOLE = 1000
_THINNEST = 6


@dataclass(frozen=True)
class Line:
    """One event as one reads it."""

    event: TimelineEvent
    words: str
    who: str
    reason: str
    passages: tuple[Passage, ...]
    intact: bool = True

    @property
    def mark(self) -> str:
        """How its dot looks: what she did, what is done, the rest."""
        if self.event.actor_id is not None and self.event.actor_id == self.event.case.applicant_id:
            return "by-her"
        return "done" if self.event.verb == "decision_made" else ""


@dataclass(frozen=True)
class Span:
    """A stretch of time on a lane, in thousandths, as text: numbers would be written the Vietnamese way."""

    x: str
    width: str


@dataclass
class Lane:
    """One holder, and how long she or it held the case."""

    holder: str
    kind: str
    days: int = 0
    hours: int = 0
    holds_now: bool = False
    spans: list[Span] = field(default_factory=list)

    @property
    def held(self) -> str:
        """The time in working days, or in hours when it was less than a day."""
        if self.days:
            return _("%(days)s days") % {"days": self.days}
        return _("%(hours)s hours") % {"hours": self.hours} if self.hours else _("less than an hour")


@dataclass(frozen=True)
class Now:
    """One open work item: where the case is."""

    item: WorkItem
    step: str | Promise
    holder: str
    tag: DueTag


@dataclass(frozen=True)
class Story:
    """Everything a supervisor reads of one case."""

    lines: tuple[Line, ...]
    lanes: tuple[Lane, ...]
    now: tuple[Now, ...]
    items: tuple[WorkItem, ...]
    verification: CaseVerification
    # Working days since she sent it.
    days: int


def story(case: Case, *, at: datetime) -> Story:
    """Return one case's whole story, the newest event first."""
    calendar = rulebook(reference_version()).calendar
    verification = verify_case(case, at)
    items = tuple(case.work_items.select_related("agency", "assignee", "finished_by").order_by("opened_at", "pk"))
    graph = graph_for(case.service, case.version)
    start, end = case.submitted_at or case.created_at, case.ended_at or at
    return Story(
        lines=tuple(lines_of(case, bad=verification.bad_positions)),
        lanes=tuple(_lanes(items, list(case.information_requests.all()), calendar, start, end)),
        now=tuple(
            Now(item, graph.human(item.node).label, holder_name(item), due_tag(item, calendar, at=at))
            for item in items
            if item.is_open
        ),
        items=items,
        verification=verification,
        days=_days(calendar, start, end),
    )


def lines_of(case: Case, *, with_words: bool = True, bad: Sequence[int] = ()) -> Iterable[Line]:
    """Yield the case's events, the newest first, with the words written at each; never sealed ones."""
    graph, service = graph_for(case.service, case.version), service_of(case)
    events = list(case.events.select_related("actor", "agency").order_by("-position"))
    bodies: dict[str, Passage] = {}
    if with_words:
        passages = Passage.objects.filter(case=case).exclude(kind=Passage.Kind.SEALED)
        bodies = {str(passage.pk): passage for passage in passages.order_by("pk")}
    for event in events:
        event.case = case
        reason = event.facts.get("reason_code", "")
        yield Line(
            event=event,
            words=said(event, graph),
            who=_who(event),
            reason=reason_words(reason, service) if reason and with_words else "",
            passages=tuple(bodies[pk] for pk in event.facts.get("words", {}) if pk in bodies),
            intact=event.position not in bad,
        )


def holder_name(item: WorkItem) -> str:
    """Return who holds a work item: the person if one does, and the office."""
    return ", ".join(str(part) for part in (item.assignee, item.agency) if part)


def _who(event: TimelineEvent) -> str:
    if event.actor is None:
        return _("Đồng Hành by itself")
    return ", ".join(str(part) for part in (event.actor, event.agency) if part)


def _lanes(
    items: Iterable[WorkItem],
    requests: list[InformationRequest],
    calendar: Calendar,
    start: datetime,
    end: datetime,
) -> Iterable[Lane]:
    """Yield one lane a holder, in the order in which they first held the case; hers last."""
    lanes: dict[str, Lane] = {}
    hers = Lane(_("Applicant"), "hers")
    for item in items:
        holder = str(item.agency or item.assignee)
        kind = "union" if item.agency is not None and item.agency.kind == "HPN" else "agency"
        if item.holder != WorkItem.Holder.AGENCY:
            kind = "outside"
        lane = lanes.setdefault(holder, Lane(holder, kind))
        until = item.finished_at or end
        _extend(lane, calendar, item.opened_at, until, start, end)
        for request in requests:
            if request.node == item.node and item.opened_at <= request.asked_at <= until:
                # While she was asked, it was she who held it.
                lane.days -= _days(calendar, request.asked_at, request.ended_at or end)
        lane.holds_now |= item.status == WorkItem.Status.OPEN
    for request in requests:
        _extend(hers, calendar, request.asked_at, request.ended_at or end, start, end)
        hers.holds_now |= request.ended_at is None
    yield from lanes.values()
    if requests:
        yield hers


def _extend(lane: Lane, calendar: Calendar, since: datetime, until: datetime, start: datetime, end: datetime) -> None:
    lane.days += _days(calendar, since, until)
    lane.hours += int((until - since).total_seconds() // 3600)
    whole = max(1.0, (end - start).total_seconds())
    x = round(_WHOLE * (since - start).total_seconds() / whole)
    width = max(_THINNEST, round(_WHOLE * (until - since).total_seconds() / whole))
    x = max(0, min(x, _WHOLE - _THINNEST))
    lane.spans.append(Span(str(x), str(min(width, _WHOLE - x))))


def _days(calendar: Calendar, since: datetime, until: datetime) -> int:
    return calendar.between(timezone.localdate(since), timezone.localdate(until))
