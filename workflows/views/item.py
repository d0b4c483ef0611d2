"""One work item as a reviewer reads it: the gate, what she may do, and everything the page shows."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases import policy
from cases.forms.filing import Shown, shown_answers
from cases.models import Case, Decision, Document, Enterprise, Involvement, Passage, User
from cases.models.people import Role
from cases.policy import Standing
from cases.queries.directory import reference_version
from cases.queries.naming import name_of, place_of
from cases.services import common, service_of
from cases.services.base import Words
from cases.services.fields import thousands
from cases.views.own import reader
from workflows.conditions import deciders_key
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.nodes import Amount, Flags, HumanStep, PickExpert, SealedChoice
from workflows.queries.due import due_tag
from workflows.queries.rulebook import rulebook
from workflows.queries.said import reason_words
from workflows.queries.story import lines_of

# A number of hers of which colleagues see only the end.
MASKED = ("personal_id",)
_SHOWN_DIGITS = 3
# Pages that every service asks; a reviewer reads them after the matter itself.
ASKED_OF_EVERYBODY = frozenset(
    page.slug
    for page in (
        common.ABOUT_YOU,
        common.BUSINESS,
        common.STAFF_AND_MONEY,
        common.HOLDERS,
        common.PROVINCE,
        common.COMMUNE,
        common.PRIORITY,
    )
)


def find_item(user: User, pk: int) -> WorkItem:
    """Return a work item this person may read: the case is visible to her, and she holds it or works where it is."""
    item = (
        WorkItem.objects.select_related(
            "case__applicant",
            "case__commune",
            "case__enterprise",
            "case__answers",
            "agency",
            "assignee",
            "finished_by",
            "request",
        )
        .filter(pk=pk, case__in=policy.visible_cases(user))
        .exclude(case__applicant=user)
        .first()
    )
    if item is None:
        raise policy.NotFoundForYou
    works_there = item.agency_id in {agency for agency, role in policy.standing(user) if role in policy.WORKING_ROLES}
    if item.assignee_id != user.pk and not works_there:
        raise policy.NotFoundForYou
    return item


def step_of(item: WorkItem) -> HumanStep:
    """Return what the flow says about a work item's step."""
    return graph_for(item.case.service, item.case.version).human(item.node)


def barred(item: WorkItem) -> set[int]:
    """Return who must not decide this step, because they decided what it judges."""
    facts = item.case.facts
    return {person for node in step_of(item).not_by for person in facts.get(deciders_key(node), [])}


def may(user: User, action: str, item: WorkItem, *, held: Collection[Standing] | None = None) -> bool:
    """Return whether the rule book lets this person do this to the work item."""
    return policy.can(
        user,
        action,
        item.case,
        agency_id=item.agency_id,
        role=step_of(item).role,
        assignee_id=item.assignee_id,
        barred=barred(item),
        held=held,
    )


def why_not(user: User, item: WorkItem, *, held: Collection[Standing]) -> str:
    """Return in one sentence why this person cannot decide now; empty when she can."""
    if item.finished_at is not None:
        if item.finished_by is None:
            return _("This work item is closed.")
        return _("%(who)s handled this work item at %(time)s.") % {
            "who": item.finished_by,
            "time": date_format(timezone.localtime(item.finished_at), "H:i d/m/Y"),
        }
    if item.status == WorkItem.Status.WAITING and item.request is not None:
        return _("The applicant was asked and answers by %(day)s. The due date stands still.") % {
            "day": date_format(item.request.answer_by, "d/m/Y")
        }
    if user.pk in barred(item):
        return _("Who drafts does not approve. Somebody else must approve this.")
    if item.assignee_id is not None and item.assignee_id != user.pk:
        return _("%(who)s holds this work item.") % {"who": item.assignee}
    if not may(user, "decide", item, held=held):
        return _("This step is for the %(role)s of the office.") % {"role": Role(step_of(item).role).label}
    return ""


def may_ask(item: WorkItem) -> bool:
    """Return whether she can still be asked from this step."""
    return (
        item.case.is_undecided
        and step_of(item).may_ask
        and not item.case.information_requests.filter(ending="open").exists()
    )


def sealed_here(user: User, item: WorkItem) -> list[Passage]:
    """Return the sealed passages of the case that this person may open on this work item."""
    names = step_of(item).unseals
    if not names or not item.is_open or not may(user, "read_sealed", item):
        return []
    return list(item.case.passages.filter(kind=Passage.Kind.SEALED, name__in=names).defer("body").order_by("pk"))


