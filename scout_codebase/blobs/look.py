"""One look at files that come one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from scout_codebase.blobs.codec import FACTS, DamagedRecordError
from scout_codebase.blobs.keys import facts_key
from scout_codebase.blobs.sharing import Task
from scout_codebase.blobs.wanted import Wanted
from scout_codebase.blobs.workers import FACTS_JOB, Pool, Work
from scout_codebase.cache import FactsCache
from scout_codebase.records import BlobFacts, SourceFile

_READ_AT_ONCE = 200
OnFile = Callable[[int], None]


def nobody(_count: int) -> None:
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


class Look:
    """The facts of files, but for the tokens of those that have a syntax tree and that the cache
    lacks. Worker processes that run are given what there is to do while the caller is still
    reading the files that come after."""

    def __init__(self, cache: FactsCache | None, pool: Pool, wanted: Wanted) -> None:
        self._cache = cache
        self._wanted = wanted
        self._files: list[SourceFile] = []
        self._asked = 0
        self._known: dict[int, BlobFacts] = {}
        self._work = Work(pool, FACTS_JOB)

    def add(self, file: SourceFile) -> None:
        self._files.append(file)
        if len(self._files) - self._asked >= _READ_AT_ONCE:
            self._ask_the_cache()

    def finish(self, on_file: OnFile = nobody) -> Examination:
        """Waits for what is not done yet. ``on_file`` is told how many more files are."""
        self._ask_the_cache()
        files, known = self._files, self._known
        on_file(len(known))
        found = {files[index].path: facts for index, facts in known.items()}
        unparsed: list[str] = []
        for result in self._work.results():
            path = files[result.index].path
            found[path] = facts = FACTS.decode(result.value)
            slow = facts.analysis is not None and facts.analysis.timed_out
            if slow or not result.whole:
                unparsed.append(path)
            on_file(1)
        return Examination(
            facts={file.path: found[file.path] for file in files},
            cached=len(known),
            unparsed=tuple(sorted(unparsed)),
            new={
                file.path: self._wanted
                for index, file in enumerate(files)
                if index not in known or is_uncounted(known[index], self._wanted)
            },
        )

    def _ask_the_cache(self) -> None:
        start, self._asked = self._asked, len(self._files)
        batch = self._files[start:]
        known = _read(self._cache, batch, self._wanted)
        for index, file in enumerate(batch):
            if index in known:
                self._known[start + index] = known[index]
            else:
                arguments = (file.path, file.text, self._wanted)
                self._work.put(Task(start + index, len(file.text), arguments))


def _read(
    cache: FactsCache | None, files: Sequence[SourceFile], wanted: Wanted
) -> dict[int, BlobFacts]:
    """What the cache has, by index: of the narrowest facts that hold what is wanted."""
    known: dict[int, BlobFacts] = {}
    for source in wanted.sources() if cache else ():
        keys = {
            index: facts_key(file, source) for index, file in enumerate(files) if index not in known
        }
        values = cache.read(keys.values()) if cache and keys else {}
        for index, key in keys.items():
            with suppress(KeyError, DamagedRecordError):
                facts = FACTS.decode(values[key])
                known[index] = facts if source == wanted else wanted.of(facts)
    return known


def is_uncounted(facts: BlobFacts, wanted: Wanted) -> bool:
    """No section of a pack is without tokens."""
    return wanted.tokens and not facts.tokens and not facts.secrets
