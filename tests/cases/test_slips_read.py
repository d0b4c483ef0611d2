"""Who reads a slip, and how everybody checks one: the page behind its picture, the line and the signature."""

import html
import re
from base64 import b64decode
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings as house
from django.test import Client
from django.urls import reverse

from cases import slips
from cases.models import AccessRecord, Case, Slip, TimelineEvent
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.builders import A_QUESTION, a_case
from tests.cases.slips import a_closed_case, a_late_case, kinds, slip_of
from workflows.models import WorkItem

pytestmark = pytest.mark.django_db


# --- who may read it ----------------------------------------------------------------------------------------


def readers(cast: Cast, slip: Slip) -> set[str]:
    """Return the parts of the cast that get a slip's PDF."""
    address = reverse("cases:slip_pdf", args=[slip.key])
    answers = {part: signed_in(person).get(address).status_code for part, person in cast.people()}
    assert set(answers.values()) <= {200, 404}
    return {part for part, status in answers.items() if status == 200}


def test_a_slip_is_read_by_her_by_who_handles_the_case_and_by_who_supervises(cast: Cast, at: datetime) -> None:
    case = a_closed_case(cast, at)
    offices = {"commune_officer", "city_officer", "another_city_officer", "city_approver", "supervisor", "auditor"}
    assert readers(cast, slip_of(case, "M02")) == {"applicant", *offices}
    assert readers(cast, slip_of(case, "M06")) == offices
    read = AccessRecord.objects.filter(case=case, part=AccessRecord.Part.DOCUMENT)
    assert {record.person_id for record in read} == {getattr(cast, part).pk for part in offices}
    assert Client().get(reverse("cases:slip_pdf", args=[slip_of(case, "M02").key])).status_code == 302


def test_an_office_that_is_only_consulted_reads_no_slip(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="consult_tax")
    assert not {"tax_officer", "finance_officer"} & readers(cast, slip_of(case, "M01"))


def test_a_slip_of_a_sealed_case_is_read_by_her_and_by_name_only(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="direct_help")
    assert readers(cast, slip_of(case, "M01")) == {"applicant", "city_officer", "city_approver"}


def last_item_of(case: Case) -> int:
    """Return the id of the last work item of a case."""
    return WorkItem.objects.filter(case=case).latest("pk").pk


def test_her_page_lists_hers_and_the_pages_of_colleagues_all(cast: Cast, at: datetime) -> None:
    case = a_closed_case(cast, at)
    hers = signed_in(cast.applicant).get(reverse("cases:status", args=[case.key])).content.decode()
    story = signed_in(cast.supervisor).get(reverse("workflows:story", args=[case.key])).content.decode()
    office = signed_in(cast.city_officer).get(reverse("workflows:office_case", args=[case.key])).content.decode()
    last = last_item_of(case)
    item = signed_in(cast.city_officer).get(reverse("workflows:item", args=[last])).content.decode()
    assert "Giấy tờ của hồ sơ" in hers
    for slip in case.slips.all():
        address = reverse("cases:slip_pdf", args=[slip.key])
        assert (address in hers) == (slip.kind != "M06"), slip.kind
        assert all(address in page for page in (story, office, item)), slip.kind


def test_the_receipt_at_its_old_address_is_the_newest(cast: Cast) -> None:
    case = a_case(cast.applicant, at_node="triage")
    response = signed_in(cast.applicant).get(reverse("cases:receipt", args=[case.key]))
    assert response.content == slips.pdf_of(case.slips.filter(kind="M01").latest("event__position"))


# --- everybody ----------------------------------------------------------------------------------------------


