"""Pseudo-random bytes that belong to a text, the same in every process."""

from __future__ import annotations


def digest(text: str, size: int = 8) -> bytes:
    """So many bytes; surrogates, which UTF-8 has no code for, count as question marks."""
    from hashlib import blake2b  # a verdict on numbers needs none, and has not to wait for OpenSSL

    return blake2b(text.encode("utf-8", "replace"), digest_size=size).digest()
