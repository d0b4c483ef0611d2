"""Many open pages of one person: there is an end to them."""

import pytest

from notifications import consumers
from project.demo.cast import Cast
from tests.browsing import signed_in
from tests.notifications.listening import opened, played

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_oldest_page_of_a_person_with_too_many_makes_room(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "MOST_OF_ONE_PERSON", 3)
    # Signed in twice: it is the person that counts.
    clients, other = [signed_in(cast.applicant), signed_in(cast.applicant)], signed_in(cast.another_applicant)

    async def scene() -> None:
        hers = await opened(other, "inbox")
        pages = [await opened(clients[number % 2], "inbox") for number in range(5)]
        for page in pages[:2]:
            assert await page.hears() == consumers.TOO_MANY
            await page.closed()
        assert len(consumers.watch.sockets) == 4
        for page in (hers, *pages[2:]):
            assert await page.everything() == []
            await page.closed()

    played(scene)
