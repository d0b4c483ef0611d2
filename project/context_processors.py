"""What every page may ask for."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cases.models import Membership, User
from cases.policy import READING_ROLES, WORKING_ROLES, keeps_the_rules
from cases.queries.naming import office_name
from notifications.models import Notification
from workflows.queries.routes import proposed_by_others as routes_proposed_by_others
from workflows.queries.rules import proposed_by_others

MOST_SHOWN = 99


class House:
    """Facts about the house and the reader; each is read from the database only where a page shows it."""

    def __init__(self, user: User | None) -> None:
        self._user = user
        self.help_phone = settings.HELP_PHONE
        self.is_demo = settings.IS_DEMO

    @cached_property
    def memberships(self) -> list[Membership]:
        """Where the reader works."""
        if self._user is None:
            return []
        return list(Membership.objects.today().filter(user=self._user).select_related("agency"))

    @property
    def agency(self) -> str:
        """The agencies the reader works for, in words."""
        return ", ".join(dict.fromkeys(office_name(membership.agency) for membership in self.memberships))

    @property
    def office(self) -> bool:
        """Whether the reader works for an agency at all."""
        return bool(self.memberships)

    @property
    def works(self) -> bool:
        """Whether the reader has a worklist."""
        return any(membership.role not in READING_ROLES for membership in self.memberships)

    @property
    def has_counter(self) -> bool:
        """Whether the reader can fill in a request for a woman at the counter."""
        return any(
            membership.role in WORKING_ROLES and membership.agency.kind == "HPN" for membership in self.memberships
        )

    @property
    def supervises(self) -> bool:
        """Whether the reader reads the register."""
        return any(membership.role in READING_ROLES for membership in self.memberships)

    @cached_property
    def keeps_the_rules(self) -> bool:
        """Whether the reader keeps the deadline rules and the calendar."""
        return self._user is not None and keeps_the_rules(self._user)

    @cached_property
    def proposed(self) -> int:
        """How many deadline rules others propose, which the reader can approve or decline."""
        if self._user is None or not self.keeps_the_rules:
            return 0
        return proposed_by_others(self._user)

    @cached_property
    def proposed_routes(self) -> int:
        """How many rules of the routing table others propose, which the reader can approve or decline."""
        if self._user is None or not self.keeps_the_rules:
            return 0
        return routes_proposed_by_others(self._user)

    @cached_property
    def unread(self) -> str:
        """How many notices are unread, for the badge; empty for none."""
        if self._user is None:
            return ""
        unread = Notification.objects.readable_by(self._user).filter(read_at__isnull=True)
        number = unread[: MOST_SHOWN + 1].count()
        return "" if not number else f"{MOST_SHOWN}+" if number > MOST_SHOWN else str(number)


def house(request: HttpRequest) -> dict[str, Any]:
    """Offer `house` to every template."""
    user = getattr(request, "user", None)
    return {"house": House(user if isinstance(user, User) or getattr(user, "pk", None) else None)}
