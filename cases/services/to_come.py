"""The kinds of help of the plans that Đồng Hành cannot take yet: named honestly, with whom to ask meanwhile."""

from collections.abc import Container
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cases.services.base import Words


@dataclass(frozen=True)
class ToCome:
    """A kind of help that is not open yet."""

    # The support service that will take it: once that is there, it stands among the services.
    service: str
    icon: str
    title: Words
    invitation: Words
    # Which office knows about it today.
    office: Words


# In the order of the plans' workflows 2 to 12.
_PLANNED = (
    ToCome(
        "credit_access",
        "coins",
        _("A loan for the business"),
        _("Finding a source, preparing the papers"),
        _("the Bank for Social Policies, or a bank near you"),
    ),
    ToCome(
        "conversion",
        "shop",
        _("Becoming an enterprise"),
        _("From a household business"),
        _("the Department of Finance"),
    ),
    ToCome(
        "restructuring",
        "tools",
        _("Putting a business in order"),
        _("Debts, staff, accounts"),
        _("the Department of Finance, or the Co-operative Alliance"),
    ),
    ToCome(
        "cooperative",
        "people",
        _("Founding a co-operative"),
        _("Or a co-operative group"),
        _("the Co-operative Alliance"),
    ),
    ToCome(
        "training",
        "book",
        _("Learning a trade, learning business"),
        _("Courses near you"),
        _("the Women's Union of your commune"),
    ),
    ToCome(
        "mentoring",
        "handshake",
        _("A mentor at your side"),
        _("Somebody who has done it before"),
        _("the city Women's Union"),
    ),
    ToCome(
        "intensive_support",
        "sprout",
        _("Growing an idea with close support"),
        _("For a few models each year"),
        _("the city Women's Union"),
    ),
    ToCome(
        "competition",
        "star",
        _("The competition Women Start a Business"),
        _("Entering with an idea"),
        _("the Women's Union of your commune"),
    ),
    ToCome(
        "transformation",
        "leaf",
        _("Going digital, going green"),
        _("Invoices, accounts, saving energy"),
        _("the Department of Science and Technology"),
    ),
    ToCome(
        "product",
        "tag",
        _("Product, brand, market"),
        _("Labels, trade marks, fairs"),
        _("the Department of Industry and Trade"),
    ),
    ToCome(
        "feedback",
        "voice",
        _("A suggestion or a complaint"),
        _("About a rule, or about how you were served"),
        _("the city Women's Union"),
    ),
)


def to_come(open_services: Container[str]) -> list[ToCome]:
    """Return the kinds of help of the plans that none of these services takes yet."""
    return [planned for planned in _PLANNED if planned.service not in open_services]
