"""Encryption of single values: ID and account numbers, secrets of second factors.

Fernet (AES-128-CBC with HMAC-SHA-256) with a key derived from the signing key: whoever copies the database alone
reads nothing.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

from wutong.errors import WutongError


@lru_cache(maxsize=2)
def _box(key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"wutong.site.secrets").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def encrypt(text: str) -> str:
    """Return `text` encrypted; the same text twice gives two different results."""
    return _box(settings.SECRET_KEY).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return the text of `token`. Raises WutongError W172 if it was made with another key or altered."""
    try:
        return _box(settings.SECRET_KEY).decrypt(token.encode()).decode()
    except InvalidToken:
        raise WutongError.of("W172") from None


class EncryptedField(models.TextField):
    """A text that the database holds encrypted; it can be neither searched nor sorted."""

    def get_prep_value(self, value):
        text = super().get_prep_value(value)
        return encrypt(text) if text else text

    def from_db_value(self, value, _expression, _connection):
        return decrypt(value) if value else value
