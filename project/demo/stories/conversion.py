"""The stories of household businesses that become enterprises: every branch, in every state. All of it is invented."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from project.demo.cast import COMMUNES
from project.demo.stories.base import Step, Story, step

# A household business of seven months, whenever the demo is played.
SEVEN_MONTHS_AGO = (timezone.localdate() - timedelta(days=213)).isoformat()
A_WISH: dict[str, Any] = {
    "entity_type": "household",
    "sector": "trade",
    "employees_insured": 3,
    "female_employees": 2,
    "household_code": "",
    "started_on": "2022-03-15",
    "form_wanted": "llc1",
    "name_2": "",
    "name_3": "",
    "capital": 500_000_000,
    "conditional_sector": "no",
    "foreign_capital": "no",
    "tax_debt": "no",
    "staff": 5,
}
WITH_HER_SISTER: dict[str, Any] = {
    "form_wanted": "llc2",
    "capital": 1_200_000_000,
    "members": [
        {"name": "Lục Thị Hường", "personal_id": "", "share": "66.67", "woman": "yes"},
        {"name": "Lục Thị Hà", "personal_id": "", "share": "33.33", "woman": "yes"},
    ],
}
WITH_A_COUSIN: dict[str, Any] = {
    **WITH_HER_SISTER,
    "members": [
        {"name": "Doãn Thị Thuỳ", "personal_id": "", "share": "51.00", "woman": "yes"},
        {"name": "Doãn Văn Khoa", "personal_id": "", "share": "49.00", "woman": "no"},
    ],
}

GUIDED = (
    "Chị chọn công ty một thành viên là hợp. Hồ sơ gồm giấy đề nghị, điều lệ và bản sao giấy hộ kinh doanh. "
    "Chị nộp qua mạng, không phải đi lại."
)
MET = "Tôi đã gặp chị tại cửa hàng. Hai chị em đã xem sổ bán hàng và thử lập hoá đơn trên điện thoại."
ADVICE = "Từ tháng có mã số, chị ghi sổ theo công ty và kê khai theo quý. Hội có lớp kế toán miễn phí cho chị."
MISSING = "Tên chị chọn trùng với một công ty khác. Chị xem lại tên thứ hai rồi báo lại cho chúng tôi."
COMPLETE = "Giấy tờ của chị đã đủ. Chị nộp qua mạng hoặc tại Sở Tài chính, mang theo thư này nếu cần."
CORRECT = "Cơ quan đăng ký đề nghị chị ghi rõ số nhà của trụ sở và ký lại trang cuối của điều lệ."
NOT_NOW = (
    "Cơ quan đăng ký chưa cấp, vì trụ sở chị ghi là căn hộ chung cư. "
    "Khi có nơi khác làm trụ sở, chị có thể nộp lại hồ sơ mới."
)
GUIDANCE_ONLY = "Chị đã có bản hướng dẫn và danh sách giấy tờ. Khi nào sẵn sàng, chị mở hồ sơ mới, chúng tôi giúp tiếp."
STILL_OPEN = "Hộ kinh doanh còn một kỳ thuế chưa xong nên xã chưa đóng. Chị nộp xong thì báo lại cho xã."

ACCEPT = step("intake.accept")
GO_ON = step("eligibility.go_on")
TAX = step("tax_ready.opinion", 1, answer=ADVICE)
GUIDE = step("guide.guided", 1, answer=GUIDED)
MEET = step("companion.met", 2, answer=MET)
TO_READINESS = (ACCEPT, GO_ON, TAX, GUIDE, MEET)
READY = step("readiness.ready", 4)
CONFIRM = step("check_readiness.confirmed", 1, answer=COMPLETE)
TO_REGISTER = (*TO_READINESS, READY, CONFIRM)
GRANT = step("ext_register.granted", 3)
ASK_TO_CORRECT = step("ext_register.corrections", 2, answer=CORRECT)
FINISH = step("put_aside.finish", 2, answer=GUIDANCE_ONLY)
DELIVER = step("deliver.delivered")


def story(
    name: str,
    quiet_for: int,
    business: str,
    need: str,
    *steps: Step,
    at: str = COMMUNES[0],
    phone: str = "",
    **more: Any,
) -> Story:
    """Return one story of a household business that wants to become an enterprise."""
    named = {"entity_name": f"Hộ kinh doanh {business}", "name_1": f"Công ty TNHH {business}"}
    return Story(name, quiet_for, need, steps, {**A_WISH, **named, **more}, at, phone, service="conversion")


STORIES: tuple[Story, ...] = (
    # --- TC-02 and TC-06 ------------------------------------------------------------------------------------
    story(
        "Trần Thị Mai",
        1,
        "bún Mai",
        "Tôi muốn lên công ty để ký hợp đồng với siêu thị và xuất hoá đơn cho khách.",
        *(ACCEPT, GO_ON, TAX),
        at=COMMUNES[1],
        phone="0900 100 001",
    ),
    story(
        "Vũ Thị Ngân",
        2,
        "nail Ngân",
        "Tiệm nail của tôi mở được bảy tháng, tôi muốn lên công ty để mở thêm tiệm.",
        *TO_READINESS,
        registered_on=SEVEN_MONTHS_AGO,
        started_on=SEVEN_MONTHS_AGO,
    ),
    # --- before anybody guides her --------------------------------------------------------------------------
    story("Cầm Thị Dung", 0, "may Dung", "Tôi muốn lên công ty để nhận đơn may đồng phục cho trường học."),
    story(
        "Sầm Thị Liễu",
        2,
        "bánh Liễu",
        "Tôi muốn lên công ty để bán bánh vào các cửa hàng tiện lợi.",
        step("intake.ask", 1, question="Chị gửi ảnh giấy đăng ký hộ kinh doanh, trang có số đăng ký."),
    ),
    story(
        "Quàng Thị Nụ",
        4,
        "rau Nụ",
        "Tôi bán rau ở chợ, muốn mở công ty mà chưa đăng ký hộ kinh doanh bao giờ.",
        step(
            "intake.not_accept",
            1,
            reason_code="NOT_REGISTERED",
            answer="Chị chưa có hộ kinh doanh đăng ký nên chưa chuyển được. Chị đăng ký tại xã trước rồi gửi lại nhé.",
        ),
        entity_type="individual",
        at=COMMUNES[3],
    ),
    story(
        "Chu Thị Bích",
        3,
        "gốm Bích",
        "Tôi muốn lên công ty để bán gốm cho khách ở các tỉnh khác.",
        *(ACCEPT, step("withdraw")),
        at=COMMUNES[2],
    ),
    story(
        "Đèo Thị Thêu",
        5,
        "thêu Thêu",
        "Tôi muốn lên công ty để xuất hàng thêu cho cửa hàng lưu niệm.",
        *(ACCEPT, step("eligibility.ask", 1, question="Chị gửi thêm tờ khai thuế của năm ngoái.")),
        step("expire", 17),
    ),
    story(
        "Tô Thị Hiên",
        1,
        "hoa Hiên",
        "Tôi muốn lên công ty để cung cấp hoa cho khách sạn và nhà hàng.",
        ACCEPT,
        tax_debt="yes",
    ),
    story(
        "Ma Thị Sao",
        1,
        "giặt là Sao",
        "Công ty tôi muốn chuyển sang loại khác, không biết có nộp ở đây được không.",
        *(ACCEPT, step("eligibility.refuse", 1, reason_code="ALREADY_ENTERPRISE")),
        entity_type="llc1",
        form_wanted="private",
    ),
    story(
        "Nông Thị Vóc",
        6,
        "vải Vóc",
        "Tôi gửi thêm một hồ sơ nữa vì chưa thấy ai gọi lại cho tôi.",
        *(ACCEPT, step("eligibility.refuse", 1, reason_code="REPEATED")),
        step("approve_refusal.return", 1, reason="Cần chỉ cho chị ấy hồ sơ trước đang ở đâu."),
        *(step("eligibility.refuse", 1, reason_code="REPEATED"), step("approve_refusal.approve"), DELIVER),
    ),
    # --- guided side by side --------------------------------------------------------------------------------
    story(
        "Lục Thị Hường",
        2,
        "dược Hường",
        "Chị em tôi mở quầy thuốc, muốn lên công ty và có em rể người nước ngoài góp vốn.",
        *(ACCEPT, GO_ON, TAX, GUIDE, step("foreign_capital.opinion", 1), step("conditional_permit.not_obtained", 3)),
        conditional_sector="yes",
        foreign_capital="yes",
        **WITH_HER_SISTER,
    ),
    story(
        "Phùng Thị Đoan",
        8,
        "nhà trọ Đoan",
        "Tôi có tám phòng trọ, muốn lên công ty để đón khách đoàn.",
        *(ACCEPT, GO_ON, TAX, GUIDE, MEET, step("conditional_permit.obtained", 5)),
        step("readiness.not_yet", 3),
        step("put_aside.try_again", 1, answer="Chị dời sang tuần sau cũng được. Khi xong, chị đánh dấu lại danh sách."),
        conditional_sector="yes",
        at=COMMUNES[2],
    ),
    # --- getting ready --------------------------------------------------------------------------------------
    story(
        "Hồng Thị Tuyết",
        1,
        "đá Tuyết",
        "Tôi muốn lên công ty để bán đá sạch cho các quán nước.",
        *(*TO_READINESS, READY),
    ),
    story(
        "Viên Thị Ngà",
        3,
        "mắm Ngà",
        "Tôi muốn lên công ty để dán nhãn mắm và bán trên mạng.",
        *(*TO_READINESS, READY, step("check_readiness.return", 1, answer=MISSING)),
        at=COMMUNES[3],
    ),
    story(
        "Thang Thị Mận",
        1,
        "mộc Mận",
        "Vợ chồng tôi làm mộc, muốn lên công ty để nhận đơn của trường mầm non.",
        *(*TO_READINESS, step("readiness.not_yet", 5)),
    ),
    story(
        "Ngọ Thị Thắm",
        2,
        "xe Thắm",
        "Tôi muốn lên công ty để ký hợp đồng chở hàng dài hạn.",
        *(*TO_READINESS, step("readiness.again", 18), step("readiness.unreached", 18), FINISH),
        at=COMMUNES[1],
    ),
    # --- with the register ----------------------------------------------------------------------------------
    story("Âu Thị Loan", 1, "giày Loan", "Tôi muốn lên công ty để làm giày cho cửa hàng lớn.", *TO_REGISTER),
    story(
        "Đàm Thị Cúc",
        2,
        "chè Cúc",
        "Tôi muốn lên công ty để đưa chè ướp hoa vào siêu thị.",
        *(*TO_REGISTER, ASK_TO_CORRECT),
    ),
    story(
        "Lưu Thị Hoài",
        1,
        "tranh Hoài",
        "Tôi muốn lên công ty để bán tranh thêu cho khách du lịch.",
        *(*TO_REGISTER, ASK_TO_CORRECT, step("correct.corrected", 3), GRANT),
    ),
    story(
        "Khúc Thị Nhã",
        4,
        "in Nhã",
        "Tôi muốn lên công ty để in bao bì cho hàng xóm làm nghề.",
        *(*TO_REGISTER, ASK_TO_CORRECT, step("correct.given_up", 4), FINISH, DELIVER),
    ),
    story(
        "Thiều Thị Xoan",
        1,
        "ren Xoan",
        "Tôi muốn lên công ty để bán ren móc tay ra nước ngoài.",
        *(*TO_REGISTER, ASK_TO_CORRECT, step("correct.again", 13), step("correct.unreached", 13)),
    ),
    # --- what came of it ------------------------------------------------------------------------------------
    story(
        "Kiều Thị Huệ",
        6,
        "nem Huệ",
        "Tôi muốn lên công ty để bán nem cho các bếp ăn.",
        *(*TO_REGISTER, step("ext_register.refused", 3, reason_code="REGISTER_REFUSED", answer=NOT_NOW), DELIVER),
        at=COMMUNES[2],
    ),
    # Long ago: the first follow-ups have come.
    story(
        "Bạch Thị Ngần",
        140,
        "mì Ngần",
        "Tôi muốn lên công ty để mở thêm xưởng mì và thuê thêm thợ.",
        *(*TO_REGISTER, GRANT, step("ext_close_household.closed", 3), step("rate", 1, score=3)),
        at=COMMUNES[1],
    ),
    story(
        "Doãn Thị Thuỳ",
        8,
        "đồ gỗ Thuỳ",
        "Chị em tôi muốn lên công ty để nhận làm nội thất quán cà phê.",
        *(*TO_REGISTER, GRANT, step("ext_close_household.kept_open", 4, answer=STILL_OPEN)),
        **WITH_A_COUSIN,
    ),
)
