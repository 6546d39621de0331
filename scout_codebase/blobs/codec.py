"""Records as bytes and back, for the cache and between processes."""

from __future__ import annotations

import hashlib
from typing import Generic, TypeVar

import msgspec

from scout_codebase.records import BlobFacts

Record = TypeVar("Record")


def digest(*parts: object) -> bytes:
    """16 bytes, of records and of plain values that hold them. Raises UnicodeEncodeError where a
    text holds a lone surrogate."""
    return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=16).digest()


class DamagedRecordError(ValueError):
    """The bytes are not those of any such record."""


class Codec(Generic[Record]):
    """MessagePack of one kind of frozen record."""

    def __init__(self, kind: type[Record]) -> None:
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(kind)

    def encode(self, record: Record) -> bytes:
        """Raises UnicodeEncodeError for a record whose text holds a lone surrogate."""
        return self._encoder.encode(record)

    def decode(self, data: bytes) -> Record:
        """The inverse of ``encode``. Raises DamagedRecordError."""
        try:
            return self._decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DamagedRecordError(str(error)) from error


FACTS = Codec(BlobFacts)
"""Sources are encoded before they are analysed, and paths are in their display form: no facts hold
lone surrogates."""
