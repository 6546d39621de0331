"""A repository and its submodules, and theirs, as one Source."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from scout_codebase.errors import RepositoryError
from scout_codebase.records import Submodule
from scout_codebase.walk.attributes import Attributes
from scout_codebase.walk.command import GitFailure
from scout_codebase.walk.entry import (
    SUBMODULE_MODE,
    Contents,
    Entry,
    OneRepository,
    Skip,
    Source,
)
from scout_codebase.walk.submodules import unread_submodule

_T = TypeVar("_T")

MAX_DEPTH = 10
"""Submodules in submodules. More than a few are a mistake or a trap."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One repository. ``prefix`` is "" or the path of the submodule and a slash; ``commit`` the
    one that the outer repository records."""

    prefix: str
    commit: str
    source: OneRepository
    entries: tuple[Entry, ...]
    attributes: Mapping[str, Attributes]
    depth: int


class WithSubmodules:
    """A Source. What git says of a path is said by the repository that the path belongs to: its
    attributes, its ignore files, what it tracks, and whether its files differ from its commit,
    which is the one that the outer repository records."""

    def __init__(self, source: OneRepository) -> None:
        self._source = source
        self._parts: list[_Part] = []
        self._owners: dict[str, tuple[_Part, Entry]] = {}
        self._unread: dict[str, Skip] = {}

    def close(self) -> None:
        self._source.close()

    def entries(self) -> tuple[Entry, ...]:
        waiting = [_part("", "", self._source, depth=0)]
        while waiting:
            part = waiting.pop()
            self._parts.append(part)
            for entry in part.entries:
                inner = self._open(part, entry) if entry.mode == SUBMODULE_MODE else None
                if isinstance(inner, _Part) and inner.entries:
                    waiting.append(inner)
                    continue
                path = part.prefix + entry.path
                self._owners[path] = (part, entry)
                if entry.mode == SUBMODULE_MODE:
                    empty = unread_submodule(entry, "it holds no files")
                    self._unread[path] = inner if isinstance(inner, Skip) else empty
        return tuple(replace(entry, path=path) for path, (_, entry) in sorted(self._owners.items()))

    def _open(self, part: _Part, entry: Entry) -> _Part | Skip:
        if part.depth == MAX_DEPTH:
            return unread_submodule(entry, f"nested more than {MAX_DEPTH} deep")
        source = part.source.submodule(entry)
        if isinstance(source, Skip):
            return source
        try:
            prefix = f"{part.prefix}{entry.path}/"
            return _part(prefix, entry.object_id, source, part.depth + 1)
        except (RepositoryError, GitFailure):
            return unread_submodule(entry, "git cannot read it")

    def attributes(self, entries: Iterable[Entry]) -> Mapping[str, Attributes]:
        del entries  # all of them were asked for when the parts were listed
        return {
            part.prefix + path: value
            for part in self._parts
            for path, value in part.attributes.items()
        }

    def sizes(self, entries: Iterable[Entry]) -> Iterator[int | Skip]:
        entries = list(entries)
        sizes = self._ask(entries, lambda source, own: source.sizes(own))
        for entry, size in zip(entries, sizes, strict=True):
            yield self._unread.get(entry.path, size)

    def unread_sizes(self, entries: Iterable[Entry]) -> Iterator[int]:
        return self._ask(entries, lambda source, own: source.unread_sizes(own))

    def contents(self, entries: Iterable[Entry]) -> Iterator[Contents | Skip]:
        return self._ask(entries, lambda source, own: source.contents(own))

    def top_file(self, path: str, limit: int) -> bytes | Skip | None:
        return self._source.top_file(path, limit)

    def submodules(self) -> tuple[Submodule, ...]:
        found = (
            Submodule(part.prefix.rstrip("/"), part.commit, part.source.remote)
            for part in self._parts
            if part.prefix
        )
        return tuple(sorted(found, key=lambda submodule: submodule.path))

    def dirty(self) -> bool:
        return any(part.source.dirty() for part in self._parts)

    def _ask(
        self,
        entries: Iterable[Entry],
        question: Callable[[Source, Iterable[Entry]], Iterator[_T]],
    ) -> Iterator[_T]:
        """The answers in the order of the entries, each from the part that owns it. What a part
        holds open for its answers is closed behind its last one."""
        owners = [self._owners[entry.path] for entry in entries]
        asked: dict[str, list[Entry]] = defaultdict(list)
        for part, entry in owners:
            asked[part.prefix].append(entry)
        answers: dict[str, Iterator[_T]] = {}
        left = Counter({prefix: len(own) for prefix, own in asked.items()})
        for part, _ in owners:
            if part.prefix not in answers:
                answers[part.prefix] = question(part.source, asked[part.prefix])
            answer = next(answers[part.prefix])
            left[part.prefix] -= 1
            if not left[part.prefix]:
                next(answers[part.prefix], None)
            yield answer


def _part(prefix: str, commit: str, source: OneRepository, depth: int) -> _Part:
    entries = source.entries()
    return _Part(prefix, commit, source, entries, source.attributes(entries), depth)
