"""Files to facts: from the cache, else computed, and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scout_codebase.blobs.codec import FACTS, DamagedRecordError
from scout_codebase.blobs.keys import facts_key
from scout_codebase.blobs.processes import Workers, processes_for
from scout_codebase.blobs.wanted import Wanted
from scout_codebase.cache import FactsCache
from scout_codebase.records import BlobFacts, SourceFile

if TYPE_CHECKING:
    from scout_codebase.blobs.workers import Result

_WRITTEN_AT_ONCE = 200
_CHUNKS_WORTH_A_PROCESS = 3
"""Below which starting a process takes longer than the work."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The facts by path; how many of them the cache had; and the paths of files that ended the
    process that parsed them, or took it too long, whose facts lack a syntax tree."""

    facts: Mapping[str, BlobFacts]
    cached: int
    unparsed: tuple[str, ...]


def examine_files(
    files: Sequence[SourceFile],
    cache: FactsCache | None,
    wanted: Wanted,
    *,
    jobs: int = 0,
    early: Workers | None = None,
    on_file: Callable[[int], None] = lambda _count: None,
) -> Examination:
    """The facts of every file, the same whatever the cache holds and however many ``jobs``
    (processes; 0 is one for each processor that this one may use, up to eight). ``early`` are
    workers that wait for something to do. ``on_file`` is told how many more files are done."""
    known = _read(files, wanted, cache)
    on_file(len(known))
    found = {files[index].path: facts for index, facts in known.items()}
    unparsed: list[str] = []
    unwritten: dict[bytes, bytes] = {}
    missing = [index for index in range(len(files)) if index not in known]
    for result in _compute(files, missing, wanted, jobs=jobs, early=early):
        path = files[result.index].path
        found[path] = facts = FACTS.decode(result.facts)
        if result.parsed and not (facts.analysis and facts.analysis.timed_out):
            unwritten[facts_key(files[result.index], wanted)] = result.facts
        else:
            unparsed.append(path)
        if len(unwritten) >= _WRITTEN_AT_ONCE:
            _write(cache, unwritten)
        on_file(1)
    _write(cache, unwritten)
    return Examination(
        {file.path: found[file.path] for file in files}, len(known), tuple(sorted(unparsed))
    )


def _read(
    files: Sequence[SourceFile], wanted: Wanted, cache: FactsCache | None
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


def _write(cache: FactsCache | None, unwritten: dict[bytes, bytes]) -> None:
    if cache:
        cache.write(unwritten)
    unwritten.clear()


def _compute(
    files: Sequence[SourceFile],
    missing: Sequence[int],
    wanted: Wanted,
    *,
    jobs: int,
    early: Workers | None,
) -> Iterator[Result]:
    if not missing:
        return
    # What parses and counts takes a while to load, and most runs after the first need none of it.
    from scout_codebase.blobs.workers import CHUNK_CHARACTERS, Task, encoded_facts

    tasks = [Task(index, files[index].path, files[index].text) for index in missing]
    characters = sum(len(task.text) for task in tasks)
    worth = _CHUNKS_WORTH_A_PROCESS * CHUNK_CHARACTERS
    processes = min(processes_for(jobs), max(1, characters // worth))
    yield from encoded_facts(tasks, wanted, jobs=processes, early=early)
