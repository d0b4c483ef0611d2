"""One case's whole story: what happened, who held it how long, and where it is now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Avg, Count, F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, Passage, TimelineEvent
from cases.queries.directory import reference_version
from cases.queries.naming import office_name
from cases.queries.shares import Holder, age_in_seconds, holders, seconds_by_holder, summed
from cases.queries.timeline import CaseVerification, verify_case
from cases.services import SERVICES, service_of
from workflows.asks import Checklist, Enter, PickPlace
from workflows.calendar import Calendar
from workflows.flows.registry import graph_for
from workflows.graph import Graph
from workflows.models import CalendarDay, WorkItem
from workflows.queries.chosen import in_words
from workflows.queries.due import DueTag, due_tag
from workflows.queries.following import ANSWERED
from workflows.queries.held import Held, held, holder_of
from workflows.queries.holding import holder_key
from workflows.queries.labels import labelled_anew
from workflows.queries.passing import passing_of
from workflows.queries.routes import rule_words
from workflows.queries.rulebook import end_of, rulebook
from workflows.queries.said import reason_words, said
from workflows.queries.unanswered import HERS

# What a supervisor does: her words stand in the story she reads, those of other notes and of messages do not.
REMINDED = "reminder_sent"
SUPERVISING = (REMINDED, "remark_written")
_BETWEEN_OTHERS = (Passage.Kind.MESSAGE, Passage.Kind.NOTE)
COMPUTED = gettext_lazy("worked out by Đồng Hành")
# How many other cases it takes before one may speak of what is usual.
_ENOUGH = 5
_ONE_DAY = timedelta(days=1)
# Reasons that tell nothing where everything goes its way.
_AS_USUAL = frozenset({"FACTS_CLEAR", "HER_WORD", "IN_SCOPE"})


@dataclass(frozen=True)
class Line:
    """One event as one reads it."""

    event: TimelineEvent
    words: str
    person: str
    office: str
    reason: str
    passages: tuple[Passage, ...]
    intact: bool = True
    # What was chosen and entered with a conclusion.
    details: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """Who did it, and for which office."""
        return ", ".join(part for part in (self.person, self.office) if part)

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.at

    @property
    def mark(self) -> str:
        """How it looks: what she did, what is done, the rest."""
        if self.event.actor_id is not None and self.event.actor_id == self.event.case.applicant_id:
            return "by-her"
        return "done" if self.event.verb == "decision_made" else ""


@dataclass(frozen=True)
class Day:
    """A line that nobody wrote: a holiday, or the moment in which a step became late."""

    at: datetime
    words: str
    mark: str
    # Whose line it is, as it stands among those of people.
    person: str | Promise = COMPUTED
    # Its last day, where it has more than one.
    until: date | None = None


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

    lines: tuple[Line | Day, ...]
    held: Held
    # The one that is due first stands first.
    now: tuple[Now, ...]
    items: tuple[WorkItem, ...]
    verification: CaseVerification
    holidays: tuple[Day, ...]
    # After how many days other cases came to where this one is; None where too few did.
    usual_days: int | None
    # Whether the time of each holder, as it is drawn from the events, is what was kept on the case.
    agrees: bool

    @property
    def computed(self) -> bool:
        """Whether lines stand here that nobody wrote, and that the check of the record therefore does not count."""
        return any(isinstance(line, Day) for line in self.lines)

    @property
    def to_remind(self) -> Now | None:
        """What somebody could be reminded of: the open step that is due first."""
        return next((now for now in self.now if now.item.status == WorkItem.Status.OPEN), None)


def story(case: Case, *, at: datetime) -> Story:
    """Return one case's whole story, the newest event first."""
    calendar = rulebook(reference_version()).calendar
    verification = verify_case(case, at)
    items = tuple(case.work_items.select_related("agency", "assignee", "finished_by").order_by("opened_at", "pk"))
    requests = list(case.information_requests.all())
    graph = graph_for(case.service, case.version)
    start, end = case.submitted_at or case.created_at, case.ended_at or at
    holidays = tuple(_holidays(calendar, start, end))
    lines = list(lines_of(case, bad=verification.bad_positions, supervised=True))
    now = _now(items, graph, calendar, at)
    kept = seconds_by_holder(case, at=at)
    # As far as the row of the case has them: a step may have been taken since it was read.
    events = [line.event for line in reversed(lines) if line.event.position <= case.event_count]
    passing = passing_of(events)
    # Of those who have a step here the names are known; others may have passed it on.
    names = {holder_key(item): holder_of(item) for item in items}
    names |= holders((passing.keys | kept.keys()) - names.keys())
    drawn = held(
        passing,
        names,
        requests,
        calendar,
        start=start,
        end=start.replace(microsecond=0) + timedelta(seconds=age_in_seconds(case, at=at)),
        due=min((item.due_at for item in items if item.is_open), default=None),
        promised=end_of(case.promised_on) if case.promised_on else None,
    )
    return Story(
        lines=_sorted([*lines, *holidays, *_became_late(items, graph, end)]),
        held=drawn,
        now=now,
        items=items,
        verification=verification,
        holidays=holidays,
        usual_days=_usual_days(case, now[0].item) if now else None,
        agrees=_summed(kept, names) == drawn.by_holder,
    )


