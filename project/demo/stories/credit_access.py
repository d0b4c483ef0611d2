"""The stories of access to credit: every branch, every lender, in every state. People and loans are invented."""

from typing import Any

from project.demo.cast import COMMUNES
from project.demo.stories.base import Step, Story, step

ALONE = {"entity_type": "individual"}
HOUSEHOLD = {"entity_type": "household", "entity_name": "Hộ kinh doanh bún Mai", "sector": "trade"}
COOP = {"entity_type": "coop", "entity_name": "Hợp tác xã rươi sạch Vĩnh An", "sector": "agriculture"}
A_LOAN: dict[str, Any] = {
    "amount": 300_000_000,
    "purpose_kind": "equipment",
    "term_months": 36,
    "own_capital": 100_000_000,
    "jobs": 3,
    "collateral": "none",
    "existing_debts": 0,
    "debt_overdue": "no",
    "in_savings_group": "no",
    "savings_group": "",
    "rural": "no",
    "startup": "no",
    "wants_foreign_fund": "no",
    "urgent_until": "",
    "wants_legal_check": "no",
}
IN_A_GROUP = {**ALONE, "purpose_kind": "work", "in_savings_group": "yes", "savings_group": "Tổ TK&VV thôn Đông"}
ON_THE_LAND = {"purpose_kind": "farming", "rural": "yes", "sector": "agriculture"}
NEW = {"purpose_kind": "innovation", "startup": "yes"}

HELPED = "Chị ghi rõ giá từng máy, số hàng mỗi tháng và tiền lãi. Phương án của chị nay đã rõ, chị giữ một bản."
APPROVED = "Ngân hàng đồng ý cho chị vay. Chị mang căn cước đến phòng giao dịch để ký hợp đồng và nhận tiền."
APPRAISING = "Chúng tôi đang thẩm định. Tuần tới cán bộ đến xem nơi chị sản xuất, chị không phải nộp thêm gì."
NOT_NOW = (
    "Lần này chúng tôi chưa cho vay được, vì số tiền lớn hơn mức trả hằng tháng chị tính. "
    "Chị có thể vay ít hơn hoặc trả trong thời gian dài hơn."
)
NO_OTHER = "Chúng tôi đã hỏi các nơi vay khác, hiện chưa nơi nào phù hợp. Phương án của chị vẫn dùng được cho lần sau."
PAID_OUT_SOON = "Ngân hàng báo tuần tới giải ngân. Chị xem tài khoản rồi báo lại cho chúng tôi."
NOT_PAID_OUT = "Ngân hàng chờ chị ký lại hợp đồng. Chị mang căn cước đến ký, ba tháng nữa chúng tôi hỏi thăm chị."

ACCEPT = step("intake.accept")
TO_SOCIAL_BANK = step("completeness.complete", 1, lender="NHCSXH")
HELP = step("plan_help.helped", 3, answer=HELPED)
YES = step("agree.yes")
HANDED = step("handover.handed_over")
APPROVE = step("lender_result.approved", 6, answer=APPROVED, amount=80_000_000, rate="6.6", term=36)
REFUSE = step("lender_result.refused", 5, reason_code="LENDER_REFUSED", answer=NOT_NOW)


def towards(lender: str, **beside: bool) -> tuple[Step, ...]:
    """Return the steps until a lender has the case, with what is done beside the help with the plan."""
    done = {"legal_check": "legal_check.opinion", "commune_confirm": "commune_confirm.confirmed"}
    confirmed = tuple(step(done[name], 1) for name in beside)
    return (ACCEPT, step("completeness.complete", 1, lender=lender, **beside), *confirmed, HELP, YES, HANDED)


def story(
    name: str, quiet_for: int, need: str, *steps: Step, answers: dict[str, Any], at: str = COMMUNES[0], phone: str = ""
) -> Story:
    """Return one story of a loan."""
    return Story(name, quiet_for, need, steps, {**A_LOAN, **answers}, at, phone, service="credit_access")


