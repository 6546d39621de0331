"""The facts of one file, computed."""

from __future__ import annotations

from dataclasses import replace

from scout_codebase.frame import frame_file
from scout_codebase.languages.analyse import analyse, unanalysed
from scout_codebase.records import BlobFacts
from scout_codebase.tokens import count_tokens


def compute_facts(path: str, text: str, *, detailed: bool, parse: bool = True) -> BlobFacts:
    """Never raises for what the file holds. Without ``parse`` the syntax tree is left out."""
    analysis = analyse(path, text, detailed=detailed) if parse else unanalysed(path, text)
    framed = frame_file(path, text, analysis.language if analysis else "")
    return BlobFacts(
        analysis=analysis if detailed or analysis is None else replace(analysis, detailed=False),
        tokens=count_tokens(framed.text),
        neutralised=tuple(sorted(framed.neutralised.items())),
    )
