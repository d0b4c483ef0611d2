"""One work item as a reviewer reads it: the gate, what she may do, and everything the page shows."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import policy
from cases.models import Case, Passage, User
from cases.models.people import Role
from cases.policy import Extent, Posts, Reading
from cases.queries.directory import reference_version
from cases.queries.handed import answers_read
from cases.queries.linked import followed_case
from cases.queries.naming import name_of, place_of
from cases.services import service_of
from cases.views.own import reader
from workflows.asks import SealedChoice
from workflows.conditions import deciders_key
from workflows.flows.registry import graph_for
from workflows.forms.talking import NoteForm, ToHerForm
from workflows.models import WorkItem
from workflows.nodes import HumanStep
from workflows.queries.answering import may_put_off
from workflows.queries.beside import beside
from workflows.queries.due import due_tag
from workflows.queries.further import further_of
from workflows.queries.handed import own_lines
from workflows.queries.rulebook import rulebook
from workflows.queries.rules import rule_line
from workflows.queries.story import lines_of
from workflows.queries.unanswered import unanswered, unanswered_by
from workflows.queries.worklist import Chosen
from workflows.views.offered import hands_of, manages, takes_up
from workflows.views.shown import answers_of, facts_of, masked_numbers, opinions, papers_of, talk_of

# So many lines of the story stand open; the older ones open with a click.
LINES_SHOWN = 6


def find_item(user: User, pk: int) -> WorkItem:
    """Return a work item this person may read: the case is visible to her, and she holds it or works where it is.

    What an adviser has by name is read by those, too, who may give it to another.
    """
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
    held = policy.standing(user)
    works_there = item.agency_id in {agency for agency, role in held if role in policy.WORKING_ROLES}
    if item.assignee_id != user.pk and not works_there and not manages(user, item, step_of(item), held=held):
        raise policy.NotFoundForYou
    return item


def step_of(item: WorkItem) -> HumanStep:
    """Return what the flow says about a work item's step."""
    return graph_for(item.case.service, item.case.version).human(item.node)


def barred(item: WorkItem) -> set[int]:
    """Return who must not decide this step, because they decided what it judges."""
    facts = item.case.facts
    return {person for node in step_of(item).not_by for person in facts.get(deciders_key(node), [])}


def may(user: User, action: str, item: WorkItem, *, held: Posts | None = None) -> bool:
    """Return whether the rule book lets this person, who came through the gate, do this to the work item."""
    return policy.can(
        user,
        action,
        item.case,
        agency_id=item.agency_id,
        role=step_of(item).role,
        assignee_id=item.assignee_id,
        part=step_of(item).part,
        barred=barred(item),
        held=held,
        is_shut=False,
    )


def why_not(user: User, item: WorkItem, *, held: Posts) -> str:
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
    kept_away, step = barred(item), step_of(item)
    if user.pk in kept_away:
        return _("Who drafts does not approve. Somebody else must approve this.")
    if held.lends_only((item.agency_id, step.role), kept_away):
        return _("Who drafts does not approve, nor does a colleague in that place. Somebody else must approve this.")
    held_by_another = item.assignee_id is not None and item.assignee_id != user.pk
    if held_by_another and not takes_up(item, step, barred=kept_away, held=held):
        return _("%(who)s holds this work item.") % {"who": item.assignee}
    if not may(user, "decide", item, held=held):
        return _("This step is for the %(role)s of the office.") % {"role": Role(step_of(item).role).label}
    return ""


def may_ask(item: WorkItem) -> bool:
    """Return whether she can still be asked from this step."""
    return (
        item.case.is_undecided
        and step_of(item).may_ask
        and not item.case.information_requests.filter(ending__in=("open", "proposed")).exists()
    )


def sealed_here(user: User, item: WorkItem) -> list[Passage]:
    """Return the sealed passages of the case that this person may open on this work item."""
    names = step_of(item).unseals
    if not names or not item.is_open or not may(user, "read_sealed", item):
        return []
    return list(item.case.passages.filter(kind=Passage.Kind.SEALED, name__in=names).defer("body").order_by("pk"))


