"""The stories of legal advice: every branch, in every state. People and cases are invented."""

from project.demo.cast import COMMUNES
from project.demo.stories.base import Story, step

HOUSEHOLD = {"entity_type": "household", "entity_name": "Hộ kinh doanh bún Mai", "sector": "trade"}
COOP = {"entity_type": "coop", "entity_name": "Hợp tác xã rau an toàn An Hoà", "sector": "agriculture"}
ALONE = {"entity_type": "individual"}
DISPUTE = {"question_kind": "specific", "law_field": "contract", "wants_cost_support": "no"}
WITH_FEE = {**DISPUTE, "wants_cost_support": "yes", "adviser_fee": 5_000_000}

ANSWER_TAX = (
    "Chị bán hàng qua sàn vẫn lập hoá đơn điện tử cho từng lần bán. "
    "Chị lập hoá đơn khi giao hàng cho người mua. Chị có thể gộp cuối ngày nếu khách không lấy hoá đơn."
)
ANSWER_LABOUR = "Chị ký hợp đồng bằng văn bản với người làm từ một tháng. Chị đóng bảo hiểm xã hội cho họ."
ACCEPT = step("intake.accept")
GENERAL = step("triage.general", 1, consult_finance=True, consult_tax=True)

STORIES: tuple[Story, ...] = (
    # --- her own, for looking around -----------------------------------------------------------------------
    Story(
        "Trần Thị Mai",
        1,
        "Tôi bán bún tại nhà và qua điện thoại. Tôi có phải xuất hoá đơn cho từng khách không?",
        (ACCEPT, step("triage.non_sme", 1, consult_tax=True), step("consult_tax.opinion", 1)),
        HOUSEHOLD,
        COMMUNES[1],
        "0900 100 001",
    ),
    Story(
        "Trần Thị Mai",
        6,
        "Tôi muốn thuê thêm hai người phụ bán hàng. Tôi cần ký giấy tờ gì với họ?",
        (
            ACCEPT,
            step("triage.non_sme"),
            step("draft.drafted", 3, answer=ANSWER_LABOUR),
            step("approve.approve"),
            step("deliver.delivered"),
            step("rate", 1, score=3),
        ),
        {**HOUSEHOLD, "law_field": "labour"},
        COMMUNES[1],
        "0900 100 001",
    ),
    Story(
        "Trần Thị Mai",
        2,
        "Chủ nhà muốn lấy lại chỗ tôi thuê bán hàng trước hạn. Tôi được đòi những gì?",
        (step("intake.ask", 1, question="Chị gửi thêm bản chụp hợp đồng thuê nhà, trang có chữ ký hai bên."),),
        {**HOUSEHOLD, "law_field": "land"},
        COMMUNES[1],
        "0900 100 001",
    ),
    Story(
        "Nguyễn Thị Hạnh",
        1,
        "Quy định về hoá đơn điện tử với bán hàng qua sàn áp dụng thế nào cho công ty may của tôi?",
        (ACCEPT, GENERAL),
        {"law_field": "tax"},
        COMMUNES[0],
        "0900 100 002",
    ),
    # --- every branch and state ----------------------------------------------------------------------------
    Story(
        "Vũ Thị Nga",
        0,
        "Công ty tôi đổi địa chỉ sang phường khác thì phải báo với những cơ quan nào?",
        (),
        {"law_field": "registration"},
    ),
    Story(
        "Đặng Thị Thơm",
        3,
        "Tôi muốn đăng ký hộ kinh doanh nail, cần chuẩn bị những giấy tờ nào?",
        (),
        {**ALONE, "law_field": "registration"},
    ),
    Story(
        "Lưu Thị Hồng",
        1,
        "Hợp tác xã của chúng tôi nhận góp vốn bằng ruộng thì ghi sổ thế nào cho đúng?",
        (ACCEPT,),
        COOP,
        COMMUNES[3],
    ),
    Story(
        "Phùng Thị Liên",
        1,
        "Tôi hỏi thế nào là doanh nghiệp do phụ nữ làm chủ để ghi vào hồ sơ mời thầu?",
        (ACCEPT, step("triage.kb")),
        {"law_field": "registration"},
    ),
    Story(
        "Trương Thị Bích",
        2,
        "Rút hồ sơ đã gửi ở một cửa thì có được không và phải viết đơn theo mẫu nào?",
        (ACCEPT, step("triage.kb"), step("kb_answer.answer"), step("deliver.delivered"), step("rate", 0, score=2)),
        {"law_field": "other"},
    ),
    Story(
        "Hà Thị Quyên",
        1,
        "Công ty tôi nhận gia công cho nước ngoài, hợp đồng ghi hai thứ tiếng có cần công chứng không?",
        (ACCEPT, GENERAL, step("consult_finance.opinion", 2), step("consult_tax.opinion"), step("draft.drafted", 0)),
        {"law_field": "contract"},
        COMMUNES[2],
    ),
    Story(
        "Doãn Thị Thảo",
        4,
        "Phần mềm bán hàng tôi thuê có phải đăng ký với cơ quan nào không?",
        (
            ACCEPT,
            step("triage.general", 1, consult_tech=True),
            step("consult_tech.opinion", 2),
            step("draft.drafted", 0),
            step("approve.return", 1, reason="Thiếu phần bảo vệ dữ liệu khách hàng."),
        ),
        {"law_field": "ip", "sector": "trade"},
    ),
    Story(
        "Quách Thị Yến",
        2,
        "Công ty tôi thuê đất bãi ven sông để phơi cá thì thuế và tiền thuê đất tính thế nào?",
        (
            ACCEPT,
            step("triage.complex", 1, consult_agri=True, consult_finance=True),
            step("consult_agri.opinion", 3),
        ),
        {"law_field": "land", "sector": "agriculture"},
        COMMUNES[2],
    ),
    Story(
        "Nông Thị Dung",
        1,
        "Nhãn hiệu mắm của tôi bị người khác dùng trên mạng, tôi phải làm những bước nào?",
        (
            ACCEPT,
            step("triage.general", 1, consult_tech=True),
            step("draft.drafted", 2, answer=ANSWER_TAX),
            step("consult_tech.opinion", 1),
            step("approve.return", 1, reason="Câu hai khó hiểu, cần viết ngắn lại."),
            step("redraft.redrafted", 1, answer=ANSWER_TAX),
            step("approve.approve"),
        ),
        {"law_field": "ip"},
    ),
    Story(
        "Chu Thị Hiền",
        9,
        "Tôi bán hàng qua sàn ở nước ngoài thì xuất hoá đơn theo tỷ giá ngày nào?",
        (
            ACCEPT,
            GENERAL,
            step("consult_finance.opinion", 2),
            step("consult_tax.opinion", 0),
            step("draft.drafted", 1, answer=ANSWER_TAX),
            step("approve.approve"),
            step("deliver.delivered"),
        ),
    ),
    Story(
        "Phạm Thị Thu",
        1,
        "Bên bán giao máy may hỏng, tôi đã trả 90 triệu và muốn đòi lại theo hợp đồng.",
        (ACCEPT, step("triage.adviser"), step("refer_adviser.refer")),
        WITH_FEE,
    ),
    Story(
        "Lại Thị Oanh",
        1,
        "Đối tác không trả tiền hàng đã ba tháng, hợp đồng có ghi phạt chậm trả.",
        (
            ACCEPT,
            step("triage.adviser"),
            step("refer_adviser.refer"),
            step("adviser_accept.decline", 1, reason="Tôi đang tư vấn cho bên kia."),
        ),
        WITH_FEE,
    ),
    Story(
        "Mạc Thị Ngân",
        3,
        "Hai chị em góp vốn mở xưởng, nay một người muốn rút và đòi chia máy.",
        (
            ACCEPT,
            step("triage.adviser"),
            step("refer_adviser.refer"),
            step("adviser_accept.accept"),
        ),
        DISPUTE,
        COMMUNES[2],
    ),
    Story(
        "Bạch Thị Lệ",
        12,
        "Hợp đồng đại lý của công ty tôi bị chấm dứt trước hạn, tôi cần người xem giúp từng điều.",
        (
            ACCEPT,
            step("triage.adviser"),
            step("refer_adviser.refer"),
            step("adviser_accept.accept"),
            step("ext_advice.done", 5),
        ),
        WITH_FEE,
    ),
    Story(
        "Tống Thị Loan",
        2,
        "Khách đặt cọc rồi huỷ đơn và đòi lại cọc, hợp đồng chỉ có tin nhắn.",
        (
            ACCEPT,
            step("triage.adviser"),
            step("refer_adviser.refer"),
            step("adviser_accept.accept"),
            step("ext_advice.done", 5),
            step("cost_propose.propose", 2),
            step("cost_approve.return", 1, reason="Cần ghi rõ đã đối chiếu hoá đơn."),
            step("cost_propose.propose", 1),
            step("cost_approve.approve"),
        ),
        WITH_FEE,
    ),
    Story(
        "Kiều Thị Hoa",
        15,
        "Bên thuê xưởng của tôi làm hỏng điện rồi bỏ đi, hợp đồng có điều bồi thường.",
        (
            ACCEPT,
            step("triage.adviser"),
            step("refer_adviser.refer"),
            step("adviser_accept.accept"),
            step("ext_advice.done", 5),
            step("cost_propose.propose", 2),
            step("cost_approve.approve"),
            step("ext_payment.paid", 3),
            step("deliver.delivered"),
            step("rate", 1, score=3),
        ),
        WITH_FEE,
    ),
    Story(
        "Ông Thị Sáu",
        1,
        "Tôi cần người giúp đỡ về giấy tờ để làm ăn và nuôi con sau khi dọn ra ở riêng.",
        (ACCEPT, step("triage.direct_help")),
        {**ALONE, "law_field": "other", "priority": "yes", "priority_reason": "Tôi chỉ muốn nói với cán bộ tiếp nhận."},
    ),
    Story(
        "Khúc Thị Mơ",
        6,
        "Tôi cần giúp làm lại giấy tờ bị giữ để đăng ký kinh doanh.",
        (ACCEPT, step("triage.direct_help"), step("direct_help.helped", 2), step("deliver.delivered")),
        {**ALONE, "law_field": "registration"},
    ),
    Story(
        "Âu Thị Cúc",
        1,
        "Tôi đã gửi đơn ra toà về tranh chấp đất với hàng xóm, nhờ cơ quan trả lời giúp.",
        (ACCEPT, step("triage.refuse", 1, reason_code="AT_COURT")),
        {**DISPUTE, "law_field": "land", "at_court": "yes"},
    ),
    Story(
        "Giáp Thị Tươi",
        7,
        "Tôi muốn hỏi cách xin học bổng cho con gái đang học lớp mười hai.",
        (
            ACCEPT,
            step("triage.refuse", 1, reason_code="OUT_OF_SCOPE"),
            step("approve_refusal.approve"),
            step("deliver.delivered"),
        ),
        {"law_field": "other"},
    ),
    Story(
        "Thân Thị Xuân",
        5,
        "Tôi hỏi giúp người nhà ở tỉnh khác về giấy phép chở hàng của anh ấy.",
        (step("intake.not_accept", 1, reason_code="OUT_OF_SCOPE"),),
        {"law_field": "other"},
    ),
    Story(
        "Ninh Thị Hợp",
        8,
        "Tôi muốn hỏi về việc đóng cửa hàng tạm thời thì phải báo thuế thế nào.",
        (
            ACCEPT,
            step("triage.ask", 1, question="Chị cho biết chị định nghỉ bán từ ngày nào đến ngày nào."),
            step("expire", 16),
        ),
        HOUSEHOLD,
    ),
    Story(
        "Tăng Thị Vui",
        1,
        "Công ty tôi thuê kế toán ngoài, trách nhiệm khi sai sổ thuộc về ai?",
        (
            ACCEPT,
            step("triage.general", 1, consult_finance=True),
            step("draft.ask", 2, question="Chị gửi thêm hợp đồng thuê kế toán và cho biết đã thuê từ tháng nào."),
            step("reply", 2, text="Tôi thuê từ tháng ba. Hợp đồng chỉ có một trang, tôi đã gửi kèm."),
        ),
    ),
    Story(
        "Viên Thị Lành",
        4,
        "Tôi muốn đổi tên công ty thì hợp đồng đã ký trước đó có còn giá trị không?",
        (ACCEPT, GENERAL, step("consult_finance.opinion", 1), step("withdraw", 2)),
        {"law_field": "registration"},
    ),
    # --- never stuck, and no lateness silent ----------------------------------------------------------------
    Story(
        "Cấn Thị Mận",
        1,
        "Tôi nhận may gia công tại nhà cho ba xưởng, mỗi xưởng một hợp đồng thì khai thuế ra sao?",
        (
            step("intake.transfer", 1, commune=COMMUNES[2], words="Cơ sở của chị ấy nằm bên phường Hải An."),
            step("intake.accept"),
            GENERAL,
        ),
    ),
    Story(
        "Đoàn Thị Ngát",
        1,
        "Tôi mở lớp dạy nấu ăn tại nhà, tôi cần giấy phép gì và có phải đóng thuế không?",
        (
            ACCEPT,
            step("triage.ask", 1, question="Chị cho biết chị dạy mấy buổi mỗi tuần, mỗi lớp bao nhiêu người."),
            step("reply", 2, text="Tôi dạy ba buổi mỗi tuần, mỗi lớp mười người."),
            step("triage.ask", 1, question="Chị cho biết chị thu học phí theo buổi hay theo khoá."),
        ),
        HOUSEHOLD,
    ),
    Story(
        "Lục Thị Sen",
        2,
        "Công ty tôi thuê xe chở hàng của người quen, hợp đồng miệng thì tính chi phí được không?",
        (
            ACCEPT,
            GENERAL,
            step(
                "apologise",
                8,
                days=4,
                reason_code="WAITING_FOR_OFFICE",
                words="Chúng tôi còn chờ Cơ quan Thuế cho ý kiến. Mong chị đợi thêm ít ngày.",
            ),
        ),
    ),
    Story(
        "Vi Thị Hường",
        0,
        "Tôi muốn gộp hai hộ kinh doanh của hai chị em thành một công ty thì bắt đầu từ đâu?",
        (ACCEPT, step("triage.claim", 0, by="Bùi Thị Thuỷ")),
        HOUSEHOLD,
    ),
)
