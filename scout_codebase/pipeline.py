"""The flow up to the prompt: repository -> snapshot -> facts -> graph -> order -> pack.

With ``preparing`` and ``reviewing``, which go on from there, the only modules that know the order
of the stages.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from scout_codebase.amend import amended
from scout_codebase.blobs import (
    Examination,
    Examiner,
    Loads,
    Look,
    Wanted,
    repository_key,
)
from scout_codebase.cache import FactsCache
from scout_codebase.errors import RepositoryError
from scout_codebase.linking import Linked, link, link_graph
from scout_codebase.masking import mask_snapshot
from scout_codebase.pack import build_pack, surrounding_sections
from scout_codebase.progress import Reporter
from scout_codebase.records import (
    BlobFacts,
    DependencyGraph,
    Pack,
    Section,
    Snapshot,
    SourceFile,
    display_path,
)
from scout_codebase.render.atomic import PARTIAL_SUFFIX
from scout_codebase.reuse import describe_reuse
from scout_codebase.settings import LAST_RELEASE, SelectionSettings, cache_folder
from scout_codebase.templates import TemplateLibrary
from scout_codebase.walk import DEFAULT_MAX_FILE_BYTES, WalkSettings, narrowed, walk
from scout_codebase.walk.address import parse_address
from scout_codebase.walk.clone import clone
from scout_codebase.walk.release import last_release

PREAMBLE = "_shared/preamble.md"
READING = "Reading the repository"


@dataclass(frozen=True, slots=True)
class Packed:
    """A repository that was read, ordered and packed; with its ``base``, where it has one."""

    graph: DependencyGraph
    pack: Pack
    base: Packed | None = None

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
    """Walk, examine, link, order, pack; first the base, where there is to be one. Raises
    RepositoryError. ``detailed`` analyses know symbols and places, which the reports need and the
    pack does not."""
    if not selection.since:
        packed = _packed(selection, library, reporter, detailed=detailed)
        if line := describe_reuse(packed.pack):
            reporter.say(line)
        return packed
    name = _base_name(selection, reporter)
    from scout_codebase.tokens import count_tokens  # loads the vocabulary

    reporter.say(f"Base: {name}")
    base = _packed(replace(selection, rev=name), library, reporter, detailed=detailed)
    now = _packed(selection, library, reporter, detailed=detailed)
    pack = amended(base.pack, now.pack, name, count_tokens)
    reporter.say(describe_amendments(pack, selection.rebase_above))
    return Packed(now.graph, pack, base)


def _packed(
    selection: SelectionSettings, library: TemplateLibrary, reporter: Reporter, *, detailed: bool
) -> Packed:
    """One revision by itself."""
    wanted = Wanted(detailed=detailed, secrets=selection.mask)
    parts = _parts(selection, wanted, library.text(PREAMBLE), reporter)
    # The worker processes are gone by now: they take as much memory as the sections of the files.
    with reporter.working("Packing"):
        pack = build_pack(parts.snapshot, parts.linked.order, parts.facts, parts.surrounding)
    return Packed(parts.linked.graph, pack)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a pack is built of."""

    snapshot: Snapshot
    linked: Linked
    facts: Mapping[str, BlobFacts]
    surrounding: tuple[Section, Section, Section]


def _parts(
    selection: SelectionSettings, wanted: Wanted, preamble: str, reporter: Reporter
) -> _Parts:
    with (
        _opened_cache(selection, reporter) as cache,
        closing(_examiner(selection, wanted, cache)) as examiner,
    ):
        snapshot, examination = _examined_repository(selection, wanted, cache, examiner, reporter)
        files = snapshot.files
        with (
            reporter.counting("Counting tokens", total=len(files)) as done,
            examiner.counting(files, examination, done) as counted,
        ):
            # The order of the files depends on none of the counts: both are made at once.
            linked = link(snapshot, examination.facts, _cache_for(examination, cache))
            facts = counted()
        count = examiner.count_text
        surrounding = surrounding_sections(snapshot, linked.graph, preamble, count)
    return _Parts(snapshot, linked, facts, surrounding)


def graph_repository(
    selection: SelectionSettings, reporter: Reporter, *, detailed: bool = False
) -> tuple[Snapshot, DependencyGraph]:
    """Walk, examine and link alone. Raises RepositoryError."""
    wanted = Wanted(detailed=detailed, tokens=False, secrets=selection.mask)
    with (
        _opened_cache(selection, reporter) as cache,
        closing(_examiner(selection, wanted, cache)) as examiner,
    ):
        snapshot, examination = _examined_repository(selection, wanted, cache, examiner, reporter)
        with reporter.working("Resolving imports"):
            examiner.keep(snapshot.files, examination)
            kept = _cache_for(examination, cache)
            return snapshot, link_graph(snapshot, examination.facts, kept)


def _examiner(selection: SelectionSettings, wanted: Wanted, cache: FactsCache | None) -> Examiner:
    loads = Loads(secrets=wanted.secrets, vocabulary=wanted.tokens)
    return Examiner(cache, loads, jobs=selection.jobs)


