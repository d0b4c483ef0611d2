"""What was chosen and entered with a conclusion, in the words in which it is read."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cases.services.fields import thousands
from workflows.asks import Amount, Ask, Checklist, Enter, Entry, Flags, PickPlace


def in_words(ask: Ask, details: Mapping[str, Any]) -> str:
    """Return what a conclusion says to one ask; empty where it says nothing, or nothing that stands open."""
    match ask:
        case Flags():
            chosen = [str(label) for name, label in ask.choices if details.get(name)]
            return f"{ask.label}: {', '.join(chosen)}" if chosen else ""
        case Amount():
            return f"{ask.label}: {_money(details.get(ask.name) or 0)}"
        case Enter():
            value = details.get(ask.name)
            return "" if value in (None, "") else f"{ask.label}: {entered_in_words(ask.entry, value)}"
        case Checklist():
            ticked = details.get(ask.name) or ()
            return f"{ask.label}: {'; '.join(str(words) for code, words in ask.choices if code in ticked)}"
        case PickPlace():
            return _place(ask, details)
        case _:
            return ""


def entered_in_words(entry: Entry, value: Any) -> str:
    """Return a figure, a day or a code of a result outside as one reads it."""
    match entry:
        case Entry.MONEY:
            return _money(value)
        case Entry.PERCENT:
            share = format(Decimal(str(value)).normalize(), "f")
            return f"{share.replace('.', ',')}%"
        case Entry.MONTHS:
            return _("%(count)s month(s)") % {"count": value}
        case Entry.DAY:
            return f"{date.fromisoformat(value):%d/%m/%Y}"
        case Entry.ENTERPRISE_CODE:
            return str(value)


def _money(amount: int) -> str:
    return f"{thousands(amount)} đồng"


def _place(ask: PickPlace, details: Mapping[str, Any]) -> str:
    """Return which body was chosen and, where the table suggested another, which one."""
    names = {code: str(words) for code, words in ask.choices}
    kind, fitting = str(details.get(ask.name) or ""), str(details.get(f"{ask.name}_suggested") or "")
    said = f"{ask.label}: {names.get(kind, kind)}"
    if fitting in ("", kind):
        return said
    return _("%(chosen)s (the routing table suggested: %(fitting)s)") % {
        "chosen": said,
        "fitting": names.get(fitting, fitting),
    }
