"""Where the next page of a list begins: the moment and the number of the last line, as they stand in an address."""

from datetime import datetime

from django.utils.dateparse import parse_datetime

# What no line of ours lies outside of, and what every database can compare.
_YEARS = range(2000, 2200)
_LARGEST_NUMBER = 2**63


def read_place(text: str) -> tuple[datetime, int] | None:
    """Return the moment and the number of the last line of the page before; None for what nobody was given."""
    day, _sep, pk = text.partition("/")
    try:
        moment, number = parse_datetime(day), int(pk or 0)
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or moment.year not in _YEARS or not 0 <= number < _LARGEST_NUMBER:
        return None
    return moment, number
