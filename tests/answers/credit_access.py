"""A loan of eighty million for sewing machines, by a member of a savings and credit group."""

ANSWERS = {
    "entity_type": "household",
    "entity_name": "Hộ kinh doanh may Hạnh Phúc",
    "amount": 80_000_000,
    "purpose_kind": "work",
    "purpose": "Tôi mua thêm bốn máy may để nhận hàng gia công và thuê hai chị em cùng xóm.",
    "term_months": 36,
    "own_capital": 20_000_000,
    "jobs": 3,
    "collateral": "none",
    "existing_debts": None,
    "debt_overdue": "no",
    "in_savings_group": "yes",
    "savings_group": "Tổ tiết kiệm và vay vốn số 4",
    "rural": "no",
    "startup": "no",
    "wants_foreign_fund": "no",
    "urgent_until": "",
    "wants_legal_check": "no",
}
