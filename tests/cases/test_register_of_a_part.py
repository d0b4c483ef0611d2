"""The register of a body outside: page by page, and no address tells when a case was sent."""

from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.urls import reverse

from cases.models import Case
from cases.queries import register as registers
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case

ADDRESS = reverse("cases:office_register")


def handed(cast: Cast, at: datetime) -> Case:
    """Return a loan that is with the Bank for Social Policies."""
    return a_case(cast.applicant, service="credit_access", at_node="lender_result", at=at, lender="NHCSXH")


def test_the_next_page_says_nothing_of_when_a_case_was_sent(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registers, "PAGE", 1)
    sent = at - timedelta(days=9)
    # The one that was begun last was sent first.
    cases = [handed(cast, at), handed(cast, sent)]
    Case.objects.filter(pk=cases[1].pk).update(submitted_at=sent)
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        bank = signed_in(cast.bank_officer)
        first = bank.get(ADDRESS).content.decode()
        assert cases[0].short_code in first
        assert cases[1].short_code not in first
        after = unquote(first.split("after=")[1].split('"')[0])
        assert after == str(cases[0].pk)
        second = bank.get(ADDRESS, {"after": after}).content.decode()
    assert cases[1].short_code in second
    assert cases[0].short_code not in second


def test_a_case_that_is_not_hers_is_no_place_in_her_register(cast: Cast, at: datetime) -> None:
    mine, elsewhere = handed(cast, at + timedelta(days=1)), a_case(cast.another_applicant, at=at)
    text = signed_in(cast.bank_officer).get(ADDRESS, {"after": str(elsewhere.pk)}).content.decode()
    assert mine.short_code in text, "it opens the first page, whenever the other was sent"
