"""The facts of one file, computed."""

from __future__ import annotations

from dataclasses import replace

from scout_codebase.blobs.wanted import Wanted
from scout_codebase.frame import frame_file
from scout_codebase.languages.analyse import analyse, unanalysed
from scout_codebase.records import BlobFacts, Secret
from scout_codebase.tokens import count_tokens


def compute_facts(path: str, text: str, wanted: Wanted, *, parse: bool = True) -> BlobFacts:
    """All but the tokens of a file with a syntax tree: ``count_section`` counts these while the
    trees are put in order. Never raises for what the file holds; UsageError where secrets are
    wanted and the detector does not work. Without ``parse`` the syntax tree is left out. Of a text
    that holds secrets they are all that is found: the facts are those of the masked text."""
    secrets = _secrets(path, text) if wanted.secrets else ()
    if secrets:  # the masked text is looked at instead, and what is kept must not tell them
        return wanted.of(BlobFacts(unanalysed(path, text), 0, (), secrets))
    analysis = analyse(path, text, detailed=wanted.detailed) if parse else unanalysed(path, text)
    if analysis and analysis.detailed is not wanted.detailed:
        analysis = replace(analysis, detailed=wanted.detailed)
    counted = count_section(path, text, "") if wanted.tokens and analysis is None else (0, ())
    return BlobFacts(analysis, *counted)


def count_section(path: str, text: str, language: str) -> tuple[int, tuple[tuple[str, int], ...]]:
    """``tokens`` and ``neutralised`` of the facts."""
    framed = frame_file(path, text, language)
    return count_tokens(framed.text), tuple(sorted(framed.neutralised.items()))


def _secrets(path: str, text: str) -> tuple[Secret, ...]:
    from scout_codebase.masking import detect  # loads a scanner, which not every run wants

    return detect(path, text)
