"""What is asked after a case is closed: what she says to it, and the worker's word to her that it is time."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import policy
from cases.models import Agency, Case, CaseState, FollowUp, Passage, Role, TimelineEvent, User
from cases.models.many import Each, insert_many
from cases.models.timeline import next_event
from cases.policy import WrongState
from cases.services import service_of
from cases.signals import events_recorded
from workflows.actions.reviewing import NotAChoice
from workflows.conflicts import Repeated
from workflows.moving import moving
from workflows.queries.following import ANSWERED, DUE, union_of
from workflows.step import Step

BATCH = 200
_WRITTEN = ("event_count", "chain_head", "chain_seal")
_OF_AN_EVENT = ("case_id", "position", "verb", "facts", "at", "key_id", "mac")


def answer_follow_up(
    follow_up: FollowUp, *, actor: User, answer: str, words: str = "", key: UUID, at: datetime
) -> FollowUp:
    """Write down how it goes: she herself, or an officer of the Union on her behalf, who asked her by phone.

    An answer may change what came of the case: a loan that was granted has reached her.
    """
    try:
        with moving(follow_up.case, ANSWERED, actor=actor, key=key, at=at, also=("applicant",)) as step:
            case = step.case
            policy.require(actor, "follow_up", case, is_shut=False)
            row = FollowUp.objects.select_related("answered_by").get(pk=follow_up.pk, case=case)
            _require_its_time(row, case, at)
            said = service_of(case).follow_up_answer(answer)
            if said is None:
                raise NotAChoice(_("Choose one of the answers."))
            if actor.pk != case.applicant_id:
                step.on_behalf_of, step.agency_id = case.applicant, union_of(actor, case)
            elif said.wants_help:
                # Where an officer writes it down they have just spoken with each other.
                step.facts["read_by"] = [_the_union(step)]
            if case.outcome in said.makes:
                step.facts["outcome"] = {"was": case.outcome, "is": said.makes[case.outcome]}
                case.outcome = said.makes[case.outcome]
            passages = [step.write(Passage.Kind.REPLY, words.strip())] if words.strip() else []
            for passage in passages:
                passage.save(force_insert=True)
            row.answer, row.answered_by, row.answered_at = answer, actor, at
            row.words = passages[0] if passages else None
            row.save(update_fields=["answer", "answered_by", "answered_at", "words"])
            step.record(passages=passages, follow_up=row.pk, number=row.number, answer=answer)
            return row
    except Repeated as earlier:
        if earlier.event.facts["follow_up"] != follow_up.pk:
            raise WrongState(_("This form was already sent for another question.")) from earlier
        return FollowUp.objects.get(pk=earlier.event.facts["follow_up"])


def _require_its_time(row: FollowUp, case: Case, at: datetime) -> None:
    """Pass when the question may be answered now; who answered it, or when its day comes, is said otherwise."""
    if case.state != CaseState.CLOSED or case.sealed:
        raise WrongState(_("Nothing is asked about this request any more."))
    if row.answered_at is not None:
        when = timezone.localtime(row.answered_at)
        given = {"time": f"{when:%H:%M}", "day": f"{when:%d/%m/%Y}", "who": row.answered_by}
        raise WrongState(_("This was already answered at %(time)s on %(day)s by %(who)s.") % given)
    if row.due_on > timezone.localdate(at):
        raise not_yet(row)
    if row.overtaken_by(timezone.localdate(at)):
        raise WrongState(_("This was asked anew since. Please answer the newer question."))


def not_yet(row: FollowUp, *, way_back: str = "") -> WrongState:
    """Return why a question cannot be answered before its day."""
    words = _("This can be answered from %(day)s on.") % {"day": f"{row.due_on:%d/%m/%Y}"}
    return WrongState(words, way_back=way_back)


def _the_union(step: Step) -> dict[str, Any]:
    """Return who is to call her: the Union of her commune."""
    office = step.directory.agency("HPN", Agency.Level.COMMUNE, step.case)
    return {"item": None, "person": None, "agency": office.pk, "role": Role.OFFICER.value}


def follow_up(*, at: datetime, batch: int = BATCH) -> int:
    """Tell her that it is time to say how it goes, and once more after some days; return how many cases were told of.

    Safe to repeat, to kill, and to run twice at once.
    """
    told = 0
    while True:
        claimed, events = _one_batch(at, batch)
        told += events
        if claimed < batch:
            return told


def _one_batch(at: datetime, most: int) -> tuple[int, int]:
    """Tell of some cases in one transaction; return how many were claimed, and of how many something was said."""
    with transaction.atomic():
        waiting = FollowUp.objects.to_tell(at).values("case")
        # What somebody else has locked is his just now. On SQLite the transaction itself is the lock.
        claimed = list(
            Case.objects.filter(pk__in=waiting).order_by("pk").select_for_update(no_key=True, skip_locked=True)[:most]
        )
        # Read only now, under the lock: another worker may have been here since.
        rows: dict[int, list[FollowUp]] = defaultdict(list)
        for row in FollowUp.objects.to_tell(at).filter(case__in=[case.pk for case in claimed]).order_by("number"):
            rows[row.case_id].append(row)
        cases = [case for case in claimed if case.pk in rows]
        stood = {case.pk: case.event_count for case in cases}
        events = [_it_is_time(case, rows[case.pk], at) for case in cases]
        if events:
            _write(cases, stood, events, [row for of_case in rows.values() for row in of_case], at)
    return len(claimed), len(events)


def _it_is_time(case: Case, rows: list[FollowUp], at: datetime) -> TimelineEvent:
    facts = {
        "asked": [row.number for row in rows],
        "again": all(row.asked_at is not None for row in rows),
        "state": case.state,
        "stage": case.stage,
        "promised_on": case.promised_on,
        # Nothing opens or closes because time passes, least of all in a case that is over.
        "opened": [],
        "closed": [],
    }
    return next_event(case, verb=DUE, actor=None, at=at, facts=facts)


def _write(
    cases: list[Case], stood: dict[int, int], events: list[TimelineEvent], rows: list[FollowUp], at: datetime
) -> None:
    """Write everything at once, the events last; each row only as it was read."""
    first = [row.pk for row in rows if row.asked_at is None]
    again = [row.pk for row in rows if row.asked_at is not None]
    marked = FollowUp.objects.filter(pk__in=first, asked_at__isnull=True).update(asked_at=at) if first else 0
    if again:
        marked += FollowUp.objects.filter(pk__in=again, asked_again_at__isnull=True).update(asked_again_at=at)
    each = {name: Each.of(Case, name, {case.pk: getattr(case, name) for case in cases}) for name in _WRITTEN}
    as_read = Case.objects.filter(pk__in=list(stood), event_count=Each.of(Case, "event_count", stood))
    if marked != len(rows) or as_read.update(**each) != len(cases):
        raise OperationalError("a row was changed under the lock")
    written = [[getattr(event, name) for name in _OF_AN_EVENT] for event in events]
    for event, pk in zip(events, insert_many(TimelineEvent, _OF_AN_EVENT, written), strict=True):
        event.pk = pk
    events_recorded.send(sender=TimelineEvent, events=events)