def boxes(page: str) -> dict[str, str]:
    """Return the text boxes of a page by their id."""
    found = re.findall(r"<textarea[^>]*id=\"([\w-]+)\"[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}


def test_whoever_holds_the_paper_learns_that_it_is_real_and_nothing_of_whose_it_is(cast: Cast, at: datetime) -> None:
    for case in (a_closed_case(cast, at), a_case(cast.applicant, at_node="direct_help")):
        for slip in [slip_of(case, kind) for kind in set(kinds(case))]:
            response = Client().get(reverse("cases:slip", args=[slip.key]))
            page = response.content.decode()
            assert response.status_code == 200
            assert response["Cache-Control"] == "no-store"
            assert "Phiếu này là thật" in page
            assert case.short_code in page
            for secret in (
                "Nguyễn Thị Hạnh",
                "Trần Thị Mai",
                "Hạnh Phúc",
                "Hỏi luật",
                "0900",
                "Lê Chân",
                A_QUESTION[:20],
            ):
                assert secret not in page, secret


def test_an_unknown_address_of_a_slip_is_called_one_that_is_not_ours(cast: Cast) -> None:
    response = Client().get(reverse("cases:slip", args=[uuid4()]))
    assert response.status_code == 404
    page = response.content.decode()
    for words in ("Phiếu này không có trong sổ của chúng tôi", "Có thể là giả.", house.HELP_PHONE):
        assert words in page
    response = signed_in(cast.applicant).get(reverse("cases:slip_pdf", args=[uuid4()]))
    assert response.status_code == 404
    assert "Phiếu" not in response.content.decode().partition("<main")[2]


def test_a_slip_that_a_newer_one_replaced_is_real_but_no_longer_holds_and_strangers_learn_no_day(
    cast: Cast, at: datetime
) -> None:
    case = a_late_case(cast, at)
    kinds(case)
    case.refresh_from_db()
    new_day = f"{case.promised_on:%d/%m/%Y}"
    old, newest = case.slips.filter(kind="M01").last(), case.slips.get(kind="M04")
    assert old is not None
    for page in (
        Client().get(reverse("cases:slip", args=[old.key])).content.decode(),
        check(old.statement, old.signature).content.decode(),
    ):
        assert "Đã có phiếu mới hơn, ngày 26/11/2026." in page
        assert "27/11/2026" in page
        assert new_day not in page
    for page in (
        Client().get(reverse("cases:slip", args=[newest.key])).content.decode(),
        check(newest.statement, newest.signature).content.decode(),
    ):
        assert "phiếu mới hơn" not in page


def test_on_her_page_one_slip_is_in_force_and_the_older_ones_are_folded_away(cast: Cast, at: datetime) -> None:
    case = a_case(cast.applicant, at_node="triage", at=at)
    page = signed_in(cast.applicant).get(reverse("cases:status", args=[case.key])).content.decode()
    shown, _fold, older = page.partition("Phiếu cũ, không còn hiệu lực")
    first, second = (reverse("cases:slip_pdf", args=[slip.key]) for slip in case.slips.order_by("event__position"))
    assert (second in shown, first in shown, first in older) == (True, False, True)
    assert page.count("đang có hiệu lực") == 1


def test_anyone_can_check_the_signature_with_what_the_page_shows_and_any_changed_sign_fails(cast: Cast) -> None:
    slip = slip_of(a_case(cast.applicant), "M01")
    shown = boxes(Client().get(reverse("cases:slip", args=[slip.key])).content.decode())
    key = load_pem_public_key(shown["key-p1"].encode())
    assert isinstance(key, Ed25519PublicKey)
    line, signature = shown["id_line"], b64decode(shown["id_signature"])
    key.verify(signature, line.encode())
    for place, sign in enumerate(line):
        changed = f"{line[:place]}{chr(ord(sign) ^ 1)}{line[place + 1 :]}"
        with pytest.raises(InvalidSignature):
            key.verify(signature, changed.encode())


def check(line: str, signature: str) -> Any:
    return Client().post(reverse("cases:check_slip"), {"line": line, "signature": signature})


def test_a_line_copied_from_paper_with_its_breaks_is_right_and_a_changed_one_is_not(cast: Cast) -> None:
    slip = slip_of(a_case(cast.applicant), "M01")
    broken = slip.statement.replace("|", "|\n ").replace("sha256 ", "sha256\n")
    right = check(broken, f"{slip.signature[:40]}\n{slip.signature[40:]} ").content.decode()
    assert "<h1>Dòng này đúng là của chúng tôi</h1>" in right
    assert "kết thúc bằng" not in right
    assert right.index(slip.case.code or "-") < right.index("<details")
    assert "khoá p1" in right.partition("<details")[2]
    for line, signature in (
        (slip.statement.replace("M01", "M04"), slip.signature),
        (slip.statement, slip.signature[::-1]),
        (slip.statement, "không phải chữ ký"),
        ("bất kỳ", "bất kỳ"),
    ):
        answer = check(line, signature)
        assert (answer.status_code, "Không khớp" in answer.content.decode()) == (200, True)
    empty = check("", "").content.decode()
    assert "Chép dòng ở cuối phiếu vào đây." in empty


def test_it_is_checked_only_so_often(cast: Cast) -> None:
    answers = [check("a", "b").status_code for _try in range(61)]
    assert (answers[59], answers[60]) == (200, 429)


def test_a_key_that_came_later_leaves_old_slips_real(cast: Cast, settings: Any) -> None:
    old = slip_of(a_case(cast.applicant), "M01")
    settings.SLIP_KEYS = {**settings.SLIP_KEYS, "p2": "another secret"}
    new = slip_of(a_case(cast.another_applicant), "M01")
    assert (old.key_id, new.key_id) == ("p1", "p2")
    assert slips.proven(old)
    assert slips.proven(new)
    settings.SLIP_KEYS = {"p2": "another secret"}
    assert slips.proven(old) is None
    page = Client().get(reverse("cases:slip", args=[old.key])).content.decode()
    assert "Chưa xác nhận được phiếu này" in page


def test_every_slip_belongs_to_one_event_of_its_own_case(cast: Cast, at: datetime) -> None:
    case = a_closed_case(cast, at)
    kinds(case)
    assert not Slip.objects.exclude(event__in=TimelineEvent.objects.filter(case=case)).exists()
