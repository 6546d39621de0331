"""Reviews on one machine that would ask one server the same thing take turns.

The second of two reviews of the same prompt waits, and finds the answers of the first in the file
of kept answers. So does a review of another prompt where the server keeps one prompt at a time:
else each question would make it read a whole repository anew. Other servers share their memory
themselves. The lock ends with the process that holds it, however that ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scout_codebase.engines.kept import KeptAnswers
from scout_codebase.lock import file_lock
from scout_codebase.records import Question
from scout_codebase.session import Session

LONGEST_WAIT = 3600.0
"""Seconds. Whoever has waited as long asks beside the other: slower, and never wrong."""
_BETWEEN_LINES = 60.0
_BETWEEN_FRAMES = 2.0


@contextmanager
def own_turn(
    folder: Path, session: Session, questions: Sequence[Question], kept: KeptAnswers | None
) -> Iterator[None]:
    """Waits for the others, at most ``LONGEST_WAIT``; for nobody where no answers are kept.
    ``questions`` are those that are certain to be asked. Raises LimitError where the time is over
    before."""
    if kept is None:
        yield
        return
    identity, reporter = session.engine.identity, session.reporter
    one_prompt = session.family.one_prefix and not identity.embedded
    of_what = (session.family.name,) if one_prompt else (identity.model, session.packed.pack.sha256)
    name = hashlib.sha256(repr((identity.address, *of_what)).encode()).hexdigest()[:32]
    reason = "keeps one prompt at a time" if one_prompt else "is asked about this prompt"
    wait = _Wait(f"{identity.address} {reason}", lambda: len(kept.missing(questions)), session)
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with wait.shown():
                held = stack.enter_context(file_lock(folder / f"{name}.lock", wait.goes_on))
            if not held:
                reporter.say(f"After {LONGEST_WAIT / 60:.0f} min this review asks beside the other")
        except OSError as error:
            reporter.say(f"Reviews cannot wait for each other here ({folder}: {error.strerror})")
        yield


class _Wait:
    """Told again and again how long it has been; shows the user what goes on."""

    def __init__(self, why: str, left: Callable[[], int], session: Session) -> None:
        self._why, self._left = why, left
        self._limits, self._reporter = session.limits, session.reporter
        self._stack = ExitStack()
        self._show: Callable[[str, int | None, float], None] | None = None
        self._next = 0.0

    @contextmanager
    def shown(self) -> Iterator[None]:
        with self._stack:
            yield

    def goes_on(self, seconds: float) -> bool:
        self._limits.check_time()
        if self._show is None:
            self._reporter.say(
                f"Another review is running, and {self._why}: waiting for it, at most "
                f"{LONGEST_WAIT / 60:.0f} min, and taking the answers that it keeps"
            )
            self._show = self._stack.enter_context(self._reporter.starting("Waiting"))
        if seconds >= self._next:
            self._show(f"{self._left():,} questions without an answer", None, seconds)
            self._next = seconds + (_BETWEEN_FRAMES if self._reporter.animated else _BETWEEN_LINES)
        return seconds < LONGEST_WAIT
