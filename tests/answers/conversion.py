"""A household business of four years that wants to be a limited company of one member."""

ANSWERS = {
    "entity_type": "household",
    "entity_name": "Hộ kinh doanh bún Mai",
    "sector": "trade",
    "need": "Tôi muốn lên công ty để ký hợp đồng với siêu thị và xuất hoá đơn cho khách.",
    "household_code": "02A8012345",
    "started_on": "2022-03-15",
    "form_wanted": "llc1",
    "name_1": "Công ty TNHH Bún Mai",
    "name_2": "",
    "name_3": "",
    "capital": 500_000_000,
    "conditional_sector": "no",
    "foreign_capital": "no",
    "tax_debt": "no",
    "staff": 5,
}
