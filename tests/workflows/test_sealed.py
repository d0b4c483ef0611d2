"""What is most sensitive stands nowhere: in no table, log, list or message, and nobody reads it without a trace."""

import json
import logging
import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases import policy
from cases.forms.documents import keep
from cases.models import AccessRecord, Agency, Case, Document, Passage
from cases.models.agency import plain
from notifications.messages import words as words_of
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import A_PDF, signed_in
from tests.builders import a_draft, item_at
from tests.conftest import THURSDAY
from workflows import actions

pytestmark = pytest.mark.django_db

LATER = THURSDAY + timedelta(hours=3)
KINDS = ("legal_aid", "safe_referral")
# As she or an officer may write it. Each is long or spaced enough not to arise by chance in what is sealed.
SENSITIVE = ("bạo lực", "nhiễm HIV", "mua bán người", "nhà tạm lánh")
TEXT = "Tôi bị chồng bạo lực, nhiễm HIV, từng là nạn nhân mua bán người, đang ở nhà tạm lánh."
Rows = dict[str, set[str]]


def traces_of(text: str) -> set[str]:
    """Return how a text may stand somewhere: as it is, without accents, escaped, joined by a sign."""
    lower = text.lower()
    forms = {lower, plain(text), unicodedata.normalize("NFD", lower), json.dumps(lower)[1:-1]}
    return forms | {re.sub(r"\s+", sign, form) for form in forms for sign in "-_+"}


FORBIDDEN = {trace for text in (*SENSITIVE, *KINDS) for trace in traces_of(text)}


def every_row() -> Rows:
    """Return every row of every table of the database as raw text."""
    rows: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = {"\x1f".join(map(_raw, row)).lower() for row in cursor.fetchall()}
    return rows


def _raw(value: object) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)


def told(text: str) -> list[str]:
    """Return the forbidden words that a text contains."""
    return [trace for trace in FORBIDDEN if trace in text.lower()]


def filed(cast: Cast, at_node: str = "intake") -> Case:
    """Return a case full of the words: in her answers, the reason for priority, a reply and the name of a paper."""
    case = a_draft(cast.applicant, need=TEXT, priority="yes", priority_reason=TEXT)
    paper = SimpleUploadedFile("đơn tố cáo bạo lực, nhiễm HIV.pdf", A_PDF, content_type="application/pdf")
    keep(case, paper, kind="other", by=cast.applicant, at=THURSDAY)
    case = player.submit(case, at=THURSDAY)
    player.ask(case, "intake", question=TEXT, fields=("need",), at=THURSDAY)
    player.reply(case, text=TEXT, corrections={"need": TEXT + " Xin giúp."}, at=THURSDAY)
    if at_node != "intake":
        player.conclude(case, "intake", "accept", reason=TEXT, at=THURSDAY)
    return case


