"""How a step begins: the case row locked first, then everything read under the lock."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, JSONField, OuterRef, Q, Subquery, When
from django.db.models import Case as Either
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from cases import policy
from cases.models import Case, InformationRequest, Membership, TimelineEvent, User
from cases.models.agency import ReferenceVersion
from cases.policy import NotFoundForYou, WrongState
from cases.queries.posts import posts_at
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
    asking: Mapping[str, Combinable] | None = None,
    past_the_door: bool = False,
) -> Iterator[Step]:
    """Open the one transaction of a step: the case row locked first, then everything read under the lock.

    `verb` is what the event will say; `also` names relations of the case needed beside its enterprise, `asking` what
    else is read. Raises Repeated when the same person's form did this already, WrongState when its key did else, and
    NotFoundForYou when the case is shut to the actor, unless she leaves it just now: then she is `past_the_door`.
    """
    with transaction.atomic():
        case_id = subject.case_id if isinstance(subject, WorkItem) else subject.pk
        Case.objects.locked().values_list("pk").get(pk=case_id)
        earlier = TimelineEvent.objects.filter(key=key) if key is not None else TimelineEvent.objects.none()
        read: dict[str, Combinable] = {
            "earlier": Subquery(earlier.values("pk")[:1]),
            "reference_version": Subquery(ReferenceVersion.objects.filter(pk=1).values("number")[:1]),
        }
        if actor is not None:
            at_the_case = policy.shut(actor, case="case" if isinstance(subject, WorkItem) else "")
            read["is_shut"] = ExpressionWrapper(at_the_case, output_field=BooleanField())
        read.update(asking or {})
        relations = ("enterprise", *also)
        item: WorkItem | None = None
        row: WorkItem | Case
        if isinstance(subject, WorkItem):
            items = WorkItem.objects.select_related(*(f"case__{relation}" for relation in relations))
            still_works = Exists(Membership.objects.today().filter(user=OuterRef("assignee")))
            proposed = InformationRequest.objects.filter(
                case=OuterRef("case"), node=OuterRef("node"), ending=InformationRequest.Ending.PROPOSED
            )
            read["proposal"] = Subquery(proposed.values("pk")[:1])
            if actor is not None:
                # Where a waiting question has to fall, or a body outside to lose the case, a statement is saved here.
                there = posts_at(actor, "agency")
                needed = Exists(proposed) | Q(holder=WorkItem.Holder.OUTSIDE)
                read["posts"] = Either(When(needed, then=there), output_field=JSONField())
            row = item = items.annotate(**read, holder_works=still_works).get(pk=subject.pk, case=case_id)
            case = item.case
        else:
            row = case = Case.objects.select_related(*relations).annotate(**read).get(pk=case_id)
        if getattr(row, "earlier", None) is not None:
            event = earlier.get()
            same_person = actor is not None and event.actor_id == actor.pk
            same_place = item is None or (event.facts.get("node"), event.facts.get("token")) == (item.node, item.token)
            if same_person and same_place and (event.case_id, event.verb) == (case.pk, verb):
                raise Repeated(event)
            if item is not None:
                raise already_done(item)
            raise WrongState(_("This form was already sent by somebody else."))
        if getattr(row, "is_shut", False) and not past_the_door:
            raise NotFoundForYou
        version: int = getattr(row, "reference_version", None) or 0
        yield Step(case, item, verb=verb, actor=actor, key=key, at=at, reference_version=version)
