"""How a case is called where colleagues read of it."""

from cases.models import Agency, Case


def name_of(case: Case) -> str:
    """Return under what name the case stands in lists: her business, or she herself."""
    return (case.enterprise.name if case.enterprise else "") or str(case.applicant)


def place_of(case: Case) -> str:
    """Return the place of her business as it stands inside a sentence: xã Kiến Thụy."""
    name = case.commune.name if case.commune else ""
    return name[:1].lower() + name[1:]


def office_name(agency: Agency) -> str:
    """Return an agency's name as those say it who know which city they are in: Sở Tư pháp, Hội Phụ nữ thành phố."""
    name = agency.name.replace("Hội Liên hiệp Phụ nữ", "Hội Phụ nữ", 1)
    if agency.level == Agency.Level.PROVINCE:
        for place in (" thành phố", " tỉnh"):
            office, found, _city = name.rpartition(f"{place} ")
            if found:
                return office + place if agency.kind == "HPN" else office
    return name
