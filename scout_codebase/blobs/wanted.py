"""What is to be known of a file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scout_codebase.records import BlobFacts


@dataclass(frozen=True, slots=True)
class Wanted:
    """``detailed`` analyses know symbols and places; ``tokens`` are counted; ``secrets`` are looked
    for."""

    detailed: bool = True
    tokens: bool = True
    secrets: bool = False

    @property
    def name(self) -> str:
        """For the key of a cache."""
        parts = [
            "detailed" if self.detailed else "links",
            *(["tokens"] if self.tokens else []),
            *(["secrets"] if self.secrets else []),
        ]
        return "+".join(parts)

    def sources(self) -> tuple[Wanted, ...]:
        """Whose facts hold these, the narrowest first. Of a file with secrets nothing else is known
        where they were looked for, so that must be the same."""
        return tuple(
            Wanted(detailed, tokens, self.secrets)
            for detailed in ((True,) if self.detailed else (False, True))
            for tokens in ((True,) if self.tokens else (False, True))
        )

    def of(self, facts: BlobFacts) -> BlobFacts:
        """Facts of one of the sources as they are without what is not wanted."""
        analysis = facts.analysis
        if analysis and not self.detailed:
            analysis = replace(analysis, symbols=(), places=(), environment=(), detailed=False)
        if self.tokens:
            return replace(facts, analysis=analysis)
        return replace(facts, analysis=analysis, tokens=0, neutralised=())
