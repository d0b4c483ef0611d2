"""What an applicant sees of her own case: where it is, what is done, who read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import AccessRecord, Agency, Case, CaseState, InformationRequest, Membership, Outcome, Passage, User
from cases.services import service_of
from cases.services.base import Reason

Words = str | Promise

DONE, NOW, TO_COME = "done", "now", "to_come"

# The tag of a case in her list: word and colour. Waiting for her comes before all others.
TAGS: dict[str, tuple[Words, str]] = {
    CaseState.DRAFT: (_("Draft"), ""),
    CaseState.SUBMITTED: (_("Sent"), "sky"),
    CaseState.IN_REVIEW: (_("Being handled"), "sky"),
    CaseState.DECIDED: (_("There is a result"), "plum"),
    CaseState.CLOSED: (_("Done"), "jade"),
    CaseState.WITHDRAWN: (_("Withdrawn"), ""),
    CaseState.EXPIRED: (_("Time to add papers is over"), ""),
    CaseState.NOT_ACCEPTED: (_("Not accepted"), ""),
}
HER_TURN: tuple[Words, str] = (_("Waiting for your answer"), "amber")

# The sentence at the top of a case that has ended.
ENDINGS: dict[str, Words] = {
    CaseState.CLOSED: _("Your case is done"),
    CaseState.WITHDRAWN: _("You took this case back"),
    CaseState.EXPIRED: _("The case was closed because the papers did not come in time. This is no refusal"),
    CaseState.NOT_ACCEPTED: _("We could not accept your case this time"),
}
# The last step of a case that ended before the step it was at was done.
CUT_SHORT: dict[str, Words] = {
    CaseState.WITHDRAWN: _("You took this case back"),
    CaseState.EXPIRED: _("Time to add papers is over"),
}


@dataclass(frozen=True)
class PathStep:
    """One step on the path that she sees."""

    label: Words
    state: str
    at: datetime | None = None

    @property
    def word(self) -> Words:
        """The hidden word that says what the dot's colour says."""
        return {DONE: _("Done:"), NOW: _("Being done:"), TO_COME: _("To come:")}[self.state]


@dataclass(frozen=True)
class CaseLine:
    """One case in her list."""

    case: Case
    title: Words
    tag: Words
    colour: str
    her_turn: bool


@dataclass(frozen=True)
class Reading:
    """One reading of her case by somebody of an office."""

    at: datetime
    who: str
    part: str


@dataclass(frozen=True)
class Refusal:
    """Why something could not be given; `whole` unless it is the fee alone of a case that was advised."""

    reason: Reason
    whole: bool


def cases_of(applicant: User) -> list[CaseLine]:
    """Return her cases: those that wait for her first, then the newest."""
    asked = set(
        InformationRequest.objects.filter(case__applicant=applicant, ending=InformationRequest.Ending.OPEN).values_list(
            "case_id", flat=True
        )
    )
    lines = [_line(case, case.pk in asked) for case in Case.objects.filter(applicant=applicant)]
    return sorted(lines, key=lambda line: (not line.her_turn, -line.case.created_at.timestamp()))


def _line(case: Case, her_turn: bool) -> CaseLine:
    tag, colour = HER_TURN if her_turn else TAGS[case.state]
    return CaseLine(case, service_of(case).title, tag, colour, her_turn)


def open_request(case: Case) -> InformationRequest | None:
    """Return what we are asking her just now."""
    return (
        case.information_requests.filter(ending=InformationRequest.Ending.OPEN)
        .select_related("question", "agency")
        .first()
    )


