"""Carries messages to the channel layer, from whatever thread they arise in, without making anybody wait."""

import asyncio
import atexit
import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import wait as wait_for_all
from contextlib import suppress
from typing import Any

from channels.layers import get_channel_layer

log = logging.getLogger("dong_hanh.live")

Messages = Mapping[str, Mapping[str, Any]]

# A layer that takes longer than this is as good as away.
SECONDS_TO_SEND = 2.0
# After a failure a message goes out twice more: the listeners may come back later than the layer does.
TRY_AGAIN_AFTER = (3.0, 6.0)
# More than this is not kept while the layer is away: the pages ask anew when they are connected again.
MOST_UNDER_WAY = 1_000
SECONDS_BETWEEN_COMPLAINTS = 60.0


class Trouble:
    """Says that live updates fail, but not at every failure."""

    def __init__(self) -> None:
        self._said_at = 0.0
        self._unsaid = 0

    def note(self) -> None:
        """Count the exception that is being handled; log it if none was logged for a minute."""
        now = time.monotonic()
        self._unsaid += 1
        if self._said_at and now - self._said_at < SECONDS_BETWEEN_COMPLAINTS:
            return
        log.warning("Live updates fail (%d times); pages work by reloading.", self._unsaid, exc_info=True)
        self._said_at, self._unsaid = now, 0


trouble = Trouble()


class Messenger:
    """A thread with an event loop of its own, begun with the first message of the process.

    A step only lays its messages down here. Whether the layer is quick, slow or away is felt by this thread alone.
    """

    def __init__(self) -> None:
        self._beginning = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._under_way: set[Future[None]] = set()

    def carry(self, messages: Messages) -> None:
        """Send each message to its group, later and elsewhere."""
        if not messages or len(self._under_way) >= MOST_UNDER_WAY:
            return
        future = asyncio.run_coroutine_threadsafe(self._deliver(messages), self._running_loop())
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)

    def finish(self) -> None:
        """Let what is under way arrive, for a second at most, and close the connections; the process ends."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        under_way = list(self._under_way)
        wait_for_all(under_way, timeout=1)
        for future in under_way:
            future.cancel()
        # Not before what was cancelled has noticed it.
        asyncio.run_coroutine_threadsafe(_stop(loop), loop)
        thread.join(timeout=2)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._beginning:
            # In the child of a fork the thread of the parent is not alive.
            if self._loop is None or self._thread is None or not self._thread.is_alive():
                self._loop, self._under_way = asyncio.new_event_loop(), set()
                self._thread = threading.Thread(target=_run, args=[self._loop], name="messenger", daemon=True)
                self._thread.start()
            return self._loop

    async def _deliver(self, messages: Messages) -> None:
        if await _sent(messages):
            return
        for pause in TRY_AGAIN_AFTER:
            await asyncio.sleep(pause)
            await _sent(messages)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    # Here and not where it was stopped: closing lets the layer take its leave, and another loop may run there.
    with suppress(Exception):
        loop.close()


async def _stop(loop: asyncio.AbstractEventLoop) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)
    loop.call_soon(loop.stop)


async def _sent(messages: Messages) -> bool:
    """Send, within the time that there is; return whether it worked."""
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            layer = get_channel_layer()
            for group, message in messages.items():
                await layer.group_send(group, dict(message))
    except Exception:
        trouble.note()
        return False
    return True


messenger = Messenger()
atexit.register(messenger.finish)
