"""Where the tokens of a pack go, as data and as a table."""

from __future__ import annotations

from collections import Counter
from typing import Any

from scout_codebase.records import Pack, display_path

_BAR = 24


def token_data(pack: Pack, window: int, top: int) -> dict[str, Any]:
    """Tokens by file, folder and section; those of files and sections add up to ``tokens``."""
    files = {section.path: section.tokens for section in pack.sections if section.path}
    return {
        "tokens": pack.tokens,
        "window": window,
        "left": window - pack.tokens,
        "files_packed": len(files),
        "files_omitted": len(pack.snapshot.omissions),
        "sections": {row.kind: row.tokens for row in pack.sections if not row.path},
        "folders": _largest(_folders(files), top),
        "files": _largest(files, top),
    }


def _folders(files: dict[str, int]) -> dict[str, int]:
    folders: Counter[str] = Counter()
    for path, tokens in files.items():
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folders["/".join(parts[:depth])] += tokens
    return folders


def _largest(tokens: dict[str, int], top: int) -> list[dict[str, Any]]:
    rows = sorted(tokens.items(), key=lambda row: (-row[1], row[0]))[:top]
    return [{"path": display_path(path), "tokens": count} for path, count in rows]


def token_text(data: dict[str, Any]) -> str:
    """A table with bars, widest first."""
    summary = (
        f"{data['tokens']:,} tokens in {data['files_packed']:,} files; window {data['window']:,}; "
        f"{data['left']:,} left; {data['files_omitted']:,} paths omitted"
    )
    lines = [summary]
    for title, rows in (("Folders", data["folders"]), ("Files", data["files"])):
        if rows:
            lines += ["", title]
            lines += [_row(row, data["tokens"]) for row in rows]
    sections = ", ".join(f"{kind} {count:,}" for kind, count in data["sections"].items())
    return "\n".join([*lines, "", f"Besides the files: {sections}"])


def _row(row: dict[str, Any], whole: int) -> str:
    share = row["tokens"] / whole if whole else 0.0
    bar = "█" * max(1, round(share * _BAR))
    return f"  {row['tokens']:>12,}  {share:>6.1%}  {bar:<{_BAR}}  {row['path']}"
