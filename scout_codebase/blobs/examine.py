"""Files to facts: from the cache, else computed, and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from threading import Event, Thread

from scout_codebase.blobs.codec import FACTS
from scout_codebase.blobs.counting import CachedCount
from scout_codebase.blobs.keys import facts_key
from scout_codebase.blobs.loading import Loads
from scout_codebase.blobs.look import Examination, Look, OnFile, is_uncounted, nobody
from scout_codebase.blobs.sharing import Task
from scout_codebase.blobs.wanted import Wanted
from scout_codebase.blobs.workers import SECTION_JOB, TEXT_JOB, Pool
from scout_codebase.cache import FactsCache
from scout_codebase.records import BlobFacts, SourceFile

_WRITTEN_AT_ONCE = 200


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

    def look(self, wanted: Wanted) -> Look:
        return Look(self._cache, self._pool, wanted)

    def examine(
        self, files: Iterable[SourceFile], wanted: Wanted, on_file: OnFile = nobody
    ) -> Examination:
        """What a ``Look`` finds. ``on_file`` is told how many more files are done."""
        look = self.look(wanted)
        for file in files:
            look.add(file)
        return look.finish(on_file)

    @contextmanager
    def counting(
        self, files: Sequence[SourceFile], examination: Examination, on_file: OnFile = nobody
    ) -> Iterator[Callable[[], Mapping[str, BlobFacts]]]:
        """Counts the tokens of what is new while the caller does something else in this block, and
        keeps it, and hands out a function that waits for the facts with all tokens."""
        uncounted = [
            file
            for file in files
            if file.path in examination.new
            and is_uncounted(examination.facts[file.path], examination.new[file.path])
        ]
        on_file(len(files) - len(uncounted))
        paths = {file.path for file in uncounted}
        self.keep([file for file in files if file.path not in paths], examination)
        left = Event()
        counts = _Background(lambda: self._count(uncounted, examination, left, on_file))
        counts.start()
        try:
            yield lambda: {**examination.facts, **counts.result()}
        finally:
            left.set()
            counts.join()

    def keep(self, files: Sequence[SourceFile], examination: Examination) -> None:
        """Keeps what is new of these."""
        new = (file for file in files if file.path in examination.new)
        while batch := list(islice(new, _WRITTEN_AT_ONCE)):
            self._keep(batch, examination.facts, examination)

    def _keep(
        self,
        files: Sequence[SourceFile],
        facts: Mapping[str, BlobFacts],
        examination: Examination,
    ) -> None:
        if self._cache is not None:
            self._cache.write(
                {
                    facts_key(file, examination.new[file.path]): FACTS.encode(facts[file.path])
                    for file in files
                    if file.path not in examination.unparsed
                }
            )

    def count_text(self, text: str) -> int:
        """The tokens of a text that is no file."""
        count = CachedCount(self._cache, self._count_text) if self._cache else self._count_text
        return count(text)

    def _count_text(self, text: str) -> int:
        (result,) = self._pool.run(TEXT_JOB, [Task(0, len(text), (text,))])
        return int(result.value)

    def _count(
        self, files: Sequence[SourceFile], examination: Examination, left: Event, on_file: OnFile
    ) -> dict[str, BlobFacts]:
        """The facts with tokens, by path."""
        facts = [examination.facts[file.path] for file in files]
        tasks = [
            Task(index, len(file.text), (file.path, file.text, _language(facts[index])))
            for index, file in enumerate(files)
        ]
        found: dict[str, BlobFacts] = {}
        unkept: list[SourceFile] = []
        for result in self._pool.run(SECTION_JOB, tasks):
            file = files[result.index]
            tokens, neutralised = result.value
            found[file.path] = replace(facts[result.index], tokens=tokens, neutralised=neutralised)
            unkept.append(file)
            if len(unkept) >= _WRITTEN_AT_ONCE:
                self._keep(unkept, found, examination)
                unkept.clear()
            on_file(1)
            if left.is_set():
                break
        self._keep(unkept, found, examination)
        return found


def examine_files(
    files: Sequence[SourceFile],
    cache: FactsCache | None,
    wanted: Wanted,
    *,
    jobs: int = 0,
    on_file: OnFile = nobody,
) -> Examination:
    """All facts of every file, one step after the other."""
    loads = Loads(secrets=wanted.secrets, vocabulary=wanted.tokens)
    with closing(Examiner(cache, loads, jobs=jobs)) as examiner:
        first = examiner.examine(files, wanted, on_file)
        with examiner.counting(files, first) as counted:
            return replace(first, facts=counted(), new={})


def _language(facts: BlobFacts) -> str:
    return facts.analysis.language if facts.analysis else ""


class _Background(Thread):
    """Counts in a thread of its own, and raises in the caller's what was raised there."""

    def __init__(self, count: Callable[[], dict[str, BlobFacts]]) -> None:
        super().__init__(name="counting")
        self._do = count
        self._counts: dict[str, BlobFacts] = {}
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._counts = self._do()
        except BaseException as error:  # noqa: BLE001 - a panic of the tokenizer is no Exception
            self._error = error

    def result(self) -> dict[str, BlobFacts]:
        self.join()
        if self._error is not None:
            raise self._error
        return self._counts
