"""The 34 provinces and 3,321 communes of Viet Nam since July 2025 (Decision 19/2025/QĐ-TTg)."""

from datetime import date
from pathlib import Path

from django.core.management import CommandError
from vietnam_provinces import Province as ListedProvince
from vietnam_provinces import Ward as ListedCommune

from cases.models.agency import Commune, Province, plain
from project.reference.writing import write

# The day the two levels of government began: provinces and communes, no districts.
REFORM = date(2025, 7, 1)
HAI_PHONG = "31"
# Where Đồng Hành is open: the letters that begin every case code there.
OPEN = {HAI_PHONG: "HPG"}
FORMER_PLACES = Path(__file__).with_name("former_places.tsv")
EXPECTED = {"provinces": 34, "communes": 3321, "communes of Hải Phòng": 114}


def load() -> int:
    """Write provinces and communes; refuse a list, or a table, that is not the country we know."""
    provinces = [_province(listed) for listed in ListedProvince.iter_all()]
    formerly = _former_names()
    communes = [_commune(listed, formerly) for listed in ListedCommune.iter_all()]
    touched = write(provinces, by=["code"], office=["prefix"])
    touched += write(communes, by=["code"], office=["valid_to"])
    _count()
    return touched


def _province(listed: ListedProvince) -> Province:
    code = f"{int(listed.code):02d}"
    # The bare name: editions of the list disagree on who is called tỉnh and who thành phố.
    name = " ".join(listed.name.split()).removeprefix("Tỉnh ").removeprefix("Thành phố ")
    return Province(code=code, name=name, prefix=OPEN.get(code, ""))


def _former_names() -> dict[str, str]:
    """Return what each commune was made of, by its code; only where Đồng Hành is open."""
    lines = FORMER_PLACES.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


def _commune(listed: ListedCommune, formerly: dict[str, str]) -> Commune:
    code = f"{int(listed.code):05d}"
    name = " ".join(listed.name.split())
    name = name[0].upper() + name[1:]
    return Commune(
        code=code,
        name=name,
        province_id=f"{int(listed.province_code):02d}",
        valid_from=REFORM,
        plain_name=plain(name),
        formerly=formerly.get(code, ""),
    )


def _count() -> None:
    """Fail when the tables hold another country, for instance codes of two editions of the list at once."""
    in_force = Commune.objects.filter(valid_to=None)
    found = {
        "provinces": Province.objects.count(),
        "communes": in_force.count(),
        "communes of Hải Phòng": in_force.filter(province=HAI_PHONG).count(),
    }
    if found != EXPECTED:
        raise CommandError(f"The places are not the 2025 reform's: expected {EXPECTED}, found {found}.")
