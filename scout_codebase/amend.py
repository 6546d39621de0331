"""A base and what has changed since -> one pack that begins with the bytes of the base's own.

A server's prefix cache reuses a prompt up to the first byte that differs. So the base stands as it
is, in its own order, with its own lists; behind it stands what has changed since, as text, and
every new or changed file whole. Nothing is taken out of the base: what no longer holds is said to
be superseded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from scout_codebase.frame import prompt_path
from scout_codebase.records import Base, Change, ChangeKind, Pack, Section

_OPENING = (
    "<amendments>\n"
    "Everything above is the code base as it was at an earlier revision. This is what has changed "
    "since. Where the two differ, this holds, and what is above is out of date: do not report on "
    "it.\n"
)
_CLOSING = (
    "The files that are new or changed follow, whole, as they are now. The components and the list "
    "of paths above are those of the earlier revision.\n"
    "</amendments>\n"
)


def amended(base: Pack, now: Pack, name: str, count: Callable[[str], int]) -> Pack:
    """``now`` in terms of ``base``, which is called ``name``; ``count`` is exact. Where nothing has
    changed the text is that of the base."""
    changes = tuple(sorted(_changes(base, now), key=lambda change: change.path))
    renamed = {change.was: change.path for change in changes if change.was}
    present = {section.path: section.text for section in now.sections if section.path}
    behind: tuple[Section, ...] = ()
    if changes:
        text = _OPENING + "".join(map(_line, changes)) + _CLOSING
        behind = (Section("amendments", text, count(text)), *_amendments(now, changes))
    sections = (*(_standing(section, present, renamed) for section in base.sections), *behind)
    return replace(
        now,
        sections=sections,
        tokens=sum(section.tokens for section in sections),
        base=Base(name, base.snapshot.revision, base.tokens, changes),
    )


def _standing(section: Section, present: Mapping[str, str], renamed: Mapping[str, str]) -> Section:
    """A section of the base as part of the whole; a renamed file answers to its new path."""
    if not section.path or present.get(section.path) == section.text:
        return section
    if section.path in renamed:
        return replace(section, path=renamed[section.path])
    return replace(section, kind="superseded", path="", first_line=0)


def _amendments(now: Pack, changes: tuple[Change, ...]) -> Iterator[Section]:
    """In the reading order of what is there now."""
    whole = {row.path for row in changes if row.kind in (ChangeKind.NEW, ChangeKind.CHANGED)}
    return (section for section in now.sections if section.path and section.path in whole)


def _changes(base: Pack, now: Pack) -> Iterator[Change]:
    before = {section.path: section for section in base.sections if section.path}
    after = {section.path: section for section in now.sections if section.path}
    hidden = {row.path: str(row.reason) for row in now.snapshot.omissions}
    known = before.keys() | {row.path for row in base.snapshot.omissions}
    renamed = _renamed(base, now)
    for path, section in after.items():
        if path in renamed:
            yield Change(ChangeKind.RENAMED, path, was=renamed[path])
        elif path not in before:
            yield Change(ChangeKind.NEW, path)
        elif before[path].text != section.text:
            yield Change(ChangeKind.CHANGED, path)
    moved = set(renamed.values())
    for path in known - after.keys() - moved:
        if path not in hidden:
            yield Change(ChangeKind.DELETED, path)
        elif path in before:
            yield Change(ChangeKind.HIDDEN, path, reason=hidden[path])
    for path in hidden.keys() - known:
        yield Change(ChangeKind.NEW, path, reason=hidden[path])


def _renamed(base: Pack, now: Pack) -> dict[str, str]:
    """The former path of each file that has moved as it was: the first of those that are gone."""
    kept = {file.path for file in now.snapshot.files}
    gone = {
        (file.object_id, file.text): file.path
        for file in reversed(base.snapshot.files)
        if file.path not in kept and file.text
    }
    before = {file.path for file in base.snapshot.files}
    return {
        file.path: gone.pop((file.object_id, file.text))
        for file in now.snapshot.files
        if file.path not in before and (file.object_id, file.text) in gone
    }


def _line(change: Change) -> str:
    path = prompt_path(change.path)
    if change.was:
        return f"{change.kind} {prompt_path(change.was)} to {path}\n"
    return f"{change.kind} {path}{f' (not shown: {change.reason})' if change.reason else ''}\n"
