"""Who read which case, for those who supervise."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import AccessRecord, Case, User
from cases.queries import diary as diaries
from cases.queries.diary import diary
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import a_case

ADDRESS = "/giam-sat/nhat-ky/"


def read(case: Case, person: User, at: datetime) -> AccessRecord:
    return AccessRecord.objects.create(case=case, person=person, part="case", purpose="read", at=at)


def shown(user: User, **chosen: str) -> list[AccessRecord]:
    return [reading.record for reading in diary(user, **chosen).readings]


def test_only_those_who_supervise_have_it(cast: Cast) -> None:
    for part, person in cast.people():
        status = signed_in(person).get(ADDRESS).status_code
        assert (part, status) == (part, 200 if part in ("supervisor", "auditor") else 404)


def test_the_newest_stands_first_and_pages_follow_one_another(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diaries, "PAGE", 2)
    case = a_case(cast.applicant)
    records = [read(case, cast.justice_officer, at + timedelta(minutes=nth)) for nth in range(5)]
    met: list[AccessRecord] = []
    after = ""
    for _page in range(3):
        page = diary(cast.supervisor, after=after)
        met += [reading.record for reading in page.readings]
        after = page.after
    assert (met, after) == (records[::-1], "")


def test_it_is_filtered_by_person_and_by_case(cast: Cast, at: datetime) -> None:
    one, other = a_case(cast.applicant), a_case(cast.another_applicant)
    first, second = read(one, cast.justice_officer, at), read(other, cast.city_officer, at)
    assert shown(cast.supervisor, person=str(cast.city_officer.pk)) == [second]
    assert shown(cast.supervisor, code=one.short_code) == [first]
    assert shown(cast.supervisor, code="không có") == []
    text = signed_in(cast.supervisor).get(ADDRESS, {"code": one.short_code}).content.decode()
    assert "Lê Anh Tuấn" in text
    assert "Đỗ Thị Ngọc" not in text


@pytest.mark.parametrize("typed", ["x", "-1", "²", str(2**70), "9" * 5000, "\0"])
def test_what_nobody_was_given_opens_the_first_page(cast: Cast, at: datetime, typed: str) -> None:
    record = read(a_case(cast.applicant), cast.justice_officer, at)
    client = signed_in(cast.supervisor)
    assert client.get(ADDRESS, {"after": typed, "person": typed}).status_code == 200
    assert shown(cast.supervisor, after=typed) == [record]


def test_readings_of_sealed_cases_and_of_her_own_stand_nowhere(cast: Cast, at: datetime) -> None:
    read(a_case(cast.applicant, at_node="direct_help"), cast.city_officer, at)
    read(a_case(cast.supervisor), cast.city_officer, at)
    assert shown(cast.supervisor) == []
    assert "Chưa có ai đọc hồ sơ nào." in signed_in(cast.supervisor).get(ADDRESS).content.decode()


def test_more_readings_cost_no_more_queries(cast: Cast, at: datetime) -> None:
    client = signed_in(cast.supervisor)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(ADDRESS)
        return len(captured)

    read(a_case(cast.applicant), cast.justice_officer, at)
    few = cost()
    for _nth in range(4):
        read(a_case(cast.another_applicant), cast.city_officer, at)
    assert cost() == few


def test_a_list_that_left_as_a_file_is_one_line_that_opens(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diaries, "PAGE", 2)
    cases = [a_case(cast.applicant) for _nth in range(5)]
    before = read(cases[0], cast.justice_officer, at)
    lists = [
        [
            AccessRecord.objects.create(
                case=case,
                person=cast.supervisor,
                part="case",
                purpose=AccessRecord.EXPORT,
                at=at + timedelta(hours=nth),
            )
            for case in cases
        ]
        for nth in range(3)
    ]
    newest, middle, oldest = (records[-1] for records in reversed(lists))
    page = diary(cast.supervisor)
    assert [(reading.record, reading.cases) for reading in page.readings] == [(newest, 5), (middle, 5)]
    following = diary(cast.supervisor, after=page.after)
    assert [(reading.record, reading.cases) for reading in following.readings] == [(oldest, 5), (before, 1)]
    assert following.after == ""
    met: list[AccessRecord] = []
    after = ""
    for _page in range(3):
        opened = diary(cast.supervisor, file=str(newest.pk), after=after)
        met += [reading.record for reading in opened.readings]
        after = opened.after
    assert (met, after) == (lists[-1][::-1], "")
    text = signed_in(cast.supervisor).get(ADDRESS).content.decode()
    assert f'<a href="?file={newest.pk}">Tải 5 hồ sơ</a>' in text
    # Of one case alone it is a reading as any other.
    assert {reading.cases for reading in diary(cast.supervisor, code=cases[1].short_code).readings} == {1}


def test_the_office_stands_beside_the_reader(cast: Cast, at: datetime) -> None:
    read(a_case(cast.applicant), cast.justice_officer, at)
    assert [reading.office for reading in diary(cast.supervisor).readings] == ["Sở Tư pháp"]
