"""Figures with their limits, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``limit`` is what the figure has to be, "" where it is told and not judged."""

    name: str
    value: str
    limit: str = ""
    held: bool = True


def at_most(name: str, value: float, limit: float) -> Figure:
    return Figure(name, _shown(value), f"at most {_shown(limit)}", held=value <= limit)


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def equal(name: str, value: object, wanted: object) -> Figure:
    return Figure(name, str(value), str(wanted), held=value == wanted)


def missed(figures: Sequence[Figure]) -> bool:
    """Prints the table; whether any figure misses its limit."""
    width = max(len(figure.name) for figure in figures)
    print(f"\n{'':<{width}}  {'measured':>16}  limit")
    for figure in figures:
        verdict = "" if figure.held else "  MISSED"
        print(f"{figure.name:<{width}}  {figure.value:>16}  {figure.limit or '-'}{verdict}")
    names = [figure.name for figure in figures if not figure.held]
    print(f"\nmissed: {', '.join(names)}" if names else "\nevery figure is within its limit")
    return bool(names)
