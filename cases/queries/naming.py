"""How a case is called where colleagues read of it."""

from cases.models import Case


def name_of(case: Case) -> str:
    """Return under what name the case stands in lists: her business, or she herself."""
    return (case.enterprise.name if case.enterprise else "") or str(case.applicant)


def place_of(case: Case) -> str:
    """Return the place of her business as it stands inside a sentence: xã Kiến Thụy."""
    name = case.commune.name if case.commune else ""
    return name[:1].lower() + name[1:]
