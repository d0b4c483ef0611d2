"""Which work items stand beside one in a worklist: the one before, the one after, and how far it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from cases.models import User
from cases.policy import Posts
from workflows.models import WorkItem
from workflows.queries.worklist import MOST_COUNTED, Chosen, capped, items_in, lent_to, narrowed, resolved

_OPEN, _WAITING = WorkItem.Status.OPEN, WorkItem.Status.WAITING


@dataclass(frozen=True)
class Beside:
    """The place of one item in its worklist, and its neighbours."""

    chosen: Chosen
    # Counted no further than a tag can show; empty where the item does not stand in the list.
    position: str = ""
    total: str = ""
    before: int | None = None
    after: int | None = None


def beside(user: User, item: WorkItem, chosen: Chosen, *, held: Posts, at: datetime) -> Beside:
    """Return what stands beside this item in the worklist that was chosen."""
    chosen, items = _list(user, chosen, held, at)
    if not item.is_open or not items.filter(pk=item.pk).exists():
        return Beside(chosen)
    earlier, later = _earlier(items, item), _later(items, item)
    number = sum(part[: MOST_COUNTED + 1].count() for part in earlier) + 1
    return Beside(
        chosen=chosen,
        position=f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number),
        total=capped(items),
        before=_first(part.order_by("-due_at", "-pk") for part in reversed(earlier)),
        after=_first(later),
    )


def next_to_decide(user: User, item: WorkItem, chosen: Chosen, *, held: Posts, at: datetime) -> int | None:
    """Return the item that she can decide next in the same worklist, beginning after this one and then at its top."""
    _chosen, items = _list(user, chosen, held, at)
    items = items.filter(Q(assignee=None) | Q(assignee=user) | lent_to(held), status=_OPEN).exclude(pk=item.pk)
    return _first((_after(items, item), items.order_by("due_at", "pk")))


def _list(user: User, chosen: Chosen, held: Posts, at: datetime) -> tuple[Chosen, QuerySet[WorkItem]]:
    chosen = resolved(chosen, has_own=not chosen.scope and items_in(user, held, "mine", at).exists())
    return chosen, narrowed(items_in(user, held, chosen.scope, at), chosen)


def _first(queries: Iterable[QuerySet[WorkItem]]) -> int | None:
    for query in queries:
        found = query.values_list("pk", flat=True).first()
        if found is not None:
            return found
    return None


def _after(items: QuerySet[WorkItem], item: WorkItem) -> QuerySet[WorkItem]:
    later = items.filter(Q(due_at__gt=item.due_at) | Q(due_at=item.due_at, pk__gt=item.pk))
    return later.order_by("due_at", "pk")


def _before(items: QuerySet[WorkItem], item: WorkItem) -> QuerySet[WorkItem]:
    return items.filter(Q(due_at__lt=item.due_at) | Q(due_at=item.due_at, pk__lt=item.pk))


def _earlier(items: QuerySet[WorkItem], item: WorkItem) -> list[QuerySet[WorkItem]]:
    """Return what stands above: those that run before those that are paused."""
    here = _before(items.filter(status=item.status), item)
    return [here] if item.status == _OPEN else [items.filter(status=_OPEN), here]


def _later(items: QuerySet[WorkItem], item: WorkItem) -> list[QuerySet[WorkItem]]:
    here = _after(items.filter(status=item.status), item)
    return [here, items.filter(status=_WAITING).order_by("due_at", "pk")] if item.status == _OPEN else [here]
