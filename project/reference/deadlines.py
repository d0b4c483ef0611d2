"""How long each step may take: the first rows of the deadline rules.

Only rules whose text was read (VERIFIED) may be shown to her as law. A new rule of the law or of the province
is a new row with its own first day, added by the office; the old row is closed, never changed.
"""

from collections.abc import Iterator
from datetime import date

from project.reference.places import REFORM
from project.reference.writing import write
from workflows.flows.registry import FLOWS
from workflows.models import DeadlineRule

WORKING = DeadlineRule.Unit.WORKING
CALENDAR = DeadlineRule.Unit.CALENDAR
OPENED = DeadlineRule.Start.OPENED
SUBMITTED = DeadlineRule.Start.SUBMITTED
ACCEPTED = DeadlineRule.Start.ACCEPTED
VERIFIED = DeadlineRule.SourceStatus.VERIFIED
PARTIAL = DeadlineRule.SourceStatus.PARTIAL
ASSUMED = DeadlineRule.SourceStatus.ASSUMED

COST_SUPPORT = "Nghị định 55/2019/NĐ-CP, Điều 9 (tỉnh có thể quy định riêng: Nghị định 121/2025/NĐ-CP)"
HOUSEHOLD_CLOSING = "Nghị định 168/2025/NĐ-CP, Điều 27"
OWN_TARGET = "Mục tiêu nội bộ"
ONE_PROVINCE = "Quy trình của một tỉnh (nguồn thứ cấp, chưa đọc văn bản)"
OLD_JOB_LOAN = (
    "Nghị định 61/2015/NĐ-CP và 74/2019/NĐ-CP: thẩm định 10 ngày, phê duyệt 5 ngày; "
    "hết hiệu lực, thay bằng Nghị định 338/2025/NĐ-CP"
)

# Code, working days, counted from, source.
LAW = [
    ("LEGAL_GENERAL", 15, ACCEPTED, "Nghị định 55/2019/NĐ-CP, Điều 8"),
    ("LEGAL_COMPLEX", 30, ACCEPTED, "Nghị định 55/2019/NĐ-CP, Điều 8"),
    ("LEGAL_COST_DECISION", 10, OPENED, COST_SUPPORT),
    ("LEGAL_COST_PAY", 10, OPENED, COST_SUPPORT),
    ("CONV_GUIDE", 3, OPENED, "Nghị định 80/2021/NĐ-CP, Điều 15"),
    ("ERC", 3, OPENED, "Luật Doanh nghiệp 2020, Điều 26 khoản 5"),
    ("HH_CLOSE_NOTICE", 2, OPENED, HOUSEHOLD_CLOSING),
    ("HH_CLOSE", 3, OPENED, HOUSEHOLD_CLOSING),
    ("COOP_REG", 3, OPENED, "Luật Hợp tác xã 2023 (17/2023/QH15), Điều 43"),
    ("THT_REG", 3, OPENED, "Nghị định 92/2024/NĐ-CP, Điều 58; Luật Hợp tác xã 2023, Điều 107"),
    ("THT_FILE", 5, OPENED, "Nghị định 92/2024/NĐ-CP, Điều 58; Luật Hợp tác xã 2023, Điều 107"),
    ("SME_SUPPORT", 14, OPENED, "Nghị định 80/2021/NĐ-CP, Điều 32"),
]
# How long a household business must have run without a break before what the law gives to enterprises made of one.
HOUSEHOLD_AGE = "Luật Hỗ trợ doanh nghiệp nhỏ và vừa 2017 (04/2017/QH14), Điều 16"

# For information only, they bind administrative bodies: code, calendar days, source.
COMPLAINTS = [
    ("COMPLAINT_FILE", 90, "Luật Khiếu nại 2011, Điều 9"),
    ("COMPLAINT_ACCEPT", 10, "Luật Khiếu nại 2011, Điều 27"),
    ("COMPLAINT_FIRST", 30, "Luật Khiếu nại 2011, Điều 28"),
    ("COMPLAINT_FIRST_COMPLEX", 45, "Luật Khiếu nại 2011, Điều 28"),
    ("COMPLAINT_AGAIN", 30, "Luật Khiếu nại 2011, Điều 33"),
    ("COMPLAINT_SECOND", 45, "Luật Khiếu nại 2011, Điều 37"),
    ("COMPLAINT_SECOND_COMPLEX", 60, "Luật Khiếu nại 2011, Điều 37"),
]

