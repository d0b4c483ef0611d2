"""What a reviewer does: take a work item, give it back, conclude."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import (
    Absence,
    Answers,
    Case,
    CaseState,
    Decision,
    Involvement,
    Membership,
    Passage,
    Role,
    User,
)
from cases.policy import WrongState, shut_out_of
from cases.queries.directory import Directory
from cases.services import service_of
from cases.services.base import SupportService, Words
from workflows import promised
from workflows.actions.handing import require_shown, settle
from workflows.asks import (
    HER_REASONS,
    PLAIN_REASONS,
    RETURN_REASONS,
    Amount,
    Checklist,
    Enter,
    Flags,
    Option,
    PickExpert,
    PickPlace,
    SealedChoice,
)
from workflows.conditions import deciders_key, verdict_key
from workflows.conflicts import Repeated
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.moving import moving
from workflows.queries.entering import came_on, field_for, typed_as
from workflows.queries.routing import chosen_so_far, earlier_key, suggested
from workflows.step import MAY_READ, Step

# What she must be told at least when we cannot help (domain 2.1).
SHORTEST_REFUSAL = 30


class NotAChoice(WrongState):
    """The verdict, the reason or a detail is none that this step offers."""


def claim(item: WorkItem, *, reviewer: User, key: UUID, at: datetime) -> WorkItem:
    """Take a work item of one's office into one's own hands."""
    return _hand(item, "claim", "item_claimed", reviewer=reviewer, key=key, at=at)


def release(item: WorkItem, *, reviewer: User, key: UUID, at: datetime) -> WorkItem:
    """Give a work item back to one's office."""
    return _hand(item, "release", "item_released", reviewer=reviewer, key=key, at=at)


def decide(
    item: WorkItem,
    *,
    reviewer: User,
    verdict: str,
    reason_code: str,
    reason: str = "",
    answer: str = "",
    details: Mapping[str, Any] | None = None,
    sealed: str = "",
    seen_version: int | None = None,
    key: UUID,
    at: datetime,
) -> Decision:
    """Record a reviewer's conclusion on one stage and let the case move on.

    `reason` is for colleagues, `answer` are the words to her, `details` what the step asks beside the
    verdict, `sealed` the sealed choice. Raises NotFoundForYou, WrongState, NotAChoice.
    """
    try:
        with moving(item, "decision_made", actor=reviewer, key=key, at=at, also=("answers",)) as step:
            step.require("decide")
            step.require_unchanged(seen_version)
            option = _option(step, verdict, reason_code, answer)
            require_shown(step, option, details or {})
            chosen = _chosen(step, verdict, details or {}, sealed, reason)
            passages = {
                kind: step.write(kind, body, name=name)
                for kind, body, name in (
                    (Passage.Kind.REASON, reason, ""),
                    (Passage.Kind.ANSWER, answer, ""),
                    (Passage.Kind.SEALED, sealed, "help_kind"),
                )
                if body
            }
            Passage.objects.bulk_create(passages.values())
            decision = Decision(
                case=step.case,
                node=step.item.node,
                token=step.item.token,
                verdict=verdict,
                reason_code=reason_code,
                reason=passages.get(Passage.Kind.REASON),
                answer=passages.get(Passage.Kind.ANSWER),
                reviewer=reviewer,
                agency_id=step.item.agency_id,
                details=chosen,
                decided_at=at,
            )
            decision.save(force_insert=True)
            step.close(decision)
            says_it_again = step.case.facts.get(verdict_key(step.item.node)) == verdict
            keep(step, option, decision, chosen)
            settle(step, option)
            if option.at_once:
                step.facts["read_at_once"] = True
            if option.at_once and step.human.promises is not None and not (option.goes_on and says_it_again):
                promised.keep(step.case, at=at)
                step.facts["keeps_promise"] = True
            if sealed:
                _seal(step)
            step.advance()
            if option.returns and step.human.named:
                Involvement.objects.filter(case=step.case, person=reviewer, until__isnull=True).update(until=at)
            step.record(
                passages=list(passages.values()),
                verdict=verdict,
                reason_code=reason_code,
                decision=decision.pk,
                details=chosen,
            )
            return decision
    except Repeated as earlier:
        return Decision.objects.get(pk=earlier.event.facts["decision"])


def is_offered(option: Option, item: WorkItem) -> bool:
    """Return whether whoever has the item now can conclude so: she herself, or the desk that took her step over."""
    is_hers = item.holder == WorkItem.Holder.APPLICANT
    return not (option.hers and not is_hers) and not (option.desks and is_hers)


