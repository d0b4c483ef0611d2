"""The memory: events that are only ever added, chained so that any change shows."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.agency import Agency
from cases.models.case import Case
from cases.models.people import User


def canonical(value: Any) -> str:
    """Return the one JSON text of a value, whatever database it was read from."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, cls=DjangoJSONEncoder)


def writing_key() -> str:
    """Return the id of the chain key that writes."""
    return list(settings.CHAIN_KEYS)[-1]


def mac(key_id: str, *content: Any) -> str:
    """Return the HMAC-SHA-256 over the content in hex; '' when the key is unknown, which never equals a MAC."""
    key = settings.CHAIN_KEYS.get(key_id)
    if key is None:
        return ""
    return hmac.new(key.encode(), canonical(content).encode(), hashlib.sha256).hexdigest()


def seal_of_chain(key_id: str, case_id: int, count: int, head: str) -> str:
    """Return what a case row must carry beside its count and head: `key id:MAC`."""
    return f"{key_id}:{mac(key_id, 'seal', case_id, count, head)}"


class TimelineEvent(models.Model):
    """One thing that happened: who, what, when. Ids and codes only; words stand in passages beside it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    position = models.PositiveIntegerField()
    verb = models.CharField(max_length=40)
    # Null: the system did it by itself.
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    # The form that caused it: the same form sent twice makes one event.
    key = models.UUIDField(null=True, blank=True)
    key_id = models.CharField(max_length=16)
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event")
        ordering = ["case", "position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="one_event_per_position"),
            models.UniqueConstraint(fields=["key"], condition=Q(key__isnull=False), name="one_event_per_form"),
            models.CheckConstraint(condition=Q(position__gte=1), name="event_position_starts_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.verb}"

    def expected_mac(self, previous: str) -> str:
        """Return the MAC this event must carry after the given one."""
        return mac(
            self.key_id,
            self.case_id,
            self.position,
            self.verb,
            self.actor_id,
            self.agency_id,
            self.on_behalf_of_id,
            self.facts,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            str(self.key) if self.key else None,
            previous,
        )


def next_event(
    case: Case,
    *,
    verb: str,
    actor: User | None,
    at: datetime,
    facts: Mapping[str, Any],
    agency_id: int | None = None,
    on_behalf_of: User | None = None,
    key: UUID | None = None,
) -> TimelineEvent:
    """Return the case's next event, unsaved, and move the case's count, head and seal to it.

    The caller holds the case's lock, saves the case and then the event, in one transaction.
    """
    event = TimelineEvent(
        case=case,
        position=case.event_count + 1,
        verb=verb,
        actor=actor,
        agency_id=agency_id,
        on_behalf_of=on_behalf_of,
        # As JSON gives it back, so that the MAC is over what will be read.
        facts=json.loads(canonical(facts)),
        at=at,
        key=key,
        key_id=writing_key(),
    )
    event.mac = event.expected_mac(case.chain_head)
    case.event_count = event.position
    case.chain_head = event.mac
    case.chain_seal = seal_of_chain(event.key_id, case.pk, case.event_count, case.chain_head)
    return event


class Anchor(models.Model):
    """A daily witness over all cases: it finds a case that was deleted whole. Append-only and itself chained."""

    taken_at = models.DateTimeField()
    # Everything up to this event is covered.
    last_event_id = models.BigIntegerField()
    cases = models.PositiveIntegerField(_("cases"))
    events = models.PositiveBigIntegerField(_("events"))
    # The sum, modulo 2^256, of a MAC per case over its count and head: order does not matter, every case does.
    digest = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("anchor")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.taken_at:%d/%m/%Y}: {self.cases}, {self.events}"

    def expected_mac(self, previous: str) -> str:
        """Return the MAC this anchor must carry after the given one."""
        return mac(
            self.key_id,
            "anchor",
            self.taken_at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.last_event_id,
            self.cases,
            self.events,
            self.digest,
            previous,
        )
