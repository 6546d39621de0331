"""Whole-codebase analysis with a long-context model, every claim checked against the source.

What ``__all__`` names is the public interface (``docs/python.md``): settings in, frozen records
out, ``ScoutError`` for what goes wrong. It is loaded when it is first used, so that the command
line starts at once; everything else may change from one version to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from scout_codebase.api import (
        EngineSettings,
        Finding,
        Pack,
        Report,
        Review,
        ReviewSettings,
        ScoutError,
        SelectionSettings,
        Severity,
        count_tokens,
        pack_repository,
        review_repository,
    )

__all__ = [
    "EngineSettings",
    "Finding",
    "Pack",
    "Report",
    "Review",
    "ReviewSettings",
    "ScoutError",
    "SelectionSettings",
    "Severity",
    "__version__",
    "count_tokens",
    "pack_repository",
    "review_repository",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from scout_codebase import api

    return getattr(api, name)
