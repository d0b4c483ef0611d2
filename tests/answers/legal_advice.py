"""A general question about tax, without an adviser."""

A_QUESTION = "Quy định về hoá đơn điện tử với bán hàng qua sàn áp dụng thế nào cho công ty của tôi?"
ANSWERS = {
    "law_field": "tax",
    "question_kind": "general",
    "need": A_QUESTION,
    "urgent_until": "",
    "at_court": "no",
}
