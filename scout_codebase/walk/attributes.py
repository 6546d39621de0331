"""The attributes of paths that decide whether and how a file is read (gitattributes(5))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scout_codebase.walk.command import Git

_ASKED = (
    "linguist-generated",
    "linguist-vendored",
    "binary",
    "text",
    "eol",
    "crlf",
    "working-tree-encoding",
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
    output = git.run(
        "check-attr", "-z", "--stdin", *source, *_ASKED, stdin=b"\0".join(paths) + b"\0"
    )
    fields = output.split(b"\0")
    values = fields[2::3]
    unspecified = [b"unspecified"] * len(_ASKED)
    found = {}
    for start in range(0, len(values), len(_ASKED)):
        row = values[start : start + len(_ASKED)]
        if row != unspecified:
            found[fields[start * 3]] = _attributes(row)
    return found


def _attributes(row: Sequence[bytes]) -> Attributes:
    value = {
        name: field.decode("utf-8", "replace") for name, field in zip(_ASKED, row, strict=True)
    }
    encoding = value["working-tree-encoding"]
    return Attributes(
        generated=_BOOLEANS.get(value["linguist-generated"]),
        vendored=_BOOLEANS.get(value["linguist-vendored"]),
        binary=value["binary"] == "set",
        converts_newlines=_converts_newlines(value),
        encoding="" if encoding in ("unspecified", "set", "unset") else encoding,
    )


def _converts_newlines(value: dict[str, str]) -> bool | None:
    if value["text"] == "unset" or value["crlf"] == "unset":
        return False
    if value["text"] in ("set", "auto") or value["eol"] in ("lf", "crlf"):
        return True
    return True if value["crlf"] in ("set", "input") else None
