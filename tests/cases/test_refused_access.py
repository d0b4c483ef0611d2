"""TC-17: who asks for what is not for her meets nothing at all; it is noted, and those who supervise are warned."""

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from cases.models import Case, RefusedAccess, User
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_case, a_draft, item_at

ASKED_OFTEN = "Hay hỏi hồ sơ không thuộc phần mình"


def asks(user: User, address: str, *, at: datetime) -> str:
    """Return the page that somebody gets who asks for what is not for her: it is not found."""
    with time_machine.travel(at, tick=False):
        response = browsing.signed_in(user).get(address)
    assert response.status_code == 404
    return str(response.content.decode())


def without(address: str, page: str) -> str:
    """Return a page without its own address and the tokens that differ each time."""
    return re.sub(r'value="\w{64}"', "", page).replace(address, "")


def routes_to(case: Case) -> list[str]:
    """Return every address under which somebody could have been given a case of another commune."""
    return _routes(case.key, item_at(case, "intake").pk, case.documents.get().key)


def _routes(case: UUID, item: int, paper: UUID) -> list[str]:
    return [
        reverse("cases:status", args=[case]),
        reverse("workflows:office_case", args=[case]),
        reverse("workflows:story", args=[case]),
        reverse("workflows:item", args=[item]),
        reverse("cases:document", args=[paper]),
    ]


@pytest.fixture
def case(cast: Cast, at: datetime) -> Case:
    """Return a case of one commune, with a paper."""
    draft = a_draft(cast.applicant, at=at)
    client = browsing.signed_in(cast.applicant)
    with time_machine.travel(at, tick=False):
        browsing.add_paper(client, draft, "other", browsing.a_pdf("rieng-tu.pdf"))
        browsing.send(client, draft)
    draft.refresh_from_db()
    return draft


def warned(user: User, *, at: datetime) -> bool:
    """Return whether the diary and the page of checks both warn a supervisor; they never differ."""
    with time_machine.travel(at, tick=False):
        client = browsing.signed_in(user)
        pages = [client.get(reverse(page)).content.decode() for page in ("cases:diary", "workflows:checking")]
    shown = [ASKED_OFTEN in page for page in pages]
    assert shown[0] is shown[1]
    return shown[0]


def test_an_address_of_another_commune_tells_nothing_and_is_noted_once_an_hour(
    cast: Cast, case: Case, at: datetime
) -> None:
    officer = cast.another_commune_officer
    nothing = _routes(uuid4(), 999_999_999, uuid4())
    nowhere = [without(address, asks(officer, address, at=at)) for address in nothing]
    assert not RefusedAccess.objects.exists()
    for address, empty in zip(routes_to(case), nowhere, strict=True):
        page = asks(officer, address, at=at + timedelta(minutes=5))
        assert str(case.code) not in page
        assert str(cast.applicant) not in page
        # But for its own address it is the page of what does not exist.
        assert without(address, page) == empty
    [row] = RefusedAccess.objects.all()
    assert (row.person, row.case, row.sought) == (officer, case, RefusedAccess.Sought.CASE)
    asks(officer, routes_to(case)[-1], at=at + timedelta(hours=1))
    assert list(RefusedAccess.objects.order_by("pk").values_list("sought", flat=True)) == ["case", "document"]


def test_whoever_may_read_or_has_no_office_is_not_noted(cast: Cast, case: Case, at: datetime) -> None:
    for address in routes_to(case):
        # Another applicant mistyped, or was given an address: that is none of our business.
        asks(cast.another_applicant, address, at=at)
    draft = a_draft(cast.another_applicant, at=at)
    asks(cast.another_commune_officer, reverse("workflows:office_case", args=[draft.key]), at=at)
    asks(cast.commune_officer, reverse("workflows:story", args=[case.key]), at=at)
    assert browsing.signed_in(cast.commune_officer).get(routes_to(case)[1]).status_code == 200
    assert not RefusedAccess.objects.exists()


def test_a_search_by_an_identity_number_finds_nothing_and_is_noted(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at=at, answers={"personal_id": "031190012345"})
    # Not even those who may read the case find it by its number.
    for officer in (cast.science_officer, cast.commune_officer):
        client = browsing.signed_in(officer)
        with time_machine.travel(at, tick=False):
            for page in ("workflows:worklist", "cases:office_register"):
                assert case.short_code not in client.get(f"{reverse(page)}?tim=031190012345").content.decode()
    rows = RefusedAccess.objects.order_by("pk").values_list("person", "case", "sought")
    noted = [(person, case_id is None, sought) for person, case_id, sought in rows]
    assert noted == [(cast.science_officer.pk, True, "number"), (cast.commune_officer.pk, True, "number")]


def test_a_search_by_the_code_of_a_case_of_others_is_noted(cast: Cast, case: Case, at: datetime) -> None:
    assert case.code
    with time_machine.travel(at, tick=False):
        page = browsing.signed_in(cast.science_officer).get(f"{reverse('workflows:worklist')}?tim={case.code}")
        browsing.signed_in(cast.commune_officer).get(f"{reverse('workflows:worklist')}?tim={case.code}")
        browsing.signed_in(cast.science_officer).get(f"{reverse('workflows:worklist')}?tim=HPG-26-000000-0")
    assert str(cast.applicant) not in page.content.decode()
    assert list(RefusedAccess.objects.values_list("person", "case")) == [(cast.science_officer.pk, case.pk)]


def test_after_several_tries_within_a_day_the_supervisors_are_warned(cast: Cast, case: Case, at: datetime) -> None:
    officer, address = cast.another_commune_officer, routes_to(case)[1]
    most = settings.REFUSALS_BEFORE_WARNING
    for hour in range(most):
        asks(officer, address, at=at + timedelta(hours=hour))
    now = at + timedelta(hours=most)
    assert not warned(cast.supervisor, at=now)
    asks(officer, address, at=now)
    for reader in (cast.supervisor, cast.auditor):
        assert warned(reader, at=now + timedelta(minutes=1))
    diary = Client()
    diary.force_login(cast.supervisor)
    with time_machine.travel(now, tick=False):
        page = diary.get(reverse("cases:diary")).content.decode()
    assert f"{officer}</b>" in page
    assert f"{most + 1} lần" in page
    # It stands long enough to be read, and not for ever.
    assert warned(cast.supervisor, at=now + timedelta(days=29))
    assert not warned(cast.supervisor, at=now + timedelta(days=40))
    # She herself is told nothing of it.
    mine = browsing.signed_in(officer)
    for page_of_hers in ("workflows:worklist", "notifications:inbox"):
        assert ASKED_OFTEN not in mine.get(reverse(page_of_hers)).content.decode()


def test_the_same_number_of_tries_over_many_days_warns_nobody(cast: Cast, case: Case, at: datetime) -> None:
    for day in range(settings.REFUSALS_BEFORE_WARNING + 1):
        asks(cast.another_commune_officer, routes_to(case)[1], at=at + timedelta(days=day))
    assert not warned(cast.supervisor, at=at + timedelta(days=settings.REFUSALS_BEFORE_WARNING + 1))


def test_what_was_noted_can_neither_be_changed_nor_deleted(cast: Cast, case: Case, at: datetime) -> None:
    asks(cast.another_commune_officer, routes_to(case)[1], at=at)
    for statement in ("UPDATE cases_refusedaccess SET sought = 'document'", "DELETE FROM cases_refusedaccess"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert RefusedAccess.objects.get().sought == RefusedAccess.Sought.CASE
