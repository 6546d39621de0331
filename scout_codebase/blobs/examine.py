"""Files to facts: from the cache, else computed, and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Event
from types import TracebackType

from scout_codebase.blobs.codec import FACTS, DamagedRecordError
from scout_codebase.blobs.counting import CachedCount
from scout_codebase.blobs.keys import facts_key
from scout_codebase.blobs.loading import Loads
from scout_codebase.blobs.wanted import Wanted
from scout_codebase.blobs.workers import FACTS_JOB, SECTION_JOB, TEXT_JOB, Pool, Task
from scout_codebase.cache import FactsCache
from scout_codebase.records import BlobFacts, SourceFile

_WRITTEN_AT_ONCE = 200
OnFile = Callable[[int], None]


def _nobody(_count: int) -> None:
    """Who does not want to know how many more files are done."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The facts by path; how many of them the cache had; and the paths of files that ended the
    process that parsed them, or took it too long, whose facts lack a syntax tree. In facts that
    are ``uncounted``, by path with what was wanted, the tokens are still to come."""

    facts: Mapping[str, BlobFacts]
    cached: int
    unparsed: tuple[str, ...]
    uncounted: Mapping[str, Wanted]


class Examiner:
    """Looks at files; the same facts come out whatever the cache holds and however many ``jobs``
    (processes; 0 is one for each processor that this one may use, up to eight). ``loads`` is what
    will be needed at some point."""

    def __init__(self, cache: FactsCache | None, loads: Loads, *, jobs: int = 0) -> None:
        self._cache = cache
        self._pool = Pool(jobs, loads)

    def __enter__(self) -> Examiner:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.close()

    def start(self) -> None:
        """Starts the processes now, where it is known that there will be much to do."""
        self._pool.start()

    def examine(
        self, files: Sequence[SourceFile], wanted: Wanted, on_file: OnFile = _nobody
    ) -> Examination:
        """All but the tokens of the files that the cache lacks. ``on_file`` is told how many more
        files are done."""
        known = self._read(files, wanted)
        on_file(len(known))
        found = {files[index].path: facts for index, facts in known.items()}
        unparsed: list[str] = []
        uncounted: dict[str, Wanted] = {}
        with _Writing(self._cache) as writing:
            for index, facts, whole in self._compute(files, known, wanted):
                path = files[index].path
                found[path] = facts
                if not whole:
                    unparsed.append(path)
                if wanted.tokens and not facts.secrets:
                    uncounted[path] = wanted
                elif whole:
                    writing.add(facts_key(files[index], wanted), facts)
                on_file(1)
        return Examination(
            {file.path: found[file.path] for file in files},
            len(known),
            tuple(sorted(unparsed)),
            uncounted,
        )

    @contextmanager
    def counting(
        self, files: Sequence[SourceFile], examination: Examination, on_file: OnFile = _nobody
    ) -> Iterator[Callable[[], Mapping[str, BlobFacts]]]:
        """Counts what is uncounted while the caller does something else in this block, and hands
        out a function that waits for the facts with all tokens."""
        facts, uncounted = examination.facts, examination.uncounted
        wanted_files = [file for file in files if file.path in uncounted]
        on_file(len(files) - len(wanted_files))
        left = Event()
        with ThreadPoolExecutor(max_workers=1) as thread:
            counts = thread.submit(self._count, wanted_files, facts, left, on_file)
            try:
                yield lambda: self._counted(wanted_files, examination, counts.result())
            finally:
                left.set()

    def count_text(self, text: str) -> int:
        """The tokens of a text that is no file."""
        count = CachedCount(self._cache, self._count_text) if self._cache else self._count_text
        return count(text)

    def _count_text(self, text: str) -> int:
        (result,) = self._pool.run(TEXT_JOB, [Task(0, len(text), (text,))])
        return int(result.value)

    def _read(self, files: Sequence[SourceFile], wanted: Wanted) -> dict[int, BlobFacts]:
        """What the cache has, by index: of the narrowest facts that hold what is wanted."""
        known: dict[int, BlobFacts] = {}
        for source in wanted.sources() if self._cache else ():
            keys = {
                index: facts_key(file, source)
                for index, file in enumerate(files)
                if index not in known
            }
            values = self._cache.read(keys.values()) if self._cache and keys else {}
            for index, key in keys.items():
                with suppress(KeyError, DamagedRecordError):
                    facts = FACTS.decode(values[key])
                    known[index] = facts if source == wanted else wanted.of(facts)
        return known

    def _compute(
        self, files: Sequence[SourceFile], known: Mapping[int, BlobFacts], wanted: Wanted
    ) -> Iterator[tuple[int, BlobFacts, bool]]:
        first = replace(wanted, tokens=False)
        tasks = [
            Task(index, len(file.text), (file.path, file.text, first))
            for index, file in enumerate(files)
            if index not in known
        ]
        for result in self._pool.run(FACTS_JOB, tasks):
            facts = FACTS.decode(result.value)
            slow = facts.analysis is not None and facts.analysis.timed_out
            yield result.index, facts, result.whole and not slow

    def _count(
        self,
        files: Sequence[SourceFile],
        facts: Mapping[str, BlobFacts],
        left: Event,
        on_file: OnFile,
    ) -> dict[int, tuple[int, tuple[tuple[str, int], ...]]]:
        tasks = [
            Task(index, len(file.text), (file.path, file.text, _language(facts[file.path])))
            for index, file in enumerate(files)
        ]
        found = {}
        for result in self._pool.run(SECTION_JOB, tasks):
            found[result.index] = result.value
            on_file(1)
            if left.is_set():
                break
        return found

    def _counted(
        self,
        files: Sequence[SourceFile],
        examination: Examination,
        counts: Mapping[int, tuple[int, tuple[tuple[str, int], ...]]],
    ) -> Mapping[str, BlobFacts]:
        facts, unparsed = dict(examination.facts), set(examination.unparsed)
        with _Writing(self._cache) as writing:
            for index, (tokens, neutralised) in counts.items():
                file = files[index]
                whole = replace(facts[file.path], tokens=tokens, neutralised=neutralised)
                facts[file.path] = whole
                if file.path not in unparsed:
                    writing.add(facts_key(file, examination.uncounted[file.path]), whole)
        return facts


def examine_files(
    files: Sequence[SourceFile],
    cache: FactsCache | None,
    wanted: Wanted,
    *,
    jobs: int = 0,
    on_file: OnFile = _nobody,
) -> Examination:
    """All facts of every file, one step after the other."""
    loads = Loads(secrets=wanted.secrets, vocabulary=wanted.tokens)
    with Examiner(cache, loads, jobs=jobs) as examiner:
        first = examiner.examine(files, wanted, on_file)
        with examiner.counting(files, first) as counted:
            return replace(first, facts=counted(), uncounted={})


def _language(facts: BlobFacts) -> str:
    return facts.analysis.language if facts.analysis else ""


class _Writing:
    """Facts on their way to the cache, some hundred at once."""

    def __init__(self, cache: FactsCache | None) -> None:
        self._cache = cache
        self._unwritten: dict[bytes, bytes] = {}

    def __enter__(self) -> _Writing:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._write()

    def add(self, key: bytes, facts: BlobFacts) -> None:
        if self._cache is not None:
            self._unwritten[key] = FACTS.encode(facts)
            if len(self._unwritten) >= _WRITTEN_AT_ONCE:
                self._write()

    def _write(self) -> None:
        if self._cache is not None:
            self._cache.write(self._unwritten)
        self._unwritten.clear()