def reasons_for(option: Option, service: SupportService, node: str) -> tuple[tuple[str, Words], ...]:
    """Return the reasons that a conclusion of this kind can have at this step, as (code, words)."""
    if option.refuses:
        return tuple((reason.code, reason.label) for reason in service.reasons_at(node))
    if option.hers:
        return HER_REASONS
    return RETURN_REASONS if option.returns else PLAIN_REASONS


def advisers(case: Case, ask: PickExpert, offices: Directory) -> QuerySet[User]:
    """Return the listed advisers who may take this case and are there to do it."""
    return listed_advisers(case, ask, offices).exclude(pk__in=Absence.objects.today().values("person"))


def listed_advisers(case: Case, ask: PickExpert, offices: Directory) -> QuerySet[User]:
    """Return the listed advisers who may take this case: not its applicant, nobody who declined it or is too near."""
    declining = Q(pk__in=())
    for node, human in graph_for(case.service, case.version).human_steps.items():
        if human.named == ask.name:
            declining |= Q(node=node, verdict__in=[option.verdict for option in human.options if option.returns])
    declined = Decision.objects.filter(declining, case=case).values("reviewer")
    listed = Membership.objects.today().filter(
        agency=offices.agency(ask.place.kind, ask.place.level, case), role=Role.EXPERT
    )
    return (
        User.objects.filter(~shut_out_of(case), memberships__in=listed)
        .exclude(Q(pk__in=declined) | Q(pk=case.applicant_id))
        .order_by("full_name", "pk")
    )


