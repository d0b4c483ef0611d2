"""The people of the demo and of the tests. Names and numbers are invented."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from cases.models import Agency, Membership, Role, User
from cases.models.people import normal_phone

SINCE = date(2025, 7, 1)
# Lê Chân, Kiến Thuỵ, Bạch Long Vĩ … by name, because the codes are data.
COMMUNES = ("Phường Lê Chân", "Xã Kiến Thụy", "Phường Hải An", "Xã An Lão")


@dataclass(frozen=True)
class Person:
    """One member of the cast: who she is and what she does where."""

    full_name: str
    phone: str
    agency: str = ""
    role: str = ""
    # Keeps the deadline rules and the calendar, and reads no case.
    is_staff: bool = False


@dataclass(frozen=True)
class Cast:
    """Everybody, by what they do."""

    applicant: User
    another_applicant: User
    commune_officer: User
    another_commune_officer: User
    city_officer: User
    another_city_officer: User
    city_approver: User
    justice_officer: User
    another_justice_officer: User
    justice_approver: User
    finance_officer: User
    tax_officer: User
    science_officer: User
    agriculture_officer: User
    bank_officer: User
    another_bank_officer: User
    coop_alliance_officer: User
    association_officer: User
    commune_committee_officer: User
    another_commune_committee_officer: User
    foreign_affairs_officer: User
    state_bank_officer: User
    expert: User
    another_expert: User
    supervisor: User
    auditor: User
    administrator: User
    another_administrator: User

    def people(self) -> Iterator[tuple[str, User]]:
        """Yield (part, person)."""
        for part in fields(self):
            yield part.name, getattr(self, part.name)


# The agencies of communes are named by their kind and the place of the commune in COMMUNES.
PARTS: dict[str, Person] = {
    "applicant": Person("Trần Thị Mai", "0900 100 001"),
    "another_applicant": Person("Nguyễn Thị Hạnh", "0900 100 002"),
    "commune_officer": Person("Phạm Thị Hoa", "0900 200 001", "HPN/0", Role.OFFICER),
    "another_commune_officer": Person("Vũ Thị Lan", "0900 200 002", "HPN/1", Role.OFFICER),
    "city_officer": Person("Đỗ Thị Ngọc", "0900 200 003", "HPG-HPN", Role.OFFICER),
    "another_city_officer": Person("Bùi Thị Thuỷ", "0900 200 004", "HPG-HPN", Role.OFFICER),
    "city_approver": Person("Hoàng Thị Yến", "0900 200 005", "HPG-HPN", Role.APPROVER),
    "justice_officer": Person("Lê Anh Tuấn", "0900 300 001", "HPG-STP", Role.OFFICER),
    "another_justice_officer": Person("Ngô Thị Hương", "0900 300 002", "HPG-STP", Role.OFFICER),
    "justice_approver": Person("Trịnh Văn Sơn", "0900 300 003", "HPG-STP", Role.APPROVER),
    "finance_officer": Person("Nguyễn Văn Bình", "0900 300 004", "HPG-STC", Role.OFFICER),
    "tax_officer": Person("Đinh Thu Hằng", "0900 300 005", "HPG-THUE", Role.OFFICER),
    "science_officer": Person("Mai Quốc Đạt", "0900 300 006", "HPG-SKHCN", Role.OFFICER),
    "agriculture_officer": Person("Lương Thị Thảo", "0900 300 007", "HPG-SNNMT", Role.OFFICER),
    "bank_officer": Person("Vương Thị Hà", "0900 300 008", "HPG-NHCSXH", Role.OFFICER),
    "another_bank_officer": Person("Tô Văn Khánh", "0900 300 009", "HPG-AGRI", Role.OFFICER),
    "coop_alliance_officer": Person("Nghiêm Thị Diệp", "0900 300 010", "HPG-LMHTX", Role.OFFICER),
    "association_officer": Person("Đàm Thị Vân", "0900 300 011", "HPG-HNDN", Role.OFFICER),
    "commune_committee_officer": Person("Lưu Văn Thành", "0900 300 012", "UBND/0", Role.OFFICER),
    "another_commune_committee_officer": Person("Hà Văn Toàn", "0900 300 013", "UBND/1", Role.OFFICER),
    "foreign_affairs_officer": Person("Chử Thị Minh", "0900 300 014", "HPG-SNGV", Role.OFFICER),
    "state_bank_officer": Person("Kim Thị Phương", "0900 300 015", "HPG-NHNN", Role.OFFICER),
    "expert": Person("Phan Thị Kim Oanh", "0900 400 001", "HPG-MLTV", Role.EXPERT),
    "another_expert": Person("Tạ Minh Đức", "0900 400 002", "HPG-MLTV", Role.EXPERT),
    "supervisor": Person("Nguyễn Thị Thu", "0900 500 001", "HPG-HPN", Role.SUPERVISOR),
    "auditor": Person("Cao Thị Minh", "0900 500 002", "HPG-HPN", Role.AUDITOR),
    "administrator": Person("Đoàn Thị Quyên", "0900 600 001", is_staff=True),
    "another_administrator": Person("Lâm Thị Trang", "0900 600 002", is_staff=True),
}


def offices_of_communes(kind: str) -> list[Agency]:
    """Return the offices of this kind in the communes where the stories happen, in the order of COMMUNES."""
    offices = {
        office.commune.name: office
        for office in Agency.objects.filter(kind=kind, commune__name__in=COMMUNES).select_related("commune")
        if office.commune is not None
    }
    return [offices[name] for name in COMMUNES]


def person(full_name: str, phone: str, *, is_staff: bool = False) -> User:
    """Return the person with this phone, made if she is not yet there."""
    known = User.objects.filter(phone=normal_phone(phone)).first()
    return known or User.objects.create_user(phone, full_name, phone_verified=True, is_staff=is_staff)


def gather() -> Cast:
    """Return the cast, made where it is missing; each has her memberships. Needs the reference data."""
    of_communes = {kind: offices_of_communes(kind) for kind in ("HPN", "UBND")}
    agencies = {agency.code: agency for agency in Agency.objects.filter(code__in=[p.agency for p in PARTS.values()])}
    people: dict[str, User] = {}
    memberships: list[Membership] = []
    for part, somebody in PARTS.items():
        user = people[part] = person(somebody.full_name, somebody.phone, is_staff=somebody.is_staff)
        if somebody.agency:
            kind, slash, number = somebody.agency.partition("/")
            agency = of_communes[kind][int(number)] if slash else agencies[kind]
            memberships.append(Membership(user=user, agency=agency, role=somebody.role, since=SINCE))
    for tens, (kind, called) in enumerate((("HPN", "Hội"), ("UBND", "Ủy ban"))):
        for place, office in enumerate(of_communes[kind][2:], start=2):
            # The other communes of the stories have their officers too, so that no story waits for nobody.
            officer = person(f"Cán bộ {called} {office.commune}", f"0900 21{tens} {place:03d}")
            memberships.append(Membership(user=officer, agency=office, role=Role.OFFICER, since=SINCE))
    Membership.objects.bulk_create(memberships, ignore_conflicts=True)
    return Cast(**people)
