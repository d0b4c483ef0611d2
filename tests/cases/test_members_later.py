"""Who goes on later keeps the members she typed, even while their shares do not fit together."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from cases.models import CaseState
from project.demo.cast import Cast
from tests import browsing
from tests.builders import answers_for

pytestmark = pytest.mark.django_db
MAI = {"name": "Trần Thị Mai", "personal_id": "", "share": "60", "woman": "yes"}
LONG = {"name": "Trần Văn Long", "personal_id": "", "share": "30", "woman": "no"}
WHOLE = [{**MAI, "name": "Trần Thị Mơ", "share": "70"}, LONG]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [([MAI, LONG], ["Trần Thị Mai", "Trần Văn Long"]), ([MAI, {**LONG, "share": "ba mươi"}], ["Trần Thị Mai"])],
)
def test_going_on_later_keeps_every_line_that_is_right_by_itself_and_the_page_stays_open(
    cast: Cast, at: datetime, typed: list[dict[str, Any]], kept: list[str]
) -> None:
    with time_machine.travel(at, tick=False):
        client, draft = browsing.start(cast.applicant, "conversion")
        browsing.fill_in(client, draft, answers_for("conversion", form_wanted="llc2", members=WHOLE))
        page = reverse("cases:page", args=[draft.key, "thanh-vien"])
        sent = client.post(page, {**browsing.as_boxes({"members": typed}), "later": ""})
        assert sent.status_code == 302
        draft.answers.refresh_from_db()
        assert [line["name"] for line in draft.answers.data["members"]] == kept
        for name in kept:
            assert f'value="{name}"' in client.get(page).content.decode()
        # With shares that make 90 nothing is sent.
        browsing.send(client, draft)
    draft.refresh_from_db()
    assert draft.state == CaseState.DRAFT
