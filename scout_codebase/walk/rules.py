"""Which entry is skipped, and why. The order is the one that ``walk`` numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scout_codebase.errors import UsageError
from scout_codebase.records import OmissionReason
from scout_codebase.walk import decoding, marks, names
from scout_codebase.walk.attributes import Attributes
from scout_codebase.walk.configuration import Narrowing
from scout_codebase.walk.entry import Skip
from scout_codebase.walk.patterns import PatternError, Patterns, check_pattern

_NAMED = (
    (OmissionReason.LOCK_FILE, names.is_lock_file),
    (OmissionReason.GENERATED, names.is_generated_name),
    (OmissionReason.MINIFIED, names.is_minified_name),
)


@dataclass(frozen=True)
class Selection:
    """The user's patterns, in gitignore syntax, relative to the reviewed folder."""

    include: Patterns
    exclude: Patterns

    def includes(self, path: str) -> bool:
        return self.include.match(path)

    def excludes(self, path: str) -> bool:
        return self.exclude.match(path) and not self.includes(path)


def make_selection(include: Iterable[str], exclude: Iterable[str]) -> Selection:
    return Selection(_patterns("--include", include), _patterns("--exclude", exclude))


def _patterns(flag: str, patterns: Iterable[str]) -> Patterns:
    kept = tuple(patterns)
    for pattern in kept:
        try:
            check_pattern(pattern)
        except PatternError:
            raise UsageError(
                f"{flag}: {pattern!r} is not a pattern", remedy="Write it as in a .gitignore file."
            ) from None
    return Patterns(kept)


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
        if attributes.vendored is not False:
            detail = _vendored(path, attributes, self.vendors)
            if detail:
                return Skip(OmissionReason.VENDORED, detail)
        if attributes.generated is not False:
            generated = _generated(path, attributes)
            if generated is not None:
                return generated
        if attributes.binary:
            return Skip(OmissionReason.BINARY, "attribute")
        if size > self.max_file_bytes:
            return Skip(OmissionReason.TOO_LARGE, f"over {self.max_file_bytes} bytes")
        return None


def _vendored(path: str, attributes: Attributes, vendors: frozenset[str]) -> str:
    if attributes.vendored:
        return "linguist-vendored"
    folder = names.vendored_folder(path, vendors)
    return f"{folder}/" if folder else ""


def _generated(path: str, attributes: Attributes) -> Skip | None:
    if attributes.generated:
        return Skip(OmissionReason.GENERATED, "linguist-generated")
    for reason, is_of_that_name in _NAMED:
        if is_of_that_name(path):
            return Skip(reason, "by its name")
    return None


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
