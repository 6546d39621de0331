"""The flow up to the prompt: repository -> snapshot -> facts -> graph -> order -> pack.

With ``reviewing``, which goes on from there, the only modules that know the order of the stages.
"""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from scout_codebase.blobs import (
    Examination,
    Wanted,
    Workers,
    count_cached,
    examine_files,
    processes_for,
    repository_key,
)
from scout_codebase.cache import FactsCache
from scout_codebase.linking import link, link_graph
from scout_codebase.masking import mask_snapshot
from scout_codebase.pack import build_pack
from scout_codebase.progress import Reporter
from scout_codebase.records import BlobFacts, DependencyGraph, Pack, Snapshot, display_path
from scout_codebase.render.atomic import PARTIAL_SUFFIX
from scout_codebase.settings import SelectionSettings, cache_folder
from scout_codebase.templates import TemplateLibrary
from scout_codebase.walk import DEFAULT_MAX_FILE_BYTES, WalkSettings, narrowed, walk
from scout_codebase.walk.address import parse_address
from scout_codebase.walk.clone import clone

PREAMBLE = "_shared/preamble.md"


@dataclass(frozen=True, slots=True)
class Packed:
    """A repository that was read, ordered and packed."""

    graph: DependencyGraph
    pack: Pack

    @property
    def snapshot(self) -> Snapshot:
        return self.pack.snapshot


def pack_repository(
    selection: SelectionSettings,
    library: TemplateLibrary,
    reporter: Reporter,
    *,
    detailed: bool = False,
) -> Packed:
    """Walk, examine, link, order, pack. Raises RepositoryError. ``detailed`` analyses know symbols
    and places, which the reports need and the pack does not."""
    wanted = Wanted(detailed=detailed, secrets=selection.mask)
    with _opened_cache(selection, reporter) as cache:
        examined = _examined_repository(selection, wanted, cache, reporter)
        snapshot, facts = examined.snapshot, examined.facts
        with reporter.working("Putting the files in order"):
            linked = link(snapshot, facts, cache if examined.whole else None)
            pack = build_pack(
                snapshot,
                linked.graph,
                linked.order,
                facts,
                preamble=library.text(PREAMBLE),
                count=count_cached(cache),
            )
    return Packed(linked.graph, pack)


def graph_repository(
    selection: SelectionSettings, reporter: Reporter, *, detailed: bool = False
) -> tuple[Snapshot, DependencyGraph]:
    """Walk, examine and link alone. Raises RepositoryError."""
    wanted = Wanted(detailed=detailed, tokens=False, secrets=selection.mask)
    with _opened_cache(selection, reporter) as cache:
        examined = _examined_repository(selection, wanted, cache, reporter)
        snapshot, facts = examined.snapshot, examined.facts
        with reporter.working("Resolving imports"):
            return snapshot, link_graph(snapshot, facts, cache if examined.whole else None)


@contextmanager
def _opened_cache(selection: SelectionSettings, reporter: Reporter) -> Iterator[FactsCache | None]:
    if not selection.cache:
        yield None
        return
    with FactsCache(cache_folder() / "facts.sqlite3", warn=reporter.say) as cache:
        yield cache


@dataclass(frozen=True, slots=True)
class _Examined:
    """A snapshot whose secrets are masked, the facts of its files, and whether they are ``whole``:
    a file that crashes its parser lacks some, so that nothing made of them may be kept."""

    snapshot: Snapshot
    facts: Mapping[str, BlobFacts]
    whole: bool


def _examined_repository(
    selection: SelectionSettings, wanted: Wanted, cache: FactsCache | None, reporter: Reporter
) -> _Examined:
    """Workers take a second to load. Where this repository was not seen before, it will need them:
    they are started before it is read."""
    seen = repository_key(os.path.realpath(selection.repository), wanted)
    is_new = cache is None or not cache.read([seen])
    processes = processes_for(selection.jobs)
    early = Workers(processes, wanted) if is_new and processes > 1 else None
    with closing(early) if early else nullcontext():
        snapshot = _walk(selection, reporter)
        examined = _examine(snapshot, cache, selection, reporter, wanted, early)
    if cache and is_new:
        cache.write({seen: b""})
    return examined


def _examine(
    snapshot: Snapshot,
    cache: FactsCache | None,
    selection: SelectionSettings,
    reporter: Reporter,
    wanted: Wanted,
    early: Workers | None,
) -> _Examined:
    """Looks at every file, and again at the few that held secrets, once these are masked: nothing
    that comes after may know them."""
    if not selection.mask:
        reporter.say("Secrets are not masked: they are sent and shown as they are (--no-mask)")
    with reporter.counting("Parsing and counting", total=len(snapshot.files)) as done:
        first = examine_files(
            snapshot.files, cache, wanted, jobs=selection.jobs, early=early, on_file=done
        )
    if not selection.mask:
        return _examined(snapshot, reporter, first)
    with reporter.working("Masking secrets"):
        masked = mask_snapshot(snapshot, {path: one.secrets for path, one in first.facts.items()})
        changed = [file for file in masked.files if file.masked]
        unmasked = replace(wanted, secrets=False)
        again = examine_files(changed, cache, unmasked, jobs=selection.jobs, early=early)
    return _examined(masked, reporter, first, again)


def _examined(snapshot: Snapshot, reporter: Reporter, *parts: Examination) -> _Examined:
    """Of several facts of a file the last ones count."""
    unparsed = sorted({path for part in parts for path in part.unparsed})
    for path in unparsed:
        reporter.say(
            f"{display_path(path)}: its parser crashed or took too long; its imports are not known"
        )
    return _Examined(
        snapshot, ChainMap(*(dict(part.facts) for part in reversed(parts))), not unparsed
    )


def _walk(selection: SelectionSettings, reporter: Reporter) -> Snapshot:
    repository, name = _on_this_machine(selection, reporter)
    settings = WalkSettings(
        rev=selection.rev,
        include=selection.include,
        exclude=selection.exclude,
        max_file_bytes=selection.max_file_bytes or DEFAULT_MAX_FILE_BYTES,
        repository_config=selection.repository_config,
        submodules=selection.submodules,
        is_own=partial(_is_output, outputs=selection.outputs),
    )
    with reporter.working("Reading the repository"):
        snapshot = walk(repository, settings)
    for line in narrowed(snapshot):
        reporter.say(line)
    return replace(snapshot, name=name or snapshot.name)


def _on_this_machine(selection: SelectionSettings, reporter: Reporter) -> tuple[Path, str]:
    """The folder to read, and the name of the repository where the folder does not tell it."""
    address = parse_address(os.fspath(selection.repository))
    if address is None:
        return Path(selection.repository), ""
    reporter.say(f"Fetching {address.shown}")
    with reporter.fetching("Fetching") as progress:
        return clone(address, selection.rev, cache_folder(), progress), address.name


def _is_output(path: Path, outputs: tuple[Path, ...]) -> bool:
    """Whether this command writes the file, or one that was killed left it half-written."""
    return path.name.endswith(PARTIAL_SUFFIX) or any(
        path.name == output.name and path.parent == output.resolve().parent for output in outputs
    )


def describe_pack(packed: Packed) -> str:
    snapshot, pack = packed.snapshot, packed.pack
    masked = f", {len(snapshot.masked):,} secrets masked" if snapshot.masking else ""
    return (
        f"{snapshot.name} at {snapshot.revision.label}: {len(snapshot.files):,} files, "
        f"{pack.tokens:,} Llama 4 tokens, {len(snapshot.omissions):,} paths omitted{masked}"
    )
