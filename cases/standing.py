"""What a person is where: the roles she holds today at the offices she works for, her own or in another's place."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from django.db.models import QuerySet

from cases.models.people import Membership, Role, User

Standing = tuple[int, str]

# Roles that work on cases, and roles that read everything in their province without deciding anything.
WORKING_ROLES = (Role.OFFICER, Role.APPROVER)
READING_ROLES = (Role.SUPERVISOR, Role.AUDITOR)


class Posts(frozenset[Standing]):
    """The (agency id, role) pairs that a person holds today, and in whose place she holds those not her own."""

    own: frozenset[Standing]
    # Whom she stands in for, by the pair that she holds so.
    instead: Mapping[Standing, Mapping[int, User]]

    @classmethod
    def of(cls, memberships: Iterable[Membership]) -> "Posts":
        """Return what these memberships of one person amount to; each with its `acting_for`."""
        own: set[Standing] = set()
        instead: dict[Standing, dict[int, User]] = {}
        for membership in memberships:
            pair = (membership.agency_id, membership.role)
            if membership.acting_for is None:
                own.add(pair)
            else:
                instead.setdefault(pair, {})[membership.acting_for.pk] = membership.acting_for
        posts = cls({*own, *instead})
        posts.own, posts.instead = frozenset(own), instead
        return posts

    def lent(self, pair: Standing, barred: Collection[int] = ()) -> dict[int, User]:
        """Return for whom she can use a pair: those she stands in for who are not barred themselves."""
        return {pk: person for pk, person in self.instead.get(pair, {}).items() if pk not in barred}

    def usable(self, barred: Collection[int]) -> Iterator[Standing]:
        """Yield the pairs she can use where some are barred: nobody lends a standing that she may not use herself."""
        for pair in self:
            if pair in self.own or self.lent(pair, barred):
                yield pair

    def lends_only(self, pair: tuple[int | None, str], barred: Collection[int]) -> bool:
        """Return whether a pair is only lent to her, and by nobody who may use it."""
        agency_id, role = pair
        if agency_id is None or (agency_id, role) in self.own:
            return False
        return (agency_id, role) in self and not self.lent((agency_id, role), barred)

    def acted_for(
        self, roles: Iterable[str], *, agency_id: int | None, assignee_id: int | None, barred: Collection[int] = ()
    ) -> User | None:
        """Return in whose place she does what any of these roles at an agency lets her do; None if in her own right.

        In the holder's place where she takes up what somebody holds who is away.
        """
        if agency_id is None:
            return None
        pairs = [(agency_id, role) for role in roles]
        lent = {pk: person for pair in pairs for pk, person in self.lent(pair, barred).items()}
        if assignee_id in lent:
            return lent[assignee_id]
        if not lent or any(pair in self.own for pair in pairs):
            return None
        return lent[min(lent)]


def places_of(user: User) -> QuerySet[Membership]:
    """Return where the person works today, for a statement that asks for more than her standing."""
    return Membership.objects.today().filter(user=user)
