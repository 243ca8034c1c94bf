"""Secrets at rest: encrypted with a key derived from settings.SECRET_KEY, which is not in the database."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def encrypt(secret: str, *, purpose: str) -> str:
    """Encrypt a secret; only the same purpose decrypts it."""
    return _cipher(purpose).encrypt(secret.encode()).decode()


def decrypt(token: str, *, purpose: str) -> str | None:
    """Decrypt a secret; None where it was encrypted under another SECRET_KEY, for another purpose, or is damaged."""
    try:
        return _cipher(purpose).decrypt(token.encode()).decode()
    except InvalidToken:
        return None


def _cipher(purpose: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(settings.SECRET_KEY.encode())
    return Fernet(urlsafe_b64encode(key))