def ceiling(case: Case, ask: Amount, *, at: datetime) -> int:
    """Return the most that can still be granted to this applicant this year, in đồng.

    The lower of the share of the fee and of the yearly ceiling less what was proposed last for each other case
    of hers this year (Decree 55/2019 Art. 9 [V1]); 0 where the business is not a small or medium enterprise.
    """
    if case.sme_class not in ask.ceilings:
        return 0
    percent, yearly = ask.ceilings[case.sme_class]
    concluded_anew = Decision.objects.filter(case=OuterRef("case"), node=OuterRef("node"), pk__gt=OuterRef("pk"))
    granted = (
        Decision.objects.filter(
            ~Exists(concluded_anew),
            case__applicant_id=case.applicant_id,
            verdict="propose",
            decided_at__year=timezone.localdate(at).year,
        )
        .exclude(case=case)
        .exclude(case__state__in=(CaseState.WITHDRAWN, CaseState.EXPIRED))
        .order_by()
        .values("case__applicant")
        .annotate(total=Sum(Cast(KeyTextTransform(ask.name, "details"), BigIntegerField())))
        .values("total")
    )
    answers = Answers.objects.annotate(granted=Subquery(granted)).get(case=case)
    fee = answers.data.get(ask.fee_field) or 0
    return max(0, min(int(fee) * percent // 100, yearly - (answers.granted or 0)))


def _hand(item: WorkItem, action: str, verb: str, *, reviewer: User, key: UUID, at: datetime) -> WorkItem:
    """Give a work item to the reviewer, or back to the office.

    The approver of an office can do both with what an officer holds, so that nobody's absence keeps a case. A
    sealed case is never given back to the whole office: its approver takes it over by name.
    """
    try:
        with moving(item, verb, actor=reviewer, key=key, at=at) as step:
            step.require(action)
            step.require_open()
            takes_over = step.case.sealed and action == "claim"
            if step.human.named or (step.case.sealed and not takes_over):
                raise WrongState(_("This work item is held by name and stays with its holder."))
            if action == "claim" and not takes_over:
                step.require_unheld()
            if takes_over:
                Involvement.objects.bulk_create(
                    [Involvement(case=step.case, person=reviewer, part=step.human.part, since=at)],
                    ignore_conflicts=True,
                )
            holder = reviewer if action == "claim" else None
            WorkItem.objects.filter(pk=step.item.pk).update(assignee=holder, version=F("version") + 1)
            step.record(item=step.item.pk, held_before=step.item.assignee_id)
    except Repeated:
        pass
    item.refresh_from_db()
    return item


def _option(step: Step, verdict: str, reason_code: str, answer: str) -> Option:
    """Return the option of this verdict, checked for the reason and the words it needs."""
    option = step.human.option(verdict)
    if option is None or not is_offered(option, step.item):
        raise NotAChoice(_("This step does not offer that conclusion."))
    if (option.answers and not answer.strip()) or (option.refuses and len(answer.strip()) < SHORTEST_REFUSAL):
        raise NotAChoice(_("Words to her are missing, or too short to understand."))
    if reason_code not in {code for code, _words in reasons_for(option, service_of(step.case), step.item.node)}:
        raise NotAChoice(_("This step does not offer that reason."))
    return option


def _chosen(step: Step, verdict: str, details: Mapping[str, Any], sealed: str, reason: str) -> dict[str, Any]:
    """Return the details this verdict asks for, refusing what is none of its choices."""
    chosen: dict[str, Any] = {}
    asks = step.human.asked_with(verdict)
    if sealed and not any(isinstance(ask, SealedChoice) for ask in asks):
        raise NotAChoice(_("Nothing is sealed with this conclusion."))
    for ask in asks:
        match ask:
            case Flags():
                chosen |= {name: bool(details.get(name)) for name, _label in ask.choices}
            case PickExpert():
                if ask.place.kind not in step.case.facts.get(MAY_READ, ()):
                    raise NotAChoice(_("She has not allowed this case to be handed to an adviser."))
                expert = advisers(step.case, ask, step.directory).filter(pk=details.get(ask.name) or 0).first()
                if expert is None:
                    raise NotAChoice(_("Choose an adviser from the list."))
                chosen[ask.name] = expert.pk
            case Amount():
                chosen[ask.name] = int(details.get(ask.name) or 0)
                if chosen[ask.name] <= 0 or chosen[ask.name] > ceiling(step.case, ask, at=step.at):
                    raise NotAChoice(_("The amount is above the yearly ceiling."))
            case SealedChoice():
                if sealed not in {code for code, _label in ask.choices}:
                    raise NotAChoice(_("Choose the kind of help."))
            case Enter():
                chosen[ask.name] = _entered(ask, details.get(ask.name), step)
            case Checklist():
                if set(details.get(ask.name) or ()) != {code for code, _label in ask.choices}:
                    raise NotAChoice(_("Every line must be ticked."))
                chosen[ask.name] = [code for code, _label in ask.choices]
            case PickPlace():
                chosen |= _picked(step, ask, str(details.get(ask.name) or ""), reason)
            case _:
                chosen[ask.name] = details.get(ask.name) or None
    return chosen


def _entered(ask: Enter, value: Any, step: Step) -> Any:
    """Return what was entered, read by the very field that the form shows."""
    try:
        field = field_for(ask, since=came_on(step.case), on=step.today)
        entered = field.clean(typed_as(ask, value))
    except ValidationError as error:
        raise NotAChoice(error.messages[0]) from error
    if entered in (None, ""):
        raise NotAChoice(_("Something of the result is missing."))
    return entered


def _picked(step: Step, ask: PickPlace, kind: str, reason: str) -> dict[str, Any]:
    """Return which body gets the case, and what the table suggested; another one needs a reason in words."""
    offered, case, on, version = {code for code, _label in ask.choices}, step.case, step.today, step.reference_version
    had = chosen_so_far(ask.name, case.facts)
    if kind not in offered:
        raise NotAChoice(_("Choose who gets the case."))
    fits = suggested(case.service, ask.name, case.answers.data, on=on, version=version, without=had)
    # A table that names a body which this step does not offer says nothing here.
    fits = fits if fits is not None and fits.kind in offered else None
    if fits is not None and kind != fits.kind and not reason.strip():
        raise NotAChoice(_("Say in words why another body fits better."))
    return {
        ask.name: kind,
        f"{ask.name}_suggested": fits.kind if fits else "",
        f"{ask.name}_rule": fits.rule if fits else None,
    }


def keep(step: Step, option: Option, decision: Decision, chosen: Mapping[str, Any]) -> None:
    """Keep among the case's facts what the route and later readers need of this decision."""
    node, facts = step.item.node, step.case.facts
    facts[verdict_key(node)] = option.verdict
    # Whoever decided, and whoever it was decided for: neither judges it later, nor lends anybody the right to.
    deciders = {decision.reviewer_id, *([step.on_behalf_of.pk] if step.on_behalf_of else [])}
    facts[deciders_key(node)] = sorted({*facts.get(deciders_key(node), []), *deciders})
    for ask in step.human.asked_with(option.verdict):
        if isinstance(ask, PickPlace) and (had := chosen_so_far(ask.name, facts) - {chosen[ask.name]}):
            facts[earlier_key(ask.name)] = sorted(had)
    facts.update({name: value for name, value in chosen.items() if name in step.human.declared_facts()})
    answers = {stage: entry for stage, entry in facts.get("answers", {}).items() if entry[0] != node}
    if decision.answer_id is not None and step.human.speaks_to_her:
        answers[step.human.stage] = [node, decision.answer_id]
    facts["answers"] = answers


def _seal(step: Step) -> None:
    """Seal the case: from here on it is read by name only, and the offices that saw it no longer do."""
    assert step.actor is not None
    step.case.sealed = True
    Involvement.objects.filter(case=step.case, until__isnull=True).exclude(agency=step.item.agency_id).update(
        until=step.at
    )
