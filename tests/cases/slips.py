"""What the tests of slips look at: a case with every slip, and what stands on each."""

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import translation

from cases import slips
from cases.models import Case, Slip, TimelineEvent
from cases.slips.calling import calling, kinds_of
from cases.slips.issuing import content_for
from project.demo import player
from project.demo.cast import Cast
from tests.builders import a_case
from workflows import actions

QUESTION = "Chị gửi hợp đồng mua máy.\nChị ghi lại tên công ty."
# Its tenth working day after a Thursday's acceptance is near: the worker apologises a working day before.
BEFORE_THE_PROMISE = timedelta(days=20, hours=23)


def a_late_case(cast: Cast, at: datetime) -> Case:
    """Return a case whose promised day the worker put off."""
    case = a_case(cast.applicant, at_node="draft", at=at)
    actions.sweep(at=at + BEFORE_THE_PROMISE)
    return case


def a_withdrawn_case(cast: Cast, at: datetime) -> Case:
    """Return a case that she took back while it was worked on."""
    case = a_case(cast.applicant, at_node="draft", at=at)
    actions.withdraw(case, applicant=cast.applicant, reason="Tôi tự làm được.", key=uuid4(), at=at + timedelta(days=1))
    return case


def an_asked_case(cast: Cast, at: datetime) -> Case:
    """Return a case in whose first reading something is asked."""
    case = a_case(cast.applicant, at=at)
    player.ask(case, "intake", question=QUESTION, at=at + timedelta(hours=2), fields=("entity_name", "contract"))
    return case


def an_expired_case(cast: Cast, at: datetime) -> Case:
    """Return the same, closed because no answer came."""
    case = an_asked_case(cast, at)
    actions.expire_unanswered(at=at + timedelta(days=60))
    return case


def a_refused_case(cast: Cast, at: datetime) -> Case:
    """Return a case that was not accepted."""
    case = a_case(cast.applicant, at=at)
    player.conclude(case, "intake", "not_accept", at=at + timedelta(hours=1))
    return case


def a_closed_case(cast: Cast, at: datetime) -> Case:
    """Return a case that was asked, answered, accepted, answered in writing and closed."""
    case = an_asked_case(cast, at)
    player.reply(case, text="Tôi gửi lại giấy tờ.", at=at + timedelta(days=1))
    player.conclude(case, "intake", "accept", at=at + timedelta(days=1, hours=1))
    player.conclude(case, "triage", "kb", at=at + timedelta(days=1, hours=2))
    player.conclude(case, "kb_answer", "answer", at=at + timedelta(days=1, hours=3))
    player.conclude(case, "deliver", "delivered", at=at + timedelta(days=10))
    return case


def slip_of(case: Case, kind: str) -> Slip:
    """Return the newest slip of a kind, made if it is not there."""
    slips.issue_of_case(case)
    return Slip.objects.filter(case=case, kind=kind).latest("pk")


def kinds(case: Case) -> list[str]:
    """Return the kinds of the slips of a case, in the order of their events."""
    slips.issue_of_case(case)
    return list(case.slips.order_by("event__position", "kind").values_list("kind", flat=True))


def contents(case: Case) -> dict[tuple[int, str], dict[str, Any]]:
    """Return what stands on every slip of a case, by event and kind."""
    with translation.override("vi"):
        return {
            (event.position, str(kind)): content_for(kind, event)[0]
            for event in calling(TimelineEvent.objects.filter(case=case))
            for kind in kinds_of(event)
        }


def told(case: Case, kind: str) -> str:
    """Return the newest slip of a kind as text."""
    found = [content for (_position, each), content in sorted(contents(case).items()) if each == kind]
    return json.dumps(found[-1], ensure_ascii=False)


def streams(pdf: bytes) -> Iterator[bytes]:
    """Yield what the streams of a PDF hold, unpacked."""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            yield stream


def signed_content(slip: Slip) -> dict[str, Any]:
    """Return what was signed, out of the PDF itself: the stream with the hash that the line names."""
    said = slips.read_statement(slip.statement)
    assert said is not None
    found = next(each for each in streams(slips.pdf_of(slip)) if hashlib.sha256(each).hexdigest() == said.content)
    content: dict[str, Any] = json.loads(found)
    return content
