"""`python -m benchmarks.live`: one step told to 1,000 open pages, against a bare broadcast to the same clients.

The product runs as in production: one uvicorn process, sessions, the gate of every page. The floor is a server of a few
lines that knows nobody and sends a text to every socket. Both are asked by the same clients in the same run.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

import redis
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.scratch import scratch_database
from cases.models import Membership, Role, TimelineEvent, User
from project.demo import player
from project.demo.cast import SINCE, Cast
from tests.builders import a_case
from tests.pages.serving import free_port

CLIENTS = 1_000
AT_ONCE = 50
ROUNDS = 7
PATIENCE = 60
_REDIS = "redis://127.0.0.1:6379/8"
_ROOT = Path(__file__).parents[1]
_CSRF = "x" * 32


def sessions(people: Sequence[User]) -> list[str]:
    """Sign these people in; return the keys of their sessions."""
    keys = []
    for user in people:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        keys.append(str(session.session_key))
    return keys


def officers(cast: Cast) -> list[User]:
    """Return 1,000 officers of the Department of Justice."""
    agency = cast.justice_officer.memberships.get().agency
    people = User.objects.bulk_create(
        User(phone=f"+84990{number:06d}", full_name=f"Cán bộ {number}", password="!") for number in range(CLIENTS)
    )
    Membership.objects.bulk_create(
        Membership(user=user, agency=agency, role=Role.OFFICER, since=SINCE) for user in people
    )
    return people


@contextmanager
def running(command: Sequence[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends."""
    with subprocess.Popen([sys.executable, "-m", *command], cwd=_ROOT, env={**os.environ, **environment}) as server:
        try:
            yield server
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def kilobytes(server: subprocess.Popen[bytes]) -> int:
    """Return how much memory a server holds."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


@asynccontextmanager
async def listening(address: str, headers: Sequence[dict[str, str]]) -> AsyncIterator[list[ClientConnection]]:
    """Open a socket for each of these headers, a few at once, and close them at the end."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(with_these: dict[str, str]) -> ClientConnection:
        async with few:
            return await connect(address, additional_headers=with_these, open_timeout=PATIENCE, ping_interval=None)

    async with asyncio.timeout(5 * PATIENCE):
        clients = await asyncio.gather(*(one(each) for each in headers))
        try:
            yield clients
        finally:
            await asyncio.gather(*(client.close() for client in clients), return_exceptions=True)


async def heard(clients: Sequence[ClientConnection]) -> list[float]:
    """Return when each client heard the next thing."""

    async def one(client: ClientConnection) -> float:
        await client.recv()
        return time.time()

    async with asyncio.timeout(PATIENCE):
        return await asyncio.gather(*(one(client) for client in clients))


async def until_it_answers(port: int) -> None:
    """Wait until somebody listens on a port."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return


class _Stay(HTTPRedirectHandler):
    """Does not follow: the answer to the button is all that is wanted."""

    def redirect_request(self, *_given: object, **_more: object) -> None:
        """Follow nowhere."""


def press(url: str, session: str) -> None:
    """Press a button of the product."""
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_CSRF}"
    request = Request(url, data=f"key={uuid4()}".encode(), headers={"Cookie": cookies, "X-CSRFToken": _CSRF})
    # A redirect that is not followed is an error to urllib.
    with suppress(HTTPError):
        build_opener(_Stay).open(request, timeout=PATIENCE)


async def measure_product(port: int, server: subprocess.Popen[bytes], keys: Sequence[str], item: int) -> list[float]:
    """Return p50 and p99 of every round, and print what an idle client costs."""
    await until_it_answers(port)
    origin = f"http://127.0.0.1:{port}"
    cookie = [{"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}", "Origin": origin} for key in keys]
    async with listening(f"ws://127.0.0.1:{port}/truc-tiep/?topic=worklist", cookie[:1]):
        before = kilobytes(server)
    began = time.perf_counter()
    async with listening(f"ws://127.0.0.1:{port}/truc-tiep/?topic=worklist", cookie) as clients:
        connected = CLIENTS / (time.perf_counter() - began)
        await asyncio.sleep(2)
        print(f"  {(kilobytes(server) - before) / CLIENTS:.0f} kB an idle client; {connected:.0f} connects/s")
        found = []
        for act in ["nhan", "tra"] * ROUNDS:
            waiting = asyncio.create_task(heard(clients))
            await asyncio.sleep(0.1)
            await asyncio.to_thread(press, f"{origin}/viec/{item}/{act}/", keys[0])
            at = await asyncio.to_thread(lambda: TimelineEvent.objects.latest("pk").at.timestamp())
            found.append([moment - at for moment in await waiting])
        return spread(found)


async def measure_floor(port: int) -> list[float]:
    """Return p50 and p99 of a bare broadcast."""
    await until_it_answers(port)
    async with listening(f"ws://127.0.0.1:{port}/", [{}] * (CLIENTS + 1)) as (asking, *clients):
        found = []
        for _round in range(2 * ROUNDS):
            waiting = asyncio.create_task(heard(clients))
            await asyncio.sleep(0.1)
            at = time.time()
            await asking.send(json.dumps({"topic": "worklist"}))
            found.append([moment - at for moment in await waiting])
            await asking.recv()
        return spread(found)


def spread(rounds: Sequence[Sequence[float]]) -> list[float]:
    """Return the medians over all rounds of p50 and p99, in milliseconds; the first two rounds warm up."""
    cuts = [quantiles(seconds, n=100) for seconds in rounds[2:]]
    return [1000 * median(cut[49] for cut in cuts), 1000 * median(cut[98] for cut in cuts)]


def measure(cast: Cast, name: str, redis_url: str) -> None:
    """Measure one layer and the floor, and print."""
    print(f"live, {CLIENTS} clients, {name}, {connection.vendor}:")
    keys = sessions(officers(cast))
    item = player.open_item(a_case(cast.applicant, at_node="draft"), "draft").pk
    environment = {"DATABASE_URL": scratch_url(), "REDIS_URL": redis_url, "DJANGO_ALLOW_ASYNC_UNSAFE": ""}
    port, bare = free_port(), free_port()
    serve = ["uvicorn", "project.asgi:application", "--log-level", "warning", "--ws-per-message-deflate", "false"]
    with running([*serve, "--port", str(port)], **environment) as server:
        p50, p99 = asyncio.run(measure_product(port, server, keys, item))
    with running(["benchmarks.broadcast", str(bare)]):
        floor50, floor99 = asyncio.run(measure_floor(bare))
    print(f"  from the step's own time to every page: p50 {p50:.0f} ms, p99 {p99:.0f} ms;", end=" ")
    print(f"bare broadcast p50 {floor50:.0f} ms, p99 {floor99:.0f} ms: {p99 / floor99:.1f} × the floor at p99")


def scratch_url() -> str:
    """Return the address of the database to which the connection was moved."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def redis_url() -> str:
    """Return where Redis answers, or nothing."""
    url = os.environ.get("REDIS_URL", _REDIS)
    try:
        redis.Redis.from_url(url, socket_connect_timeout=2).ping()
    except redis.RedisError:
        return ""
    return url


def main() -> None:
    """Measure without Redis and, where it answers, with it."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for name, url in (("in memory", ""), ("Redis", redis_url())):
        if name == "Redis" and not url:
            print("live, Redis: left out, it does not answer")
            continue
        with scratch_database() as cast:
            measure(cast, name, url)


if __name__ == "__main__":
    main()
