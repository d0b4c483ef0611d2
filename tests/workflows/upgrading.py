"""A process that takes a database of its own back to the tables before the clock was kept, and forward again.

What is filed by the product and then taken back is the data of before: the columns that were added are gone with all
that stood in them.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F

from cases import append_only
from cases.models import Case, InformationRequest, TimelineEvent
from cases.models.timeline import next_event
from cases.queries.shares import age_in_seconds, seconds_by_holder
from cases.queries.timeline import verify
from project.demo import player
from project.demo.cast import Cast, gather
from tests.builders import A_QUESTION, a_case, item_at
from tests.conftest import THURSDAY
from workflows import actions, step
from workflows.actions.asking import AskedBefore
from workflows.models import WorkItem
from workflows.queries.health import examine

BEFORE = (("cases", "0005_counter"), ("workflows", "0001_initial"))
ASKED_AT = THURSDAY + timedelta(minutes=9)
# The promise of the case below is for 27/11: by then everything is late, and what was asked has expired.
LATER = THURSDAY + timedelta(days=24)


def main(database: str, out: str) -> None:
    """Write what became of some cases into a file, as JSON."""
    settings.DATABASES["default"]["NAME"] = database
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    cast = gather()
    with mock.patch.object(step, "next_event", as_told_before):
        filed_before(cast)
    written = kept()
    back_and_forward()
    said: dict[str, Any] = {"written": written, "kept": kept(), "triggers": append_only.missing(connection)}
    said["promised"] = Case.objects.filter(promised_on__isnull=False, promised_at=F("accepted_at")).count()
    said |= {"clocks": clocks(LATER), "again": asked_again(ASKED_AT + timedelta(days=2)), **swept(LATER)}
    Path(out).write_text(json.dumps(said), encoding="utf-8")


def filed_before(cast: Cast) -> None:
    """File three cases: one promised and at two offices at once, one that waits for her, one on which she answered."""
    a_case(cast.applicant, at_node="draft", consult_finance=True)
    waits = a_case(cast.applicant, at_node="triage")
    player.ask(waits, "triage", question=A_QUESTION, at=ASKED_AT)
    answered = a_case(cast.another_applicant, at_node="triage")
    request = player.ask(answered, "triage", question=A_QUESTION, at=ASKED_AT)
    later = ASKED_AT + timedelta(days=1)
    actions.answer(request, applicant=cast.another_applicant, reply="Em gửi chị.", key=uuid4(), at=later)


def as_told_before(case: Case, *, facts: dict[str, Any], **said: Any) -> TimelineEvent:
    """Return an event of before the clock was kept: it does not say whose the time is."""
    return next_event(case, facts={name: fact for name, fact in facts.items() if name != "held_by"}, **said)


def back_and_forward() -> None:
    """Take the tables back to what they were, and forward to what they are."""
    for app, name in reversed(BEFORE):
        call_command("migrate", app, name, verbosity=0)
    assert ("cases", "0006_deadlines") not in MigrationRecorder(connection).applied_migrations()
    call_command("migrate", verbosity=0)


def kept() -> dict[str, list[list[object]]]:
    """Return what the product writes of a step and a question, and an upgrade must find out."""
    items = WorkItem.objects.filter(finished_at=None).order_by("pk").values_list("pk", "days")
    requests = InformationRequest.objects.order_by("pk").values_list("pk", "stage", "number")
    said = {"items": items, "requests": requests}
    return {name: [[str(one) for one in row] for row in rows] for name, rows in said.items()}


def clocks(at: datetime) -> list[list[object]]:
    """Return of each case whose the time is, and by how much the shares miss its age."""
    cases = Case.objects.order_by("pk")
    missed = [age_in_seconds(case, at=at) - sum(seconds_by_holder(case, at=at).values()) for case in cases]
    return [[case.held_by, miss] for case, miss in zip(cases, missed, strict=True)]


def asked_again(at: datetime) -> bool:
    """Return whether a second question still needs its reason and an approver."""
    item = item_at(Case.objects.latest("pk"), "triage")
    try:
        actions.request_information(item, reviewer=player.holder_of(item), question=A_QUESTION, key=uuid4(), at=at)
    except AskedBefore:
        return True
    return False


def swept(at: datetime) -> dict[str, object]:
    """Return what the worker says day by day, and what is wrong with the cases afterwards."""
    for day in range((at - THURSDAY).days + 1):
        actions.sweep(at=THURSDAY + timedelta(days=day))
    # A step that tells whose the time is from here on: what was counted before it still agrees.
    player.conclude(Case.objects.latest("pk"), "triage", "general", at=at)
    verbs = TimelineEvent.objects.filter(actor=None).order_by("pk").values_list("case", "verb", "facts__level")
    wrong = [str(finding) for finding in (*examine(at=at).findings, *verify(at).findings)]
    return {"said": [list(one) for one in verbs], "wrong": wrong}
