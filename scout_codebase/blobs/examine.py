"""Files to facts: from the cache, else computed, and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from threading import Event, Thread

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
_Counts = dict[int, tuple[int, tuple[tuple[str, int], ...]]]
"""Tokens and neutralised strings by the index of the file."""


def _nobody(_count: int) -> None:
    """Who does not want to know how many more files are done."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The facts by path; how many of them the cache had; and the paths of files that ended the
    process that parsed them, or took it too long, whose facts lack a syntax tree. ``new`` are, by
    path with what was wanted, those that the cache lacks in whole or in part: they are still to be
    kept, and those of which tokens are wanted still to be counted."""

    facts: Mapping[str, BlobFacts]
    cached: int
    unparsed: tuple[str, ...]
    new: Mapping[str, Wanted]


class Examiner:
    """Looks at files; the same facts come out whatever the cache holds and however many ``jobs``
    (processes; 0 is one for each processor that this one may use, up to eight). ``loads`` is what
    will be needed at some point."""

    def __init__(self, cache: FactsCache | None, loads: Loads, *, jobs: int = 0) -> None:
        self._cache = cache
        self._pool = Pool(jobs, loads)

    def close(self) -> None:
        """Ends the processes."""
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
        for index, facts, whole in self._compute(files, known, wanted):
            found[files[index].path] = facts
            if not whole:
                unparsed.append(files[index].path)
            on_file(1)
        return Examination(
            facts={file.path: found[file.path] for file in files},
            cached=len(known),
            unparsed=tuple(sorted(unparsed)),
            new={
                file.path: wanted
                for index, file in enumerate(files)
                if index not in known or _is_uncounted(known[index], wanted)
            },
        )

    @contextmanager
    def counting(
        self, files: Sequence[SourceFile], examination: Examination, on_file: OnFile = _nobody
    ) -> Iterator[Callable[[], Mapping[str, BlobFacts]]]:
        """Counts the tokens of what is new while the caller does something else in this block, and
        hands out a function that waits for the facts with all tokens, and then keeps them."""
        uncounted = [
            file
            for file in files
            if file.path in examination.new
            and _is_uncounted(examination.facts[file.path], examination.new[file.path])
        ]
        on_file(len(files) - len(uncounted))
        left = Event()
        counts = _Background(lambda: self._count(uncounted, examination.facts, left, on_file))
        counts.start()
        try:
            yield lambda: self._counted(files, examination, uncounted, counts.result())
        finally:
            left.set()
            counts.join()

    def keep(self, files: Sequence[SourceFile], examination: Examination) -> None:
        """Keeps what is new."""
        if self._cache is None:
            return
        unparsed = set(examination.unparsed)
        new = (file for file in files if file.path in examination.new)
        whole = (file for file in new if file.path not in unparsed)
        while batch := list(islice(whole, _WRITTEN_AT_ONCE)):
            self._cache.write(
                {
                    facts_key(file, examination.new[file.path]): FACTS.encode(
                        examination.facts[file.path]
                    )
                    for file in batch
                }
            )

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
    ) -> _Counts:
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
        uncounted: Sequence[SourceFile],
        counts: _Counts,
    ) -> Mapping[str, BlobFacts]:
        facts = dict(examination.facts)
        for index, (tokens, neutralised) in counts.items():
            path = uncounted[index].path
            facts[path] = replace(facts[path], tokens=tokens, neutralised=neutralised)
        self.keep(files, replace(examination, facts=facts))
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
    with closing(Examiner(cache, loads, jobs=jobs)) as examiner:
        first = examiner.examine(files, wanted, on_file)
        with examiner.counting(files, first) as counted:
            return replace(first, facts=counted(), new={})


def _is_uncounted(facts: BlobFacts, wanted: Wanted) -> bool:
    """No section of a pack is without tokens."""
    return wanted.tokens and not facts.tokens and not facts.secrets


def _language(facts: BlobFacts) -> str:
    return facts.analysis.language if facts.analysis else ""


class _Background(Thread):
    """Counts in a thread of its own, and raises in the caller's what was raised there."""

    def __init__(self, count: Callable[[], _Counts]) -> None:
        super().__init__(name="counting")
        self._do = count
        self._counts: _Counts = {}
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._counts = self._do()
        except BaseException as error:  # noqa: BLE001 - a panic of the tokenizer is no Exception
            self._error = error

    def result(self) -> _Counts:
        self.join()
        if self._error is not None:
            raise self._error
        return self._counts
