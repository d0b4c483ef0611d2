"""How a case is looked for, wherever one looks: by its code or a part of it, or by words of a name or a place."""

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from cases.models import Case
from cases.models.agency import plain
from cases.models.case import read_beginning, read_code, read_end

# More words than any name has.
_MOST_WORDS = 8
_NOTHING = Q(pk__in=())
# With a space before the first word too, so that every word is found by its beginning.
_CALLED = Concat(Value(" "), F("plain_name"), Value(" "), F("commune__plain_name"))


def coded(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Return those of the cases that have this code, or a short code that begins or ends so, however it was typed."""
    return cases.filter(_has_code(text))


def meant(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Return those of the cases that somebody can mean: by a code, or by words of her name, her business, her place."""
    words = plain(text).split()[:_MOST_WORDS]
    named = Q(*(Q(called__contains=f" {word}") for word in words)) if words else _NOTHING
    return cases.alias(called=_CALLED).filter(named | _has_code(text))


def _has_code(text: str) -> Q:
    if whole := read_code(text):
        return Q(code=whole)
    end, beginning = read_end(text), read_beginning(text)
    found = Q(code__endswith=end) if end else _NOTHING
    # Of the parts of a code only the short code is as long.
    return found | Q(code__contains=f"-{beginning}") if beginning else found
