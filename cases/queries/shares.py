"""The clock by holder: every second of a case belongs to exactly one holder, so the shares sum to its age."""

from datetime import datetime

from cases.models import Case

# Whose the time can be: hers while she is asked, the house's while nothing is open, else `agency:…`, `outside:…`
# or `person:…` with an id.
HERS, HOUSE = "hers", "house"


def seconds_by_holder(case: Case, *, at: datetime) -> dict[str, int]:
    """Return the seconds of a filed case that were each holder's, up to now or to its end."""
    shares = {holder: int(seconds) for holder, seconds in case.shares.items()}
    now = at.replace(microsecond=0)
    since = (case.held_since or now).replace(microsecond=0)
    if case.held_by and now > since:
        shares[case.held_by] = shares.get(case.held_by, 0) + int((now - since).total_seconds())
    return shares


def age_in_seconds(case: Case, *, at: datetime) -> int:
    """Return the whole seconds since a case was sent, up to now or to its end."""
    assert case.submitted_at is not None
    end = case.ended_at or at
    return int((end.replace(microsecond=0) - case.submitted_at.replace(microsecond=0)).total_seconds())