def numbers_here(user: User, item: WorkItem) -> dict[str, str]:
    """Return the masked numbers that this person may see whole: who is to decide, and is not only consulted."""
    reads = policy.reading(user, item.case)
    if reads.extent is Extent.CONSULTED or why_not(user, item, held=policy.standing(user)):
        return {}
    return masked_numbers(item.case, reads)


def page_of(request: HttpRequest, item: WorkItem, *, at: datetime, unmasked: str = "") -> dict[str, Any]:
    """Return everything that the page of a work item shows, whatever stands in its right column."""
    user, case, step = reader(request), item.case, step_of(item)
    held = policy.standing(user)
    reads = policy.reading(user, case)
    in_part, has_it = reads.is_in_part, reads.is_whole or reads.extent is Extent.HANDED
    cannot = why_not(user, item, held=held)
    by_name = bool(step.named) or case.sealed
    lines = own_lines(case, reads) if in_part else list(lines_of(case, with_words=reads.is_whole))
    messages, notes = talk_of(item, [line.event for line in lines], reads)
    speaks = item.is_open and case.is_moving
    place = beside(user, item, Chosen.read(request.GET), held=held, at=at)
    book = rulebook(reference_version())
    return {
        "place": "worklist",
        "item": item,
        "case": case,
        "topic": f"case:{case.key}",
        "step": step,
        "service": service_of(case),
        "name": name_of(case),
        "where": place_of(case),
        "follows": None if in_part else followed_case(case, among=policy.office_cases(user)),
        "in_part": in_part,
        "needed_by": needed_by(case, reads),
        "tag": due_tag(item, book.calendar, at=at) if item.is_open else None,
        "rule": rule_line(item, case, book),
        # An office that is asked for its opinion needs her answers, not what colleagues wrote, nor her phone.
        "phone": case.applicant.phone_as_read if has_it else "",
        "beside": place,
        "list": place.chosen.address,
        "lines": lines[:LINES_SHOWN],
        "older_lines": lines[LINES_SHOWN:],
        "said_to_her": messages,
        "unanswered": _unanswered(case, reads),
        "notes": notes,
        "write_to_her": ToHerForm() if speaks and may(user, "write_to_her", item, held=held) else None,
        "note": NoteForm() if item.is_open and may(user, "note", item, held=held) else None,
        "opinions": list(opinions(case, of=None if reads.is_whole else reads.offices)),
        "facts": list(facts_of(case.enterprise)) if case.enterprise and not in_part else [],
        "answers": answers_of(case, reads, unmasked=unmasked),
        "may_unmask": has_it and not cannot,
        "papers": papers_of(item, reads),
        "cannot": cannot,
        "may_claim": not cannot and not by_name and item.assignee_id != user.pk,
        "may_release": not cannot and not by_name and item.assignee_id == user.pk,
        "may_ask": not cannot and may_ask(item),
        "sealed": sealed_here(user, item),
        "may_assign": not by_name and item.is_open and may(user, "assign", item, held=held),
        "further": further_of(user, item, held=held),
        "may_put_off": reads.is_whole and item.is_open and may_put_off(user, case),
        "hands": hands_of(user, item, step, barred=barred(item), held=held),
        "key": uuid4(),
        "note_key": uuid4(),
    }


def _unanswered(case: Case, reads: Reading) -> int:
    if reads.is_whole:
        return unanswered([case.pk])[case.pk]
    return unanswered_by([case.pk], reads.offices)[case.pk] if reads.is_in_part else 0


def needed_by(case: Case, reads: Reading) -> date | None:
    """Return the day by which she needs the answer, as she wrote it, for as long as nothing is decided."""
    written = answers_read(reads, case).get("urgent_until")
    return date.fromisoformat(written) if written and case.is_undecided else None


def unsealed_words(item: WorkItem, passage: Passage) -> str:
    """Return what a sealed passage says; a code is given in its words."""
    for step in graph_for(item.case.service, item.case.version).human_steps.values():
        for ask in step.asks:
            if isinstance(ask, SealedChoice) and ask.name == passage.name:
                return str(dict(ask.choices).get(passage.body, passage.body))
    return passage.body
