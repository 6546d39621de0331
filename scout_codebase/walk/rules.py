"""Which entry is skipped, and why. The order is the one that ``walk`` numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from scout_codebase.errors import UsageError
from scout_codebase.records import OmissionReason
from scout_codebase.walk import decoding, marks, names
from scout_codebase.walk.attributes import Attributes
from scout_codebase.walk.configuration import Narrowing
from scout_codebase.walk.entry import Skip


@dataclass(frozen=True)
class Selection:
    """The user's patterns, in gitignore syntax, relative to the reviewed folder."""

    include: GitIgnoreSpec
    exclude: GitIgnoreSpec

    def includes(self, path: str) -> bool:
        return _matches(self.include, path)

    def excludes(self, path: str) -> bool:
        return _matches(self.exclude, path) and not self.includes(path)


def make_selection(include: Iterable[str], exclude: Iterable[str]) -> Selection:
    return Selection(_patterns("--include", include), _patterns("--exclude", exclude))


def _patterns(flag: str, patterns: Iterable[str]) -> GitIgnoreSpec:
    kept = []
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except (GitIgnorePatternError, re.error):
            raise UsageError(
                f"{flag}: {pattern!r} is not a pattern", remedy="Write it as in a .gitignore file."
            ) from None
        kept.append(pattern)
    return GitIgnoreSpec.from_lines(kept)


def _matches(spec: GitIgnoreSpec, path: str) -> bool:
    # The "." of a regular expression stops at a newline, which a path may hold; it never holds
    # a NUL.
    return bool(spec.patterns) and spec.match_file(path.replace("\n", "\0"))


@dataclass(frozen=True)
class NameRules:
    """The steps that need no contents."""

    vendors: frozenset[str]
    max_file_bytes: int
    narrowing: Narrowing

    def skip(self, path: str, size: int, attributes: Attributes) -> Skip | None:
        narrowed = self.narrowing.skip(path, size)
        if narrowed is not None:
            return narrowed
        for reason, detail in self._reasons(path, size, attributes):
            if detail:
                return Skip(reason, detail)
        return None

    def _reasons(
        self, path: str, size: int, attributes: Attributes
    ) -> Iterable[tuple[OmissionReason, str]]:
        if attributes.vendored is not False:
            yield OmissionReason.VENDORED, "linguist-vendored" if attributes.vendored else ""
            folder = names.vendored_folder(path, self.vendors)
            yield OmissionReason.VENDORED, f"{folder}/" if folder else ""
        if attributes.generated is not False:
            yield OmissionReason.GENERATED, "linguist-generated" if attributes.generated else ""
            yield OmissionReason.LOCK_FILE, "by its name" if names.is_lock_file(path) else ""
            yield OmissionReason.GENERATED, "by its name" if names.is_generated_name(path) else ""
            yield OmissionReason.MINIFIED, "by its name" if names.is_minified_name(path) else ""
        yield OmissionReason.BINARY, "attribute" if attributes.binary else ""
        limit = f"over {self.max_file_bytes} bytes" if size > self.max_file_bytes else ""
        yield OmissionReason.TOO_LARGE, limit


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    encoding: str


def read_text(path: str, data: bytes, attributes: Attributes, *, included: bool) -> Text | Skip:
    """The steps that need the contents. ``included``: the user asked for this file."""
    if included:
        return Text(*(decoding.decode(data, attributes.encoding) or decoding.force_decode(data)))
    if marks.is_lfs_pointer(data):
        return Skip(OmissionReason.LFS_POINTER)
    if decoding.is_binary(data, attributes.encoding):
        return Skip(OmissionReason.BINARY)
    decoded = decoding.decode(data, attributes.encoding)
    if decoded is None:
        return Skip(OmissionReason.NOT_DECODABLE)
    text = Text(*decoded)
    by_a_tool = None if attributes.generated is False else _by_a_tool(path, text.text)
    return by_a_tool or text


def _by_a_tool(path: str, text: str) -> Skip | None:
    marker = marks.generated_marker(path, text)
    if marker:
        return Skip(OmissionReason.GENERATED, marker[:100])
    return Skip(OmissionReason.MINIFIED, "long lines") if marks.is_minified(path, text) else None
