"""Where the next page of a list begins: the moment and the number of the last line, as they stand in an address."""

from datetime import datetime

from django.utils.dateparse import parse_datetime

# What no line of ours lies outside of, and what every database can compare.
_YEARS = range(2000, 2200)
_LARGEST_NUMBER, _MOST_DIGITS = 2**63, 19


def read_place(text: str) -> tuple[datetime, int] | None:
    """Return the moment and the number of the last line of the page before; None for what nobody was given."""
    day, _sep, pk = text.partition("/")
    try:
        moment, number = parse_datetime(day), read_number(pk or "0")
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or moment.year not in _YEARS or number is None:
        return None
    return moment, number


def read_number(text: str) -> int | None:
    """Return the number of a row, as our pages write it; None for what they never write, however long."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    number = int(text)
    return number if number < _LARGEST_NUMBER else None
