"""Which event of a case calls for which slip: told from the timeline alone, so that it is the same at any time."""

from collections.abc import Sequence

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from cases.models import CaseState, Slip, TimelineEvent

Kind = Slip.Kind

# Verbs that always call for the same slip.
_BY_VERB: dict[str, Kind] = {
    "case_submitted": Kind.RECEIPT,
    "information_requested": Kind.SUPPLEMENT,
    "promise_moved": Kind.APOLOGY,
    "case_withdrawn": Kind.STOPPED,
    "case_expired": Kind.STOPPED,
}
_DECIDED = "decision_made"
# With one of these the case ends, and how it was handled can be told.
_ENDING_VERBS = ("case_withdrawn", "case_expired")
_ENDING_STATES = (CaseState.CLOSED.value, CaseState.NOT_ACCEPTED.value)


def calling(events: QuerySet[TimelineEvent]) -> QuerySet[TimelineEvent]:
    """Return those of the events that call for a slip, oldest first, each with what its words need.

    Of decisions these are the one with which a case is accepted, those that give her another day, the refusal to
    take a case, and the one with which a case ends.
    """
    before = TimelineEvent.objects.filter(case=OuterRef("case"), position=OuterRef("position") - 1)
    with_facts = events.annotate(
        state_now=_fact("state"),
        promised_now=_fact("promised_on"),
        state_before=Subquery(before.values(told=_fact("state"))[:1]),
        promised_before=Subquery(before.values(told=_fact("promised_on"))[:1]),
    )
    moved = Q(promised_before__isnull=True) | ~Q(promised_now=F("promised_before"))
    another_day = Q(promised_now__isnull=False) & moved
    new_promise = Q(state_now=CaseState.IN_REVIEW) & (Q(state_before=CaseState.SUBMITTED) | another_day)
    control = Q(state_now=CaseState.CLOSED, case__sealed=False)
    decided = Q(verb=_DECIDED) & (new_promise | Q(state_now=CaseState.NOT_ACCEPTED) | control)
    return (
        with_facts.filter(Q(verb__in=_BY_VERB) | decided)
        .select_related("agency", "on_behalf_of", "case__desk", "case__enterprise", "case__commune", "case__answers")
        .order_by("pk")
    )


def _fact(name: str) -> Cast:
    return Cast(KeyTextTransform(name, "facts"), CharField())


def kinds_of(event: TimelineEvent) -> Sequence[Kind]:
    """Return the slips that an event out of `calling` calls for; of a sealed case nobody reads how it was handled."""
    state = event.facts.get("state", "")
    kinds = [_BY_VERB[event.verb]] if event.verb in _BY_VERB else []
    if event.verb == _DECIDED and state == CaseState.IN_REVIEW:
        kinds.append(Kind.RECEIPT)
    if event.verb == _DECIDED and state == CaseState.NOT_ACCEPTED:
        kinds.append(Kind.NOT_ACCEPTED)
    ends = event.verb in _ENDING_VERBS or (event.verb == _DECIDED and state in _ENDING_STATES)
    if ends and not event.case.sealed:
        kinds.append(Kind.CONTROL)
    return kinds