def _cache_for(examination: Examination, cache: FactsCache | None) -> FactsCache | None:
    """A file that crashes its parser lacks some facts: nothing made of them may be kept."""
    return None if examination.unparsed else cache


@contextmanager
def _opened_cache(selection: SelectionSettings, reporter: Reporter) -> Iterator[FactsCache | None]:
    if not selection.cache:
        yield None
        return
    with FactsCache(cache_folder() / "facts.sqlite3", warn=reporter.say) as cache:
        yield cache


def _examined_repository(
    selection: SelectionSettings,
    wanted: Wanted,
    cache: FactsCache | None,
    examiner: Examiner,
    reporter: Reporter,
) -> tuple[Snapshot, Examination]:
    """A snapshot whose secrets are masked, and the facts of its files.

    Processes take a second to load. Where this repository was not seen before, they will be needed:
    they are started before it is read."""
    seen = repository_key(os.path.realpath(selection.repository), wanted)
    is_new = cache is None or not cache.read([seen])
    if is_new:
        examiner.start()
    look = examiner.look(wanted)
    snapshot = _walk(selection, look.add, reporter)
    found = _examine(snapshot, look, wanted, examiner, selection, reporter)
    if cache and is_new:
        cache.write({seen: b""})
    return found


def _examine(
    snapshot: Snapshot,
    look: Look,
    wanted: Wanted,
    examiner: Examiner,
    selection: SelectionSettings,
    reporter: Reporter,
) -> tuple[Snapshot, Examination]:
    """Looks at every file, and again at the few that held secrets, once these are masked: nothing
    that comes after may know them."""
    if not selection.mask:
        reporter.say("Secrets are not masked: they are sent and shown as they are (--no-mask)")
    with reporter.counting("Parsing", total=len(snapshot.files)) as done:
        first = look.finish(done)
    if selection.mask:
        with reporter.working("Masking secrets"):
            found = {path: one.secrets for path, one in first.facts.items()}
            masked = mask_snapshot(snapshot, found)
            changed = [file for file in masked.files if file.masked]
            paths = {file.path for file in changed}
            examiner.keep([file for file in snapshot.files if file.path in paths], first)
            first = _joined(first, examiner.examine(changed, replace(wanted, secrets=False)))
            snapshot = masked
    for path in first.unparsed:
        reporter.say(
            f"{display_path(path)}: its parser crashed or took too long; its imports are not known"
        )
    return snapshot, first


def _joined(first: Examination, second: Examination) -> Examination:
    """Of several facts of a file the last ones count."""
    return Examination(
        facts={**first.facts, **second.facts},
        cached=first.cached + second.cached,
        unparsed=tuple(sorted({*first.unparsed, *second.unparsed})),
        new={**first.new, **second.new},
    )


def _walk(
    selection: SelectionSettings, on_file: Callable[[SourceFile], None], reporter: Reporter
) -> Snapshot:
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
    with reporter.working(READING):
        snapshot = walk(repository, settings, on_file)
    for line in narrowed(snapshot):
        reporter.say(line)
    return replace(snapshot, name=name or snapshot.name)


def _base_name(selection: SelectionSettings, reporter: Reporter) -> str:
    if selection.since != LAST_RELEASE:
        return selection.since
    repository, _ = _on_this_machine(selection, reporter)
    return last_release(repository, selection.rev)


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


def refuse_empty(packed: Packed) -> None:
    """Raises RepositoryError where no file is left to read: an answer about nothing would pass for
    one about the repository."""
    if not packed.snapshot.files:
        raise RepositoryError(
            f"{packed.snapshot.name} has no file to review: all of its "
            f"{len(packed.snapshot.omissions):,} paths are omitted",
            remedy="'scout-review pack' with --manifest says why; --include brings files back.",
        )


def describe_amendments(pack: Pack, rebase_above: int) -> str:
    """One line: what has changed since the base, and what that costs. ``rebase_above`` percent of
    the base are too much."""
    base = pack.base
    if base is None:
        return ""
    kinds = Counter(str(change.kind) for change in base.changes)
    told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items())) or "nothing"
    tokens = pack.tokens - base.tokens
    line = f"Since {base.name}: {told}; {tokens:,} tokens behind the {base.tokens:,} of the base"
    if tokens * 100 > rebase_above * base.tokens:
        line += f", over {rebase_above} % of it: a newer base would save prefill (--rebase-above)"
    return line


def describe_pack(packed: Packed) -> str:
    """One line: what is in the pack, and why the rest is not."""
    snapshot, pack = packed.snapshot, packed.pack
    reasons = Counter(str(omission.reason) for omission in snapshot.omissions)
    omitted = ", ".join(
        f"{count:,} {reason}"
        for reason, count in sorted(reasons.items(), key=lambda row: (-row[1], row[0]))
    )
    masked = f", {len(snapshot.masked):,} secrets masked" if snapshot.masking else ""
    return (
        f"{snapshot.name} at {snapshot.revision.label}: {len(snapshot.files):,} files, "
        f"{pack.tokens:,} Llama 4 tokens{masked}, {len(snapshot.omissions):,} paths omitted"
        + (f" ({omitted})" if omitted else "")
    )
