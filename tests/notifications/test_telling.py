"""What is previewed is what she gets: one source, with the office, the promised day, the code and whom to ask."""

from datetime import datetime

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from notifications.messages import words
from notifications.models import Notification
from project.demo import player
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case, item_at
from workflows.flows.registry import graph_for
from workflows.queries.preview import message_to_her


@pytest.mark.parametrize(
    ("node", "verdict"),
    [
        ("intake", "accept"),
        ("intake", "not_accept"),
        ("triage", "general"),
        ("triage", "complex"),
        ("triage", "kb"),
        ("kb_answer", "answer"),
        ("approve", "approve"),
        ("deliver", "delivered"),
    ],
)
def test_what_was_previewed_is_word_for_word_what_she_reads(cast: Cast, at: datetime, node: str, verdict: str) -> None:
    case = a_case(cast.applicant, at_node=node)
    item = item_at(case, node)
    option = graph_for(case.service, case.version).human(node).option(verdict)
    assert option is not None
    previewed = message_to_her(item, option, reason_code="", answer="", details={}, at=at).telling
    player.conclude(case, node, verdict, at=at)
    told = Notification.objects.filter(person=cast.applicant).select_related("event__agency", "case").latest("pk")
    assert str(previewed) == words(told, ())
    assert (case.code or "-") in words(told, ())
    assert settings.HELP_PHONE in words(told, ())


def test_an_acceptance_names_the_very_office_and_the_day_she_may_count_on(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant)
    player.conclude(case, "intake", "accept", at=at)
    case.refresh_from_db()
    assert case.promised_on is not None
    with time_machine.travel(at, tick=False):
        page = signed_in(cast.applicant).get(reverse("notifications:inbox")).content.decode()
    assert "Hội Liên hiệp Phụ nữ phường Lê Chân đã tiếp nhận hồ sơ của chị." in page
    assert f"Hẹn trả lời chậm nhất ngày {case.promised_on:%d/%m/%Y}." in page
