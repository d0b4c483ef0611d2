"""Making slips: each once, the file first and its row after, so that a row never points to nothing."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from cases.models import Case, Slip, TimelineEvent
from cases.models.timeline import canonical
from cases.printing import as_pdf, picture_of
from cases.signing import sign, signing_key
from cases.slips.calling import calling, kinds_of
from cases.slips.control import control_of
from cases.slips.statement import Statement
from cases.slips.words import content_of

log = logging.getLogger("dong_hanh.slips")

# Paper is Vietnamese, whoever looks at the page that makes it.
_LANGUAGE = "vi"
# A pass looks at so many of the newest events, and at so many where it left off last time: round and round.
_NEWEST, _SWEPT, _MOST = 500, 500, 50
_PLACE = "slips:swept"
# What could not be made is set aside for so long, in seconds, so that it does not keep others from being made.
_SET_ASIDE, _BROKEN = 600, "slips:set-aside"


def issue(event: TimelineEvent) -> list[Slip]:
    """Return the slips that an event calls for, made and stored where they are not yet; mostly none or one.

    The same slips whenever and however often it is called, by however many at once.
    """
    called = calling(TimelineEvent.objects.filter(pk=event.pk)).first()
    if called is None:
        return []
    return list(called.slips.all()) or _made(called)


def issue_of_case(case: Case) -> None:
    """Make the slips of one case that are not there yet; what fails is logged and tried again later."""
    _issue_all(_without_slip(TimelineEvent.objects.filter(case=case)))


def issue_missing(*, at: datetime) -> int:
    """Make the slips that events up to a moment call for and nobody made yet; return for how many events.

    Looks at a bounded number of events: the newest, and the next ones of a round over all there are. Events whose
    slip failed are passed over for a while.
    """
    newest = TimelineEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    since = _read(_PLACE, 0)
    since = since if since < newest else 0
    window = Q(pk__gt=newest - _NEWEST) | Q(pk__gt=since, pk__lte=since + _SWEPT)
    broken = {event: until for event, until in _read(_BROKEN, {}).items() if until > at.timestamp()}
    events = TimelineEvent.objects.filter(window, at__lte=at).exclude(pk__in=list(broken))
    waiting = list(_without_slip(events)[:_MOST])
    failed = _issue_all(waiting)
    if failed:
        _keep(_BROKEN, broken | dict.fromkeys(failed, at.timestamp() + _SET_ASIDE))
    made = len(waiting) - len(failed)
    if len(waiting) < _MOST or not made:
        _keep(_PLACE, since + _SWEPT)
    return made


def _without_slip(events: Any) -> Any:
    return calling(events).filter(~Exists(Slip.objects.filter(event=OuterRef("pk"))))


def _issue_all(events: Sequence[TimelineEvent]) -> list[int]:
    """Make the slips of these events; return the ids of those where it failed."""
    failed = []
    for event in events:
        try:
            _made(event)
        except Exception:
            log.exception("A slip of event %s could not be made; it is tried again in some minutes.", event.pk)
            failed.append(event.pk)
    return failed


def _made(event: TimelineEvent) -> list[Slip]:
    """Make all slips of an event; where somebody else was faster, return hers."""
    slips = list(_written(event))
    try:
        with transaction.atomic():
            for slip in slips:
                slip.save(force_insert=True)
    except IntegrityError:
        for slip in slips:
            slip.file.storage.delete(slip.file.name or "")
        return list(Slip.objects.filter(event=event))
    return slips


def _written(event: TimelineEvent) -> Iterator[Slip]:
    """Yield the slips of an event with their files written and their rows not."""
    for kind in kinds_of(event):
        with translation.override(_LANGUAGE):
            content, day = content_for(kind, event)
            yield _slip(kind, event, content, day)


def content_for(kind: Slip.Kind, event: TimelineEvent) -> tuple[dict[str, Any], date | None]:
    """Return what stands on a slip, and the day it names; in the language that is spoken just now."""
    return (control_of(event), None) if kind == Slip.Kind.CONTROL else content_of(kind, event)


def _slip(kind: Slip.Kind, event: TimelineEvent, content: dict[str, Any], day: date | None) -> Slip:
    written = canonical(content)
    digest = hashlib.sha256(written.encode()).hexdigest()
    line = str(Statement(kind.value, event.case.code or "", event.at, day, digest))
    slip = Slip(
        case_id=event.case_id,
        kind=kind,
        event=event,
        issued_at=event.at,
        statement=line,
        key_id=signing_key(),
        signature=sign(line),
    )
    template = "control.typ" if kind == Slip.Kind.CONTROL else "slip.typ"
    pdf = as_pdf(template, {**content, **_proof(slip), "written": written}, at=event.at)
    slip.sha256, slip.size = hashlib.sha256(pdf).hexdigest(), len(pdf)
    slip.file.save(slip.key.hex, ContentFile(pdf), save=False)
    return slip


def _proof(slip: Slip) -> dict[str, str]:
    """Return what stands on a slip so that anyone can check it."""
    address = settings.PUBLIC_URL + reverse("cases:slip", args=[slip.key])
    return {
        "picture": picture_of(address),
        "picture_words": _("Picture of an address, for a phone's camera"),
        "scan": _("Is this slip real? Look with a phone's camera."),
        "proof_title": _("Anyone can check this slip"),
        "proof_words": _("Open %(address)s or point a phone's camera at the picture.") % {"address": address},
        "line": slip.statement,
        "signature_label": _("Signature, key %(key)s:") % {"key": slip.key_id},
        "signature": slip.signature,
        "written_words": _("What stands on this slip, as it was signed"),
    }


def _read(name: str, otherwise: Any) -> Any:
    try:
        return cache.get(name) or otherwise
    except RedisError:
        return otherwise


def _keep(name: str, value: Any) -> None:
    try:
        cache.set(name, value, None)
    except RedisError:
        return
