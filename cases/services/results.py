"""What offices and lenders enter of a result outside: how she reads a sum, a share, a time, a day, a code."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.services.base import Entered
from cases.services.fields import thousands

LOAN = (
    Entered("amount", gettext_lazy("Amount you can borrow"), "money"),
    Entered("rate", gettext_lazy("Interest"), "percent_a_year"),
    Entered("term", gettext_lazy("Time to pay it back"), "months"),
)
ENTERPRISE = (
    Entered("enterprise_code", gettext_lazy("Enterprise code"), "code"),
    Entered("granted_on", gettext_lazy("Day of the certificate"), "day"),
)


def in_words(entered: Entered, details: Mapping[str, Any]) -> str:
    """Return what was entered as she reads it: 50.000.000 ₫; empty where nothing was."""
    value = details.get(entered.name)
    if value in (None, ""):
        return ""
    match entered.kind:
        case "money":
            return f"{thousands(value)} ₫"
        case "percent_a_year":
            share = format(Decimal(str(value)).normalize(), "f").replace(".", ",")
            return _("%(share)s %% a year") % {"share": share}
        case "months":
            return _("%(count)s month(s)") % {"count": value}
        case "day":
            return f"{date.fromisoformat(value):%d/%m/%Y}"
        case "code":
            return str(value)
