"""Bars that move, by rich."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_COLUMNS: Mapping[str, Callable[[], ProgressColumn]] = {
    "bytes": DownloadColumn,
    "count": MofNCompleteColumn,
    "detail": lambda: TextColumn("{task.fields[detail]}", markup=False),
    "elapsed": TimeElapsedColumn,
    "remaining": TimeRemainingColumn,
}


def make_progress(columns: Iterable[str]) -> Progress:
    """A live display on standard error that leaves nothing behind; what is shown besides the
    bar is named by ``columns``."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        *(_COLUMNS[name]() for name in columns),
        console=Console(file=sys.stderr, highlight=False),
        transient=True,
    )
