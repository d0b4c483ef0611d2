"""Where a filed case is, in her words: read once from its story."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Agency, Case, CaseState, Involvement, Outcome, Passage, TimelineEvent, User
from cases.queries.promise import MISSED, MOVED, DayGiven, PutOff, day_given_by, put_off_of
from cases.services import service_of
from cases.services.base import HerStep

Words = str | Promise

DONE, NOW, TO_COME, STOPPED = "done", "now", "to_come", "stopped"
# What colleagues note among themselves: she reads it nowhere, not even that something was written.
AMONG_COLLEAGUES = frozenset(
    {
        "note_written",
        "reminder_sent",
        "remark_written",
        "deadline_neared",
        "deadline_passed",
        "promise_endangered",
        "item_taken_over",
        "request_proposed",
        "request_declined",
        "answer_published",
    }
)
# How the events name who holds a step of her own.
HER = "applicant"
# Who holds an item by name from outside our offices, once she has taken the case.
OUTSIDE = "outside"

# The sentence at the top of a case that has ended.
ENDINGS: dict[str, Words] = {
    CaseState.CLOSED: _("Your case is done"),
    CaseState.WITHDRAWN: _("You took this case back"),
    CaseState.EXPIRED: _("The case was closed because the papers did not come in time. This is no refusal."),
    CaseState.NOT_ACCEPTED: _("We could not accept your case this time"),
}
# The last step of a case that ended before the step it was at was done.
CUT_SHORT: dict[str, Words] = {
    CaseState.WITHDRAWN: _("You took this case back"),
    CaseState.EXPIRED: _("Time to add papers is over"),
    CaseState.NOT_ACCEPTED: _("The Women's Union of your commune read it and could not accept it"),
}


@dataclass(frozen=True)
class Part:
    """What one office has to do in a step that several do side by side."""

    office: Agency
    words: Words
    colour: str


@dataclass(frozen=True)
class PathStep:
    """One step on the path that she sees."""

    label: Words
    state: str
    at: datetime | None = None
    parts: tuple[Part, ...] = ()

    @property
    def word(self) -> Words:
        """The hidden word that says what the dot's colour says."""
        return {DONE: _("Done:"), NOW: _("Being done:"), TO_COME: _("To come:"), STOPPED: _("Ended here:")}[self.state]


@dataclass
class Held:
    """One thing that somebody has, or had, to do."""

    node: str
    stage: str
    holder: str
    agency: int | None
    person: int | None
    due: date
    waits_for_her: bool = False
    is_open: bool = True


@dataclass(frozen=True)
class HerTurn:
    """A step of her own that is open: which item, what it is about, and by when she is to do it."""

    item: int
    step: HerStep | None
    due: date


