"""What is Vietnamese: letters, and the words that people wrote and no translator will."""

import re
from collections.abc import Iterable

LETTER = re.compile(r"[ăâđêôơưàáãèéìíòóõùúýĩũạ-ỹ]", re.IGNORECASE)


class Written:
    """Names, places, answers and other texts from the database, to be taken out of a text of ours."""

    def __init__(self, data: Iterable[str]) -> None:
        self._whole = {" ".join(text.split()).casefold() for text in data}
        # The longest first, so that a name inside another does not leave half of it behind.
        self._parts = sorted((text for text in self._whole if len(text) > 3), key=len, reverse=True)

    def is_whole(self, text: str) -> bool:
        """Return whether people wrote the whole text."""
        return text.casefold() in self._whole

    def taken_out(self, text: str, *, left: str = "N") -> str:
        """Return the text with everything written by people replaced."""
        rest = text.casefold()
        if self.is_whole(text):
            return left
        if LETTER.search(rest):
            for part in self._parts:
                if len(part) <= len(rest) and part in rest:
                    rest = rest.replace(part, left)
        return rest
