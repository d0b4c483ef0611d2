"""The clock by holder: every second of a case belongs to exactly one holder, so the shares sum to its age."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cases.models import Agency, Case, User
from cases.queries.naming import office_name

# Whose the time can be: hers while she is asked, the house's while nothing is open, else `agency:…`, `outside:…`
# or `person:…` with an id.
HERS, HOUSE = "hers", "house"
_AGENCY, _OUTSIDE, _PERSON = "agency", "outside", "person"
_MINUTE, _HOUR, _DAY = 60, 60 * 60, 24 * 60 * 60


def agency_key(agency: int) -> str:
    """Return the key of the time that is an office's."""
    return f"{_AGENCY}:{agency}"


def outside_key(agency: int) -> str:
    """Return the key of the time that is spent outside, while an office watches over it."""
    return f"{_OUTSIDE}:{agency}"


def person_key(person: int | None) -> str:
    """Return the key of the time that is an adviser's."""
    return f"{_PERSON}:{person}"


@dataclass(frozen=True)
class Holder:
    """Somebody for whom a case waited. `kind` is the colour: hers, commune, union, agency, outside or house."""

    name: str
    kind: str


@dataclass(frozen=True)
class Share:
    """The time of a case that was one holder's."""

    holder: Holder
    seconds: int

    @property
    def words(self) -> str:
        """The time as one says it."""
        return in_words(self.seconds)

    @property
    def exact(self) -> str:
        """The time to the second."""
        return to_the_second(self.seconds)


@dataclass(frozen=True)
class Shares:
    """Who held a case how long, whoever held it longest first; the parts sum to its age."""

    parts: tuple[Share, ...]
    age: int

    @property
    def words(self) -> str:
        """The age as one says it."""
        return in_words(self.age)

    @property
    def exact(self) -> str:
        """The age to the second."""
        return to_the_second(self.age)


def seconds_by_holder(case: Case, *, at: datetime) -> dict[str, int]:
    """Return the seconds of a filed case that were each holder's, up to now or to its end."""
    if case.held_since is None:
        # It ended before the clock was kept: nobody wrote down whose its time was.
        return {HOUSE: age_in_seconds(case, at=at)}
    shares = {holder: int(seconds) for holder, seconds in case.shares.items()}
    if case.held_by:
        shares[case.held_by] = shares.get(case.held_by, 0) + seconds_held(case, at=at)
    return {holder: seconds for holder, seconds in shares.items() if seconds}


def seconds_held(case: Case, *, at: datetime) -> int:
    """Return for how many seconds whoever has the case now has had it without a break."""
    if case.held_since is None:
        return 0
    return max(0, _between(case.held_since, at))


def age_in_seconds(case: Case, *, at: datetime) -> int:
    """Return the whole seconds since a case was sent, up to now or to its end.

    A clock that jumped back makes no case younger than what was counted of it already.
    """
    assert case.submitted_at is not None
    end = case.ended_at or at
    return _between(case.submitted_at, max(end, case.held_since or end))


def holders(keys: Iterable[str], *, to_her: bool = False) -> dict[str, Holder]:
    """Return who stands behind each key. Two queries at most.

    `to_her`: as she reads it herself; an adviser stands there without a name, for not every one has taken her case.
    """
    wanted = set(keys)
    offices = Agency.objects.in_bulk(set(_ids(wanted, _AGENCY, _OUTSIDE)))
    people = {} if to_her else User.objects.in_bulk(set(_ids(wanted, _PERSON)))
    return {key: _holder(key, offices, people, to_her) for key in wanted}


def shares_of(case: Case, *, at: datetime, to_her: bool = False) -> Shares:
    """Return who held one filed case how long, in words; `to_her` as in `holders`. Two queries at most."""
    seconds = seconds_by_holder(case, at=at)
    names = holders(seconds, to_her=to_her)
    return Shares(tuple(summed(seconds, names)), age_in_seconds(case, at=at))


def summed(seconds: Mapping[str, int], names: Mapping[str, Holder]) -> Iterator[Share]:
    """Yield one share for each holder of a name, the longest first."""
    sums: dict[Holder, int] = {}
    for key, spent in seconds.items():
        sums[names[key]] = sums.get(names[key], 0) + spent
    for holder, spent in sorted(sums.items(), key=lambda entry: (-entry[1], entry[0].name)):
        yield Share(holder, spent)


def in_words(seconds: int) -> str:
    """Return a time as one says it, nights and days off included."""
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    given = {"days": days, "hours": hours, "minutes": minutes}
    if days:
        return _("%(days)s d %(hours)s h") % given if hours else _("%(days)s d") % given
    if hours:
        return _("%(hours)s h %(minutes)s min") % given if minutes else _("%(hours)s h") % given
    return _("%(minutes)s min") % given if minutes else _("less than a minute")


def to_the_second(seconds: int) -> str:
    """Return a time to the second: 3 d 04:05:06."""
    clock = f"{seconds % _DAY // _HOUR:02}:{seconds % _HOUR // _MINUTE:02}:{seconds % _MINUTE:02}"
    days = seconds // _DAY
    return _("%(days)s d %(clock)s") % {"days": days, "clock": clock} if days else clock


def _between(since: datetime, until: datetime) -> int:
    return int((until.replace(microsecond=0) - since.replace(microsecond=0)).total_seconds())


def _ids(keys: Iterable[str], *kinds: str) -> Iterator[int]:
    for key in keys:
        kind, _colon, number = key.partition(":")
        if kind in kinds and number.isdigit():
            yield int(number)


def _holder(key: str, offices: Mapping[int, Agency], people: Mapping[int, User], to_her: bool) -> Holder:
    kind, _colon, number = key.partition(":")
    if kind == HERS:
        return Holder(_("You") if to_her else _("Applicant"), "hers")
    if kind == _PERSON:
        person = people.get(int(number)) if number.isdigit() else None
        return Holder(str(person) if person else _("Adviser"), "outside")
    office = offices.get(int(number)) if number.isdigit() else None
    if office is None:
        return Holder(_("Đồng Hành by itself"), "house")
    return outside_through(office) if kind == _OUTSIDE else office_as_holder(office)


def office_as_holder(office: Agency) -> Holder:
    """Return an office, as a holder."""
    union = "commune" if office.commune_id else "union"
    return Holder(office_name(office), union if office.kind == "HPN" else "agency")


def outside_through(office: Agency) -> Holder:
    """Return those outside our offices over whom an office watches, as a holder."""
    return Holder(_("Outside, through %(office)s") % {"office": office_name(office)}, "outside")
