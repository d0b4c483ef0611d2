"""How often an address, a code or a person may do something: counted in the cache, by fixed windows of time."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from redis.exceptions import RedisError


class Limit:
    """At most so many tries within so many seconds."""

    def __init__(self, name: str, *, most: int, seconds: int, passes_uncounted: bool = True) -> None:
        self.name, self.most, self.seconds = name, most, seconds
        # What happens while the cache is away.
        self.passes_uncounted = passes_uncounted

    def _window(self, subject: str) -> str:
        # Neither the address nor the code stands readable in the cache.
        who = hashlib.sha256(subject.encode()).hexdigest()[:32]
        return f"limit:{self.name}:{who}:{timezone.now().timestamp() // self.seconds:.0f}"

    def passes(self, subject: str) -> bool:
        """Count one more try; return whether there were not too many."""
        window = self._window(subject)
        try:
            cache.add(window, 0, self.seconds)
            return cache.incr(window) <= self.most
        except (RedisError, ValueError):  # the cache is away, or was emptied meanwhile
            return self.passes_uncounted

    def forgive(self, subject: str) -> None:
        """Take the last try back: it was a good one."""
        try:
            cache.decr(self._window(subject))
        except (RedisError, ValueError):
            return


def address_of(request: HttpRequest) -> str:
    """Return the address a request comes from, as the server before us tells it."""
    return str(request.META.get("REMOTE_ADDR", ""))
