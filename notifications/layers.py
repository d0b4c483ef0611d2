"""The channel layer of a server without Redis: open pages hear what happens in their own process."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

from channels.layers import InMemoryChannelLayer


class InProcessLayer(InMemoryChannelLayer):  # type: ignore[misc]
    """Channels' in-memory layer, into which any thread may send.

    Its queues belong to the event loop of the sockets. A message put there by another thread lies unseen until
    something else wakes that loop, so every group message is handed over to the loop itself.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._home: asyncio.AbstractEventLoop | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def new_channel(self, prefix: str = "specific.") -> str:
        """Return the name of a new channel, and remember where its reader lives."""
        self._home = asyncio.get_running_loop()
        return str(await super().new_channel(prefix))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Send to a group, on the loop of its readers; without readers there is nothing to send."""
        if self._home is asyncio.get_running_loop():
            await super().group_send(group, message)
        elif self._home is not None:
            with suppress(RuntimeError):  # that loop has ended, and its readers with it
                self._home.call_soon_threadsafe(partial(self._send_here, group, message))

    def _send_here(self, group: str, message: dict[str, Any]) -> None:
        task = asyncio.ensure_future(super().group_send(group, message))
        # A task that nobody holds may be forgotten before it is done.
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