STORIES: tuple[Story, ...] = (
    # --- to look around, and TC-03 --------------------------------------------------------------------------
    story(
        "Trần Thị Mai",
        1,
        "Tôi mua tủ lạnh lớn và xe đẩy để bán bún buổi sáng ở chợ xã.",
        *(ACCEPT, TO_SOCIAL_BANK, HELP),
        answers={**HOUSEHOLD, "amount": 50_000_000, "own_capital": 15_000_000, "jobs": 2},
        at=COMMUNES[1],
        phone="0900 100 001",
    ),
    story(
        "Lê Thị Hoa",
        2,
        "Tôi mua hai máy may công nghiệp để nhận may gia công tại nhà.",
        *towards("NHCSXH", commune_confirm=True),
        APPROVE,
        step("confirm_disbursed.received", 4),
        answers={
            **IN_A_GROUP,
            "amount": 80_000_000,
            "own_capital": 10_000_000,
            "jobs": 2,
            "priority": "yes",
            "priority_reason": "Tôi bị khuyết tật chân, đi lại khó.",
        },
        at=COMMUNES[1],
    ),
    # --- before a lender has it -----------------------------------------------------------------------------
    story(
        "Đào Thị Nhàn",
        0,
        "Tôi mua máy ép dầu lạc để làm dầu bán cho các cửa hàng sạch.",
        answers=HOUSEHOLD,
    ),
    story(
        "Bế Thị Lụa",
        1,
        "Tôi mua thêm khung dệt để nhận đơn khăn của hai cửa hàng.",
        step("intake.ask", 1, question="Chị gửi thêm phương án vay: mua gì, giá bao nhiêu, bán được bao nhiêu."),
        answers=IN_A_GROUP,
    ),
    story(
        "Cù Thị Nhài",
        1,
        "Tôi sửa chuồng và mua năm mươi con vịt giống để bán trứng.",
        ACCEPT,
        answers={**ALONE, **ON_THE_LAND},
        at=COMMUNES[3],
    ),
    story(
        "Từ Thị Hạt",
        2,
        "Công ty tôi mua máy cắt vải tự động để nhận đơn lớn hơn.",
        *(ACCEPT, step("completeness.complete", 1, lender="AGRI", legal_check=True, commune_confirm=True)),
        step("commune_confirm.confirmed", 1),
        answers={"collateral": "land", "wants_legal_check": "yes"},
    ),
    story(
        "Ứng Thị Vân",
        1,
        "Tôi mua lò nướng và tủ mát để mở tiệm bánh nhỏ đầu ngõ.",
        *(ACCEPT, TO_SOCIAL_BANK, HELP, step("agree.no", 2)),
        answers={**HOUSEHOLD, "purpose_kind": "work"},
    ),
    story(
        "Phó Thị Tơ",
        2,
        "Tôi mua lưới và thuyền nhỏ để nuôi hàu ven đảo cùng em gái.",
        *(ACCEPT, step("completeness.complete", 1, lender="AGRI"), HELP, step("agree.unreached", 8)),
        step("next_lender.another", 1, lender="AGRI"),
        answers={**ALONE, **ON_THE_LAND},
        at=COMMUNES[2],
    ),
    story(
        "Thái Thị Miền",
        7,
        "Tôi thuê thêm mặt bằng và mua giá kệ cho cửa hàng tạp hoá.",
        *(ACCEPT, TO_SOCIAL_BANK, HELP),
        answers={**HOUSEHOLD, "purpose_kind": "stock"},
    ),
    story(
        "Kha Thị Bưởi",
        1,
        "Tôi mua máy sấy cá để bán hàng khô cả mùa mưa.",
        *(ACCEPT, step("completeness.complete", 1, lender="AGRI"), HELP, step("agree.again", 7), YES),
        answers={**HOUSEHOLD, **ON_THE_LAND, "entity_name": "Hộ kinh doanh cá khô Bưởi"},
    ),
    # --- with a lender: each of them ------------------------------------------------------------------------
    story(
        "Lò Thị Én",
        3,
        "Tôi mua máy xay bột và làm bếp mới để làm bánh đa bán sỉ.",
        *towards("NHCSXH"),
        answers=IN_A_GROUP,
        at=COMMUNES[1],
    ),
    story(
        "Giang Thị Thắm",
        1,
        "Tôi dựng nhà lưới trồng rau và mua máy tưới nhỏ giọt.",
        *towards("AGRI"),
        step("lender_result.ask", 3, question="Chị gửi thêm bản chụp giấy tờ đất nơi dựng nhà lưới."),
        answers={**ALONE, **ON_THE_LAND, "collateral": "land"},
        at=COMMUNES[3],
    ),
    story(
        "Hứa Thị Rạng",
        2,
        "Hợp tác xã mua kho lạnh để giữ rươi sau mùa thu hoạch.",
        *towards("LMHTX"),
        step("lender_result.ask", 3, question="Chị gửi thêm danh sách thành viên và biên bản họp về khoản vay."),
        step("reply", 2, text="Tôi gửi danh sách hai mươi mốt thành viên và biên bản họp tháng này."),
        step("lender_result.appraising", 2, answer=APPRAISING),
        answers={**COOP, **ON_THE_LAND, "amount": 1_200_000_000, "own_capital": 400_000_000, "jobs": 12},
        at=COMMUNES[3],
    ),
    story(
        "Đổng Thị Quế",
        4,
        "Công ty tôi lắp dây chuyền đóng gói để vào chuỗi siêu thị.",
        *towards("STC", legal_check=True),
        step("lender_result.appraising", 7, answer=APPRAISING),
        answers={
            "purpose_kind": "innovation",
            "amount": 5_000_000_000,
            "own_capital": 1_500_000_000,
            "wants_legal_check": "yes",
            "jobs": 20,
        },
    ),
    story(
        "Triệu Thị Sim",
        2,
        "Tôi hoàn thiện máy phân loại quả bằng hình ảnh và bán thử cho ba vườn.",
        *towards("SKHCN"),
        step("lender_result.approved", 8, answer=APPROVED, amount=2_000_000_000, rate="5", term=60),
        answers={**NEW, "amount": 2_000_000_000},
        at=COMMUNES[2],
    ),
    story(
        "Lý Thị Măng",
        3,
        "Tôi mở rộng lớp dạy nghề may cho phụ nữ, mong được quỹ nước ngoài giúp.",
        *towards("SNGV"),
        answers={"purpose_kind": "other", "wants_foreign_fund": "yes"},
    ),
    story(
        "Nhâm Thị Thoa",
        3,
        "Tôi muốn vay để trả một lần tiền thuê xưởng cho năm năm tới.",
        *towards("NHNN"),
        REFUSE,
        step("next_lender.finish", 2, answer=NO_OTHER),
        answers={"purpose_kind": "other", "debt_overdue": "yes", "existing_debts": 900_000_000},
    ),
    # --- what came of it ------------------------------------------------------------------------------------
    story(
        "Khổng Thị Lan",
        1,
        "Tôi mua xe tải nhỏ để tự chở rau cho hai bếp ăn công ty.",
        *towards("NHCSXH"),
        REFUSE,
        step("next_lender.another", 1, lender="AGRI"),
        answers={**HOUSEHOLD, "collateral": "asset"},
    ),
    story(
        "Tiêu Thị Hợi",
        9,
        "Tôi mua máy vắt sữa và làm thêm chuồng cho mười con bò.",
        *towards("NHCSXH"),
        REFUSE,
        *(step("next_lender.another", 1, lender="AGRI"), YES, HANDED, APPROVE),
        step("confirm_disbursed.received", 6),
        step("rate", 1, score=3),
        answers={**ALONE, **ON_THE_LAND, "collateral": "land"},
        at=COMMUNES[3],
    ),
    story(
        "Bàng Thị Dịu",
        6,
        "Tôi mua máy in vải để nhận in đồng phục cho các trường.",
        *towards("NHCSXH"),
        APPROVE,
        *(step("confirm_disbursed.not_received", 5), step("chase.ask_again", 3, answer=PAID_OUT_SOON)),
        *(step("confirm_disbursed.not_received", 6), step("chase.finish", 4, answer=NOT_PAID_OUT)),
        answers=HOUSEHOLD,
    ),
    story(
        "Vương Thị Thuý",
        4,
        "Tôi mua bàn ghế và bếp để mở quán cơm cho công nhân.",
        *towards("NHCSXH"),
        APPROVE,
        *(step("confirm_disbursed.again", 12), step("confirm_disbursed.unreached", 12)),
        answers=IN_A_GROUP,
    ),
    story(
        "Tạ Thị Nhung",
        11,
        "Tôi nhập hàng Tết cho cửa hàng vải và trả lại sau ba tháng.",
        *(ACCEPT, TO_SOCIAL_BANK, HELP, step("agree.no", 1), step("next_lender.finish", 2, answer=NO_OTHER)),
        step("deliver.delivered"),
        answers={**HOUSEHOLD, "purpose_kind": "stock", "term_months": 3},
    ),
    story(
        "Vừ Thị Chúc",
        10,
        "Tôi vay để trả nợ mua đất của gia đình từ năm ngoái.",
        *(ACCEPT, step("completeness.refuse", 2, reason_code="NOT_TARGET")),
        step("approve_refusal.return", 1, reason="Cần nói rõ chị ấy có thể hỏi ở đâu."),
        step("completeness.refuse", 1, reason_code="NOT_TARGET"),
        *(step("approve_refusal.approve"), step("deliver.delivered")),
        answers={**ALONE, "purpose_kind": "other"},
    ),
    story(
        "Mẫn Thị Cam",
        1,
        "Tôi vay thêm cho tiệm tóc, khoản trước ở ngân hàng tôi chưa trả xong.",
        *(ACCEPT, step("completeness.refuse", 1, reason_code="NOT_TARGET")),
        answers={**HOUSEHOLD, "debt_overdue": "yes", "existing_debts": 60_000_000},
    ),
    story(
        "Lang Thị Hậu",
        6,
        "Tôi muốn vay tiền cho con trai đi lao động ở nước ngoài.",
        step("intake.not_accept", 1, reason_code="OUT_OF_SCOPE"),
        answers={**ALONE, "purpose_kind": "other"},
    ),
    story(
        "Uông Thị Đoan",
        5,
        "Tôi mua máy thêu vi tính để nhận thêu áo dài cưới.",
        *towards("NHCSXH"),
        step("withdraw", 3),
        answers=HOUSEHOLD,
    ),
    story(
        "Hầu Thị Pằng",
        3,
        "Tôi mua cây giống và phân để trồng hai sào ổi.",
        ACCEPT,
        step("completeness.ask", 1, question="Chị cho biết ruộng trồng ổi là của chị hay đi thuê."),
        step("expire", 16),
        answers={**ALONE, **ON_THE_LAND},
        at=COMMUNES[1],
    ),
    story(
        "Lều Thị Thơ",
        14,
        "Tôi mua ba máy khâu giày để nhận hàng của xưởng gần nhà.",
        *towards("NHCSXH"),
        answers=IN_A_GROUP,
        at=COMMUNES[1],
    ),
)
