"""The facts of one file, computed, and as bytes."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from scout_codebase.frame import frame_file
from scout_codebase.languages.analyse import analyse, unanalysed
from scout_codebase.records import BlobFacts
from scout_codebase.tokens import count_tokens

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(BlobFacts)


class DamagedFactsError(ValueError):
    """The bytes are not those of any facts."""


def compute_facts(path: str, text: str, *, detailed: bool, parse: bool = True) -> BlobFacts:
    """Never raises for what the file holds. Without ``parse`` the syntax tree is left out."""
    analysis = analyse(path, text, detailed=detailed) if parse else unanalysed(path, text)
    framed = frame_file(path, text, analysis.language if analysis else "")
    return BlobFacts(
        analysis=analysis if detailed or analysis is None else replace(analysis, detailed=False),
        tokens=count_tokens(framed.text),
        neutralised=tuple(sorted(framed.neutralised.items())),
    )


def encode_facts(facts: BlobFacts) -> bytes:
    """MessagePack. No text of a record holds lone surrogates: sources are encoded before they are
    analysed, and paths are in their display form."""
    return _encoder.encode(facts)


def decode_facts(data: bytes) -> BlobFacts:
    """The inverse of ``encode_facts``. Raises DamagedFactsError."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise DamagedFactsError(str(error)) from error
