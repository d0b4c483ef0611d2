"""What is worth knowing with her answers, each hint with its source and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cases.services.base import Data, SupportService, Words
from workflows.queries.rulebook import Rulebook


@dataclass(frozen=True)
class Shown:
    """One hint as it stands on a page."""

    words: Words
    to_her: Words
    source: str
    # The last day on which it holds.
    until: date


def hints_of(service: SupportService, data: Data, book: Rulebook, *, today: date) -> Iterator[Shown]:
    """Yield the hints of a service that hold today; nothing is shown whose source nobody has read."""
    for hint in service.hints:
        rule = book.rule(hint.rule, today)
        if rule is None or rule.days is None or not rule.law:
            continue
        ends = hint.when(data, rule.days, today)
        if ends is not None:
            yield Shown(hint.words, hint.to_her, rule.law, ends - timedelta(days=1))