def helped(cast: Cast, kind: str) -> Case:
    """Return a case that was sealed at its sorting and now waits for the help."""
    case = filed(cast, at_node="triage")
    player.conclude(case, "triage", "direct_help", reason=TEXT, help_kind=kind, by=cast.city_officer, at=LATER)
    return case


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Either kind of direct help."""
    return str(request.param)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that is logged, by whomever."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_no_row_of_any_table_and_no_log_record_holds_the_words(
    cast: Cast, kind: str, log: pytest.LogCaptureFixture
) -> None:
    before = every_row()
    case = helped(cast, kind)
    for user in (cast.applicant, cast.city_officer, cast.commune_officer, cast.supervisor):
        list(pages_of(signed_in(user), case))
    player.conclude(case, "direct_help", "helped", reason=TEXT, answer=TEXT, at=LATER)
    player.conclude(case, "deliver", "delivered", reason=TEXT, at=LATER)
    assert case.passages.count() > 6
    assert Document.objects.get(case=case).original_name.startswith("đơn tố cáo bạo lực")
    found = {
        (table, trace)
        for table, rows in every_row().items()
        for row in rows - before.get(table, set())
        for trace in told(row)
    }
    assert found == set()
    assert [session for session in Session.objects.all() if told(str(session.get_decoded()))] == []
    assert [record.getMessage() for record in log.records if told(record.getMessage() + str(record.args))] == []


def pages_of(client: Client, case: Case) -> Iterator[str]:
    """Yield every page on which a case may stand, as this person gets it."""
    items = case.work_items.values_list("pk", flat=True)
    addresses = [
        reverse("workflows:worklist") + "?scope=office",
        reverse("workflows:worklist") + "?scope=late",
        reverse("cases:register"),
        reverse("cases:register") + f"?code={case.code}",
        reverse("notifications:inbox"),
        reverse("cases:mine"),
        reverse("cases:status", args=[case.key]),
        reverse("workflows:story", args=[case.key]),
        *(reverse("workflows:item", args=[pk]) for pk in items),
        *(reverse("cases:document", args=[paper.key]) for paper in case.documents.all()),
    ]
    for address in addresses:
        response = client.get(address)
        yield (b"".join(response) if response.streaming else response.content).decode()


def test_only_she_her_holder_and_the_approvers_see_that_there_is_a_case(cast: Cast, kind: str) -> None:
    case = helped(cast, kind)
    seeing = {part for part, user in cast.people() if policy.visible_cases(user).filter(pk=case.pk).exists()}
    assert seeing == {"applicant", "city_officer", "city_approver"}
    for part, user in cast.people():
        if part not in seeing:
            pages = list(pages_of(signed_in(user), case))
            # The box of the search and the switch of the language show what was asked for, and nothing else may.
            rest = [page.replace(f'value="{case.code}"', "").replace(f"?code={case.code}", "") for page in pages]
            assert [page for page in rest if case.short_code in page or told(page)] == [], part
    # Whoever decides nothing on it sees no sealed words on the page either, unless she opens them.
    for page in pages_of(signed_in(cast.city_approver), case):
        assert kind not in page


def test_its_outcome_stage_and_messages_are_neutral(cast: Cast, kind: str) -> None:
    case = helped(cast, kind)
    assert case.stage == "helping"
    player.conclude(case, "direct_help", "helped", answer=TEXT, at=LATER)
    assert (case.outcome, case.state) == ("helped", "decided")
    player.conclude(case, "deliver", "delivered", at=LATER)
    assert (case.stage, case.facts["verdict:triage"]) == ("", "direct_help")
    agencies = set(Agency.objects.values_list("pk", flat=True))
    messages = [
        words_of(row, agencies) for row in Notification.objects.filter(case=case).select_related("event", "case")
    ]
    assert len(messages) > 4
    assert [message for message in messages if told(message)] == []


def unseal(client: Client, case: Case, node: str, name: str) -> str:
    """Press the button that opens a sealed passage; return the page."""
    response = client.post(reverse("workflows:unseal", args=[item_at(case, node).pk]), {"name": name})
    return response.content.decode() if response.status_code == 200 else ""


def test_a_sealed_passage_is_read_by_its_holder_alone_and_the_trace_comes_first(cast: Cast, kind: str) -> None:
    case = filed(cast)
    officer = cast.commune_officer
    # The whole office may read the case, the sealed words only who holds the step by name.
    actions.release(item_at(case, "intake"), reviewer=officer, key=uuid4(), at=THURSDAY)
    assert unseal(signed_in(officer), case, "intake", "priority_reason") == ""
    actions.claim(item_at(case, "intake"), reviewer=officer, key=uuid4(), at=THURSDAY)
    read = AccessRecord.objects.filter(case=case, part=AccessRecord.Part.SEALED)
    assert not read.exists()

    client = signed_in(officer)
    with mock.patch.object(AccessRecord.objects, "create", side_effect=RuntimeError), pytest.raises(RuntimeError):
        unseal(client, case, "intake", "priority_reason")
    reason = Passage.objects.get(case=case, name="priority_reason").body
    assert reason in unseal(client, case, "intake", "priority_reason")
    assert [(one.person, one.purpose) for one in read] == [(officer, "priority_reason")]

    player.conclude(case, "intake", "accept", at=THURSDAY)
    player.conclude(case, "triage", "direct_help", help_kind=kind, by=cast.city_officer, at=LATER)
    for part, user in cast.people():
        for name in ("priority_reason", "help_kind"):
            holds = part == "city_officer" and name == "help_kind"
            assert bool(unseal(signed_in(user), case, "direct_help", name)) is holds, (part, name)
    assert list(read.values_list("person", "purpose").order_by("pk")) == [
        (officer.pk, "priority_reason"),
        (cast.city_officer.pk, "help_kind"),
    ]
