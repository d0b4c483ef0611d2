"""What the page of a work item shows of a case: facts, answers, papers, opinions, and what was said."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.forms.filing import shown_answers
from cases.models import Case, Decision, Document, Enterprise, EntityType, Passage, TimelineEvent, User
from cases.models.enterprise import ENTERPRISES
from cases.policy import Reading
from cases.queries import mine
from cases.queries.handed import answers_read, papers_read, reads_page
from cases.services import common, service_of
from cases.services.base import Words
from cases.services.common import masked, personal_numbers
from workflows.asks import PickExpert
from workflows.flows.registry import graph_for
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.queries.chosen import in_words
from workflows.queries.handed import words_between
from workflows.queries.said import reason_words
from workflows.queries.story import REMINDED

# Pages that every service asks; a reviewer reads them after the matter itself.
ASKED_OF_EVERYBODY = frozenset(
    page.slug
    for page in (
        common.ABOUT_YOU,
        common.BUSINESS,
        common.STAFF_AND_MONEY,
        common.HOLDERS,
        common.PLACE,
    )
)


@dataclass(frozen=True)
class Opinion:
    """What a colleague concluded, as the next reads it."""

    decision: Decision
    step: Words
    verdict: Words
    reason: str
    details: tuple[str, ...]


def opinions(case: Case, *, of: Collection[int] | None = None) -> Iterator[Opinion]:
    """Yield what was concluded so far, the newest first; by some offices alone, where they are given."""
    graph, service = graph_for(case.service, case.version), service_of(case)
    decisions = case.decisions.select_related("reviewer", "agency", "reason", "answer")
    if of is not None:
        decisions = decisions.filter(agency__in=of)
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
        if isinstance(ask, PickExpert):
            yield f"{ask.label}: {User.objects.filter(pk=decision.details.get(ask.name)).first() or ''}"
        elif said := in_words(ask, decision.details):
            yield said


def facts_of(enterprise: Enterprise) -> list[tuple[str, str | Promise]]:
    """Return what matters of her business, and what the law makes of what she declared."""
    kind = [
        str(enterprise.get_entity_type_display()),
        *([str(enterprise.get_sector_display())] * bool(enterprise.sector)),
    ]
    facts: list[tuple[str, str | Promise]] = [(_("Kind of business"), " · ".join(kind))]
    # Nobody asked the others: a "no" would be made up.
    if enterprise.entity_type in ENTERPRISES:
        facts.append((_("Size, as she declares it"), enterprise.sme_class.label))
    if enterprise.entity_type not in (EntityType.IDEA, EntityType.INDIVIDUAL):
        facts.append((_("Owned by women"), _("Yes") if enterprise.women_owned else _("No")))
    return facts


@dataclass(frozen=True)
class Line:
    """One question and her answer; `number` names the number of which only the end is shown."""

    label: str
    value: str
    number: str = ""


@dataclass(frozen=True)
class Part:
    """Her answers on one page of the form."""

    title: Words
    lines: tuple[Line, ...]
    # Asked of everybody, and so not the matter itself.
    usual: bool


def answers_of(case: Case, reads: Reading, *, unmasked: str = "") -> list[Part]:
    """Return her answers as far as they are read, the matter itself first, her identity number masked."""
    # Priority stands at the head of the page; whether she said why is not told here either, by no empty line.
    told_elsewhere = ("priority", "priority_reason")
    data = {name: value for name, value in case.answers.data.items() if name not in told_elsewhere}
    masks: dict[str, str] = {}
    service = service_of(case)
    for name in masked_numbers(case, reads):
        if name != unmasked:
            data[name] = masked(data[name])
            masks[data[name]] = name
    parts = [
        Part(
            title=page.title,
            lines=tuple(Line(str(label), value, masks.get(value, "")) for label, value in lines),
            usual=page.slug in ASKED_OF_EVERYBODY,
        )
        for page, lines in shown_answers(service, data)
        if reads_page(reads, service, page)
    ]
    return sorted(parts, key=lambda part: part.usual)


def masked_numbers(case: Case, reads: Reading) -> dict[str, str]:
    """Return the numbers of which colleagues see only the end, until one asks for the whole, which is written down."""
    return personal_numbers(answers_read(reads, case))


@dataclass(frozen=True)
class Paper:
    """One paper of the case."""

    document: Document
    label: Words
    # It came while this step was open.
    is_new: bool


def papers_of(item: WorkItem, reads: Reading) -> list[Paper]:
    """Return the papers of the case as far as they are read, with the names of their kinds."""
    read = set(papers_read(reads, item.case).values_list("pk", flat=True)) if reads.is_in_part else None
    return [
        Paper(document, label, document.uploaded_at > item.opened_at)
        for document, label in mine.papers_of(item.case)
        if read is None or document.pk in read
    ]


def talk_of(item: WorkItem, events: Collection[TimelineEvent], reads: Reading) -> tuple[list[Passage], list[Passage]]:
    """Return the messages between her and the offices, and the notes of colleagues, each the oldest first.

    An office that is only consulted reads neither, a body outside its own messages. A supervisor's reminder stands
    among the notes of the office it went to, whatever that reads, and of no other.
    """
    said = Q(kind=Passage.Kind.MESSAGE) | Q(kind=Passage.Kind.NOTE, name="")
    passages = list(item.case.passages.filter(said, erased_at__isnull=True).select_related("author").order_by("pk"))
    reminders = {pk: _went_to(item, event) for event in events if event.verb == REMINDED for pk in event.facts["words"]}
    theirs = None if reads.is_whole else set(words_between(events, reads.offices))
    messages = [
        passage
        for passage in passages
        if passage.kind == Passage.Kind.MESSAGE and (theirs is None or passage.pk in theirs)
    ]
    notes = [passage for passage in passages if passage.kind == Passage.Kind.NOTE]
    return messages, [note for note in notes if reminders.get(str(note.pk), reads.is_whole)]


def _went_to(item: WorkItem, reminder: TimelineEvent) -> bool:
    return any(
        read["item"] == item.pk or (item.agency_id is not None and read["agency"] == item.agency_id)
        for read in reminder.facts["read_by"]
    )