def _summed(kept: Mapping[str, int], names: Mapping[str, Holder]) -> dict[Holder, int]:
    return {share.holder: share.seconds for share in summed(kept, names)}


def now_of(case: Case, *, at: datetime) -> tuple[Now, ...]:
    """Return where one case is: its open work items, the one that is due first before the others."""
    items = case.work_items.filter(finished_at__isnull=True).select_related("agency", "assignee")
    return _now(items, graph_for(case.service, case.version), rulebook(reference_version()).calendar, at)


def _now(items: Iterable[WorkItem], graph: Graph, calendar: Calendar, at: datetime) -> tuple[Now, ...]:
    still = sorted((item for item in items if item.is_open), key=lambda item: (item.due_at, item.pk))
    return tuple(
        Now(item, graph.human(item.node).label, holder_name(item), due_tag(item, calendar, at=at)) for item in still
    )


def lines_of(
    case: Case, *, with_words: bool = True, bad: Sequence[int] = (), supervised: bool = False
) -> Iterable[Line]:
    """Yield the case's events, the newest first, with the words written at each; never sealed ones.

    Messages and internal notes stand here as facts: their words are read where they were written, but for her last
    message. Those of a supervisor, her reminders and remarks, are read here by those who supervise.
    """
    graph, service = graph_for(case.service, case.version), service_of(case)
    events = list(case.events.select_related("actor", "agency", "on_behalf_of").order_by("-position"))
    bodies: dict[str, Passage] = {}
    if with_words:
        passages = Passage.objects.filter(case=case).exclude(kind=Passage.Kind.SEALED)
        bodies = {str(passage.pk): passage for passage in passages.order_by("pk")}
    # By what rule a body was suggested is for those who supervise.
    version = reference_version() if supervised else None
    last = None if supervised else next((event for event in events if event.verb == HERS), None)
    for event in events:
        shown = SUPERVISING if supervised else (HERS,) if event is last else ()
        event.case = case
        reason = event.facts.get("reason_code", "")
        yield Line(
            event=event,
            words=". ".join(filter(None, (said(event, graph), labelled_anew(event) if supervised else ""))),
            person=_who(event),
            office=_office(event),
            reason=reason_words(reason, service) if reason and with_words and reason not in _AS_USUAL else "",
            passages=tuple(_readable(event, bodies, shown)),
            intact=event.position not in bad,
            details=tuple(_details(event, graph, version)) if with_words else (),
        )


