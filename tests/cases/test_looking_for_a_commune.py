"""Without JavaScript she looks for her commune by its name of today, its old name or its old district."""

import re

import pytest
from django.urls import reverse

from cases.models import Commune
from project.demo.cast import Cast
from tests import browsing
from tests.builders import a_draft


def offered(page: str) -> list[str]:
    """Return the lines of the list, without the empty one."""
    return [words.strip() for value, words in re.findall(r'<option value="(\d*)"[^>]*>([^<]*)', page) if value]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("kien thuy", "Xã Kiến Thụy"),
        ("KIẾN THỤY", "Xã Kiến Thụy"),
        ("nui doi", "Xã Kiến Thụy"),
        ("Núi Đối", "Xã Kiến Thụy"),
        ("do son", "Phường Đồ Sơn"),
        ("bach long", "Đặc khu Bạch Long Vĩ"),
    ],
)
def test_a_commune_is_found_by_its_new_and_old_name_with_and_without_marks(cast: Cast, words: str, name: str) -> None:
    draft = a_draft(cast.applicant)
    address = reverse("cases:page", args=[draft.key, "xa-phuong"])
    client = browsing.signed_in(cast.applicant)
    whole = offered(client.get(address).content.decode())
    page = client.get(address, {"tim": words}).content.decode()
    found = offered(page)
    assert any(line.startswith(name) for line in found)
    assert len(found) < len(whole) / 4
    assert f'value="{words}"' in page, "what she looked for stays in the box"
    # The one she chose before is still there.
    assert any(line.startswith("Phường Lê Chân") for line in found)
    assert re.search(r"<option[^>]* selected[^>]*>Phường Lê Chân", page)


def test_an_old_district_finds_every_commune_that_was_part_of_it(cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    address = reverse("cases:page", args=[draft.key, "xa-phuong"])
    district = "(huyện Kiến Thuỵ)"
    there = Commune.objects.filter(province__prefix="HPG", formerly__contains=district, valid_to__isnull=True)
    assert there.count() > 1
    found = offered(browsing.signed_in(cast.applicant).get(address, {"tim": "kien thuy"}).content.decode())
    for commune in there:
        assert any(line.startswith(commune.name) for line in found), commune.name


def test_what_is_nowhere_is_said_and_leaves_the_whole_list(cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    address = reverse("cases:page", args=[draft.key, "xa-phuong"])
    client = browsing.signed_in(cast.applicant)
    page = client.get(address, {"tim": '<script>"zzz'}).content.decode()
    assert "Không tìm thấy tên này." in page
    assert offered(page) == offered(client.get(address).content.decode())
    assert "&lt;script&gt;&quot;zzz" in page


def test_a_commune_found_so_is_saved_and_the_way_back_to_the_check_is_kept(cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    address = reverse("cases:page", args=[draft.key, "xa-phuong"]) + "?xem-lai&tim=kien+thuy"
    client = browsing.signed_in(cast.applicant)
    assert '<input type="hidden" name="xem-lai"' in client.get(address).content.decode()
    kien_thuy = Commune.objects.get(name="Xã Kiến Thụy", province__prefix="HPG")
    answer = client.post(address, {"commune": kien_thuy.code})
    assert answer["Location"] == reverse("cases:check", args=[draft.key])
    draft.answers.refresh_from_db()
    assert draft.answers.data["commune"] == kien_thuy.code


def test_the_very_name_stands_first_and_nothing_is_found_across_words(cast: Cast) -> None:
    draft = a_draft(cast.applicant)
    address = reverse("cases:page", args=[draft.key, "xa-phuong"])
    found = offered(browsing.signed_in(cast.applicant).get(address, {"tim": "an duong"}).content.decode())
    assert found[0].startswith("Phường An Dương")
    assert any("An Dương" in line and not line.startswith("Phường An Dương") for line in found[1:])
    assert not any("Trấn Dương" in line for line in found if "An Dương" not in line)
    named = [" An Dương" in line.split(" (")[0] for line in found]
    assert named == sorted(named, reverse=True), "names of today stand before former ones"
