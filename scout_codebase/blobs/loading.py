"""Loads what the jobs need, which takes most of a second: the parts that wait for each other least
are loaded at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from threading import Thread

from scout_codebase.errors import ScoutError


@dataclass(frozen=True, slots=True)
class Loads:
    """What jobs will need besides parsers: the scanner for ``secrets``, and the ``vocabulary``."""

    secrets: bool = False
    vocabulary: bool = True

    @property
    def flags(self) -> tuple[str, ...]:
        """As a worker process takes them on its command line."""
        wanted = {"--secrets": self.secrets, "--vocabulary": self.vocabulary}
        return tuple(flag for flag, is_wanted in wanted.items() if is_wanted)


def load(loads: Loads) -> None:
    """The scanner is compiled code that leaves Python alone while it loads. No thread is left
    behind, so that the process may fork."""
    scanner = Thread(target=_load_scanner)
    if loads.secrets:
        scanner.start()
    from scout_codebase.blobs import jobs

    if loads.vocabulary:
        jobs.JOBS["text"]("")
    if loads.secrets:
        scanner.join()


def _load_scanner() -> None:
    from scout_codebase.masking import detect

    with suppress(ScoutError):  # every job that needs it will say so
        detect("", "")
