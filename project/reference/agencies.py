"""The agencies of Hải Phòng, and the central ones that its plans name."""

from collections.abc import Iterator
from datetime import date

from cases.models.agency import Agency, Commune
from project.reference.places import HAI_PHONG, REFORM
from project.reference.writing import write

# Kind, full name, evidence (S: named in a plan; V: its legal basis was read; K: general knowledge).
CITY = [
    ("HPN", "Hội Liên hiệp Phụ nữ thành phố Hải Phòng", "S"),
    ("UBND", "Ủy ban nhân dân thành phố Hải Phòng", "S"),
    ("STC", "Sở Tài chính thành phố Hải Phòng", "S"),
    ("STP", "Sở Tư pháp thành phố Hải Phòng", "S"),
    ("TGPL", "Trung tâm Trợ giúp pháp lý nhà nước thành phố Hải Phòng", "K"),
    ("SKHCN", "Sở Khoa học và Công nghệ thành phố Hải Phòng", "S"),
    ("SNNMT", "Sở Nông nghiệp và Môi trường thành phố Hải Phòng", "S"),
    ("SCT", "Sở Công Thương thành phố Hải Phòng", "S"),
    ("SGDDT", "Sở Giáo dục và Đào tạo thành phố Hải Phòng", "S"),
    ("SNV", "Sở Nội vụ thành phố Hải Phòng", "S"),
    ("SVHTT", "Sở Văn hoá, Thể thao và Du lịch thành phố Hải Phòng", "S"),
    ("SNGV", "Sở Ngoại vụ thành phố Hải Phòng", "S"),
    ("SXD", "Sở Xây dựng thành phố Hải Phòng", "S"),
    ("THUE", "Thuế thành phố Hải Phòng", "K"),
    ("NHNN", "Ngân hàng Nhà nước chi nhánh Khu vực 6", "S"),
    ("NHCSXH", "Ngân hàng Chính sách xã hội chi nhánh Hải Phòng", "S"),
    ("AGRI", "Ngân hàng Nông nghiệp và Phát triển nông thôn, các chi nhánh tại Hải Phòng", "S"),
    ("LMHTX", "Liên minh Hợp tác xã thành phố Hải Phòng", "S"),
    ("QHTPTHTX", "Quỹ Hỗ trợ phát triển hợp tác xã thành phố Hải Phòng", "S"),
    ("QDTMH", "Quỹ Đầu tư mạo hiểm thành phố Hải Phòng", "S"),
    ("HNDN", "Hội Nữ doanh nhân thành phố Hải Phòng", "S"),
    ("HNTT", "Hội Nữ trí thức thành phố Hải Phòng", "S"),
    ("MTTQ", "Ủy ban Mặt trận Tổ quốc Việt Nam thành phố Hải Phòng", "S"),
    ("BAO", "Báo và Phát thanh, truyền hình Hải Phòng", "S"),
    ("DHTH", "Các trường đại học tại Hải Phòng", "S"),
    ("VCCI", "Liên đoàn Thương mại và Công nghiệp Việt Nam chi nhánh Duyên hải Bắc Bộ", "S"),
    ("TD", "Thành Đoàn Hải Phòng", "S"),
    ("BQLKKT", "Ban Quản lý Khu kinh tế Hải Phòng", "S"),
    # The home of the listed legal advisers (Decree 121/2025).
    ("MLTV", "Mạng lưới tư vấn viên pháp luật thành phố Hải Phòng", "V"),
]
CENTRAL = [
    ("HPN", "Trung ương Hội Liên hiệp Phụ nữ Việt Nam", "S"),
    ("SMEDF", "Quỹ Phát triển doanh nghiệp nhỏ và vừa", "S"),
]
# In every commune: kind, and the name before the commune's own.
IN_COMMUNE = [("HPN", "Hội Liên hiệp Phụ nữ"), ("UBND", "Ủy ban nhân dân")]
# Promised, not yet founded: out of force until the office opens it.
TO_BE_FOUNDED = {"QDTMH": date(2030, 12, 31)}


def load() -> int:
    """Write the agencies; when one begins and ends stays with the office."""
    return write(_agencies(), by=["code"], office=["valid_from", "valid_to"])


def _agencies() -> Iterator[Agency]:
    for kind, name, evidence in CENTRAL:
        yield Agency(
            code=f"TW-{kind}",
            kind=kind,
            name=name,
            evidence=evidence,
            level=Agency.Level.CENTRAL,
            valid_from=REFORM,
        )
    for kind, name, evidence in CITY:
        yield Agency(
            code=f"HPG-{kind}",
            kind=kind,
            name=name,
            evidence=evidence,
            level=Agency.Level.PROVINCE,
            province_id=HAI_PHONG,
            valid_from=TO_BE_FOUNDED.get(kind, REFORM),
        )
    for commune in Commune.objects.filter(province=HAI_PHONG, valid_to=None):
        for kind, title in IN_COMMUNE:
            yield Agency(
                code=f"HPG-{kind}-{commune.code}",
                kind=kind,
                # "Phường Lê Chân" inside a name is "phường Lê Chân".
                name=f"{title} {commune.name[0].lower()}{commune.name[1:]}",
                evidence="S",
                level=Agency.Level.COMMUNE,
                province_id=HAI_PHONG,
                commune=commune,
                valid_from=REFORM,
            )
