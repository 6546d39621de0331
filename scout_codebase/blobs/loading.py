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


class Loading:
    """``ahead`` begins with what leaves Python alone while it loads, so that the caller may go on;
    ``finish`` loads the rest, and leaves no thread behind, so that the process may fork."""

    def __init__(self, loads: Loads) -> None:
        self._loads = loads
        self._scanner: Thread | None = None

    def ahead(self) -> None:
        if self._loads.secrets and self._scanner is None:
            self._scanner = Thread(target=_load_scanner)
            self._scanner.start()

    def finish(self) -> None:
        self.ahead()
        from scout_codebase.blobs import jobs

        if self._loads.vocabulary:
            jobs.JOBS["text"]("")
        if self._scanner is not None:
            self._scanner.join()


def _load_scanner() -> None:
    from scout_codebase.masking import detect

    with suppress(ScoutError):  # every job that needs it will say so
        detect("", "")