def _details(event: TimelineEvent, graph: Graph, version: int | None) -> Iterable[str]:
    """Yield what was entered of a result outside, which body was chosen, what the routing table had said, and how it
    goes after the support."""
    if event.verb == ANSWERED and (told := SERVICES[graph.about.service].follow_up_answer(event.facts["answer"])):
        yield str(told.label)
    node = graph.nodes.get(str(event.facts.get("node", "")))
    if event.verb != "decision_made" or node is None or node.human is None:
        return
    details = event.facts.get("details", {})
    for ask in node.human.asked_with(event.facts["verdict"]):
        if isinstance(ask, Enter | Checklist | PickPlace) and (said := in_words(ask, details)):
            yield said
        by_rule = details.get(f"{ask.name}_rule") if isinstance(ask, PickPlace) else None
        if version is not None and (rule := rule_words(by_rule, version=version)):
            yield _("The routing table said: %(rule)s") % {"rule": rule}


def _who(event: TimelineEvent) -> str:
    if event.actor is None:
        return _("Đồng Hành by itself")
    if event.on_behalf_of is None:
        return str(event.actor)
    if event.on_behalf_of_id != event.case.applicant_id:
        return _("%(who)s in place of %(absent)s") % {"who": event.actor, "absent": event.on_behalf_of}
    return _("%(who)s for %(applicant)s") % {"who": event.actor, "applicant": event.on_behalf_of}


def holder_name(item: WorkItem) -> str:
    """Return who holds a work item: the person if one does, and the office."""
    return ", ".join(str(part) for part in (item.assignee, item.agency) if part)


def _readable(event: TimelineEvent, bodies: dict[str, Passage], shown: Collection[str]) -> Iterable[Passage]:
    for pk in event.facts.get("words", {}):
        passage = bodies.get(pk)
        if passage is not None and passage.body and (passage.kind not in _BETWEEN_OTHERS or event.verb in shown):
            yield passage


def _office(event: TimelineEvent) -> str:
    """Return for which office somebody acted."""
    if event.verb in SUPERVISING:
        return _("supervisor")
    acted_herself = event.actor_id is not None and event.actor_id == event.case.applicant_id
    return office_name(event.agency) if event.agency and event.actor and not acted_herself else ""


def _sorted(lines: Iterable[Line | Day]) -> tuple[Line | Day, ...]:
    return tuple(
        sorted(lines, key=lambda line: (line.at, line.event.position if isinstance(line, Line) else 0), reverse=True)
    )


def _became_late(items: Iterable[WorkItem], graph: Graph, end: datetime) -> Iterable[Day]:
    """Yield a line for each moment in which a step became late."""
    for item in items:
        if item.due_at < (item.finished_at or end) and item.status != WorkItem.Status.WAITING:
            label = graph.human(item.node).label
            yield Day(item.due_at, _("Became late: %(step)s") % {"step": label}, "late")


def _holidays(calendar: Calendar, start: datetime, end: datetime) -> Iterable[Day]:
    """Yield the holidays on which offices would have worked, those that adjoin as one line."""
    since, until = timezone.localdate(start), timezone.localdate(end)
    free = CalendarDay.objects.filter(date__gt=since, date__lte=until, kind=CalendarDay.Kind.HOLIDAY).order_by("date")
    groups: list[list[CalendarDay]] = []
    for day in free:
        if day.date in calendar.worked:
            continue
        if groups and day.date - groups[-1][-1].date == _ONE_DAY:
            groups[-1].append(day)
        else:
            groups.append([day])
    for group in groups:
        if any(day.date.weekday() < 5 for day in group):
            first, last = group[0].date, group[-1].date
            yield Day(
                timezone.make_aware(datetime.combine(first, time.min)),
                _("Holiday, not counted: %(name)s") % {"name": group[0].name},
                "holiday",
                until=last if last != first else None,
            )


def _usual_days(case: Case, item: WorkItem) -> int | None:
    """Return after how many days other cases of the kind came to this step, over the last year."""
    others = WorkItem.objects.filter(
        case__service=case.service,
        case__province=case.province_id,
        case__sealed=False,
        node=item.node,
        opened_at__gte=item.opened_at - timedelta(days=365),
        opened_at__lt=item.opened_at,
    ).exclude(case=case)
    found = others.aggregate(after=Avg(F("opened_at") - F("case__submitted_at")), many=Count("pk"))
    return round(found["after"] / _ONE_DAY) if found["many"] >= _ENOUGH else None
