"""How many of her messages no office has answered yet."""

from collections import Counter
from collections.abc import Iterable

from cases.models import TimelineEvent

HERS = "message_sent"
# What an office says to her: a message, or a question.
OURS = ("message_written", "information_requested")


def unanswered(cases: Iterable[int]) -> Counter[int]:
    """Return for each of these cases how many messages she wrote since an office last wrote to her. One query."""
    events = TimelineEvent.objects.filter(case__in=set(cases), verb__in=(HERS, *OURS)).order_by("case", "position")
    waiting: Counter[int] = Counter()
    for case, verb in events.values_list("case", "verb"):
        waiting[case] = waiting[case] + 1 if verb == HERS else 0
    return waiting
