"""The attributes of paths that decide whether and how a file is read (gitattributes(5))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scout_codebase.walk.command import Git

_ASKED = frozenset(
    (
        b"linguist-generated",
        b"linguist-vendored",
        b"binary",
        b"text",
        b"eol",
        b"crlf",
        b"working-tree-encoding",
    )
)
_BOOLEANS = {"set": True, "true": True, "unset": False, "false": False}


@dataclass(frozen=True, slots=True)
class Attributes:
    """``generated`` and ``vendored`` are None where the repository says nothing about it.
    ``converts_newlines`` is None where ``core.autocrlf`` decides. ``encoding`` is the encoding of
    the file in the working tree, where it is not the one in the object database."""

    generated: bool | None = None
    vendored: bool | None = None
    binary: bool = False
    converts_newlines: bool | None = None
    encoding: str = ""


NONE = Attributes()


def check_attributes(
    git: Git, paths: Sequence[bytes], *, from_index: bool = False
) -> dict[bytes, Attributes]:
    """One ``git check-attr`` for all paths; paths without any attribute are left out."""
    if not paths:
        return {}
    source = ("--cached",) if from_index else ()
    # --all leaves out what is unspecified, which for most paths is everything.
    output = git.run(
        "check-attr", "-z", "--stdin", *source, "--all", stdin=b"\0".join(paths) + b"\0"
    )
    fields = output.split(b"\0")
    rows: dict[bytes, dict[str, str]] = {}
    for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
        if name in _ASKED:
            row = rows.setdefault(path, {})
            row[name.decode("ascii")] = value.decode("utf-8", "replace")
    return {path: _attributes(row) for path, row in rows.items()}


def _attributes(value: Mapping[str, str]) -> Attributes:
    encoding = value.get("working-tree-encoding", "")
    return Attributes(
        generated=_BOOLEANS.get(value.get("linguist-generated", "")),
        vendored=_BOOLEANS.get(value.get("linguist-vendored", "")),
        binary=value.get("binary") == "set",
        converts_newlines=_converts_newlines(value),
        encoding="" if encoding in ("unspecified", "set", "unset") else encoding,
    )


def _converts_newlines(value: Mapping[str, str]) -> bool | None:
    text, crlf = value.get("text"), value.get("crlf")
    if text == "unset" or crlf == "unset":
        return False
    if text in ("set", "auto") or value.get("eol") in ("lf", "crlf"):
        return True
    return True if crlf in ("set", "input") else None
