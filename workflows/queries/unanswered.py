"""How many of her messages no office has answered yet."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cases.models import TimelineEvent

HERS = "message_sent"
# What an office says to her: a message, or a question.
OURS = ("message_written", "information_requested")


def unanswered_by(cases: Iterable[int], offices: Collection[int]) -> Counter[int]:
    """Return the same of what she wrote to bodies outside alone, of which each reads only its own. One query."""
    events = TimelineEvent.objects.filter(case__in=set(cases), verb__in=(HERS, *OURS)).order_by("case", "position")
    waiting: Counter[int] = Counter()
    for case, verb, agency, facts in events.values_list("case", "verb", "agency", "facts"):
        if verb == HERS and went_to(facts, offices):
            waiting[case] += 1
        elif verb != HERS and agency in offices:
            waiting[case] = 0
    return waiting


def went_to(facts: Mapping[str, Any], offices: Collection[int]) -> bool:
    """Return whether these offices were told of an event that says so of itself."""
    return any(read["agency"] in offices for read in facts.get("read_by", ()))


def unanswered(cases: Iterable[int]) -> Counter[int]:
    """Return for each of these cases how many messages she wrote since an office last wrote to her. One query."""
    events = TimelineEvent.objects.filter(case__in=set(cases), verb__in=(HERS, *OURS)).order_by("case", "position")
    waiting: Counter[int] = Counter()
    for case, verb in events.values_list("case", "verb"):
        waiting[case] = waiting[case] + 1 if verb == HERS else 0
    return waiting
