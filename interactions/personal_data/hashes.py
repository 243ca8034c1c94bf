"""Hashes of refs and addresses: they recognise an erased customer, and tell nothing of them."""

import hmac
import secrets
from collections.abc import Iterable
from hashlib import sha256

from interactions.models import ErasedRef, Erasure

# (kind, text): the type of a record and its ref, or the kind of a contact point and its normalised value.
Name = tuple[str, str]

_BATCH = 5_000


def find_salt() -> str:
    """Return the salt of earlier erasures, so that one hash of a text finds it among all of them."""
    return Erasure.objects.order_by("pk").values_list("salt", flat=True).first() or secrets.token_hex(32)


def hash_name(name: Name, salt: str) -> str:
    kind, text = name
    return hmac.new(salt.encode(), f"{kind}\n{text}".encode(), sha256).hexdigest()


def remember_names(erasure: Erasure, names: Iterable[Name]) -> None:
    rows = (ErasedRef(erasure=erasure, kind=name[0], digest=hash_name(name, erasure.salt)) for name in set(names))
    ErasedRef.objects.bulk_create(rows, batch_size=_BATCH)


def digest_of(erasure: Erasure) -> str:
    """Return the hash of all their hashes, for the certificate."""
    whole = sha256()
    for digest in erasure.refs.order_by("digest").values_list("digest", flat=True).iterator():
        whole.update(digest.encode())
    return whole.hexdigest()


def find_erased(names: Iterable[Name]) -> dict[Name, int]:
    """Return those of the names that were erased, with the number of their erasure."""
    salts = set(Erasure.objects.values_list("salt", flat=True))
    found: dict[Name, int] = {}
    for salt in salts:
        by_digest = {hash_name(name, salt): name for name in names}
        rows = ErasedRef.objects.filter(digest__in=list(by_digest)).values_list("digest", "erasure_id")
        found |= {by_digest[digest]: erasure for digest, erasure in rows}
    return found
