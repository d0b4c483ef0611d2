"""The plans and every number they promised."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from cases.models.programme import Programme, Target
from project.reference.places import HAI_PHONG
from project.reference.writing import write

HA_NOI, HUNG_YEN = "01", "33"

PROGRAMMES = [
    Programme(
        code="VN-2415",
        name="Đề án Hỗ trợ phụ nữ khởi nghiệp giai đoạn 2026–2035 (Quyết định 2415/QĐ-TTg)",
        starts_on=date(2026, 1, 1),
        ends_on=date(2035, 12, 31),
    ),
    Programme(
        code="HPG-2026-KN",
        name="Kế hoạch thực hiện Đề án Hỗ trợ phụ nữ khởi nghiệp giai đoạn 2026–2035 trên địa bàn thành phố Hải Phòng",
        province_id=HAI_PHONG,
        starts_on=date(2026, 1, 1),
        ends_on=date(2035, 12, 31),
    ),
    Programme(
        code="HPG-2026-DMST",
        name="Kế hoạch triển khai Chiến lược quốc gia về Khởi nghiệp sáng tạo giai đoạn 2026–2030 "
        "trên địa bàn thành phố Hải Phòng",
        province_id=HAI_PHONG,
        starts_on=date(2026, 1, 1),
        ends_on=date(2030, 12, 31),
    ),
    Programme(
        code="HNI-210-2023",
        name="Kế hoạch 210/KH-UB: hỗ trợ hợp tác xã do phụ nữ tham gia quản lý, tạo việc làm cho lao động nữ "
        "trên địa bàn thành phố Hà Nội đến năm 2030",
        province_id=HA_NOI,
        starts_on=date(2023, 8, 10),
        ends_on=date(2030, 12, 31),
        historic=True,
    ),
    Programme(
        code="TBH-2024",
        name="Kế hoạch thực hiện Đề án Hỗ trợ phụ nữ khởi nghiệp năm 2024 của Hội Liên hiệp Phụ nữ tỉnh Thái Bình",
        # Thái Bình is part of Hưng Yên since July 2025.
        province_id=HUNG_YEN,
        starts_on=date(2024, 1, 1),
        ends_on=date(2024, 12, 31),
        historic=True,
    ),
]

# What is counted: code, name, unit, and the service whose cases count (empty: counted elsewhere).
COUNTED = {
    "awareness": ("Hội viên, phụ nữ được tuyên truyền, nâng cao nhận thức", "%", ""),
    "staff_trained": ("Cán bộ Hội được tập huấn, nâng cao năng lực", "%", ""),
    "legal_advice": ("Đơn vị được tuyên truyền, tư vấn, hỗ trợ pháp lý", "đơn vị", "legal_advice"),
    "business_skills": ("Phụ nữ được nâng cao kiến thức, kỹ năng kinh doanh", "phụ nữ", "training"),
    "credit_access": ("Đơn vị được tư vấn, hỗ trợ tiếp cận tín dụng, các quỹ", "đơn vị", "credit_access"),
    "conversion": ("Hộ kinh doanh được hướng dẫn chuyển đổi thành doanh nghiệp", "hộ", "conversion"),
    "restructuring": ("Đơn vị được hỗ trợ tái cấu trúc, củng cố", "đơn vị", "restructuring"),
    "transformation": ("Đơn vị được hỗ trợ chuyển đổi số, xanh, áp dụng ESG", "đơn vị", "transformation"),
    "women_directors": ("Nữ giám đốc, chủ doanh nghiệp, hợp tác xã", "%", ""),
    "intensive": ("Mô hình tiêu biểu được hỗ trợ chuyên sâu", "mô hình", "intensive_support"),
    "mentors": ("Người cố vấn khởi nghiệp", "người", ""),
    "policy_proposals": ("Đề xuất chính sách hỗ trợ phụ nữ khởi nghiệp", "đề xuất", ""),
    "coops_strengthened": ("Hợp tác xã được củng cố, duy trì hiệu quả", "hợp tác xã", "restructuring"),
    "groups_strengthened": ("Tổ hợp tác được củng cố, duy trì hiệu quả", "tổ hợp tác", "restructuring"),
    "coops_founded": ("Hợp tác xã được hỗ trợ thành lập", "hợp tác xã", "cooperative"),
    "groups_founded": ("Tổ hợp tác được hỗ trợ thành lập", "tổ hợp tác", "cooperative"),
    "jobs_in_coops": ("Lao động nữ có việc làm ổn định trong hợp tác xã", "người", ""),
    "jobs_in_groups": ("Lao động nữ có việc làm ổn định trong tổ hợp tác", "người", ""),
    "vocational": ("Lao động nữ được hỗ trợ học nghề", "người", "training"),
    "start_ups": ("Doanh nghiệp khởi nghiệp sáng tạo", "doanh nghiệp", ""),
    "soonicorn": ("Doanh nghiệp cận kỳ lân", "doanh nghiệp", ""),
    "foreign_funds": ("Quỹ đầu tư mạo hiểm quốc tế có mặt tại thành phố", "quỹ", ""),
    "overseas_training": ("Dự án được huấn luyện tại trung tâm quốc tế", "dự án mỗi năm", ""),
}

HAI_PHONG_2030 = {
    "awareness": 80,
    "staff_trained": 95,
    "legal_advice": 20_000,
    "business_skills": 2_500,
    "credit_access": 5_000,
    "conversion": 500,
    "restructuring": 250,
    "transformation": 2,
    "women_directors": 30,
    "intensive": 25,
    "mentors": 50,
}
HAI_PHONG_2035 = {
    "awareness": 90,
    "staff_trained": 100,
    "legal_advice": 25_000,
    "business_skills": 3_000,
    "credit_access": 6_000,
    "conversion": 1_000,
    "restructuring": 500,
    "transformation": 5,
    "women_directors": 35,
    "intensive": 30,
}
NATION_2030 = {
    "awareness": 80,
    "staff_trained": 90,
    "legal_advice": 500_000,
    "business_skills": 50_000,
    "credit_access": 50_000,
    "conversion": 12_500,
    "restructuring": 5_000,
    "transformation": 30,
    "women_directors": 30,
    "policy_proposals": 1,
}
NATION_2035 = {
    "awareness": 90,
    "staff_trained": 100,
    "legal_advice": 750_000,
    "business_skills": 75_000,
    "credit_access": 75_000,
    "conversion": 25_000,
    "restructuring": 8_000,
    "transformation": 50,
    "women_directors": 35,
    "policy_proposals": 2,
}
# Two or three projects a year: the plan's smaller number.
INNOVATION = {"start_ups": 450, "soonicorn": 1, "foreign_funds": 3, "overseas_training": 2}
HA_NOI_2025 = {
    "staff_trained": 100,
    "coops_strengthened": 30,
    "groups_strengthened": 40,
    "coops_founded": 6,
    "jobs_in_coops": 600,
    "jobs_in_groups": 400,
}
# Two or three pilots, no year named: the smaller number, by the end.
HA_NOI_2030 = {
    "staff_trained": 100,
    "coops_strengthened": 45,
    "groups_strengthened": 80,
    "coops_founded": 15,
    "jobs_in_coops": 900,
    "jobs_in_groups": 800,
    "intensive": 2,
}
THAI_BINH_2024 = {
    "awareness": 50,
    "staff_trained": 100,
    # At least 30 women in each of 8 districts.
    "business_skills": 8 * 30,
    "vocational": 1_200,
    "coops_strengthened": 13,
    "groups_strengthened": 59,
    "coops_founded": 1,
    "groups_founded": 8,
}

# Programme, first and last year of the stage, what it promised.
STAGES = [
    ("HPG-2026-KN", 2026, 2030, HAI_PHONG_2030),
    ("HPG-2026-KN", 2031, 2035, HAI_PHONG_2035),
    ("VN-2415", 2026, 2030, NATION_2030),
    ("VN-2415", 2031, 2035, NATION_2035),
    ("HPG-2026-DMST", 2026, 2030, INNOVATION),
    ("HNI-210-2023", 2023, 2025, HA_NOI_2025),
    ("HNI-210-2023", 2026, 2030, HA_NOI_2030),
    ("TBH-2024", 2024, 2024, THAI_BINH_2024),
]


def load() -> int:
    """Write the programmes, then their targets."""
    touched = write(PROGRAMMES, by=["code"])
    return touched + write(_targets(), by=["programme_id", "code", "year_from"])


def _targets() -> Iterator[Target]:
    for programme, first, last, promised in STAGES:
        for code, amount in promised.items():
            name, unit, service = COUNTED[code]
            yield Target(
                programme_id=programme,
                code=code,
                name=name,
                service=service,
                year_from=first,
                year_to=last,
                amount=Decimal(amount),
                unit=unit,
            )
