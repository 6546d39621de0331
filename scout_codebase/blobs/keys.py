"""Under which key the facts of a file are kept: all that they depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from scout_codebase.blobs.wanted import Wanted
from scout_codebase.records import SourceFile

_PACKAGE = Path(__file__).parent.parent
_DECIDING = (
    *("blobs", "languages", "masking", "records"),
    *("frame.py", "neutralise.py", "tokens.py", "walk/notebook.py"),
)
"""The parts of this package that decide what the facts of a file are."""
_DECIDING_PACKAGES = ("tree_sitter", "tiktoken", "llama_models", "rustworkx", "kingfisher")


def facts_key(file: SourceFile, wanted: Wanted) -> bytes:
    """16 bytes. git's object id stands for the bytes, the encoding for how they became text; a
    masked text is more than what its bytes say."""
    parts = (file.object_id, file.encoding, text_identity(file), file.path)
    digest = _begun_key(wanted).copy()
    digest.update("\0".join(parts).encode("utf-8", "surrogateescape"))
    return digest.digest()


@cache
def _begun_key(wanted: Wanted) -> hashlib.blake2b:
    """With what is the same for every file."""
    return hashlib.blake2b(f"{analyser_version()}\0{wanted.name}\0".encode(), digest_size=16)


def repository_key(path: str, wanted: Wanted) -> bytes:
    """Where it is noted that the files of a repository were looked at before."""
    joined = "\0".join((analyser_version(), wanted.name, path)).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(joined, digest_size=16, person=b"repository seen").digest()


def text_identity(file: SourceFile) -> str:
    """What tells the text of a file from others of the same bytes and encoding."""
    if not file.masked:
        return ""
    return hashlib.blake2b(file.text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def analyser_version() -> str:
    """Changes with the code and the grammars that make facts, whoever changes them and however:
    nothing has to be remembered when a query is edited."""
    return "\n".join((code_version(_DECIDING), *_installed()))


@cache
def code_version(parts: tuple[str, ...]) -> str:
    """A digest of these modules and packages of this package, with their queries."""
    digest = hashlib.blake2b(digest_size=16)
    for path in _files_of(parts):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files_of(parts: tuple[str, ...]) -> Iterator[Path]:
    for name in parts:
        path = _PACKAGE / name
        found = path.rglob("*") if path.is_dir() else (path,)
        yield from sorted(file for file in found if file.suffix in (".py", ".scm", ".yml"))


def _installed() -> list[str]:
    """The metadata folders of the packages that decide, whose names hold their versions."""
    folders = set()
    for package in ("tree_sitter", "tiktoken"):
        spec = find_spec(package)
        if spec is not None and spec.origin:
            folders.add(Path(spec.origin).parent.parent)
    names = (path.name for folder in folders for path in folder.glob("*.dist-info"))
    return sorted(name for name in names if name.startswith(_DECIDING_PACKAGES))
