"""How a step begins: the case row locked first, then everything read under the lock."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Membership, TimelineEvent, User
from cases.models.agency import ReferenceVersion
from cases.policy import WrongState
from workflows.conflicts import Repeated, already_done
from workflows.models import WorkItem
from workflows.step import Step


@contextmanager
def moving(
    subject: WorkItem | Case,
    verb: str,
    *,
    actor: User | None,
    key: UUID | None,
    at: datetime,
    also: Sequence[str] = (),
    asking: Mapping[str, Subquery] | None = None,
) -> Iterator[Step]:
    """Open the one transaction of a step: the case row locked first, then everything read under the lock.

    `verb` is what the event will say; `also` names relations of the case needed beside its enterprise, `asking` what
    else is read. Raises Repeated when the same person's form did this already, WrongState when its key did else.
    """
    with transaction.atomic():
        case_id = subject.case_id if isinstance(subject, WorkItem) else subject.pk
        Case.objects.locked().values_list("pk").get(pk=case_id)
        earlier = TimelineEvent.objects.filter(key=key) if key is not None else TimelineEvent.objects.none()
        read = {
            "earlier": Subquery(earlier.values("pk")[:1]),
            "reference_version": Subquery(ReferenceVersion.objects.filter(pk=1).values("number")[:1]),
        }
        relations = ("enterprise", *also)
        item: WorkItem | None = None
        row: WorkItem | Case
        if isinstance(subject, WorkItem):
            items = WorkItem.objects.select_related(*(f"case__{relation}" for relation in relations))
            still_works = Exists(Membership.objects.today().filter(user=OuterRef("assignee")))
            row = item = items.annotate(**read, holder_works=still_works).get(pk=subject.pk, case=case_id)
            case = item.case
        else:
            row = case = Case.objects.select_related(*relations).annotate(**read, **(asking or {})).get(pk=case_id)
        if getattr(row, "earlier", None) is not None:
            event = earlier.get()
            same_person = actor is not None and event.actor_id == actor.pk
            same_place = item is None or (event.facts.get("node"), event.facts.get("token")) == (item.node, item.token)
            if same_person and same_place and (event.case_id, event.verb) == (case.pk, verb):
                raise Repeated(event)
            if item is not None:
                raise already_done(item)
            raise WrongState(_("This form was already sent by somebody else."))
        version: int = getattr(row, "reference_version", None) or 0
        yield Step(case, item, verb=verb, actor=actor, key=key, at=at, reference_version=version)