class Whereabouts:
    """Where a filed case is today, and the way it came."""

    def __init__(self, case: Case, *, today: date) -> None:
        self.case = case
        self.service = service_of(case)
        self.today = today
        self.updated_at: datetime | None = None
        self.waits_for_her = False
        # Each time a promised day was put off, and when those in charge heard that the present one has passed.
        self._put_offs: list[PutOff] = []
        self.missed_at: datetime | None = None
        # Every day that she was promised, the first one first.
        self.days_given: list[DayGiven] = []
        self._stages: list[tuple[str, datetime]] = []
        # When something was last finished in each of them: two may go on side by side.
        self._left: dict[str, datetime] = {}
        # Everything since the present stage was reached, by the item's id; and everything since the beginning.
        self._held: dict[int, Held] = {}
        self._ever: dict[int, Held] = {}
        for event in case.events.order_by("position"):
            self._read(event)

    def _read(self, event: TimelineEvent) -> None:
        if event.verb not in AMONG_COLLEAGUES:
            self.updated_at = event.at
        facts = event.facts
        given = day_given_by(event, case=self.case)
        if given is not None and (not self.days_given or given.day != self.days_given[-1].day):
            self.days_given.append(given)
        for item in facts.get("closed", []):
            if item["item"] in self._held:
                held = self._held[item["item"]]
                held.is_open, self._left[held.stage] = False, event.at
        for item in facts.get("opened", []):
            if not self._stages or self._stages[-1][0] != item["stage"]:
                self._stages.append((item["stage"], event.at))
                self._held = {pk: held for pk, held in self._held.items() if held.is_open}
            self._held[item["item"]] = self._ever[item["item"]] = Held(
                item["node"], item["stage"], item["holder"], item["agency"], item["person"], _day(item["due"])
            )
        match event.verb:
            case "item_claimed" | "item_released" if facts["item"] in self._held:
                self._held[facts["item"]].person = event.actor_id if event.verb == "item_claimed" else None
            case "information_requested":
                self._wait(facts, True)
            case "information_answered":
                self._wait(facts, False)
            case "case_withdrawn" | "case_expired":
                self.waits_for_her = False
            case verb if verb == MOVED:
                self._put_offs.append(put_off_of(event))
            case verb if verb == MISSED and facts["was"] == str(self.case.promised_on):
                self.missed_at = event.at
        for item in _handed_on(event):
            if item["item"] in self._held:
                held = self._held[item["item"]]
                held.holder, held.agency, held.person = item["holder"], item["agency"], item["person"]
                held.due = _day(item["due"])

    def _wait(self, facts: Mapping[str, Any], waits: bool) -> None:
        self.waits_for_her = waits
        for held in self._held.values():
            if held.is_open and (not waits or held.node == facts["node"]):
                held.waits_for_her = waits

    @property
    def her_turn(self) -> HerTurn | None:
        """The step of her own that is open; until she has done it, no day is ours to keep."""
        hers = [(held.due, pk, held) for pk, held in self._held.items() if held.is_open and held.holder == HER]
        if not hers or not self.case.is_moving:
            return None
        due, pk, held = min(hers, key=lambda each: each[:2])
        return HerTurn(pk, self.service.her_steps.get(held.node), due)

    @property
    def updated_today(self) -> bool:
        """Whether something happened today."""
        return self.updated_at is not None and timezone.localdate(self.updated_at) == self.today

    # --- now ----------------------------------------------------------------------------------------------

    @property
    def headline(self) -> Words:
        """One sentence: who does what."""
        if self.case.outcome == Outcome.REFUSED:
            return _("This time we could not support it")
        if self.case.state in ENDINGS:
            return ENDINGS[self.case.state]
        stage = self.service.stage(self.case.stage)
        if stage is None:
            return _("Your case is being handled")
        if self.advisers and stage.doing_outside:
            return stage.doing_outside
        handling = [office for office in self.offices if office.pk in self._speaking]
        if stage.doing_by and len(handling) == 1:
            return str(stage.doing_by) % {"office": handling[0].name}
        return stage.doing

    @property
    def _open(self) -> list[Held]:
        return [held for held in self._held.values() if held.is_open]

    @cached_property
    def offices(self) -> list[Agency]:
        """Where the case lies just now; those that are only asked for an opinion stand on the path."""
        agencies = {held.agency for held in self._open}
        lying = [agency for pk, agency in self._agencies.items() if pk in agencies]
        return [agency for agency in lying if agency.pk in self._speaking] or lying

    @cached_property
    def _reading(self) -> list[Held]:
        """What is open at whoever handles the case or was handed a part; where nothing is, what was handled last."""
        theirs = [held for _pk, held in sorted(self._ever.items()) if held.holder != HER]
        now = [held for held in theirs if held.is_open and (held.agency is None or held.agency in self._speaking)]
        return now or [held for held in theirs if held.agency is None or held.agency in self._handling][-1:]

    @property
    def answering(self) -> list[Agency]:
        """Which offices answer for it now, be they ours or outside; while she has a step herself, none."""
        return [] if self.her_turn is not None else self._offices_reading

    @property
    def _offices_reading(self) -> list[Agency]:
        return [self._agencies[pk] for pk in dict.fromkeys(held.agency for held in self._reading) if pk is not None]

    @property
    def readers(self) -> list[str]:
        """Who reads what she writes: the very ones whom the action tells of it."""
        by_name = {held.person for held in self._reading if held.agency is None}
        return [*(office.name for office in self._offices_reading), *self._names(by_name)]

    @property
    def outside(self) -> list[str]:
        """Which of them are bodies outside, to which only a part was handed."""
        return [office.name for office in self._offices_reading if office.pk not in self._handling]

    @cached_property
    def officers(self) -> list[str]:
        """The officers who hold it, where their office wants them to be named."""
        naming = {pk for pk, agency in self._agencies.items() if agency.names_officers and pk in self._handling}
        return self._names({held.person for held in self._open if held.agency in naming})

    @cached_property
    def advisers(self) -> list[str]:
        """The adviser who has taken her case: she is being advised by this person, so she may know the name."""
        return self._names({held.person for held in self._open if held.agency is None and held.holder == OUTSIDE})

    @property
    def is_late(self) -> bool:
        """Whether the promised day has passed; while she is asked, it stands still."""
        promised = self.case.promised_on
        if self.waits_for_her or self.her_turn is not None:
            return False
        return self.case.is_undecided and promised is not None and promised < self.today

    @property
    def put_offs(self) -> list[PutOff]:
        """Each time the promise that stands was put off, the oldest first; not the one about the first reading."""
        return self._put_offs[-self.case.apologies :] if self.case.apologies else []

    @property
    def apology(self) -> str:
        """What somebody wrote to her when the day was put off last; empty where it went by itself."""
        return self._written(self.put_offs[-1]) if self.put_offs else ""

    @property
    def history(self) -> list[tuple[DayGiven, str]]:
        """How the day that stands came, the first promise first, each with what somebody wrote to her with it."""
        return [(given, self._written(given.put_off) if given.put_off else "") for given in self.days_given]

    def _written(self, put_off: PutOff) -> str:
        """Return the words to her; those that were erased since are missing."""
        return "\n\n".join(self._words[pk].body for pk in sorted(put_off.words) if pk in self._words)

    @cached_property
    def _words(self) -> dict[int, Passage]:
        written = [pk for put_off in self._put_offs for pk in put_off.words]
        return Passage.objects.in_bulk(written) if written else {}

    @property
    def holding_up(self) -> list[str]:
        """Which offices are late with their own part; the one that is late longest first."""
        late = [held for held in self._open if not held.waits_for_her and held.due < self.today]
        late.sort(key=lambda held: held.due)
        return [self._agencies[pk].name for pk in dict.fromkeys(held.agency for held in late) if pk is not None]

    @cached_property
    def _agencies(self) -> dict[int, Agency]:
        return Agency.objects.in_bulk({held.agency for held in self._ever.values() if held.agency})

    @cached_property
    def _handling(self) -> set[int | None]:
        parts = self.case.involvements.filter(part=Involvement.Part.HANDLES, agency__isnull=False)
        return set(parts.values_list("agency", flat=True))

    @cached_property
    def _speaking(self) -> set[int | None]:
        """Who handles it, and the body outside that has its part of it now: consulted offices do not speak with her."""
        handed = self.case.involvements.filter(part=Involvement.Part.RECEIVES, until__isnull=True)
        return self._handling | set(handed.values_list("agency", flat=True))

    @staticmethod
    def _names(people: set[int | None]) -> list[str]:
        known = [person for person in people if person is not None]
        return [user.full_name for user in User.objects.filter(pk__in=known).order_by("pk")] if known else []

    # --- the way ------------------------------------------------------------------------------------------

    @cached_property
    def path(self) -> list[PathStep]:
        """Return the steps done, the one being done, and those she may expect."""
        return list(self._steps())

    @property
    def place(self) -> tuple[int, int]:
        """Return the number of the step being done, and how many there are."""
        return sum(step.state != TO_COME for step in self.path), len(self.path)

    def _steps(self) -> Iterator[PathStep]:
        yield PathStep(_("You sent the case"), DONE, self.case.submitted_at)
        stages, going_on = self._without_returns(), {held.stage for held in self._open}
        for number, (code, opened) in enumerate(stages):
            stage = self.service.stage(code)
            last = number + 1 == len(stages)
            if stage is None or (last and self.case.state in CUT_SHORT):
                continue
            if self.case.is_moving and (code in going_on or (last and not going_on)):
                yield PathStep(stage.label, NOW, parts=self._parts(code))
            elif last and not self.case.is_moving:
                yield PathStep(stage.label, DONE, self.case.ended_at)
            else:
                followed = opened if last else stages[number + 1][1]
                yield PathStep(stage.label, DONE, max(followed, self._left.get(code, opened)))
        if self.case.state in CUT_SHORT:
            yield PathStep(CUT_SHORT[self.case.state], STOPPED, self.case.ended_at)
        if self.case.is_moving:
            codes = [stage.code for stage in self.service.stages]
            passed = {code for code, _opened in stages}
            reached = max((codes.index(code) for code in passed if code in codes), default=-1)
            for stage in self.service.stages[reached + 1 :]:
                if stage.usual:
                    yield PathStep(stage.label, TO_COME)

    def _parts(self, stage: str) -> tuple[Part, ...]:
        """Return what each office does in a step that goes on; nothing where only one works on it."""
        by_office: dict[int, list[Held]] = {}
        for held in self._held.values():
            if held.agency is not None and held.stage == stage:
                by_office.setdefault(held.agency, []).append(held)
        if len(by_office) < 2:
            return ()
        return tuple(self._part(self._agencies[agency], items) for agency, items in by_office.items())

    def _part(self, office: Agency, items: list[Held]) -> Part:
        still = [held for held in items if held.is_open]
        if not still:
            return Part(office, _("Finished"), "jade")
        if any(held.waits_for_her for held in still):
            return Part(office, _("Waits for you"), "amber")
        # One day alone is hers, the promised one: an office is late towards her when that has passed, not before.
        if self.is_late and max(held.due for held in still) < self.today:
            return Part(office, _("Late"), "brick")
        return Part(office, _("Being done"), "sky")

    def _without_returns(self) -> list[tuple[str, datetime]]:
        """Return each stage once: a case that goes back walks the same step again."""
        walked: list[tuple[str, datetime]] = []
        for code, opened in self._stages:
            seen = [place for place, (earlier, _at) in enumerate(walked) if earlier == code]
            if seen:
                del walked[seen[0] + 1 :]
            else:
                walked.append((code, opened))
        return walked


def where_is(case: Case) -> Whereabouts:
    """Return where a filed case is today."""
    return Whereabouts(case, today=timezone.localdate())


def _handed_on(event: TimelineEvent) -> Iterator[Mapping[str, Any]]:
    """Yield the items that an event says somebody else has now, or that go on, as they are from then on."""
    facts = event.facts
    for name in ("assigned", "reassigned", "released", "resumed"):
        said = facts.get(name, [])
        yield from (each for each in (said if isinstance(said, list) else [said]) if isinstance(each, Mapping))
    if event.verb == "item_taken_over":
        yield from facts.get("read_by", [])[:1]


def _day(text: str) -> date:
    return date.fromisoformat(text)
