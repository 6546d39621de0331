"""What is to be known of a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """``detailed`` analyses know symbols and places; ``secrets`` are looked for."""

    detailed: bool = True
    secrets: bool = False

    @property
    def name(self) -> str:
        """For the key of a cache."""
        depth = "detailed" if self.detailed else "links"
        return f"{depth}+secrets" if self.secrets else depth
