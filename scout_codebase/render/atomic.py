"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scout_codebase.errors import UsageError

PARTIAL_SUFFIX = ".scout-review-partial"
"""The end of the name of a file that is being written; a process that is killed leaves one."""


def write_atomically(path: Path, text: str | Iterator[str]) -> None:
    """All of the text, or of its parts, or nothing, whatever happens. Newlines are written as they
    are. A device or a pipe is written into: to replace ``/dev/null`` by a file, as root could,
    breaks the machine. Raises UsageError where the file cannot be written."""
    parts = (text,) if isinstance(text, str) else text
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(parts)
            return
        descriptor, temporary = tempfile.mkstemp(
            dir=path.parent or ".", prefix=f".{path.name}.", suffix=PARTIAL_SUFFIX
        )
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
                stream.writelines(parts)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
