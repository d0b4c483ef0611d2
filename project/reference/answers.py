"""Answers to what many ask, each from a text that was read at its source."""

from datetime import date

from cases.models.knowledge import PublishedAnswer
from project.reference.writing import write

PUBLISHED_ON = date(2026, 11, 22)

# Code, field of law, question, answer, source.
ANSWERS = [
    (
        "women-owned-enterprise",
        "registration",
        "Thế nào là doanh nghiệp nhỏ và vừa do phụ nữ làm chủ?",
        "Doanh nghiệp cần đủ hai điều.\n"
        "Một: một hoặc nhiều phụ nữ nắm từ 51% vốn điều lệ trở lên.\n"
        "Hai: ít nhất một người trong các chị ấy quản lý, điều hành doanh nghiệp.\n"
        "Đúng 51% là đủ. Thiếu một chút, như 50,99%, là chưa đủ.",
        "Luật Hỗ trợ doanh nghiệp nhỏ và vừa 04/2017/QH14, Điều 3 khoản 1",
    ),
    (
        "legal-answer-time",
        "other",
        "Hỏi về pháp luật thì bao lâu có câu trả lời?",
        "Điều này dành cho doanh nghiệp nhỏ và vừa hỏi về cách áp dụng chung của pháp luật.\n"
        "Cơ quan nhà nước trả lời trong 15 ngày làm việc.\n"
        "Câu hỏi phức tạp thì chậm nhất là 30 ngày làm việc.\n"
        "Doanh nghiệp do phụ nữ làm chủ được xếp trước.",
        "Nghị định 55/2019/NĐ-CP, Điều 8 và Điều 4 khoản 4",
    ),
    (
        "household-to-enterprise-guidance",
        "registration",
        "Hộ kinh doanh muốn lên doanh nghiệp thì được hướng dẫn thế nào?",
        "Chị được hướng dẫn miễn phí về hồ sơ và thủ tục lập doanh nghiệp.\n"
        "Thời hạn hướng dẫn là 3 ngày làm việc.\n"
        "Chị nên có sẵn giấy đăng ký hộ kinh doanh, giấy đăng ký thuế và tờ khai thuế trong một năm gần đây.",
        "Nghị định 80/2021/NĐ-CP, Điều 15",
    ),
    (
        "household-one-year",
        "registration",
        "Hộ kinh doanh hoạt động chưa đủ một năm có lên doanh nghiệp được không?",
        "Chị vẫn lập được doanh nghiệp.\n"
        "Riêng các khoản hỗ trợ cho hộ chuyển lên doanh nghiệp thì có điều kiện.\n"
        "Hộ cần đã đăng ký và hoạt động liên tục từ một năm trở lên.",
        "Luật Hỗ trợ doanh nghiệp nhỏ và vừa 04/2017/QH14, Điều 16",
    ),
    (
        "withdrawing-a-file",
        "other",
        "Đã nộp hồ sơ thủ tục hành chính rồi thì có rút lại được không?",
        "Được, khi cơ quan nhà nước chưa có quyết định giải quyết.\n"
        "Chị gửi đề nghị dừng giải quyết cho nơi đã nhận hồ sơ.\n"
        "Khi đã có quyết định thì không rút được nữa.",
        "Thông tư 03/2025/TT-VPCP, Điều 7",
    ),
    (
        "unsecured-agri-loan",
        "credit",
        "Vay vốn nông nghiệp, nông thôn không thế chấp được tối đa bao nhiêu?",
        "Mức cao nhất tùy người vay:\n"
        "– Cá nhân, hộ gia đình: 300 triệu đồng.\n"
        "– Tổ hợp tác, hộ kinh doanh: 500 triệu đồng.\n"
        "– Chủ trang trại: 3 tỷ đồng.\n"
        "– Hợp tác xã: 5 tỷ đồng.\n"
        "Ngân hàng xem xét và quyết định từng khoản vay.",
        "Nghị định 55/2015/NĐ-CP, sửa đổi bởi Nghị định 156/2025/NĐ-CP",
    ),
]


def load() -> int:
    """Write the answers; the day one is withdrawn stays with the office."""
    rows = [
        PublishedAnswer(
            code=code,
            law_field=field,
            question=question,
            answer=answer,
            source=source,
            published_on=PUBLISHED_ON,
        )
        for code, field, question, answer, source in ANSWERS
    ]
    return write(rows, by=["code"], office=["withdrawn_on"])