def page_of(request: HttpRequest, item: WorkItem, *, at: datetime) -> dict[str, Any]:
    """Return everything that the page of a work item shows, whatever stands in its right column."""
    user, case, step = reader(request), item.case, step_of(item)
    held = policy.standing(user)
    consulted = step.part == Involvement.Part.CONSULTED
    cannot = why_not(user, item, held=held)
    by_name = bool(step.named) or case.sealed
    return {
        "place": "worklist",
        "item": item,
        "case": case,
        "step": step,
        "service": service_of(case),
        "name": name_of(case),
        "where": place_of(case),
        "tag": due_tag(item, rulebook(reference_version()).calendar, at=at) if item.is_open else None,
        # An office that is asked for its opinion needs her answers, not what colleagues wrote, nor her phone.
        "phone": "" if consulted else case.applicant.phone_as_read,
        "lines": list(lines_of(case, with_words=not consulted)),
        "opinions": [] if consulted else list(opinions(case)),
        "facts": list(facts_of(case.enterprise)) if case.enterprise else [],
        "answers": answers_of(case),
        "documents": papers_of(case),
        "cannot": cannot,
        "may_claim": not cannot and not by_name and item.assignee_id is None,
        "may_release": not cannot and not by_name and item.assignee_id == user.pk,
        "may_ask": not cannot and may_ask(item),
        "sealed": sealed_here(user, item),
        "key": uuid4(),
    }


@dataclass(frozen=True)
class Opinion:
    """What a colleague concluded, as the next reads it."""

    decision: Decision
    step: Words
    verdict: Words
    reason: str
    details: tuple[str, ...]


def opinions(case: Case) -> Iterator[Opinion]:
    """Yield what was concluded so far, the newest first."""
    graph, service = graph_for(case.service, case.version), service_of(case)
    decisions = case.decisions.select_related("reviewer", "agency", "reason", "answer")
    for decision in decisions.order_by("-decided_at", "-pk"):
        step = graph.human(decision.node)
        option = step.option(decision.verdict)
        yield Opinion(
            decision=decision,
            step=step.label,
            verdict=option.label if option else decision.verdict,
            reason=reason_words(decision.reason_code, service),
            details=tuple(_details(decision, step)),
        )


def _details(decision: Decision, step: HumanStep) -> Iterator[str]:
    for ask in step.asked_with(decision.verdict):
        match ask:
            case Flags():
                chosen = [str(label) for name, label in ask.choices if decision.details.get(name)]
                if chosen:
                    yield f"{ask.label}: {', '.join(chosen)}"
            case Amount():
                yield f"{ask.label}: {thousands(decision.details.get(ask.name) or 0)}"
            case PickExpert():
                yield f"{ask.label}: {User.objects.filter(pk=decision.details.get(ask.name)).first() or ''}"
            case _:
                continue


def facts_of(enterprise: Enterprise) -> list[tuple[str, str | Promise]]:
    """Return what the law makes of her business, from what she declared."""
    return [
        (_("Size, as she declares it"), enterprise.sme_class.label),
        (_("Owned by women"), _("Yes") if enterprise.women_owned else _("No")),
    ]


def answers_of(case: Case) -> list[Shown]:
    """Return her answers page by page, the matter itself first, her identity number masked."""
    # Whether she said why she asks for priority is not told here either, not even by an empty line.
    data = {name: value for name, value in case.answers.data.items() if name != "priority_reason"}
    for name in MASKED:
        if value := str(data.get(name) or ""):
            data[name] = "•" * (len(value) - _SHOWN_DIGITS) + value[-_SHOWN_DIGITS:]
    pages = shown_answers(service_of(case), data)
    return sorted(pages, key=lambda shown: shown[0].slug in ASKED_OF_EVERYBODY)


def unsealed_words(item: WorkItem, passage: Passage) -> str:
    """Return what a sealed passage says; a code is given in its words."""
    for step in graph_for(item.case.service, item.case.version).human_steps.values():
        for ask in step.asks:
            if isinstance(ask, SealedChoice) and ask.name == passage.name:
                return str(dict(ask.choices).get(passage.body, passage.body))
    return passage.body


def papers_of(case: Case) -> list[tuple[Document, Words]]:
    """Return the papers of the case with the names of their kinds."""
    labels = {paper.kind: paper.label for paper in service_of(case).papers}
    return [(document, labels.get(document.kind, document.kind)) for document in case.documents.all()]
