"""What somebody types of a result outside, however odd: nothing breaks, and nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest

from cases.models import Case, User
from project.demo.cast import Cast
from tests.browsing import conclude
from tests.builders import a_case, item_at
from tests.conftest import THURSDAY

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
WORDS = "Ngân hàng đồng ý cho chị vay. Chị mang giấy tờ tới phòng giao dịch trong tuần này."
LOAN = {"amount": "50 triệu", "rate": "6,6", "term": "36"}
CODE = "0200123457"
CERTIFICATE = {"enterprise_code": CODE, "granted_on_day": "9", "granted_on_month": "11", "granted_on_year": "2026"}
ODD = {
    "a NUL": "0200\x00123457",
    "nine thousand letters": "9" * 9000,
    "nothing": "",
    "below nothing": "-5",
    "two at once": ["x", "y"],
    "a formula": "1e1",
    "digits of another script": "٣٦",
    "what is no number": "NaN",
    "without an end": "Infinity",
}


def lender_says(cast: Cast, case: Case, **typed: Any) -> Any:
    given = {"answer": WORDS, **LOAN, **typed}
    return conclude(cast.bank_officer, case, "lender_result", "approved", at=THURSDAY + A_DAY, **given)


def register_says(officer: User, case: Case, **typed: Any) -> Any:
    return conclude(officer, case, "ext_register", "granted", at=THURSDAY + 10 * A_DAY, **{**CERTIFICATE, **typed})


@pytest.fixture
def lent(cast: Cast) -> Case:
    """Return a loan that waits for the bank."""
    return a_case(cast.applicant, service="credit_access", at_node="lender_result", lender="NHCSXH")


@pytest.fixture
def registering(cast: Cast) -> Case:
    """Return a household business that waits for the register."""
    return a_case(cast.applicant, service="conversion", at_node="ext_register")


@pytest.mark.parametrize("box", LOAN)
@pytest.mark.parametrize("typed", ODD.values(), ids=ODD)
def test_whatever_is_typed_for_a_loan_the_page_comes_back_with_the_words(
    cast: Cast, lent: Case, box: str, typed: Any
) -> None:
    response = lender_says(cast, lent, **{box: typed})
    assert response.status_code == 200
    page = response.content.decode()
    assert WORDS in page
    for other in LOAN.keys() - {box}:
        assert f'name="{other}"' in page
    assert item_at(lent, "lender_result").is_open


@pytest.mark.parametrize("box", CERTIFICATE)
@pytest.mark.parametrize("typed", ODD.values(), ids=ODD)
def test_whatever_is_typed_of_a_certificate_the_page_comes_back_with_the_rest(
    cast: Cast, registering: Case, box: str, typed: Any
) -> None:
    response = register_says(cast.finance_officer, registering, **{box: typed})
    assert response.status_code == 200
    page = response.content.decode()
    for other in CERTIFICATE.keys() - {box}:
        assert f'value="{CERTIFICATE[other]}"' in page
    assert item_at(registering, "ext_register").is_open


@pytest.mark.parametrize(
    ("typed", "is_taken"),
    [("0", True), ("100", True), ("6,60", True), ("6.6 %", True), ("100,01", False), ("6,6,6", False), ("%6", False)],
)
def test_a_rate_is_from_nothing_to_a_hundred_in_plain_digits(
    cast: Cast, lent: Case, typed: str, is_taken: bool
) -> None:
    assert (lender_says(cast, lent, rate=typed).status_code == 302) is is_taken


@pytest.mark.parametrize(("day", "is_taken"), [("4", False), ("5", True)])
def test_a_certificate_is_no_older_than_the_case(cast: Cast, registering: Case, day: str, is_taken: bool) -> None:
    # The case came on Thursday 05/11/2026.
    response = register_says(cast.finance_officer, registering, granted_on_day=day)
    assert (response.status_code == 302) is is_taken
    if not is_taken:
        assert "Ngày này sớm hơn ngày nhận hồ sơ, là 05/11/2026." in response.content.decode()
