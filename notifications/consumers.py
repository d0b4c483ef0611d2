"""The socket of an open page. It listens only; what it is told is the name of a topic, never what happened."""

import asyncio
import time
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings

from notifications.live import CASE, Admission, admit_session, of_session
from notifications.messenger import SECONDS_TO_SEND, trouble

# Why a socket is closed. The page stops trying after the first three.
SIGNED_OUT, NOTHING_TO_HEAR, TOO_MANY, COME_AGAIN, NOT_A_CONVERSATION = 4401, 4404, 4429, 1013, 1003
# More pages than one person looks at; the oldest work by reloading.
MOST_OF_ONE_PERSON = 20
# How often the layer is tried, and how often every socket passes its gate again.
SECONDS_BETWEEN_LOOKS = 5.0
SECONDS_BETWEEN_GATES = 300.0

_admitted = database_sync_to_async(admit_session)


class LiveConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One open page of one signed-in person, which asks for topics in its address."""

    admission = Admission(0, frozenset(), frozenset())
    passed_at = 0.0
    _session_key: str | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the page; when the layer fails, close, and let the page come again."""
        try:
            await super().__call__(scope, receive, send)
        except Exception:
            trouble.note()
            watch.leave(self)
            with suppress(Exception):
                await send({"type": "websocket.close", "code": COME_AGAIN})

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Pass a message on; channels would first ask a thread to look after connections that no handler here has."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        """Let the page in once it hears all it may, so that an open socket means: from now on nothing is lost."""
        self._session_key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        asked = parse_qs(self.scope["query_string"].decode("latin-1")).get("topic", [])
        admission = await _admitted(self._session_key, asked)
        if admission is None or not admission.topics:
            # A page learns why only from a socket that was open.
            await self.accept()
            await self.close(code=SIGNED_OUT if admission is None else NOTHING_TO_HEAR)
            return
        self.admission, self.passed_at = admission, time.monotonic()
        self.groups = [of_session(str(self._session_key)), *admission.groups]
        async with asyncio.timeout(SECONDS_TO_SEND):
            for group in self.groups:
                await self.channel_layer.group_add(group, self.channel_name)
        watch.join(self)
        await self.accept()

    async def hint(self, message: dict[str, Any]) -> None:
        """Tell the page which of its topics changed; of a case only if it is still hers to see."""
        for topic in message["topics"]:
            if topic in self.admission.topics and (not topic.startswith(CASE) or await self._still_hears(topic)):
                await self.send_json({"topic": topic})

    async def ended(self, message: dict[str, Any]) -> None:
        """Close: the person signed out."""
        await self.close(code=SIGNED_OUT)

    async def make_room(self) -> None:
        """Close for a newer page of the same person."""
        with suppress(Exception):  # it has just gone by itself
            await self.close(code=TOO_MANY)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **more: Any) -> None:
        """Close: a page has nothing to say here."""
        await self.close(code=NOT_A_CONVERSATION)

    async def pass_again(self) -> None:
        """Close if the sign-in has ended, or if other groups are hers now than when she came."""
        admission = await _admitted(self._session_key, self.admission.topics)
        self.passed_at = time.monotonic()
        if admission is None or not admission.topics:
            await self.close(code=SIGNED_OUT)
        elif admission != self.admission:
            await self.close(code=COME_AGAIN)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """Leave the groups; a layer that is away has forgotten them anyhow."""
        watch.leave(self)
        with suppress(Exception):
            async with asyncio.timeout(SECONDS_TO_SEND):
                for group in self.groups:
                    await self.channel_layer.group_discard(group, self.channel_name)
        raise StopConsumer

    async def _still_hears(self, topic: str) -> bool:
        admission = await _admitted(self._session_key, [topic])
        return admission is not None and topic in admission.topics


class Watch:
    """Looks after the open sockets of this process, for as long as there are any.

    A page must not believe that it is live when the layer is away, and must not hear what is no longer hers. Of a
    case the gate is passed again before every hint, and a sign-out is told at once; what else ends, an office one
    worked for, a session whose time is over, is noticed here within minutes. Until then a page can learn no more than
    that something changed.
    """

    def __init__(self) -> None:
        # In the order in which they came; a dictionary keeps it.
        self.sockets: dict[LiveConsumer, None] = {}
        self._looking: asyncio.Task[None] | None = None
        # A task that nobody holds may be forgotten before it is done.
        self._closing: set[asyncio.Task[None]] = set()

    def join(self, socket: LiveConsumer) -> None:
        """Look after this socket, too; the oldest one of a person who has too many makes room."""
        self.sockets[socket] = None
        looking, loop = self._looking, asyncio.get_running_loop()
        if looking is None or looking.done() or looking.get_loop() is not loop:
            self._looking = loop.create_task(self._look())
        hers = [other for other in self.sockets if other.admission.person == socket.admission.person]
        for other in hers[:-MOST_OF_ONE_PERSON]:
            self.leave(other)
            # Nobody waits for it: a browser that has gone to sleep answers late.
            closing = loop.create_task(other.make_room())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def leave(self, socket: LiveConsumer) -> None:
        """Forget a socket that was closed."""
        self.sockets.pop(socket, None)
        if not self.sockets and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            try:
                await self.look_once()
            except Exception:
                trouble.note()

    async def look_once(self) -> None:
        """Close every socket when the layer does not answer; otherwise let those pass the gate whose time has come."""
        if not await _layer_answers():
            for socket in list(self.sockets):
                await socket.close(code=COME_AGAIN)
            return
        due = time.monotonic() - SECONDS_BETWEEN_GATES
        for socket in [socket for socket in self.sockets if socket.passed_at < due]:
            await socket.pass_again()


async def _layer_answers() -> bool:
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            await get_channel_layer().group_send("nobody", {"type": "hint", "topics": []})
    except Exception:
        trouble.note()
        return False
    return True


watch = Watch()