# Our own promises: code, working days, counted from.
OWN_TARGETS = [
    ("INTAKE", 1, SUBMITTED),
    ("VERIFY", 2, OPENED),
    ("KB_ANSWER", 2, OPENED),
    ("LEGAL_NONSME", 10, ACCEPTED),
    ("CONSULT", 7, OPENED),
    ("APPROVE", 2, OPENED),
    ("REDRAFT", 2, OPENED),
    ("APPROVE_REFUSAL", 2, OPENED),
    ("REFER", 2, OPENED),
    ("ADVISER_ACCEPT", 2, OPENED),
    ("EXT_ADVICE", 15, OPENED),
    ("COST_APPROVE", 3, OPENED),
    ("DIRECT_HELP", 2, OPENED),
    ("DELIVER", 1, OPENED),
    ("BANK_UPDATE", 10, OPENED),
    ("REVIEW_ANSWER", 10, OPENED),
    ("FEEDBACK", 15, OPENED),
    ("MENTOR_ACCEPT", 5, OPENED),
    # What a city desk has to find the office for a case that was passed on three times.
    ("TRANSFER", 2, OPENED),
]

# Months are stored as days.
FOLLOW_UPS = [
    ("FOLLOWUP_3", 3, 90),
    ("FOLLOWUP_6", 6, 180),
    ("FOLLOWUP_12", 12, 365),
    ("FOLLOWUP_24", 24, 730),
    ("FOLLOWUP_36", 36, 1095),
]

# What of a rule that came with the product stays with the office; what the office entered itself stays whole.
_KEPT = ("valid_to", "verified_by", "verified_on", "proposed_by", "approved_by", "approved_at")


def load() -> int:
    """Write the rules; when a rule ends and who verified it stays with the office."""
    return write(_rules(), by=["code", "valid_from"], office=_KEPT, entered="proposed_by_id")


def _rules() -> Iterator[DeadlineRule]:
    for code, days, start, source in LAW:
        yield _rule(code, days, source, VERIFIED, clock_start=start)
    for code, days, source in COMPLAINTS:
        yield _rule(code, days, source, VERIFIED, unit=CALENDAR, pauses=False)
    for code, days, start in OWN_TARGETS:
        yield _rule(code, days, OWN_TARGET, ASSUMED, clock_start=start)
    for flow in FLOWS.values():
        for target in flow.about.targets:
            yield _rule(target.code, target.days, OWN_TARGET, ASSUMED)
    for code, months, days in FOLLOW_UPS:
        source = f"{OWN_TARGET}: {months} tháng, tính là {days} ngày"
        yield _rule(code, days, source, ASSUMED, unit=CALENDAR, pauses=False)

    # Years are stored as days, too.
    yield _rule("HOUSEHOLD_AGE", 365, HOUSEHOLD_AGE, VERIFIED, unit=CALENDAR, pauses=False)
    # Her own time to answer or to ask for a review, and the publishing: clocks that never wait for her.
    yield _rule("SUPP_ANSWER", 15, OWN_TARGET, ASSUMED, pauses=False)
    yield _rule("REVIEW_ASK", 15, OWN_TARGET, ASSUMED, pauses=False)
    yield _rule("LEGAL_PUBLISH", 15, "Nghị định 55/2019/NĐ-CP, Điều 8", VERIFIED, unit=CALENDAR, pauses=False)
    # How long before a deadline is missed the apology must be out.
    yield _rule("APOLOGY_LEAD", 1, ONE_PROVINCE, PARTIAL, pauses=False)
    # To how much later a promise is put off where nobody names a day.
    yield _rule("APOLOGY_EXTENSION", 5, OWN_TARGET, ASSUMED, pauses=False)
    # When she is reminded of a question: so long after it, and so long before it is too late.
    yield _rule("SUPP_REMIND", 5, OWN_TARGET, ASSUMED, pauses=False)
    yield _rule("SUPP_REMIND_LAST", 5, OWN_TARGET, ASSUMED, pauses=False)
    # Repealed, kept for cases of its time; its successor has no number until someone has read it.
    yield _rule("VBSP_APPRAISE", 15, OLD_JOB_LOAN, VERIFIED, valid_to=date(2025, 12, 31))
    yield _rule(
        "VBSP_JOB",
        None,
        "Nghị định 338/2025/NĐ-CP, Điều 11 (chưa đọc văn bản)",
        PARTIAL,
        valid_from=date(2026, 1, 1),
    )


def _rule(
    code: str,
    days: int | None,
    source: str,
    status: DeadlineRule.SourceStatus,
    *,
    unit: DeadlineRule.Unit = WORKING,
    clock_start: DeadlineRule.Start = OPENED,
    pauses: bool = True,
    valid_from: date = REFORM,
    valid_to: date | None = None,
) -> DeadlineRule:
    return DeadlineRule(
        code=code,
        days=days,
        unit=unit,
        clock_start=clock_start,
        pauses=pauses,
        legal_source=source,
        source_status=status,
        valid_from=valid_from,
        valid_to=valid_to,
    )
