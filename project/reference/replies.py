"""Words to her that a step often needs. A reviewer takes them over and changes what does not fit."""

from cases.models.knowledge import ReplyTemplate
from project.reference.writing import write

# Code, step, conclusion (none: a question to her), title, words. In brackets stands what must be filled in.
LEGAL_ADVICE = [
    (
        "not-accept-place",
        "intake",
        "not_accept",
        "Nộp nhầm nơi",
        "Chúng tôi chưa nhận hồ sơ này, vì nơi chị kinh doanh không thuộc xã, phường này.\n"
        "Chị nộp lại và chọn đúng xã, phường nơi chị kinh doanh. Không rõ, chị gọi số trợ giúp.",
    ),
    (
        "not-accept-scope",
        "intake",
        "not_accept",
        "Việc ngoài phần hỏi luật",
        "Chúng tôi chưa nhận được việc này, vì đây không phải câu hỏi về luật, thuế hay hợp đồng.\n"
        "Việc [tên việc] do [tên cơ quan] làm. Chị gọi số trợ giúp, chúng tôi chỉ chỗ và cách hỏi.",
    ),
    (
        "not-accept-facts",
        "intake",
        "not_accept",
        "Chưa đủ để trả lời",
        "Chúng tôi chưa trả lời được, vì câu hỏi chưa nói rõ việc gì đã xảy ra.\n"
        "Chị gửi hồ sơ mới, kể ai, việc gì, ngày nào. Chị chụp kèm giấy tờ nếu có.",
    ),
    (
        "refuse-court",
        "triage",
        "refuse",
        "Toà đang xử lý",
        "Lần này chúng tôi chưa hỗ trợ được, vì toà hoặc cơ quan khác đang xử lý việc này.\n"
        "Chị hỏi nơi đó xem việc đến đâu. Trung tâm trợ giúp pháp lý có thể giúp chị miễn phí.",
    ),
    (
        "refuse-repeated",
        "triage",
        "refuse",
        "Đã trả lời câu này",
        "Câu hỏi này đã có trả lời trong hồ sơ [mã hồ sơ] của chị.\n"
        "Chị mở hồ sơ đó để đọc. Nếu có điều mới, chị gửi hồ sơ mới và nói rõ điều đã khác.",
    ),
    (
        "kb-answer",
        "kb_answer",
        "answer",
        "Lời mở đầu và lời dặn",
        "Chào chị. Câu hỏi của chị đã có câu trả lời chung, ghi dưới đây.\n[Câu trả lời]\n"
        "Chị còn chỗ chưa rõ? Chị nhắn ngay trong hồ sơ này.",
    ),
    (
        "draft-steps",
        "draft",
        "drafted",
        "Trả lời theo từng bước",
        "Chào chị. Về việc chị hỏi, chúng tôi trả lời như sau.\n"
        "Trả lời ngắn: [được hay không, vì sao].\n"
        "Việc chị cần làm:\nMột: [việc đầu tiên, ở đâu].\nHai: [việc tiếp theo].\nBa: [giữ lại giấy tờ gì].\n"
        "Căn cứ: [tên văn bản, điều, khoản].",
    ),
    (
        "draft-invoice",
        "draft",
        "drafted",
        "Hoá đơn điện tử",
        "Chào chị. Về hoá đơn điện tử, chúng tôi trả lời như sau.\n"
        "Trả lời ngắn: [chị có phải lập hoá đơn hay không].\n"
        "Chị lập hoá đơn khi [lúc nào]. Chị đăng ký tại [trang hoặc cơ quan].\n"
        "Căn cứ: [tên văn bản, điều, khoản].",
    ),
    (
        "draft-no-rule",
        "draft",
        "drafted",
        "Luật chưa quy định rõ",
        "Chào chị. Về việc chị hỏi, luật hiện nay chưa quy định rõ.\n"
        "Chúng tôi gợi ý chị [cách làm an toàn], và giữ lại [giấy tờ].\n"
        "Chị nên hỏi thêm [tên cơ quan] trước khi ký hay trả tiền.",
    ),
    (
        "opinion-agrees",
        "consult_tax",
        "opinion",
        "Thuế: đồng ý, có lưu ý",
        "Đồng ý với hướng trả lời.\nLưu ý về thuế: [loại thuế, mức, thời điểm kê khai].\n"
        "Căn cứ: [tên văn bản, điều, khoản].",
    ),
    (
        "opinion-finance",
        "consult_finance",
        "opinion",
        "Tài chính: đồng ý, có lưu ý",
        "Đồng ý với hướng trả lời.\nLưu ý về đăng ký kinh doanh: [thủ tục, nơi nộp].\n"
        "Căn cứ: [tên văn bản, điều, khoản].",
    ),
    (
        "advice-given",
        "ext_advice",
        "done",
        "Tóm tắt buổi tư vấn",
        "Chào chị. Ngày [ngày], chúng tôi đã cùng chị xem [giấy tờ].\n"
        "Chị nên làm: [việc một]; [việc hai].\nChị cần tránh: [điều cần tránh].",
    ),
    (
        "cost-granted",
        "cost_propose",
        "propose",
        "Hỗ trợ phí tư vấn",
        "Chị được đề xuất hỗ trợ phí tư vấn như số tiền ghi trong hồ sơ.\n"
        "Chị giữ hợp đồng và hoá đơn của tư vấn viên. Chị cần đưa ra khi nhận tiền.",
    ),
    (
        "cost-used",
        "cost_propose",
        "decline",
        "Đã hết mức trong năm",
        "Lần này chúng tôi chưa hỗ trợ được phí tư vấn, vì mức của năm nay đã dùng hết.\n"
        "Sang năm chị có thể đề nghị lại. Câu hỏi chung vẫn được trả lời miễn phí.",
    ),
    (
        "helped",
        "direct_help",
        "helped",
        "Đã giúp xong",
        "Chào chị. Hội đã giúp chị việc chị cần.\n"
        "Có gì thay đổi, chị gọi số trợ giúp hoặc đến Hội Phụ nữ xã, phường. Chúng tôi vẫn ở bên chị.",
    ),
    (
        "ask-contract",
        "",
        "",
        "Xin ảnh hợp đồng",
        "Chị gửi thêm ảnh chụp hợp đồng, đủ các trang, thấy rõ chữ ký hai bên.\n"
        "Chị không có hợp đồng? Chị kể hai bên đã hẹn nhau những gì, từ ngày nào.",
    ),
    (
        "ask-facts",
        "",
        "",
        "Hỏi rõ sự việc",
        "Chị kể thêm giúp chúng tôi: việc xảy ra ngày nào, với ai, chị đã làm gì.\n"
        "Chị muốn biết điều gì nhất? Chị viết một hai câu là đủ.",
    ),
    (
        "ask-registration",
        "",
        "",
        "Xin giấy đăng ký",
        "Chị gửi thêm ảnh giấy đăng ký kinh doanh. Chị chụp chỗ sáng, đặt giấy nằm thẳng, thấy đủ bốn góc.",
    ),
]
CREDIT_ACCESS = [
    (
        "loan-not-target",
        "completeness",
        "refuse",
        "Không đúng nhóm được vay",
        "Lần này chúng tôi chưa hỗ trợ được, vì khoản vay này không dành cho [nhóm người vay].\n"
        "Chị có thể hỏi [nơi khác]. Chị gọi số trợ giúp, chúng tôi cùng chị tìm.",
    ),
    (
        "loan-plan",
        "plan_help",
        "helped",
        "Phương án đã rõ",
        "Chào chị. Chúng tôi đã cùng chị xem phương án vay.\n"
        "Chị cần [số tiền] để mua [việc gì]. Mỗi tháng chị thu [số tiền], trả nợ [số tiền].\n"
        "Chị nên thêm: [việc cần thêm]. Chị giữ một bản phương án.",
    ),
    (
        "loan-appraising",
        "lender_result",
        "appraising",
        "Còn đang thẩm định",
        "Chúng tôi đã nhận hồ sơ và đang thẩm định.\n"
        "Việc tiếp theo: [việc gì, ngày nào, ở đâu]. Chị không phải trả phí nào cho Hội Phụ nữ.",
    ),
    (
        "loan-approved",
        "lender_result",
        "approved",
        "Đồng ý cho vay",
        "Chúng tôi đồng ý cho chị vay.\n"
        "Chị mang [giấy tờ] đến [nơi nào] trước ngày [ngày] để ký hợp đồng và nhận tiền.\n"
        "Chị đọc kỹ lãi suất và ngày trả trước khi ký.",
    ),
    (
        "loan-refused",
        "lender_result",
        "refused",
        "Chưa cho vay được",
        "Lần này chúng tôi chưa cho vay được, vì [lý do].\n"
        "Muốn vay lại, chị cần [việc cần làm]. Chị hỏi thêm tại [nơi nào, số điện thoại].",
    ),
    (
        "loan-no-other",
        "next_lender",
        "finish",
        "Chưa còn nơi nào phù hợp",
        "Chúng tôi đã hỏi [các nơi vay]. Hiện chưa nơi nào phù hợp với khoản vay của chị.\n"
        "Phương án của chị vẫn dùng được cho lần sau. Khi [điều gì đổi], chị gửi lại hồ sơ.",
    ),
]
TEMPLATES = {"legal_advice": LEGAL_ADVICE, "credit_access": CREDIT_ACCESS}


def load() -> int:
    """Write the templates; the words stay with the office once they are there."""
    rows = [
        ReplyTemplate(code=code, service=service, node=node, verdict=verdict, title=title, body=body)
        for service, templates in TEMPLATES.items()
        for code, node, verdict, title, body in templates
    ]
    return write(rows, by=["code"], office=["title", "body"])
