"""What a reader chose to see of a list, as it stands in the address and goes along from page to page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Self
from urllib.parse import urlencode

# More of one part than anybody types.
_LONGEST = 80


@dataclass(frozen=True)
class Choice:
    """The parts of a choice, each a text; their names are those in the address."""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        """Return what an address asks for; PostgreSQL knows no NUL."""
        return cls(**{part.name: asked.get(part.name, "").replace("\0", "").strip()[:_LONGEST] for part in fields(cls)})

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield (name, text) of what was chosen, empty parts left out."""
        return ((part.name, text) for part in fields(self) if (text := getattr(self, part.name)))

    @property
    def address(self) -> str:
        """The same as the query of an address."""
        return urlencode(list(self))
