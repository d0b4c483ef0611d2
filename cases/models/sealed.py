"""Values that are unreadable in the database without the seal keys."""

import base64
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
    _AnyText = models.TextField[Any, Any]
else:  # at run time Django's fields take no type arguments
    _Text = _AnyText = models.TextField


@lru_cache(maxsize=4)
def _seal(passphrases: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(phrase.encode()).digest())) for phrase in passphrases]
    )


def seal(text: str) -> str:
    """Return the text encrypted under the first seal key."""
    return _seal(tuple(settings.SEAL_KEYS)).encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Return the text of a sealed value; raises InvalidToken when no seal key fits."""
    return _seal(tuple(settings.SEAL_KEYS)).decrypt(token.encode()).decode()


class SealedTextField(_Text):
    """Text that is stored encrypted and read in clear. It can be neither searched nor ordered by."""

    def get_prep_value(self, value: Any) -> Any:
        """Seal on the way to the database; the empty text stays empty, so that it can be constrained."""
        return seal(str(value)) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Unseal on the way from the database."""
        return unseal(value) if value else value


class SealedJSONField(_AnyText):
    """A JSON value that is stored encrypted and read in clear."""

    def get_prep_value(self, value: Any) -> Any:
        """Seal on the way to the database."""
        return None if value is None else seal(json.dumps(value, ensure_ascii=False))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        """Unseal on the way from the database."""
        return None if value is None else json.loads(unseal(value))

    def to_python(self, value: Any) -> Any:
        """Leave the value as it is: outside the database it is never text."""
        return value
