"""What is told of a case to whoever knows its code, and to whoever also knows the end of her phone.

The code alone tells nothing that depends on the service or on the branch the case took: that is why the stages of the
service are not shown. The end of her phone adds which office has the case now, and that can tell the branch. Whether a
case is sealed shows in neither: in the same public state, at the same office, two cases read the same.
"""

from dataclasses import dataclass
from datetime import date
from hmac import compare_digest

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseState
from cases.models.case import read_code
from cases.queries.mine import open_request
from cases.queries.promise import PutOff
from cases.queries.whereabouts import DONE, NOW, STOPPED, TO_COME, PathStep, where_is

Words = str | Promise

DIGITS = 4
# Compared with when there is no such case, so that it takes as long.
NOBODY = "\0" * DIGITS

LADDER: tuple[Words, ...] = (_("Sent"), _("Read and received"), _("Handled"), _("Result handed over"))
# How many rungs are done, and the one sentence.
STANDING: dict[str, tuple[int, Words]] = {
    CaseState.SUBMITTED: (1, _("The case is being read")),
    CaseState.IN_REVIEW: (2, _("The case is being handled")),
    CaseState.DECIDED: (3, _("There is a result")),
    CaseState.CLOSED: (4, _("The case is done")),
    CaseState.WITHDRAWN: (1, _("The case was taken back")),
    CaseState.EXPIRED: (1, _("The case was closed because papers did not come in time. This is no refusal.")),
    CaseState.NOT_ACCEPTED: (1, _("The case could not be accepted")),
}
# What is left for her to do, told only with the end of her phone.
NEXT: dict[str, Words] = {
    CaseState.SUBMITTED: _("Nothing to do for you just now. We write if something is missing."),
    CaseState.IN_REVIEW: _("Nothing to do for you just now. We write if something is missing."),
    CaseState.DECIDED: _("Sign in to read the result."),
    CaseState.CLOSED: _("Sign in to read the result again, and to tell us whether it helped."),
    CaseState.WITHDRAWN: _("Sign in to send it again with one button."),
    CaseState.EXPIRED: _("Sign in to send it again with one button."),
    CaseState.NOT_ACCEPTED: _("Sign in to read why, and what you can do."),
}


@dataclass(frozen=True)
class HowFar:
    """How far a case is, and until when."""

    code: str
    headline: Words
    path: tuple[PathStep, ...]
    state: str
    promises: str
    promised_on: date | None
    stands_still: bool
    is_late: bool
    is_moving: bool
    # How often the day was put off, and whether those in charge know that the present one has passed: who that is
    # would tell whether the case is sealed.
    put_offs: tuple[PutOff, ...]
    is_known: bool


@dataclass(frozen=True)
class Nearer:
    """Which office has it, and what is left for her to do."""

    offices: tuple[str, ...]
    next_thing: Words
    answer_by: date | None


def find(text: str) -> Case | None:
    """Return the case of a code, however it was typed. Drafts have none."""
    # A code that cannot be one is looked for all the same: it takes as long to say no.
    return Case.objects.select_related("applicant").filter(code=read_code(text) or "-").first()


def belongs_to(case: Case | None, digits: str) -> bool:
    """Return whether these are the last digits of her phone."""
    end = case.applicant.phone[-DIGITS:] if case is not None else NOBODY
    given = "".join(sign for sign in digits if sign in "0123456789")
    return compare_digest(end.encode(), given.encode()) and case is not None


def how_far(case: Case) -> HowFar:
    """Return what the code alone tells."""
    done, headline = STANDING[case.state]
    where = where_is(case)
    undecided = case.is_undecided
    return HowFar(
        code=case.code or "",
        headline=headline,
        path=tuple(_ladder(case, done)),
        state=case.state,
        promises=case.promises,
        promised_on=case.promised_on if undecided else None,
        stands_still=undecided and (where.waits_for_her or where.her_turn is not None),
        is_late=where.is_late,
        is_moving=case.is_moving,
        put_offs=tuple(where.put_offs) if undecided else (),
        is_known=where.missed_at is not None,
    )


def nearer(case: Case) -> Nearer:
    """Return what the end of her phone adds: no name, no word of hers or of ours."""
    asked, where = open_request(case), where_is(case)
    return Nearer(
        offices=tuple(office.name for office in where.answering) if case.is_moving else (),
        next_thing=_next_thing(case, is_asked=asked is not None, is_her_turn=where.her_turn is not None),
        answer_by=asked.answer_by if asked else where.her_turn.due if where.her_turn else None,
    )


def _next_thing(case: Case, *, is_asked: bool, is_her_turn: bool) -> Words:
    if is_asked:
        return _("We need something from you. Sign in to read what, and to answer.")
    return _("It is your turn. Sign in to read what is to be done.") if is_her_turn else NEXT[case.state]


def _ladder(case: Case, done: int) -> list[PathStep]:
    steps = [PathStep(words, DONE) for words in LADDER[:done]]
    if case.is_moving:
        steps += [PathStep(words, NOW if number == 0 else TO_COME) for number, words in enumerate(LADDER[done:])]
    elif case.state != CaseState.CLOSED:
        steps.append(PathStep(STANDING[case.state][1], STOPPED))
    return steps
