"""Where the tokens of a pack go, as data and as a tree of folders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size

from scout_codebase.records import Omission, Pack, SourceFile, display_path

_TOP = "."
_BAR = 16
_NARROWEST = 60  # columns


@dataclass(frozen=True, slots=True)
class Layout:
    """``top`` is how many folders and how many files are listed, ``max_depth`` how deep the
    folders lie at most; ``width`` is that of the terminal in columns, None for whole paths;
    ``blocks`` says whether block and line characters can be printed."""

    top: int = 20
    max_depth: int | None = None
    width: int | None = None
    blocks: bool = True


def token_data(pack: Pack, window: int, reserved: Mapping[str, int]) -> dict[str, Any]:
    """Every token: ``files`` and ``sections`` add up to ``tokens``, the files below a folder to its
    tokens, and ``tokens``, ``reserved`` and ``left`` to ``window``. ``reserved`` is what a review
    keeps besides the pack, by what for. Largest come first; ties go by path."""
    files = {section.path: section.tokens for section in pack.sections if section.path}
    sizes = {file.path: file for file in pack.snapshot.files}
    counts = Counter(folder for path in files for folder in _folders_of(path))
    return {
        "repository": display_path(pack.snapshot.name),
        "revision": pack.snapshot.revision.label,
        "tokens": pack.tokens,
        "window": window,
        "reserved": dict(reserved),
        "left": window - pack.tokens - sum(reserved.values()),
        "files_packed": len(files),
        "files_omitted": len(pack.snapshot.omissions),
        "sections": _section_tokens(pack),
        "folders": [
            {"path": display_path(path), "tokens": tokens, "files": counts[path]}
            for path, tokens in _largest(_folder_tokens(files))
        ],
        "files": [_file_row(sizes[path], tokens) for path, tokens in _largest(files)],
        "omitted": _omitted(pack.snapshot.omissions),
    }


def _section_tokens(pack: Pack) -> dict[str, int]:
    """By kind, of what is no file of the snapshot, in the order of the pack."""
    tokens: Counter[str] = Counter()
    for row in pack.sections:
        if not row.path:
            tokens[row.kind] += row.tokens
    return dict(tokens)


def _file_row(file: SourceFile, tokens: int) -> dict[str, Any]:
    return {"path": display_path(file.path), "tokens": tokens, "bytes": file.size}


def _folders_of(path: str) -> Iterator[str]:
    """The folders that hold the path, the reviewed one first."""
    yield _TOP
    parts = path.split("/")[:-1]
    for depth in range(1, len(parts) + 1):
        yield "/".join(parts[:depth])


def _folder_tokens(files: Mapping[str, int]) -> Counter[str]:
    folders: Counter[str] = Counter()
    for path, tokens in files.items():
        for folder in _folders_of(path):
            folders[folder] += tokens
    return folders


def _largest(tokens: Mapping[str, int]) -> list[tuple[str, int]]:
    """Where a folder and the only one in it tie, the outer one comes first."""
    return sorted(tokens.items(), key=lambda row: (-row[1], row[0] != _TOP, row[0]))


def _omitted(omissions: Iterable[Omission]) -> list[dict[str, Any]]:
    """Paths and bytes by reason. The sizes of what is left out by its mere listing, as a submodule,
    are not known and count 0."""
    paths: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for row in omissions:
        paths[str(row.reason)] += 1
        sizes[str(row.reason)] += row.size
    return [
        {"reason": reason, "paths": count, "bytes": sizes[reason]}
        for reason, count in sorted(paths.items(), key=lambda row: (-sizes[row[0]], row[0]))
    ]


def token_text(data: Mapping[str, Any], layout: Layout) -> str:
    """The tree, the files that weigh most, what stands besides the files, what is left of the
    window, and what is not in the pack. Tokens of the rows of one folder add up to its own."""
    whole = data["tokens"]
    head = (
        f"{data['repository']} at {data['revision']}: {whole:,} Llama 4 tokens "
        f"in {data['files_packed']:,} files"
    )
    rows = _tree_rows(data, layout)
    rows += [_Row(tokens, f"({kind})") for kind, tokens in data["sections"].items()]
    blocks = [head, _table("Folders", rows, whole, layout)]
    if data["files"]:
        largest = [_Row(row["tokens"], row["path"]) for row in data["files"][: layout.top]]
        title = "Files" if len(largest) == len(data["files"]) else f"Largest {len(largest)} files"
        blocks.append(_table(title, largest, whole, layout))
    return "\n\n".join([*blocks, _window_text(data), *_omitted_text(data)])


class _Row(NamedTuple):
    tokens: int
    label: str


@dataclass(frozen=True, slots=True)
class _Tree:
    """The folders that are listed: the largest ones, so that with a folder all above it are."""

    tokens: Mapping[str, int]
    files: Mapping[str, int]
    below: Mapping[str, Sequence[str]]
    layout: Layout

    def rows(self, folder: str, indent: str = "") -> Iterator[_Row]:
        """The rows below a folder, those that are not listed in a row of their own."""
        listed = self.below.get(folder, ())
        rest = self.tokens[folder] - sum(self.tokens[child] for child in listed)
        count = self.files[folder] - sum(self.files[child] for child in listed)
        for number, child in enumerate(listed):
            is_last = number == len(listed) - 1 and not count
            name, innermost = self._collapsed(child, folder)
            yield _Row(self.tokens[child], indent + self._branch(is_last=is_last) + name + "/")
            bar = "  " if is_last else ("│ " if self.layout.blocks else "| ")
            yield from self.rows(innermost, indent + bar)
        if count and listed:
            noun = "file" if count == 1 else "files"
            yield _Row(rest, f"{indent}{self._branch(is_last=True)}{count:,} other {noun}")

    def _branch(self, *, is_last: bool) -> str:
        if not self.layout.blocks:
            return "|-"
        return "└ " if is_last else "├ "

    def _collapsed(self, folder: str, above: str) -> tuple[str, str]:
        """A folder that holds nothing but one other is shown in one row with it."""
        innermost = folder
        while True:
            below = self.below.get(innermost, ())
            if len(below) != 1 or self.files[below[0]] != self.files[innermost]:
                break
            innermost = below[0]
        return innermost if above == _TOP else innermost[len(above) + 1 :], innermost


def _tree_rows(data: Mapping[str, Any], layout: Layout) -> list[_Row]:
    if not data["folders"]:
        return []
    deep_enough = [
        row
        for row in data["folders"]
        if layout.max_depth is None or _depth(row["path"]) <= layout.max_depth
    ]
    # An outer folder has at least the tokens of an inner one and sorts first where they tie.
    listed = deep_enough[: layout.top + 1]
    below: dict[str, list[str]] = defaultdict(list)
    for row in listed[1:]:
        below[row["path"].rpartition("/")[0] or _TOP].append(row["path"])
    tree = _Tree(
        tokens={row["path"]: row["tokens"] for row in listed},
        files={row["path"]: row["files"] for row in listed},
        below=below,
        layout=layout,
    )
    top = listed[0]
    return [_Row(top["tokens"], f"{data['repository']}/"), *tree.rows(top["path"])]


def _depth(path: str) -> int:
    return 0 if path == _TOP else path.count("/") + 1


def _table(title: str, rows: Sequence[_Row], whole: int, layout: Layout) -> str:
    digits = max(len(f"{whole:,}"), len("tokens"))
    room = max(layout.width, _NARROWEST) - digits - _BAR - 12 if layout.width else None
    lines = [f"{'tokens':>{digits}}   share  {'':<{_BAR}}  {title}"]
    for row in rows:
        share = row.tokens / whole if whole else 0.0
        label = row.label if room is None else _shortened(row.label, room, layout)
        bar = _bar(share, blocks=layout.blocks)
        lines.append(f"{row.tokens:>{digits},}  {share:>6.1%}  {bar:<{_BAR}}  {label}")
    return "\n".join(lines)


def _bar(share: float, *, blocks: bool) -> str:
    """At least one mark, so that nothing looks like nothing."""
    if not blocks:
        return "#" * max(1, round(share * _BAR))
    halves = max(1, round(share * _BAR * 2))
    return "█" * (halves // 2) + "▌" * (halves % 2)


def _shortened(label: str, room: int, layout: Layout) -> str:
    """Cut in the middle, as both ends of a path say most."""
    if cell_len(label) <= room:
        return label
    mark = "…" if layout.blocks else "..."
    front = (room - len(mark)) // 2
    back = room - len(mark) - front
    end = set_cell_size(label[::-1], back)[::-1]
    return set_cell_size(label, front) + mark + end


def _window_text(data: Mapping[str, Any]) -> str:
    rows = [
        (data["window"], "window"),
        (-data["tokens"], "the repository"),
        *((-tokens, name) for name, tokens in data["reserved"].items()),
    ]
    left = data["left"]
    if left >= 0:
        share = left / data["window"] if data["window"] else 0.0
        rows.append((left, f"left ({share:.1%})"))
    else:
        rows.append((left, "too many: a review would be refused"))
    digits = max(len(f"{tokens:,}") for tokens, _ in rows)
    return "\n".join(f"{tokens:>{digits},}  {name}" for tokens, name in rows)


def _omitted_text(data: Mapping[str, Any]) -> Iterator[str]:
    rows = data["omitted"]
    if not rows:
        return
    cells = [(f"{row['paths']:,}", f"{row['bytes']:,}", row["reason"]) for row in rows]
    cells.insert(0, ("paths", "bytes", "Not in the pack"))
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    yield "\n".join(
        f"{paths:>{widths[0]}}  {size:>{widths[1]}}  {reason}" for paths, size, reason in cells
    )
