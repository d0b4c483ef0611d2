"""An open page that listens, without a browser: a socket with somebody's cookie."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.db import connections
from django.test import Client

from notifications.live import of_session
from notifications.messenger import messenger
from project.asgi import application

HERE = "http://testserver"
# Longer than anything here takes on a busy machine.
PATIENCE = 20.0
FENCE = '{"type": "send.json"}'


def played(scene: Callable[[], Awaitable[None]]) -> None:
    """Play an asynchronous scene in a thread of its own: in this one Playwright may keep a loop running."""

    def play() -> None:
        try:
            async_to_sync(scene)()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(play).result()


class OpenPage:
    """A page that asked for topics."""

    def __init__(self, client: Client | None, topics: Sequence[str], *, origin: str | None = HERE) -> None:
        cookie = client.cookies.get(settings.SESSION_COOKIE_NAME) if client is not None else None
        self.session = cookie.value if cookie is not None else ""
        headers = [(b"host", b"testserver")]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        if cookie is not None:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie.value}".encode()))
        # channels' own communicator cannot be imported without its own server.
        self.socket: Any = ApplicationCommunicator(  # type: ignore[no-untyped-call]
            application,
            {
                "type": "websocket",
                "path": "/truc-tiep/",
                "query_string": urlencode([("topic", topic) for topic in topics]).encode(),
                "headers": headers,
                "subprotocols": [],
            },
        )

    async def opened(self) -> bool:
        """Open the socket; return whether it was accepted."""
        await self.socket.send_input({"type": "websocket.connect"})
        answer = await self.socket.receive_output(timeout=PATIENCE)
        return bool(answer["type"] == "websocket.accept")

    async def says(self, text: str) -> None:
        """Let the page send something."""
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def hears(self) -> Any:
        """Return the next thing that the page is sent: a message, or the code with which it is closed."""
        sent = await self.socket.receive_output(timeout=PATIENCE)
        return sent["text"] if sent["type"] == "websocket.send" else sent["code"]

    async def everything(self) -> list[Any]:
        """Return everything that the page was sent: it hears in order, so what came before a fence is all of it."""
        await _nothing_under_way()
        messenger.carry({of_session(self.session): {"type": "send.json"}})
        heard = []
        while (message := await self.hears()) != FENCE:
            heard.append(message)
        return heard

    async def closed(self) -> None:
        """Close the page."""
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.socket.wait(timeout=PATIENCE)


async def opened(client: Client | None, *topics: str) -> OpenPage:
    """Return a page whose socket is open."""
    page = OpenPage(client, topics)
    assert await page.opened()
    return page


async def _nothing_under_way() -> None:
    async with asyncio.timeout(PATIENCE):
        while messenger._under_way:
            await asyncio.sleep(0.01)


def in_step(act: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Return what somebody does by HTTP or by an action, for a scene."""
    return sync_to_async(act, thread_sensitive=True)
