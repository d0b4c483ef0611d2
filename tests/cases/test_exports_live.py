"""The register as a file, as the live server sends it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from cases import exports
from project.demo.cast import Cast
from tests.builders import a_case
from tests.cases.test_exports import CSV

pytestmark = pytest.mark.django_db(transaction=True)


def test_on_the_live_server_it_is_sent_in_pieces_too(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PIECE", 1)
    monkeypatch.setattr(exports, "_BLOCK", 10)
    cases = {a_case(cast.applicant, at=at - timedelta(minutes=nth)).code for nth in range(3)}

    async def pieces() -> list[bytes]:
        client = AsyncClient()
        await client.aforce_login(cast.supervisor)
        response: Any = await client.post(CSV)
        got = [piece async for piece in response.streaming_content]
        await sync_to_async(connections.close_all)()
        return got

    # In a thread of its own: a browser test of this process may have left its loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(asyncio.run, pieces()).result()
    assert len(sent) == 3
    assert {line.split(",")[0] for line in b"".join(sent).decode("utf-8-sig").splitlines()[1:]} == cases
