"""Which body may fit with which answers: the first rows of the routing table. It suggests, and decides nothing.

A rule goes by what her form asks, never by why she is helped first. Only what was read at its source is marked so; the
rest is our own reading of the city's plan. A changed rule is a new row; the old one is closed, never rewritten.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from cases.models.enterprise import ENTERPRISES, EntityType
from project.reference.places import REFORM
from project.reference.writing import write
from workflows.models import DeadlineRule, RoutingRule
from workflows.queries.routing import SHARE

VERIFIED = DeadlineRule.SourceStatus.VERIFIED
PARTIAL = DeadlineRule.SourceStatus.PARTIAL
ASSUMED = DeadlineRule.SourceStatus.ASSUMED

PLAN = "Dự thảo kế hoạch của thành phố hỗ trợ phụ nữ khởi nghiệp 2026–2035, mục VI"
# In force from 1/1/2026 as three sources agree; its ceiling stands in one of them, and the text was not read.
JOB_LOAN = "Nghị định 338/2025/NĐ-CP"
DEVELOPMENT_FUND = "Nghị định 39/2019/NĐ-CP, Điều 16 và Điều 19"
# What a job-creation loan goes up to for one worker, and the share of her own that the development fund asks for.
JOB_LOAN_CEILING = 200_000_000
OWN_SHARE = 20

_ON_HER_OWN = ["entity_type", "one_of", [EntityType.INDIVIDUAL.value, EntityType.HOUSEHOLD.value]]
_CO_OPERATIVE = [
    "entity_type",
    "one_of",
    [EntityType.COOP_GROUP.value, EntityType.COOP.value, EntityType.COOP_UNION.value],
]
_ENTERPRISE = ["entity_type", "one_of", sorted(ENTERPRISES)]
_UP_TO_THE_CEILING = ["amount", "at_most", JOB_LOAN_CEILING]

# Place in the order, the answers for which it holds, body, product, why, source, how sure.
LENDERS: list[tuple[int, list[list[Any]], str, str, str, str, str]] = [
    (
        10,
        [["wants_foreign_fund", "is", "yes"]],
        "SNGV",
        "Quỹ hoặc tổ chức nước ngoài",
        "Chị muốn tìm quỹ nước ngoài. Sở Ngoại vụ giúp nối với các quỹ này.",
        PLAN,
        ASSUMED,
    ),
    (
        20,
        [_CO_OPERATIVE],
        "LMHTX",
        "Quỹ hỗ trợ phát triển hợp tác xã",
        "Quỹ này cho hợp tác xã và tổ hợp tác vay, qua Liên minh Hợp tác xã.",
        PLAN,
        ASSUMED,
    ),
    (
        30,
        [_ON_HER_OWN, ["in_savings_group", "is", "yes"], _UP_TO_THE_CEILING],
        "NHCSXH",
        "Vay qua tổ tiết kiệm và vay vốn",
        "Chị ở trong tổ tiết kiệm và vay vốn. Ngân hàng Chính sách xã hội cho vay qua tổ.",
        f"Nghị định 06/2026/NĐ-CP, Điều 30 và Điều 45; {JOB_LOAN}",
        PARTIAL,
    ),
    (
        40,
        [_ON_HER_OWN, ["purpose_kind", "is", "work"], _UP_TO_THE_CEILING],
        "NHCSXH",
        "Vay giải quyết việc làm",
        "Chị vay để tạo việc làm. Ngân hàng Chính sách xã hội có khoản vay riêng cho việc này.",
        JOB_LOAN,
        PARTIAL,
    ),
    (
        50,
        [_ENTERPRISE, ["purpose_kind", "is", "innovation"], ["own_capital", SHARE, ["amount", OWN_SHARE]]],
        "STC",
        "Quỹ phát triển doanh nghiệp nhỏ và vừa",
        "Doanh nghiệp đổi mới và có từ 20% vốn của mình. Sở Tài chính hướng dẫn vay quỹ này.",
        DEVELOPMENT_FUND,
        VERIFIED,
    ),
    (
        60,
        [["rural", "is", "yes"], ["purpose_kind", "is", "farming"]],
        "AGRI",
        "Vay nông nghiệp, nông thôn",
        "Chị vay để làm nông ở nông thôn. Ngân hàng Nông nghiệp có khoản vay cho việc này.",
        PLAN,
        ASSUMED,
    ),
    (
        70,
        [["rural", "is", "yes"], ["sector", "is", "agriculture"]],
        "AGRI",
        "Vay nông nghiệp, nông thôn",
        "Cơ sở của chị làm nông ở nông thôn. Ngân hàng Nông nghiệp có khoản vay cho việc này.",
        PLAN,
        ASSUMED,
    ),
    (
        80,
        [["startup", "is", "yes"]],
        "SKHCN",
        "Quỹ đầu tư mạo hiểm của thành phố (chưa thành lập)",
        "Quỹ cho khởi nghiệp chưa thành lập. Trong lúc chờ, Sở Khoa học và Công nghệ hướng dẫn chị.",
        PLAN,
        ASSUMED,
    ),
    (
        90,
        [],
        "NHNN",
        "Tìm nơi vay phù hợp",
        "Chưa thấy nơi nào khớp. Ngân hàng Nhà nước khu vực giúp tìm nơi phù hợp.",
        PLAN,
        ASSUMED,
    ),
]

# The first day of the rules that stand on a law of its own date, by their place; none holds before its law.
_FROM = {30: date(2026, 1, 1), 40: date(2026, 1, 1)}

# A rule that came with the product is known by its place; when it ends stays with the office.
_KNOWN_BY = ("service", "name", "position", "valid_from", "proposed_by_id")
_KEPT = ("valid_to", "replaces", "approved_by", "approved_at")


def load() -> int:
    """Write the rules that come with the product; what the office proposed is never touched."""
    return write(_rules(), by=_KNOWN_BY, office=_KEPT)


def _rules() -> Iterator[RoutingRule]:
    for position, conditions, kind, product, why, source, status in LENDERS:
        yield RoutingRule(
            service="credit_access",
            name="lender",
            position=position,
            conditions=conditions,
            kind=kind,
            product=product,
            why=why,
            source=source,
            source_status=status,
            valid_from=_FROM.get(position, REFORM),
        )
