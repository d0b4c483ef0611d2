"""Signatures that anyone can check: Ed25519 over the bytes of one line of text."""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


@lru_cache(maxsize=16)
def _private(secret: str) -> Ed25519PrivateKey:
    # A seed has 32 bytes; a secret may be any text.
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(secret.encode()).digest())


def signing_key() -> str:
    """Return the id of the key that signs."""
    return list(settings.SLIP_KEYS)[-1]


def sign(line: str) -> str:
    """Return the signature over a line under the key that signs, in base64."""
    return b64encode(_private(settings.SLIP_KEYS[signing_key()]).sign(line.encode())).decode()


def signed_by(line: str, signature: str) -> str:
    """Return the id of the key under which this is the signature over the line; '' where there is none."""
    try:
        raw = b64decode(signature, validate=True)
    except (NotBase64, ValueError):
        return ""
    return next((key_id for key_id, public in _public_keys() if _verifies(public, raw, line)), "")


def public_keys() -> dict[str, str]:
    """Return every public key by its id, as PEM."""
    return {
        key_id: public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        for key_id, public in _public_keys()
    }


def _public_keys() -> list[tuple[str, Ed25519PublicKey]]:
    return [(key_id, _private(secret).public_key()) for key_id, secret in settings.SLIP_KEYS.items()]


def _verifies(public: Ed25519PublicKey, signature: bytes, line: str) -> bool:
    try:
        public.verify(signature, line.encode())
    except InvalidSignature:
        return False
    return True
