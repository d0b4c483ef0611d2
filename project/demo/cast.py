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


# The commune agencies are filled in with the code of the commune: HPG-HPN-<code>.
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
    "expert": Person("Phan Thị Kim Oanh", "0900 400 001", "HPG-MLTV", Role.EXPERT),
    "another_expert": Person("Tạ Minh Đức", "0900 400 002", "HPG-MLTV", Role.EXPERT),
    "supervisor": Person("Nguyễn Thị Thu", "0900 500 001", "HPG-HPN", Role.SUPERVISOR),
    "auditor": Person("Cao Thị Minh", "0900 500 002", "HPG-HPN", Role.AUDITOR),
    "administrator": Person("Đoàn Thị Quyên", "0900 600 001", is_staff=True),
    "another_administrator": Person("Lâm Thị Trang", "0900 600 002", is_staff=True),
}


def commune_unions() -> list[Agency]:
    """Return the Women's Unions of the communes where the stories happen, in the order of COMMUNES."""
    unions = {
        union.commune.name: union
        for union in Agency.objects.filter(kind="HPN", commune__name__in=COMMUNES).select_related("commune")
        if union.commune is not None
    }
    return [unions[name] for name in COMMUNES]


def person(full_name: str, phone: str, *, is_staff: bool = False) -> User:
    """Return the person with this phone, made if she is not yet there."""
    known = User.objects.filter(phone=normal_phone(phone)).first()
    return known or User.objects.create_user(phone, full_name, phone_verified=True, is_staff=is_staff)


def gather() -> Cast:
    """Return the cast, made where it is missing; each has her memberships. Needs the reference data."""
    unions = commune_unions()
    agencies = {agency.code: agency for agency in Agency.objects.filter(code__in=[p.agency for p in PARTS.values()])}
    people: dict[str, User] = {}
    memberships: list[Membership] = []
    for part, somebody in PARTS.items():
        user = people[part] = person(somebody.full_name, somebody.phone, is_staff=somebody.is_staff)
        if somebody.agency:
            kind, slash, number = somebody.agency.partition("/")
            agency = unions[int(number)] if slash else agencies[kind]
            memberships.append(Membership(user=user, agency=agency, role=somebody.role, since=SINCE))
    for place, union in enumerate(unions[2:], start=2):
        # The other communes of the stories have their officers too, so that no story waits for nobody.
        officer = person(f"Cán bộ Hội {union.commune}", f"0900 210 {place:03d}")
        memberships.append(Membership(user=officer, agency=union, role=Role.OFFICER, since=SINCE))
    Membership.objects.bulk_create(memberships, ignore_conflicts=True)
    return Cast(**people)
