"""The control slip (M06): every hand-over of a case that has ended, read from its timeline."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Agency, Case, Slip, TimelineEvent, User
from cases.printing import foot
from cases.queries.naming import office_name, place_of
from cases.services import service_of
from cases.slips.words import long_day, made_at, whose_case


@dataclass
class Turn:
    """One step in the hands of one office."""

    stage: str
    node: str
    came_from: int | None
    agency: int | None
    person: int | None
    received: datetime
    due: date | None
    passed_on: datetime | None = None
    worked: int | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def in_time(self) -> str:
        """Whether it was passed on before, on or after the day it was due."""
        if self.passed_on is None or self.due is None:
            return ""
        day = timezone.localdate(self.passed_on)
        return _("After the day") if day > self.due else _("On the day") if day == self.due else _("Before the day")


class _Reading:
    """Reads the events of a case in their order, and writes down who had it."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._open: dict[int, Turn] = {}

    def read(self, event: TimelineEvent) -> None:
        facts = event.facts
        for item in facts.get("closed", []):
            turn = self._open.pop(item["item"], None)
            if turn is not None:
                self._end(turn, event)
        for item in facts.get("opened", []):
            self._begin(item, event, came_from=event.agency_id)
        match event.verb:
            case "work_item_assigned" | "item_claimed" if (turn := self._open.get(facts.get("item", 0))) is not None:
                turn.worked = (facts.get("assigned") or {}).get("person") or event.actor_id
            case "information_requested":
                for turn in self._of(facts.get("node")):
                    turn.notes.append(_("asked her on %(day)s") % {"day": _short(event.at)})
            case "information_answered":
                resumed = facts.get("resumed") or {}
                if (turn := self._open.get(resumed.get("item", 0))) is not None:
                    turn.notes.append(_("she answered on %(day)s") % {"day": _short(event.at)})
                    turn.due = _day(resumed.get("due")) or turn.due
            case "promise_moved":
                for turn in self._open.values():
                    turn.notes.append(_("apology on %(day)s") % {"day": _short(event.at)})
            case "person_recused":
                for turn in self._of(facts.get("node")):
                    turn.notes.append(_("given to somebody else"))
        for item in _moved(event):
            self._move(item, event)

    def _of(self, node: str | None) -> Iterable[Turn]:
        return [turn for turn in self._open.values() if turn.node == node]

    def _begin(self, item: dict[str, Any], event: TimelineEvent, *, came_from: int | None) -> None:
        turn = Turn(
            stage=item.get("stage", ""),
            node=item.get("node", ""),
            came_from=came_from,
            agency=item.get("agency"),
            person=item.get("person"),
            received=event.at,
            due=_day(item.get("due")),
        )
        self.turns.append(turn)
        self._open[item["item"]] = turn

    @staticmethod
    def _end(turn: Turn, event: TimelineEvent) -> None:
        turn.passed_on = event.at
        match event.verb:
            case "decision_made":
                turn.worked = event.actor_id or turn.worked
            case "case_withdrawn" | "case_expired":
                turn.notes.append(_("ended with the case"))
            case _:
                turn.notes.append(_("given to somebody else"))

    def _move(self, item: dict[str, Any], event: TimelineEvent) -> None:
        """End the turn of the office that an open step leaves, and begin that of the one that gets it."""
        turn = self._open.get(item["item"])
        if turn is None or turn.agency == item.get("agency"):
            return
        turn.passed_on = event.at
        turn.notes.append(_("passed on to another office"))
        self._begin({**item, "stage": turn.stage, "node": turn.node}, event, came_from=turn.agency)


def _moved(event: TimelineEvent) -> list[dict[str, Any]]:
    """Return the open steps that an event gives to another office, as it describes them."""
    facts = event.facts
    match event.verb:
        case "item_transferred":
            return [facts["assigned"]] if "assigned" in facts else []
        case "item_taken_over":
            return [each for each in facts.get("read_by", []) if each.get("item") == facts.get("item")]
        case "person_recused":
            return [each for each in facts.get("reassigned", []) if each.get("item")]
    return []


def control_of(event: TimelineEvent) -> dict[str, Any]:
    """Return what stands on the control slip of a case that ends with this event."""
    case, reading = event.case, _Reading()
    for each in case.events.filter(position__lte=event.position).order_by("position"):
        reading.read(each)
    offices = Agency.objects.in_bulk([pk for turn in reading.turns for pk in (turn.agency, turn.came_from) if pk])
    people = User.objects.in_bulk([pk for turn in reading.turns for pk in (turn.worked, turn.person) if pk])
    head = [_("From"), _("To"), _("Received"), _("Passed on"), _("Person"), _("Due"), _("In time?"), _("Note")]
    return {
        "title": str(settings.SLIP_TITLES[Slip.Kind.CONTROL]),
        "issuer": str(case.desk or ""),
        "code_label": _("Case code"),
        "code": case.code,
        "rows": [
            [_("Applicant"), whose_case(case)],
            [_("What for"), f"{service_of(case).title} · {place_of(case)}"],
            [_("Received"), long_day(case.received_on or _sent(case))],
            [_("Ended on"), long_day(event.at)],
        ],
        "head": head,
        "lines": [_line(turn, case, offices, people) for turn in reading.turns],
        **foot(event.at),
        "printed": made_at(event.at),
    }


def _line(turn: Turn, case: Case, offices: dict[int, Agency], people: dict[int, User]) -> list[str]:
    office = offices.get(turn.agency or 0)
    came_from = offices.get(turn.came_from or 0)
    stage = service_of(case).stage(turn.stage)
    worked = people.get(turn.worked or turn.person or 0)
    # An adviser works for no office and is known by name; of an office only where it names its officers.
    named = worked is not None and (office is None or office.names_officers)
    return [
        office_name(came_from) if came_from else _("Applicant"),
        office_name(office) if office else _("Adviser"),
        _moment(turn.received),
        _moment(turn.passed_on) if turn.passed_on else "",
        str(worked) if named else _("the office"),
        f"{turn.due:%d/%m/%Y}" if turn.due else "",
        turn.in_time,
        "; ".join([*([str(stage.name)] if stage else []), *turn.notes]),
    ]


def _sent(case: Case) -> datetime:
    assert case.submitted_at is not None
    return case.submitted_at


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"


def _short(at: datetime) -> str:
    return f"{timezone.localtime(at):%d/%m}"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