class Whereabouts:
    """Where a filed case is: read once from its story, in her words."""

    def __init__(self, case: Case, *, today: date) -> None:
        self.case = case
        self.service = service_of(case)
        self.today = today
        self._stages: list[tuple[str, datetime]] = []
        self._open: dict[int, int | None] = {}
        self.updated_at: datetime | None = None
        for event in case.events.order_by("position"):
            self.updated_at = event.at
            for item in event.facts.get("closed", []):
                self._open.pop(item["item"], None)
            for item in event.facts.get("opened", []):
                self._open[item["item"]] = item["agency"]
                if not self._stages or self._stages[-1][0] != item["stage"]:
                    self._stages.append((item["stage"], event.at))

    @property
    def headline(self) -> Words:
        """One sentence: who does what."""
        if self.case.state in ENDINGS:
            return ENDINGS[self.case.state]
        stage = self.service.stage(self.case.stage)
        return stage.doing if stage else TAGS[self.case.state][0]

    @property
    def offices(self) -> list[Agency]:
        """Where the case lies just now."""
        return list(Agency.objects.filter(pk__in=[agency for agency in self._open.values() if agency]))

    @property
    def days_late(self) -> int:
        """By how many days the promised date has passed."""
        promised = self.case.promised_on
        late = self.case.is_undecided and promised is not None and promised < self.today
        return (self.today - promised).days if late and promised is not None else 0

    @property
    def path(self) -> list[PathStep]:
        """Return the steps done, the one being done, and those she may expect."""
        return list(self._steps())

    @property
    def place(self) -> tuple[int, int]:
        """Return the number of the step being done, and how many there are."""
        steps = self.path
        return sum(step.state != TO_COME for step in steps), len(steps)

    def _steps(self) -> Iterator[PathStep]:
        yield PathStep(_("You sent the case"), DONE, self.case.submitted_at)
        stages = self._without_returns()
        for number, (code, _opened) in enumerate(stages):
            stage = self.service.stage(code)
            last = number + 1 == len(stages)
            if stage is None or (last and self.case.state in CUT_SHORT):
                continue
            if last and self.case.is_moving:
                yield PathStep(stage.label, NOW)
            else:
                yield PathStep(stage.label, DONE, self.case.ended_at if last else stages[number + 1][1])
        if self.case.state in CUT_SHORT:
            yield PathStep(CUT_SHORT[self.case.state], DONE, self.case.ended_at)
        if self.case.is_moving:
            codes = [stage.code for stage in self.service.stages]
            passed = {code for code, _opened in stages}
            reached = max((codes.index(code) for code in passed if code in codes), default=-1)
            for stage in self.service.stages[reached + 1 :]:
                if stage.usual:
                    yield PathStep(stage.label, TO_COME)

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


def result_of(case: Case) -> list[str]:
    """Return the words she is given as the result, once there is one."""
    passages = Passage.objects.in_bulk(case.released_answers)
    return [passages[pk].body for pk in case.released_answers if pk in passages]


def refusal_of(case: Case) -> Refusal | None:
    """Return why it, or the support with the fee, could not be given, and what she can do next.

    A refusal counts while the words written with it are part of her result: one that was returned does not.
    """
    service = service_of(case)
    decision = (
        case.decisions.filter(
            reason_code__in=[reason.code for reason in service.refusal_reasons], answer__in=case.released_answers
        )
        .order_by("-decided_at", "-pk")
        .first()
    )
    reason = service.reason(decision.reason_code) if decision else None
    if reason is None:
        return None
    return Refusal(reason, case.state == CaseState.NOT_ACCEPTED or case.outcome == Outcome.REFUSED)


def readings_of(case: Case) -> list[Reading]:
    """Return who opened her case, newest first, by the name of the office."""
    records: QuerySet[AccessRecord] = case.access_records.exclude(person=case.applicant_id)
    newest = list(records.select_related("person")[:50])
    offices: dict[int, str] = {}
    for membership in Membership.objects.filter(user__in={record.person_id for record in newest}).select_related(
        "agency"
    ):
        offices.setdefault(membership.user_id, membership.agency.name)
    return [
        Reading(record.at, offices.get(record.person_id, str(record.person)), record.get_part_display())
        for record in newest
    ]


def where_is(case: Case) -> Whereabouts:
    """Return where a filed case is today."""
    return Whereabouts(case, today=timezone.localdate())
